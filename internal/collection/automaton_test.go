// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// naive counts one text with overlaps, as the automaton does.
func naive(text, needle string) int64 {
	var n int64
	for i := range len(text) {
		if strings.HasPrefix(text[i:], needle) {
			n++
		}
	}
	return n
}

func FuzzAutomaton(f *testing.F) {
	all := needles()
	for _, n := range all {
		f.Add(n.text+n.text[:len(n.text)/2]+n.text, 3)
	}
	f.Add(strings.Repeat("/v1", 10)+"/v15/analytics.analytics.org.coveo.com", 7)
	machine := newAutomaton(all)
	f.Fuzz(func(t *testing.T, text string, cut int) {
		cut = max(0, min(cut, len(text)))
		counts, want := make([]int64, len(all)), make([]int64, len(all))
		machine.scan(machine.scan(0, []byte(text[:cut]), counts), []byte(text[cut:]), counts)
		for i, n := range all {
			want[i] = naive(text, n.text)
		}
		if !slices.Equal(counts, want) {
			t.Errorf("got  %v\nwant %v", counts, want)
		}
	})
}

func TestScanBundle_Limits(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a", "b", "c"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("coveoua"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := scanBundle(t.Context(), folder, 3); err != nil || b.Scanned != 3 {
		t.Errorf("%+v, %v", b, err)
	}
	if _, err := scanBundle(t.Context(), folder, 2); err == nil || !strings.Contains(err.Error(), "more than 2 files") {
		t.Errorf("got %v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := ScanBundle(stopped, folder); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
