// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/crypto/ssh"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

const secret = "xx2b7e1516-28ae-d2a6-abf7-158809cf4f3c"

// party is a recipient and what opens what was encrypted for it.
type party struct {
	recipient string
	// file is the private key as age's command line reads it.
	file     string
	identity age.Identity
}

func parties(t *testing.T) map[string]party {
	t.Helper()
	x25519, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	modulus, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]party{"X25519": {x25519.Recipient().String(), x25519.String() + "\n", x25519}}
	for name, private := range map[string]any{"ssh-ed25519": edwards, "ssh-rsa": modulus} {
		signer, err := ssh.NewSignerFromKey(private)
		if err != nil {
			t.Fatal(err)
		}
		block, err := ssh.MarshalPrivateKey(private, "")
		if err != nil {
			t.Fatal(err)
		}
		identity, err := agessh.ParseIdentity(pem.EncodeToMemory(block))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = party{string(ssh.MarshalAuthorizedKey(signer.PublicKey())), string(pem.EncodeToMemory(block)), identity}
	}
	return all
}

func opened(t *testing.T, sealed string, identity age.Identity) (string, error) {
	t.Helper()
	plain, err := age.Decrypt(armor.NewReader(strings.NewReader(sealed)), identity)
	if err != nil {
		return "", err
	}
	value, err := io.ReadAll(plain)
	return string(value), err
}

func TestSealIsOpenedByEachRecipientOnly(t *testing.T) {
	t.Parallel()
	all := parties(t)
	var recipients []string
	for _, p := range all {
		recipients = append(recipients, p.recipient)
	}
	sealed, err := seal(secret, recipients)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(sealed, "-----BEGIN AGE ENCRYPTED FILE-----\n") || strings.Contains(sealed, secret) {
		t.Errorf("sealed as %s", sealed)
	}
	for name, p := range all {
		if value, err := opened(t, sealed, p.identity); err != nil || value != secret {
			t.Errorf("%s: %q, %v", name, value, err)
		}
	}
	stranger, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if value, err := opened(t, sealed, stranger); err == nil {
		t.Errorf("a stranger opened %q", value)
	}
	again, err := seal(secret, recipients)
	if err != nil || again == sealed {
		t.Errorf("the same was sealed twice: %v", err)
	}
}

// The real age opens what this provider encrypts.
func TestSealIsOpenedByAge(t *testing.T) {
	t.Parallel()
	binary, err := exec.LookPath("age")
	if err != nil {
		t.Skip("there is no age: install the package age, as .ci/run does")
	}
	for name, p := range parties(t) {
		sealed, err := seal(secret, []string{p.recipient})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(file, []byte(p.file), 0o600); err != nil {
			t.Fatal(err)
		}
		command := exec.CommandContext(t.Context(), binary, "--decrypt", "-i", file)
		command.Stdin = strings.NewReader(sealed)
		out, err := command.CombinedOutput()
		if err != nil || string(out) != secret {
			t.Errorf("%s: age printed %q, %v", name, out, err)
		}
	}
}

func TestParseRecipientRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	good := identity.Recipient().String()
	for name, tc := range map[string]struct{ entry, words string }{
		"empty":            {"", "begins with none of"},
		"a word":           {"alice", "begins with none of"},
		"cut":              {good[:len(good)-1], "no X25519 recipient"},
		"mistyped":         {good[:20] + "b" + good[21:], "no X25519 recipient"},
		"post-quantum":     {"age1pq1" + strings.Repeat("q", 50), "no X25519 recipient"},
		"plugin":           {"age1yubikey1" + strings.Repeat("q", 50), "no X25519 recipient"},
		"an identity":      {identity.String(), "private key"},
		"a private key":    {"-----BEGIN OPENSSH PRIVATE KEY-----", "private key"},
		"ECDSA":            {"ecdsa-sha2-nistp256 AAAA", "begins with none of"},
		"SSH without body": {"ssh-ed25519 alice@example.com", "no SSH public key"},
		"options":          {`from="10.0.0.1" ssh-ed25519 AAAA`, "begins with none of"},
	} {
		_, err := parseRecipient(tc.entry)
		if err == nil || !strings.Contains(err.Error(), tc.words) {
			t.Errorf("%s: %v, want %q", name, err, tc.words)
			continue
		}
		if len(tc.entry) > 12 && strings.Contains(err.Error(), tc.entry[:12]) {
			t.Errorf("%s: the entry is repeated: %v", name, err)
		}
	}
	for _, entry := range []string{good, " " + good + "\n"} {
		if _, err := parseRecipient(entry); err != nil {
			t.Errorf("%q: %v", entry, err)
		}
	}
}

// Whatever is written, the error does not repeat it, and what is accepted can be encrypted for.
func FuzzParseRecipient(f *testing.F) {
	f.Add("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p")
	f.Add("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN")
	f.Add("AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQ")
	f.Fuzz(func(t *testing.T, entry string) {
		recipient, err := parseRecipient(entry)
		if err != nil {
			if len(entry) > 40 && strings.Contains(err.Error(), entry) {
				t.Errorf("the entry is repeated: %v", err)
			}
			return
		}
		if _, err := encrypt(secret, []age.Recipient{recipient}); err != nil {
			t.Errorf("%q was accepted: %v", entry, err)
		}
	})
}

// A diagnostic with a path prints the line of the configuration, which must not hold a private key's.
func TestCheckRecipientsReportsAPrivateKeyWithoutPath(t *testing.T) {
	t.Parallel()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for entry, hasPath := range map[string]bool{identity.String(): false, "alice": true} {
		diags := checkRecipients(textSet([]string{entry, identity.Recipient().String()}))
		if len(diags) != 1 {
			t.Fatalf("%d diagnostics", len(diags))
		}
		withPath, ok := diags[0].(diag.DiagnosticWithPath)
		if ok != hasPath || ok && withPath.Path().String() != "value_recipients" || strings.Contains(diags[0].Detail(), identity.String()) {
			t.Errorf("%v", diags[0])
		}
	}
}

// leavesOut is an error where there is nobody to encrypt for.
func leavesOut(recipients []string) error {
	if len(recipients) == 0 {
		return errors.New("no recipients")
	}
	return nil
}

// Where encryption fails after the key was made, the value goes nowhere.
func TestKeepValueLosesWhatItCannotEncrypt(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]func(string, []string) (string, error){
		"fails":            func(value string, _ []string) (string, error) { return value, errors.New("cannot encrypt " + value) },
		"does not encrypt": func(value string, to []string) (string, error) { return "sealed: " + value, leavesOut(to) },
	} {
		s := NewService(nil, coveo.SystemClock{})
		s.seal = broken
		m := &resourceModel{
			DisplayName: types.StringValue("name"), Value: types.StringNull(), EncryptedValue: types.StringUnknown(),
			ValueRecipients: types.SetValueMust(types.StringType, []attr.Value{types.StringValue("age1…")}),
		}
		diags := s.keepValue(m, &coveo.APIKey{ID: "key0", Value: secret})
		if diags.HasError() || len(diags) != 1 || !m.Value.IsNull() || !m.EncryptedValue.IsNull() {
			t.Fatalf("%s: %v, value %s, encrypted %s", name, diags, m.Value, m.EncryptedValue)
		}
		if text := diags[0].Summary() + diags[0].Detail(); strings.Contains(text, secret) || !strings.Contains(text, "key0") || !strings.Contains(text, "-replace") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestWithValue(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]*resourceModel{
		"with its value":           {Value: types.StringValue(secret), EncryptedValue: types.StringNull()},
		"with its encrypted value": {Value: types.StringNull(), EncryptedValue: types.StringValue("sealed")},
		"without its value":        {Value: types.StringNull(), EncryptedValue: types.StringNull()},
	} {
		if got := m.withValue(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
