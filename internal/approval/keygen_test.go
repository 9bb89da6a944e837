// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package approval

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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

// person holds a key that ssh-keygen made.
type person struct {
	file   string
	public string
}

func newPerson(t *testing.T, args ...string) person {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	if out, err := keygen(t, nil, append([]string{"-q", "-N", "", "-C", "someone@example.com", "-f", file}, args...)...); err != nil {
		t.Fatalf("ssh-keygen %v: %v\n%s", args, err, out)
	}
	return person{file: file, public: read(t, file+".pub")}
}

// sign signs as the documentation says.
func (p person) sign(t *testing.T, message []byte, options ...string) string {
	t.Helper()
	return p.signFor(t, Namespace, message, options...)
}

func (p person) signFor(t *testing.T, namespace string, message []byte, options ...string) string {
	t.Helper()
	file := write(t, "statement.txt", message)
	args := append([]string{"-Y", "sign", "-q", "-f", p.file, "-n", namespace}, options...)
	if out, err := keygen(t, nil, append(args, file)...); err != nil {
		t.Fatalf("ssh-keygen %v: %v\n%s", args, err, out)
	}
	return read(t, file+".sig")
}

// keygenVerifies asks ssh-keygen whether a signature is somebody's.
func keygenVerifies(t *testing.T, name, public string, message []byte, armored string) bool {
	t.Helper()
	signers := write(t, "allowed_signers", []byte(name+` namespaces="`+Namespace+`" `+strings.TrimSpace(public)+"\n"))
	file := write(t, "statement.sig", []byte(armored))
	out, err := keygen(t, message, "-Y", "verify", "-f", signers, "-I", name, "-n", Namespace, "-s", file)
	t.Logf("ssh-keygen: %v, %s", err, strings.TrimSpace(out))
	return err == nil
}

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
