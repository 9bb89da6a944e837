// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package subject

import "errors"

// ErrNoVault means that neither subjects_file nor subjects is set.
var ErrNoVault = errors.New("the provider has no vault; set subjects_file (COVEO_SUBJECTS_FILE) or subjects in the provider block")

// ErrVaultUnknown means that the vault's content depends on something that is known only after apply.
var ErrVaultUnknown = errors.New("the provider's vault is not known yet; it must be known when a plan is made")

// ErrNoDigestKey means that no digest key is set.
var ErrNoDigestKey = errors.New("the provider has no digest key; set digest_keys (COVEO_DIGEST_KEYS) in the provider block, " +
	"with at least one secret of 32 bytes or more")

// ErrDigestKeysUnknown means that the digest keys depend on something that is known only after apply.
var ErrDigestKeysUnknown = errors.New("the provider's digest_keys are not known yet; they must be known when a plan is made")

// Directory is what one configured provider knows about people.
type Directory struct {
	Vault    *Vault
	VaultErr error // why there is no vault
	Keys     *Keyring
	KeysErr  error // why there is no keyring
}

// Lookup finds a case's identifiers. found is false with a nil error when the vault does not know the case.
func (d *Directory) Lookup(reference string) (ids []string, found bool, err error) {
	if d.VaultErr != nil {
		return nil, false, d.VaultErr
	}
	if d.Vault == nil {
		return nil, false, ErrNoVault
	}
	ids, found = d.Vault.IDs(reference)
	return ids, found, nil
}

// Keyring is the keyring, or why there is none.
func (d *Directory) Keyring() (*Keyring, error) {
	if d.KeysErr != nil {
		return nil, d.KeysErr
	}
	if !d.Keys.Usable() {
		return nil, ErrNoDigestKey
	}
	return d.Keys, nil
}
