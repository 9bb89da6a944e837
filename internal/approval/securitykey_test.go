// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package approval

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"math/big"
	"strings"
	"testing"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// securityKey does in software what a FIDO security key does, as OpenSSH's PROTOCOL.u2f describes it.
type securityKey struct {
	public      ssh.PublicKey
	application string
	sign        func(message []byte) (blob []byte)
}

const application = "ssh:"

func ed25519SecurityKey(t *testing.T) securityKey {
	t.Helper()
	private := ed25519.NewKeyFromSeed([]byte("a seed that is public, as a test!"[:ed25519.SeedSize]))
	public := parseWire(t, ssh.Marshal(struct {
		Name        string
		Key         []byte
		Application string
	}{ssh.KeyAlgoSKED25519, private.Public().(ed25519.PublicKey), application}))
	return securityKey{public, application, func(message []byte) []byte { return ed25519.Sign(private, message) }}
}

func ecdsaSecurityKey(t *testing.T) securityKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	public := parseWire(t, ssh.Marshal(struct {
		Name        string
		Curve       string
		Point       []byte
		Application string
	}{ssh.KeyAlgoSKECDSA256, "nistp256", point, application}))
	return securityKey{public, application, func(message []byte) []byte {
		digest := sha256.Sum256(message)
		r, s, err := ecdsa.Sign(rand.Reader, private, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		return ssh.Marshal(struct{ R, S *big.Int }{r, s})
	}}
}

func parseWire(t *testing.T, wire []byte) ssh.PublicKey {
	t.Helper()
	key, err := ssh.ParsePublicKey(wire)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (k securityKey) line() string { return string(ssh.MarshalAuthorizedKey(k.public)) }

// armored signs as ssh-keygen -Y sign does with such a key.
func (k securityKey) armored(message []byte, flags byte) string {
	hash := sha512.Sum512(message)
	signed := append([]byte("SSHSIG"), ssh.Marshal(struct{ Namespace, Reserved, Algorithm, Hash string }{Namespace, "", "sha512", string(hash[:])})...)
	added := binary.BigEndian.AppendUint32([]byte{flags}, 42)
	of, over := sha256.Sum256([]byte(k.application)), sha256.Sum256(signed)
	device := append(append(of[:], added...), over[:]...)
	return string(sshsig.Armor(&sshsig.Signature{
		Version: 1, PublicKey: k.public, Namespace: Namespace, HashAlgorithm: sshsig.HashSHA512,
		Signature: &ssh.Signature{Format: k.public.Type(), Blob: k.sign(device), Rest: added},
	}))
}

func TestVerify_SecurityKeys(t *testing.T) {
	message := statement().Bytes()
	const present, verified = 0x01, 0x04
	for kind, key := range map[string]securityKey{"ed25519": ed25519SecurityKey(t), "ecdsa": ecdsaSecurityKey(t)} {
		t.Run(kind, func(t *testing.T) {
			approvers := approversOf(t, map[string]string{"dana": key.line()})
			for _, tc := range []struct {
				name  string
				flags byte
				want  string
			}{
				{"touched", present, ""},
				{"touched, with a PIN", present | verified, ""},
				{"not touched", 0, "without anybody touching"},
				{"not touched, with a PIN", verified, "without anybody touching"},
			} {
				armored := key.armored(message, tc.flags)
				expect(t, tc.name, approvers, armored, tc.want)
				if tc.flags&present != 0 && !keygenVerifies(t, "dana", key.line(), message, armored) {
					t.Errorf("%s: ssh-keygen refuses what is accepted here", tc.name)
				}
			}

			// Setting the flag afterwards does not help: it is part of what was signed.
			other := key
			other.sign = func(message []byte) []byte {
				message[sha256.Size] = 0
				return key.sign(message)
			}
			expect(t, "flag set afterwards", approvers, other.armored(message, present), "not over this statement")
			// Nor does a signature for another application.
			other = key
			other.application = "https://example.com"
			expect(t, "another application", approvers, other.armored(message, present), "not over this statement")
		})
	}
}

// The model above is checked against recorded files, so that it cannot drift together with what it tests.
func TestVerify_SecurityKeyRecorded(t *testing.T) {
	key := ed25519SecurityKey(t)
	approvers := approversOf(t, map[string]string{"dana": read(t, "testdata/sk-ed25519.pub")})
	for file, flags := range map[string]byte{"testdata/sk-ed25519-touched.sig": 1, "testdata/sk-ed25519-untouched.sig": 0} {
		recorded := read(t, file)
		if made := key.armored(statement().Bytes(), flags); made != recorded {
			t.Errorf("%s is not what the model makes:\n%s", file, made)
		}
		want := "without anybody touching"
		if flags == 1 {
			want = ""
		}
		expect(t, file, approvers, recorded, want)
	}
	if recorded := read(t, "testdata/sk-ed25519.pub"); !strings.HasPrefix(recorded, strings.TrimSpace(key.line())) {
		t.Errorf("another key: %s", recorded)
	}
}
