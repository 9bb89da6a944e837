// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package signature

import (
	"crypto/ed25519"
	"strings"
	"testing"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

const namespace = "test@coveo-privacy"

func fixture(t testing.TB) (PublicKey, string) {
	t.Helper()
	signer, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := sshsig.Sign(strings.NewReader("message"), signer, sshsig.HashSHA512, namespace)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParsePublicKey(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	if err != nil {
		t.Fatal(err)
	}
	return key, string(sshsig.Armor(s))
}

func TestVerify(t *testing.T) {
	key, armored := fixture(t)
	if err := Verify(key, namespace, []byte("message"), armored); err != nil {
		t.Error(err)
	}
	if err := Verify(key, namespace, []byte("another"), armored); err == nil {
		t.Error("another message passes")
	}
	again, err := ParsePublicKey(key.AuthorizedKey())
	if err != nil || !again.Equal(key) || again.Fingerprint() != key.Fingerprint() {
		t.Errorf("got %s, %v", again.AuthorizedKey(), err)
	}
}

// No text but the one signature passes for it, line breaks apart.
func FuzzVerify(f *testing.F) {
	key, armored := fixture(f)
	f.Add(armored)
	f.Add(strings.ReplaceAll(armored, "\n", "\r\n"))
	f.Add(strings.Replace(armored, "sha512", "sha256", 1))
	f.Add("-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n")
	plain := func(text string) string { return strings.Join(strings.Fields(text), "") }
	f.Fuzz(func(t *testing.T, text string) {
		if err := Verify(key, namespace, []byte("message"), text); err == nil && plain(text) != plain(armored) {
			t.Errorf("this passes as well: %q", text)
		}
	})
}

func FuzzParsePublicKey(f *testing.F) {
	key, _ := fixture(f)
	f.Add(key.AuthorizedKey() + " comment")
	f.Add("sk-ssh-ed25519@openssh.com AAAA")
	f.Add("ssh-dss AAAA")
	f.Fuzz(func(t *testing.T, line string) {
		parsed, err := ParsePublicKey(line)
		if err != nil {
			return
		}
		again, err := ParsePublicKey(parsed.AuthorizedKey())
		if err != nil || !again.Equal(parsed) {
			t.Errorf("%q is %s, which is %v", line, parsed.AuthorizedKey(), err)
		}
	})
}
