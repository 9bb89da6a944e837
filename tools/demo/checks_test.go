// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The demonstration proves that identifiers are nowhere, which a search that finds nothing would prove as well.
func TestSearch_FindsIdentifiers(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("subjects.json", account)
	write("terraform.tfstate", `{"x": "`+browser+`"}`)
	write("clean.tfstate", "{}")
	plan, err := os.Create(filepath.Join(dir, "erasure.tfplan"))
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(plan)
	for name, content := range map[string]string{"tfplan": "nobody", "tfconfig/main.tf": "# " + account} {
		file, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := plan.Close(); err != nil {
		t.Fatal(err)
	}
	s := &story{dir: dir}
	s.printed.WriteString("applied for " + account)
	found, err := s.search(dir, account, browser)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	if want := []string{"erasure.tfplan (tfconfig/main.tf)", "terraform.tfstate", "the output"}; !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}

func TestSays_FoldsLines(t *testing.T) {
	r := result{text: "╷\n│ Warning: Irreversible\n│ erasure: DSR-1\n╵\n"}
	if err := r.says("Irreversible erasure: DSR-1"); err != nil {
		t.Error(err)
	}
	if err := r.says("something else"); err == nil {
		t.Error("a text that is not there was found")
	}
}
