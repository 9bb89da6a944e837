// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package signature checks signatures in the SSH format, as ssh-keygen -Y sign makes them. The cryptography and the formats
// are golang.org/x/crypto/ssh's and github.com/hiddeco/sshsig's; what is here is what they leave to the caller: which keys are
// good enough, that nothing stands beside the signature, and that somebody touched the security key.
package signature

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// MinRSABits is the least size of an RSA key: NIST SP 800-131A has disallowed smaller ones since 2014, and ssh-keygen makes
// larger ones unless told otherwise.
const MinRSABits = 2048

// PublicKey is a key whose signatures count.
type PublicKey struct {
	key ssh.PublicKey
}

// ParsePublicKey reads one key as a .pub file or a line of authorized_keys holds it: type, key, and a comment that is ignored.
// Its errors hold nothing of the text, because people paste other things by mistake.
func ParsePublicKey(line string) (PublicKey, error) {
	line = strings.TrimSpace(line)
	switch {
	case line == "":
		return PublicKey{}, errors.New("it is empty; paste the line of the .pub file that ssh-keygen made")
	case strings.HasPrefix(line, "-----BEGIN"):
		return PublicKey{}, errors.New("it is a PEM block and may be a private key, which belongs nowhere but on its owner's machine; " +
			"paste the line of the .pub file beside it")
	case strings.ContainsAny(line, "\r\n"):
		return PublicKey{}, errors.New("it has several lines; one key is one line, as in the .pub file")
	}
	name := strings.Fields(line)[0]
	switch {
	case name == "ssh-dss":
		return PublicKey{}, errors.New("it is a DSA key, which OpenSSH no longer accepts; make one with: ssh-keygen -t ed25519")
	case strings.Contains(name, "-cert-v01@"):
		return PublicKey{}, errors.New("it is a certificate, and there is no authority here that could be asked about it; paste the plain public key")
	case !slices.Contains(accepted(), name):
		return PublicKey{}, fmt.Errorf("it does not begin with one of %s; options in front of a key mean nothing here and are refused",
			strings.Join(accepted(), ", "))
	}
	key, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil || len(options) > 0 || len(rest) > 0 || key.Type() != name {
		return PublicKey{}, fmt.Errorf("it is no %s key: what follows the type is damaged or cut; paste the whole line of the .pub file", name)
	}
	if bits, ok := rsaBits(key); ok && bits < MinRSABits {
		return PublicKey{}, fmt.Errorf("it is an RSA key of %d bits, and at least %d are needed; make one with: ssh-keygen -t ed25519", bits, MinRSABits)
	}
	return PublicKey{key}, nil
}

// accepted are the types of keys whose signatures count.
func accepted() []string {
	return []string{
		ssh.KeyAlgoED25519,
		ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521,
		ssh.KeyAlgoRSA,
		ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256,
	}
}

func rsaBits(key ssh.PublicKey) (int, bool) {
	crypto, ok := key.(ssh.CryptoPublicKey)
	if !ok {
		return 0, false
	}
	public, ok := crypto.CryptoPublicKey().(*rsa.PublicKey)
	if !ok {
		return 0, false
	}
	return public.N.BitLen(), true
}

// Fingerprint is the key's SHA-256 fingerprint, as ssh-keygen -l shows it.
func (k PublicKey) Fingerprint() string { return ssh.FingerprintSHA256(k.key) }

// Equal tells whether two keys are the same key.
func (k PublicKey) Equal(other PublicKey) bool {
	return bytes.Equal(k.key.Marshal(), other.key.Marshal())
}

// AuthorizedKey is the key without a comment, as a .pub file begins.
func (k PublicKey) AuthorizedKey() string {
	return strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(k.key)), "\n")
}

// onHardware tells whether the key lives on a FIDO security key.
func (k PublicKey) onHardware() bool {
	return k.key.Type() == ssh.KeyAlgoSKED25519 || k.key.Type() == ssh.KeyAlgoSKECDSA256
}
