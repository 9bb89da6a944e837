// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package subject

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// MinKeyLength is the least number of bytes a digest key may have: as many as the digest itself.
const MinKeyLength = 32

// digestContext separates these digests from whatever else the same secret might be used for.
const digestContext = "coveo-identifier-digest/v1"

var keyIDPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$`)

// Keyring computes identifier digests for one organization. A plain hash would not do: identifiers come from small sets such
// as a staff list, and a list of guesses is hashed in a moment.
type Keyring struct {
	organization string
	keys         map[string]string
	current      string
}

// NewKeyring checks the keys. current may be empty when there is at most one key. Its errors hold no key.
func NewKeyring(organization string, keys map[string]string, current string) (*Keyring, error) {
	for id, secret := range keys {
		if !keyIDPattern.MatchString(id) {
			return nil, fmt.Errorf("a key's ID must start with a letter or digit, and hold at most 32 letters, digits, dots, underscores and hyphens, such as 2026")
		}
		if len(secret) < MinKeyLength {
			return nil, fmt.Errorf("key %s has %d bytes; at least %d are needed, such as the output of: openssl rand -hex 32", id, len(secret), MinKeyLength)
		}
	}
	switch {
	case current == "" && len(keys) == 1:
		for id := range keys {
			current = id
		}
	case current == "" && len(keys) > 1:
		return nil, fmt.Errorf("there are %d keys; say with digest_key_id which of them new records use", len(keys))
	case current != "" && len(keys) > 0:
		if _, ok := keys[current]; !ok {
			return nil, fmt.Errorf("digest_key_id names %q, which is none of the keys %s", current, strings.Join(sortedKeys(keys), ", "))
		}
	}
	return &Keyring{organization: organization, keys: keys, current: current}, nil
}

// Usable tells whether there is any key.
func (k *Keyring) Usable() bool { return k != nil && len(k.keys) > 0 }

// Current is the ID of the key that new records use.
func (k *Keyring) Current() string { return k.current }

// IDs are the IDs of all keys, sorted.
func (k *Keyring) IDs() []string { return sortedKeys(k.keys) }

// Has tells whether a key is there, or retired.
func (k *Keyring) Has(keyID string) bool {
	if k == nil {
		return false
	}
	_, ok := k.keys[keyID]
	return ok
}

// Digest stands for an identifier: <key ID>:<hex of an HMAC-SHA-256>. The identifier is taken byte for byte, because nobody
// documents how Coveo compares them. It panics for a key that is not there; ask Has first.
func (k *Keyring) Digest(keyID, id string) string {
	secret, ok := k.keys[keyID]
	if !ok {
		panic("subject: no digest key " + keyID)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	write := func(part string) {
		length := make([]byte, 4)
		binary.BigEndian.PutUint32(length, uint32(len(part))) //nolint:gosec // both parts are short
		mac.Write(length)
		mac.Write([]byte(part))
	}
	mac.Write([]byte(digestContext))
	write(k.organization)
	write(id)
	return keyID + ":" + hex.EncodeToString(mac.Sum(nil))
}

// ByDigest maps the digests of identifiers under one key to the identifiers.
func (k *Keyring) ByDigest(keyID string, ids []string) map[string]string {
	out := make(map[string]string, len(ids))
	for _, id := range ids {
		out[k.Digest(keyID, id)] = id
	}
	return out
}

// KeyID is the part of a digest that names its key.
func KeyID(digest string) string {
	id, _, _ := strings.Cut(digest, ":")
	return id
}

func sortedKeys(keys map[string]string) []string {
	out := make([]string, 0, len(keys))
	for id := range keys {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}
