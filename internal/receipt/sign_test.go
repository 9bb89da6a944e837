// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package receipt

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// keygen runs the real ssh-keygen, which must be there.
func keygen(t *testing.T, stdin []byte, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Fatalf("ssh-keygen is needed (Debian's package openssh-client): %v", err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// newKey is the file of a key that ssh-keygen made, and what is in it.
func newKey(t *testing.T, args ...string) (file, private, public string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "key")
	if out, err := keygen(t, nil, append([]string{"-q", "-C", "receipts", "-f", file}, args...)...); err != nil {
		t.Fatalf("ssh-keygen %v: %v\n%s", args, err, out)
	}
	return file, read(t, file), read(t, file+".pub")
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// keygenVerifies does what the documentation tells an auditor to do.
func keygenVerifies(t *testing.T, public, namespace string, document []byte, armored string) bool {
	t.Helper()
	signers := write(t, "allowed_signers", []byte("provider "+strings.TrimSpace(public)+"\n"))
	file := write(t, "receipt.sig", []byte(armored))
	_, err := keygen(t, document, "-Y", "verify", "-f", signers, "-I", "provider", "-n", namespace, "-s", file)
	return err == nil
}

func keygenSigns(t *testing.T, file, namespace string, document []byte) string {
	t.Helper()
	name := write(t, "receipt.json", document)
	if out, err := keygen(t, nil, "-Y", "sign", "-q", "-f", file, "-n", namespace, name); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return read(t, name+".sig")
}

func signWith(t *testing.T, private string, document []byte) string {
	t.Helper()
	key, err := ParseSigningKey(private)
	if err != nil {
		t.Fatal(err)
	}
	armored, err := Sign(key, document)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Sign(key, document)
	if err != nil || again != armored {
		t.Errorf("signed again, the signature is another (%v)", err)
	}
	return armored
}

func TestSign_RealKeygen(t *testing.T) {
	for _, kind := range [][]string{{"-t", "ed25519"}, {"-t", "rsa", "-b", "2048"}} {
		t.Run(kind[1], func(t *testing.T) {
			t.Parallel()
			file, private, public := newKey(t, append(kind, "-N", "")...)
			key, err := ParseSigningKey(private)
			if err != nil {
				t.Fatal(err)
			}
			if out, err := keygen(t, nil, "-l", "-f", file); err != nil || !strings.Contains(out, key.Fingerprint()) {
				t.Errorf("ssh-keygen shows %s, and here it is %s (%v)", out, key.Fingerprint(), err)
			}
			if !strings.HasPrefix(public, key.PublicKey()) {
				t.Errorf("got %s, want %s", key.PublicKey(), public)
			}
			for _, r := range []Receipt{erasure(), verification()} {
				document := marshal(t, r)
				armored := signWith(t, private, document)
				if !keygenVerifies(t, public, Namespace, document, armored) {
					t.Error("ssh-keygen refuses what is signed here")
				}
				if keygenVerifies(t, public, Namespace, append(bytes.Clone(document), '\n'), armored) {
					t.Error("ssh-keygen accepts an edited receipt")
				}
				for by, signature := range map[string]string{"here": armored, "by ssh-keygen": keygenSigns(t, file, Namespace, document)} {
					if got, err := Verify(document, signature, public); err != nil || got.Kind != r.Kind {
						t.Errorf("signed %s: %v", by, err)
					}
				}
			}
			// A key that came through an environment variable or a Windows editor.
			for _, text := range []string{strings.TrimSpace(private), "\n" + private + "\n", strings.ReplaceAll(private, "\n", "\r\n")} {
				if _, err := ParseSigningKey(text); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestVerify_Refused(t *testing.T) {
	file, private, public := newKey(t, "-t", "ed25519", "-N", "")
	_, _, other := newKey(t, "-t", "ed25519", "-N", "")
	document := marshal(t, erasure())
	good := signWith(t, private, document)
	second := marshal(t, verification())
	for _, tc := range []struct {
		name              string
		document          []byte
		signature, public string
		want              string
	}{
		{"control", document, good, public, ""},
		{"edited within its form", bytes.Replace(document, []byte("5000"), []byte("5001"), 1), good, public, "not over this document"},
		{"edited in words", bytes.Replace(document, []byte("no claim that"), []byte("the claim that"), 1), good, public, "not over this document"},
		{"edited beyond its form", bytes.Replace(document, []byte(`"runs": 1`), []byte(`"runs":  1`), 1), good, public, "not those that were written"},
		{"a line feed lost", bytes.TrimSuffix(document, []byte("\n")), good, public, "not those that were written"},
		{"another receipt", second, good, public, "not over this document"},
		{"no receipt", []byte("{}"), good, public, "no valid receipt"},
		{"another key", document, good, other, "not by the key SHA256:"},
		{"an approval", document, keygenSigns(t, file, "erasure-approval@coveo-privacy", document), public, "another purpose"},
		{"a simulation's signature", document, keygenSigns(t, file, SimulationNamespace, document), public, "another purpose"},
		{"no signature", document, "", public, "not one whole"},
		{"a damaged signature", document, good[:100] + good[101:], public, "the signature"},
		{"no key", document, good, "", "the public key cannot be used"},
		{"the private key", document, good, private, "private key"},
	} {
		r, err := Verify(tc.document, tc.signature, tc.public)
		if tc.want == "" {
			if err != nil || r.Case != "DSR-2026-0142" {
				t.Errorf("%s: %v", tc.name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
		if r.Kind != "" {
			t.Errorf("%s: something was read: %v", tc.name, r)
		}
	}
}

// A rehearsal never passes for a real receipt: not here, not by its schema, not with ssh-keygen, and not when it is edited.
func TestVerify_Simulation(t *testing.T) {
	file, private, public := newKey(t, "-t", "ed25519", "-N", "")
	document := marshal(t, simulation())
	armored := signWith(t, private, document)
	for _, signature := range []string{armored, keygenSigns(t, file, Namespace, document)} {
		if _, err := Verify(document, signature, public); !errors.Is(err, ErrSimulated) {
			t.Errorf("got %v", err)
		}
	}
	if keygenVerifies(t, public, Namespace, document, armored) {
		t.Error("ssh-keygen takes it for a receipt")
	}
	if !keygenVerifies(t, public, SimulationNamespace, document, armored) {
		t.Error("ssh-keygen does not take it for a simulation")
	}
	r, err := VerifyAllowingSimulation(document, armored, public)
	if err != nil || !r.Simulated || r.Kind != Simulation {
		t.Errorf("got %+v, %v", r, err)
	}
	if _, err := VerifyAllowingSimulation(document, keygenSigns(t, file, Namespace, document), public); err == nil {
		t.Error("a real receipt's signature fits a simulation")
	}
	genuine := marshal(t, erasure())
	if r, err := VerifyAllowingSimulation(genuine, signWith(t, private, genuine), public); err != nil || r.Simulated {
		t.Errorf("got %+v, %v", r, err)
	}
	disguised := bytes.ReplaceAll(document, []byte("erasure-simulation"), []byte("erasure-receipt"))
	disguised = bytes.Replace(disguised, []byte(`"kind": "erasure-receipt"`), []byte(`"kind": "erasure"`), 1)
	disguised = bytes.Replace(disguised, []byte(`"simulated": true`), []byte(`"simulated": false`), 1)
	if _, err := Verify(disguised, keygenSigns(t, file, Namespace, disguised), public); err == nil {
		t.Error("a disguised simulation passes, even signed")
	}
}

func TestSign_OnlyReceipts(t *testing.T) {
	_, private, _ := newKey(t, "-t", "ed25519", "-N", "")
	key, err := ParseSigningKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "coveo-erasure-approval/v1\n", "{}\n"} {
		if armored, err := Sign(key, []byte(text)); err == nil || armored != "" {
			t.Errorf("%q was signed: %s", text, armored)
		}
	}
}

// The format is published, and ed25519 signatures do not vary: this one is as it was.
func TestSign_Golden(t *testing.T) {
	signer := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	key, err := ParseSigningKey(openssh(t, signer))
	if err != nil {
		t.Fatal(err)
	}
	armored, err := Sign(key, marshal(t, erasure()))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "erasure.json.sig", []byte(armored))
	golden(t, "receipts.pub", []byte(key.PublicKey()+"\n"))
}

func openssh(t *testing.T, key ed25519.PrivateKey) string {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}

func TestParseSigningKey_Refused(t *testing.T) {
	_, locked, _ := newKey(t, "-t", "ed25519", "-N", "a passphrase")
	_, ecdsa, _ := newKey(t, "-t", "ecdsa", "-N", "")
	_, short, _ := newKey(t, "-t", "rsa", "-b", "1024", "-N", "")
	_, old, _ := newKey(t, "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "")
	_, good, public := newKey(t, "-t", "ed25519", "-N", "")
	halves := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	halves[ed25519.SeedSize] ^= 1
	lines := strings.Split(good, "\n")
	for _, tc := range []struct{ name, text, want string }{
		{"empty", "", "no private key"},
		{"words", "hunter2-secret", "no private key"},
		{"a public key", public, "public key"},
		{"without line breaks", strings.ReplaceAll(good, "\n", ""), "no private key"},
		{"with line breaks spelled out", strings.ReplaceAll(good, "\n", `\n`), "no private key"},
		{"locked", locked, "passphrase"},
		{"ECDSA", ecdsa, "neither an ed25519 nor an RSA key"},
		{"short RSA", short, "1024 bits"},
		{"in the old form", old, "OpenSSH's own form"},
		{"two keys", good + good, "something follows"},
		{"halves of two keys", openssh(t, halves), "another key"},
		{"a line lost", strings.Join(append(append([]string{}, lines[:2]...), lines[3:]...), "\n"), "no private key"},
		{"cut within", "-----BEGIN OPENSSH PRIVATE KEY-----\n" + lines[1][:68] + "\n-----END OPENSSH PRIVATE KEY-----\n", "damaged"},
		{"another thing", "-----BEGIN OPENSSH PRIVATE KEY-----\naHVudGVyMi1zZWNyZXQ=\n-----END OPENSSH PRIVATE KEY-----\n", "damaged"},
	} {
		key, err := ParseSigningKey(tc.text)
		if err == nil || key != nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, %v, want %q", tc.name, key, err, tc.want)
			continue
		}
		for _, secret := range []string{"hunter2", lines[1], lines[2], "aHVudGVyMi1zZWNyZXQ"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error repeats what was given: %v", tc.name, err)
			}
		}
	}
}

func TestSigningKey_NeverPrinted(t *testing.T) {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	key, err := ParseSigningKey(openssh(t, private))
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []any{key, *key} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if got := fmt.Sprintf(verb, value); got != "signing key "+key.Fingerprint() {
				t.Errorf("%s prints %s", verb, got)
			}
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", value)
		data, err := json.Marshal(value)
		if err != nil || string(data) != "{}" || !strings.Contains(log.String(), "signing key SHA256:") {
			t.Errorf("JSON %s, %v; log %s", data, err, log.String())
		}
	}
	// In a larger struct, fmt does not ask an unexported field to print itself.
	if got := fmt.Sprintf("%+v", struct{ Key *SigningKey }{key}); strings.Contains(got, "7 7 7 7") {
		t.Errorf("printed: %s", got)
	}
}

func FuzzVerify(f *testing.F) {
	signer, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)))
	if err != nil {
		f.Fatal(err)
	}
	document := marshal(f, erasure())
	s, err := sshsig.Sign(bytes.NewReader(document), signer, sshsig.HashSHA512, Namespace)
	if err != nil {
		f.Fatal(err)
	}
	public := string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
	f.Add(document, string(sshsig.Armor(s)))
	f.Add(marshal(f, simulation()), string(sshsig.Armor(s)))
	f.Fuzz(func(t *testing.T, data []byte, armored string) {
		if _, err := VerifyAllowingSimulation(data, armored, public); err == nil && !bytes.Equal(data, document) {
			t.Errorf("this passes as well: %q", data)
		}
	})
}

func FuzzParseSigningKey(f *testing.F) {
	block, err := ssh.MarshalPrivateKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)), "")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(pem.EncodeToMemory(block)))
	f.Add("-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----\n")
	document := marshal(f, erasure())
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParseSigningKey(text)
		if err != nil {
			return
		}
		armored, err := Sign(key, document)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(document, armored, key.PublicKey()); err != nil {
			t.Error(err)
		}
	})
}
