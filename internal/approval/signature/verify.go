// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package signature

import (
	"bytes"
	"encoding/pem"
	"errors"
	"strings"

	"github.com/hiddeco/sshsig"
)

// maxLength bounds what is looked at. The longest signature there is, by an RSA key of 8192 bits, has about 3,000 characters.
const maxLength = 16 << 10

// Why a signature does not count.
var (
	// ErrForm means that the text is not one armored signature and nothing else.
	ErrForm = errors.New("it is not one whole armored SSH signature, from -----BEGIN SSH SIGNATURE----- to -----END SSH SIGNATURE-----")
	// ErrAlgorithm means that the signature is of a kind that does not count.
	ErrAlgorithm = errors.New("it uses an algorithm that does not count; the hash must be sha256 or sha512, and RSA must sign by rsa-sha2-256 or rsa-sha2-512")
	// ErrAnotherKey means that another key made the signature.
	ErrAnotherKey = errors.New("another key made it")
	// ErrNamespace means that the signature was made for another purpose.
	ErrNamespace = errors.New("it was made for another namespace")
	// ErrNoPresence means that the security key signed without being touched.
	ErrNoPresence = errors.New("the security key signed without anybody touching it")
	// ErrMessage means that other bytes were signed, or that the signature is forged.
	ErrMessage = errors.New("other bytes were signed")
)

// Verify tells whether a key signed exactly this message for this namespace, with one of the errors above if not.
func Verify(key PublicKey, namespace string, message []byte, armored string) error {
	s, err := parse(armored)
	if err != nil {
		return err
	}
	if !bytes.Equal(s.PublicKey.Marshal(), key.key.Marshal()) {
		return ErrAnotherKey
	}
	if s.Namespace != namespace {
		return ErrNamespace
	}
	// What follows the signature proper is not part of what other keys sign.
	if key.onHardware() {
		if err := checkPresence(s.Signature.Rest); err != nil {
			return err
		}
	} else if len(s.Signature.Rest) > 0 {
		return ErrForm
	}
	if err := sshsig.Verify(bytes.NewReader(message), s, key.key, s.HashAlgorithm, namespace); err != nil {
		return ErrMessage
	}
	return nil
}

// parse reads an armored signature, strictly: the same signature has one form, and nothing stands before, in or after it.
func parse(armored string) (*sshsig.Signature, error) {
	armored = strings.TrimSpace(armored)
	const begin = "-----BEGIN " + sshsig.PEMType + "-----"
	if len(armored) > maxLength || !strings.HasPrefix(armored, begin) || strings.Count(armored, "-----BEGIN") != 1 {
		return nil, ErrForm
	}
	block, rest := pem.Decode([]byte(armored))
	if block == nil || block.Type != sshsig.PEMType || len(block.Headers) > 0 || len(rest) > 0 {
		return nil, ErrForm
	}
	s, err := sshsig.ParseSignature(block.Bytes)
	switch {
	case errors.Is(err, sshsig.ErrUnsupportedHashAlgorithm), err != nil && strings.Contains(err.Error(), "invalid signature format"):
		return nil, ErrAlgorithm
	case err != nil:
		return nil, ErrForm
	}
	// The format has a reserved field and more than one way to write a number, which its parser lets pass.
	if !bytes.Equal(s.Marshal(), block.Bytes) {
		return nil, ErrForm
	}
	return s, nil
}

// userPresent is the flag by which a security key says that it was touched (OpenSSH's PROTOCOL.u2f, from FIDO U2F).
const userPresent = 0x01

// checkPresence looks at what a security key adds to a signature: a byte of flags and a counter of four. ssh-keygen -Y verify
// does not ask for the flag, and golang.org/x/crypto/ssh does so only since a release of 2026: it is asked for here so that it
// does not depend on either.
func checkPresence(added []byte) error {
	if len(added) != 5 {
		return ErrForm
	}
	if added[0]&userPresent == 0 {
		return ErrNoPresence
	}
	return nil
}
