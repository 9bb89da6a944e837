// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package redact

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func cells(texts ...string) [][]byte {
	var out [][]byte
	for _, text := range texts {
		out = append(out, []byte(text))
	}
	return out
}

func TestPerson_Owns(t *testing.T) {
	t.Parallel()
	p := NewPerson([]string{"alice@example.com-google", "eve-marie@example.com", "b1"}, DefaultIdentityColumns())
	columns := p.Columns([]string{"query", "User Id", "user_name", "VISITOR-ID"})
	if len(columns) != 3 || columns[0].At != 1 || columns[0].Browser || !columns[2].Browser {
		t.Fatalf("got %+v", columns)
	}
	for name, test := range map[string]struct {
		user, shown, browser string
		owns, others         bool
	}{
		"account":                        {"alice@example.com-google", "alice@example.com", "b9", true, false},
		"account under another name":     {"alice@example.com-google", "Alice", "b9", true, false},
		"browser, nobody signed in":      {"b1", "", "b1", true, false},
		"browser, the person's name":     {"", "alice@example.com", "b1", true, false},
		"browser, somebody else":         {"bob-google", "bob", "b1", true, true},
		"browser, somebody else by name": {"", "bob", "b1", true, true},
		"browser, half of the person's":  {"eve", "eve", "b1", true, true},
		"somebody else":                  {"bob-google", "bob", "b2", false, true},
		"the name alone":                 {"", "alice@example.com", "", false, false},
		"nobody":                         {"", "", "", false, false},
	} {
		owns, others := p.Owns(cells("alice@example.com-google", test.user, test.shown, test.browser), columns)
		if owns != test.owns || others != test.others {
			t.Errorf("%s: owns %v, others %v", name, owns, others)
		}
	}
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(form, p); strings.Contains(text, "alice") {
			t.Errorf("%s prints %s", form, text)
		}
	}
	for path, want := range map[string]bool{
		"/tmp/Alice@Example.com-google.zip": true, "/tmp/Alice@Example.com.zip": true, "/tmp/eve-marie@example.com": true, "/tmp/b1.zip": false,
		"/tmp/alice.zip": false, "/tmp/DSR-2026-0142.zip": false,
	} {
		if p.NamedIn(path) != want {
			t.Errorf("%s: want %v", path, want)
		}
	}
}

func TestTable_Row(t *testing.T) {
	t.Parallel()
	mask := func(pattern, replacement string, columns ...string) Mask {
		return Mask{Columns: columns, Pattern: regexp.MustCompile(pattern), Replacement: replacement}
	}
	header, row := []string{"a", "b", "c"}, cells("one 11", "two 22", "")
	for name, test := range map[string]struct {
		rules           Rules
		want            []string
		removed, masked int64
	}{
		"nothing":               {Rules{}, []string{"one 11", "two 22", ""}, 0, 0},
		"drop":                  {Rules{Drop: []string{"b"}}, []string{"one 11", ""}, 1, 0},
		"keep":                  {Rules{Keep: []string{"b"}}, []string{"two 22"}, 2, 0},
		"mask":                  {Rules{Masks: []Mask{mask(`\d`, "#", "a", "b", "c")}}, []string{"one ##", "two ##", ""}, 0, 2},
		"groups":                {Rules{Masks: []Mask{mask(`(\w+) \d+`, "$1 $$", "a")}}, []string{"one $", "two 22", ""}, 0, 1},
		"one after the other":   {Rules{Masks: []Mask{mask("one", "two", "a"), mask("two", "three", "a", "b")}}, []string{"three 11", "three 22", ""}, 0, 2},
		"mask that changes nil": {Rules{Masks: []Mask{mask("one", "one", "a")}}, []string{"one 11", "two 22", ""}, 0, 0},
		"mask of a dropped one": {Rules{Drop: []string{"a"}, Masks: []Mask{mask("one", "x", "a")}}, []string{"two 22", ""}, 1, 0},
	} {
		table := test.rules.Table(header)
		var got []string
		for _, field := range table.Row(row) {
			got = append(got, string(field))
		}
		if !slices.Equal(got, test.want) || table.RemovedColumns() != test.removed || table.MaskedCells() != test.masked {
			t.Errorf("%s: got %q, %d removed, %d masked", name, got, table.RemovedColumns(), table.MaskedCells())
		}
	}
	if string(row[0]) != "one 11" {
		t.Error("the row that was read was changed")
	}
}
