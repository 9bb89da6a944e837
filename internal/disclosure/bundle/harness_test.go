// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/redact"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/table"
)

// The person, and what must never be in a message.
const (
	alice   = "alice.smith@example.com-google"
	visitor = "3c2f5f0e-7c0e-4e5b-9a57-1d0b3ad3f3a1"
	mallory = "mallory.canary@example.com-google"
)

// entry is a file in a ZIP.
type entry struct{ name, content string }

// zipOf packs files.
func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.Create(e.name)
		if err == nil {
			_, err = io.WriteString(w, e.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// searches is a small table of the person's.
func searches(rows ...string) string {
	return "datetime,userId,visitorId,queryText,originLevel1,actionCause\n" + strings.Join(rows, "\n") + "\n"
}

func row(cells ...string) string { return strings.Join(cells, ",") }

func mine(query string) string {
	return row("2026-11-20T09:00:00.000Z", alice, visitor, query, "Community", "searchboxSubmit")
}

// request packages a file for alice into a fresh folder.
func request(t testing.TB, file []byte) Request {
	t.Helper()
	return Request{
		Organization: "acmeprod1a2b3c", Case: "DSR-2026-0142",
		Export: Export{
			ID: "0f9c", CreatedAt: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
			To: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), Tables: []string{"SEARCHES"},
		},
		Open:   func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil },
		Path:   filepath.Join(t.TempDir(), "package.zip"),
		Person: redact.NewPerson([]string{alice, visitor}, redact.DefaultIdentityColumns()),
		Format: CSV, Summary: true, Download: DefaultDownload, Limits: table.Defaults(),
	}
}

// build makes a package that has to succeed, and returns its files.
func build(t testing.TB, r Request) (Result, map[string]string) {
	t.Helper()
	result, err := Build(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got := listed(t, filepath.Dir(r.Path)); !slices.Equal(got, []string{filepath.Base(r.Path)}) {
		t.Errorf("the folder holds %v", got)
	}
	if len(r.Recipients) > 0 {
		return result, nil
	}
	content, err := os.ReadFile(r.Path)
	if err != nil {
		t.Fatal(err)
	}
	return result, unzip(t, content)
}

func unzip(t testing.TB, content []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		from, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(data)
	}
	return files
}

func listed(t testing.TB, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func open(from io.Reader) func(context.Context) (io.ReadCloser, error) {
	return func(context.Context) (io.ReadCloser, error) { return io.NopCloser(from), nil }
}
