// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package receipt

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/approval/signature"
)

// The purposes that signatures are bound to. A rehearsal's has its own, so that ssh-keygen -Y verify, which does not read what
// was signed, refuses it where a real receipt is asked for.
const (
	Namespace           = "erasure-receipt@coveo-privacy"
	SimulationNamespace = "erasure-simulation@coveo-privacy"
)

func (k Kind) namespace() string {
	if k == Simulation {
		return SimulationNamespace
	}
	return Namespace
}

// SigningKey signs receipts. However it is printed, only its fingerprint is seen.
type SigningKey struct {
	signer ssh.Signer
}

// ParseSigningKey reads a private key as ssh-keygen writes it: ed25519 or RSA, without a passphrase, since nobody is there to
// type one. Both make the same signature of the same bytes every time, which ECDSA does not. The errors hold nothing of the key.
func ParseSigningKey(text string) (*SigningKey, error) {
	block, rest := pem.Decode([]byte(strings.TrimSpace(text)))
	switch {
	case block == nil && strings.HasPrefix(strings.TrimSpace(text), "ssh-"):
		return nil, errors.New("it is a public key; give the private one, which is the file without .pub")
	case block == nil:
		return nil, errors.New("it holds no private key; give the whole content of the file that ssh-keygen -t ed25519 made, with its line breaks")
	case len(rest) > 0:
		return nil, errors.New("something follows the private key; give one key and nothing else")
	case block.Type != "OPENSSH PRIVATE KEY":
		return nil, errors.New("it is not in OpenSSH's own form, which begins with -----BEGIN OPENSSH PRIVATE KEY-----; " +
			"ssh-keygen -p -f <file> rewrites a key so")
	}
	raw, err := ssh.ParseRawPrivateKey(pem.EncodeToMemory(block))
	var locked *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &locked):
		return nil, errors.New("it is protected by a passphrase, which nobody is there to type; keep a key of its own for receipts " +
			"in your secret store, without a passphrase")
	case err != nil:
		return nil, errors.New("it is damaged, or of a kind that cannot sign here; make one with: ssh-keygen -t ed25519")
	}
	switch key := raw.(type) {
	case *ed25519.PrivateKey:
		// A key whose halves do not belong together would make signatures that nobody can check, and that give it away.
		if !bytes.Equal(ed25519.NewKeyFromSeed(key.Seed()), *key) {
			return nil, errors.New("it is damaged: its public half belongs to another key")
		}
	case *rsa.PrivateKey:
		if bits := key.N.BitLen(); bits < signature.MinRSABits {
			return nil, fmt.Errorf("it is an RSA key of %d bits, and at least %d are needed; make one with: ssh-keygen -t ed25519", bits, signature.MinRSABits)
		}
	default:
		return nil, errors.New("it is neither an ed25519 nor an RSA key; make one with: ssh-keygen -t ed25519")
	}
	signer, err := ssh.NewSignerFromKey(raw)
	if err != nil {
		return nil, errors.New("it cannot sign; make one with: ssh-keygen -t ed25519")
	}
	return &SigningKey{signer}, nil
}

// Fingerprint is the SHA-256 fingerprint, as ssh-keygen -l shows it.
func (k SigningKey) Fingerprint() string { return ssh.FingerprintSHA256(k.signer.PublicKey()) }

// PublicKey is what others check the signatures with, as a .pub file begins.
func (k SigningKey) PublicKey() string {
	return strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(k.signer.PublicKey())), "\n")
}

// Format prints the fingerprint, whatever is asked for.
func (k SigningKey) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "signing key "+k.Fingerprint())
}

// Sign signs a receipt, and nothing but receipts: the key vouches for what Parse understands. The signature is armored, as
// ssh-keygen -Y sign writes it.
func Sign(key *SigningKey, document []byte) (string, error) {
	r, err := Parse(document)
	if err != nil {
		return "", fmt.Errorf("only a receipt can be signed: %w", err)
	}
	s, err := sshsig.Sign(bytes.NewReader(document), key.signer, sshsig.HashSHA512, r.Kind.namespace())
	if err != nil {
		return "", fmt.Errorf("the receipt cannot be signed: %w", err)
	}
	return string(sshsig.Armor(s)), nil
}

// ErrSimulated means that the document is a rehearsal's.
var ErrSimulated = errors.New("it is a simulation's: nothing was sent to Coveo, and it is no evidence of an erasure")

// Verify reads a receipt that a key signed. A simulation is refused, however well it is signed.
func Verify(document []byte, armored, publicKey string) (Receipt, error) {
	return verify(document, armored, publicKey, false)
}

// VerifyAllowingSimulation also reads a simulation. The caller must look at Simulated.
func VerifyAllowingSimulation(document []byte, armored, publicKey string) (Receipt, error) {
	return verify(document, armored, publicKey, true)
}

func verify(document []byte, armored, publicKey string, simulations bool) (Receipt, error) {
	key, err := signature.ParsePublicKey(publicKey)
	if err != nil {
		return Receipt{}, fmt.Errorf("the public key cannot be used: %w", err)
	}
	r, err := Parse(document)
	if err != nil {
		return Receipt{}, fmt.Errorf("the document cannot be verified: %w", err)
	}
	if r.Simulated && !simulations {
		return Receipt{}, fmt.Errorf("the document is no receipt: %w", ErrSimulated)
	}
	err = signature.Verify(key, r.Kind.namespace(), document, armored)
	switch {
	case err == nil:
		return r, nil
	case errors.Is(err, signature.ErrMessage):
		return Receipt{}, fmt.Errorf("the signature is not over this document, so that one of them was changed: %w", err)
	case errors.Is(err, signature.ErrNamespace):
		return Receipt{}, fmt.Errorf("the signature was made for another purpose than %s: %w", r.Kind.namespace(), err)
	case errors.Is(err, signature.ErrAnotherKey):
		return Receipt{}, fmt.Errorf("the signature is not by the key %s: %w", key.Fingerprint(), err)
	}
	return Receipt{}, fmt.Errorf("the signature does not count: %w", err)
}
