// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package subject_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

const (
	organization = "acmeprod1a2b3c"
	secret       = "0123456789abcdef0123456789abcdef"
	alice        = "alice.smith@example.com-google"
)

func ring(t *testing.T, organization string, keys map[string]string, current string) *subject.Keyring {
	t.Helper()
	k, err := subject.NewKeyring(organization, keys, current)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// specified computes a digest from the words of the specification, with nothing of the package's.
func specified(keyID, key, organization, id string) string {
	part := func(s string) string {
		n := len(s)
		return string([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) + s
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte("coveo-identifier-digest/v1" + part(organization) + part(id)))
	return keyID + ":" + hex.EncodeToString(mac.Sum(nil))
}

func TestDigest_PublishedVector(t *testing.T) {
	const published = "2026:1c0225d4660d0493b127ec3da06953229db65538278ab687e372e7de69d891fe"
	if got := ring(t, organization, map[string]string{"2026": secret}, "").Digest("2026", alice); got != published {
		t.Errorf("got %s, want %s", got, published)
	}
	if got := specified("2026", secret, organization, alice); got != published {
		t.Errorf("the specification gives %s, want %s", got, published)
	}
}

func TestDigest_FollowsTheSpecification(t *testing.T) {
	long := strings.Repeat("k", 200)
	for _, key := range []string{secret, long, strings.Repeat("é", 16), "0123456789abcdef0123456789abcde\n", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="} {
		for _, organization := range []string{organization, "o", strings.Repeat("o", 300)} {
			for _, id := range []string{alice, "", " ", "a/b c?d#e%", "dupré@exämple.com", strings.Repeat("x", 128), "\x00\xff"} {
				k := ring(t, organization, map[string]string{"a.b-c_1": key}, "a.b-c_1")
				if got, want := k.Digest("a.b-c_1", id), specified("a.b-c_1", key, organization, id); got != want {
					t.Errorf("%q of %q: got %s, want %s", id, organization, got, want)
				}
			}
		}
	}
}

func TestDigest_TellsApartWhatIsNotTheSameBytes(t *testing.T) {
	seen := map[string]string{}
	note := func(what, digest string) {
		if other, twice := seen[digest]; twice {
			t.Errorf("%s and %s share a digest", what, other)
		}
		seen[digest] = what
	}
	k := ring(t, organization, map[string]string{"2026": secret}, "")
	for _, id := range []string{"alice", "Alice", "ALICE", " alice", "alice ", "dupr\u00e9", "dupre\u0301", "%61lice", "ﬁ", "fi"} {
		note(id, k.Digest("2026", id))
	}
	note("alice elsewhere", ring(t, organization+"x", map[string]string{"2026": secret}, "").Digest("2026", "alice"))
	note("alice under another key", ring(t, organization, map[string]string{"2026": secret + "x"}, "").Digest("2026", "alice"))
	// Without the lengths, the border between organization and identifier could move.
	note("a border", ring(t, "ab", map[string]string{"2026": secret}, "").Digest("2026", "c"))
	note("a moved border", ring(t, "a", map[string]string{"2026": secret}, "").Digest("2026", "bc"))
}

func TestKeyring_Refusals(t *testing.T) {
	for name, test := range map[string]struct {
		keys    map[string]string
		current string
		says    string
	}{
		"short key":          {map[string]string{"2026": "tooshort-tooshort-tooshort-2short"[:31]}, "", "key 2026 has 31 bytes; at least 32"},
		"empty key":          {map[string]string{"2026": ""}, "", "key 2026 has 0 bytes"},
		"short second key":   {map[string]string{"2025": "short", "2026": secret}, "2026", "key 2025"},
		"two without choice": {map[string]string{"2025": secret, "2026": secret}, "", "there are 2 keys; say with digest_key_id"},
		"unknown choice":     {map[string]string{"2025": secret, "2026": secret}, "2027", `digest_key_id names "2027", which is none of the keys 2025, 2026`},
		"colon in an ID":     {map[string]string{"20:26": secret}, "", "a key's ID must start"},
		"empty ID":           {map[string]string{"": secret}, "", "a key's ID must start"},
		"ID of 33":           {map[string]string{strings.Repeat("a", 33): secret}, "", "a key's ID must start"},
		"blank in an ID":     {map[string]string{"2026 ": secret}, "", "a key's ID must start"},
		"secret as an ID":    {map[string]string{secret + "!": secret}, "", "a key's ID must start"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := subject.NewKeyring(organization, test.keys, test.current)
			if err == nil {
				t.Fatal("it was accepted")
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("%q does not say %q", err, test.says)
			}
			if strings.Contains(err.Error(), "tooshort") || strings.Contains(err.Error(), secret) {
				t.Errorf("the key is shown: %v", err)
			}
		})
	}
}

func TestKeyring_KnowsItsKeys(t *testing.T) {
	k := ring(t, organization, map[string]string{"b": secret, "a": secret}, "b")
	if k.Current() != "b" || strings.Join(k.IDs(), " ") != "a b" || !k.Has("a") || k.Has("c") || !k.Usable() {
		t.Errorf("current %s, IDs %v", k.Current(), k.IDs())
	}
	if only := ring(t, organization, map[string]string{"x": secret}, ""); only.Current() != "x" {
		t.Errorf("the only key is %s", only.Current())
	}
	none := ring(t, organization, nil, "")
	var absent *subject.Keyring
	if none.Usable() || absent.Usable() || absent.Has("x") {
		t.Error("no key is usable")
	}
	digests := k.ByDigest("a", []string{alice, "bob"})
	if digests[k.Digest("a", alice)] != alice || len(digests) != 2 || subject.KeyID(k.Digest("a", alice)) != "a" {
		t.Errorf("digests %v", digests)
	}
	defer func() {
		if recover() == nil {
			t.Error("a digest under a key that is not there")
		}
	}()
	k.Digest("gone", alice)
}

func TestDirectory_SaysWhyNobodyIsFound(t *testing.T) {
	vault, err := subject.NewVault(map[string][]string{"DSR-1": {"b", "a", "b"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		directory subject.Directory
		ids       string
		found     bool
		err       error
	}{
		"known":   {subject.Directory{Vault: vault}, "a b", true, nil},
		"none":    {subject.Directory{}, "", false, subject.ErrNoVault},
		"unknown": {subject.Directory{VaultErr: subject.ErrVaultUnknown}, "", false, subject.ErrVaultUnknown},
	} {
		ids, found, err := test.directory.Lookup("DSR-1")
		if strings.Join(ids, " ") != test.ids || found != test.found || err != test.err { //nolint:errorlint // they are those very errors
			t.Errorf("%s: %v %v %v", name, ids, found, err)
		}
	}
	if _, found, err := (&subject.Directory{Vault: vault}).Lookup("DSR-2"); found || err != nil {
		t.Error("a closed case is an error")
	}
	ids, _ := vault.IDs("DSR-1")
	ids[0] = "changed"
	if again, _ := vault.IDs("DSR-1"); again[0] != "a" {
		t.Error("the vault can be changed from outside")
	}
	if _, err := (&subject.Directory{}).Keyring(); err != subject.ErrNoDigestKey { //nolint:errorlint // it is that very error
		t.Error(err)
	}
	if _, err := (&subject.Directory{KeysErr: subject.ErrDigestKeysUnknown}).Keyring(); err != subject.ErrDigestKeysUnknown { //nolint:errorlint // it is that very error
		t.Error(err)
	}
}
