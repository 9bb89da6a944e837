// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export_test

import (
	"fmt"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/export"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestFilter(t *testing.T) {
	for _, test := range []struct {
		dimensions, ids []string
		want            string
	}{
		{[]string{"userid"}, []string{"a"}, "userid=='a'"},
		{[]string{"userid", "visitorid"}, []string{"a"}, "(userid=='a' OR visitorid=='a')"},
		{[]string{"userid"}, []string{"a", "b"}, "(userid=='a' OR userid=='b')"},
		{[]string{"userid"}, []string{"x' OR userid!='"}, `userid=='x\' OR userid!=\''`},
		{[]string{"userid"}, []string{`x\`}, `userid=='x\\'`},
		{[]string{"userid"}, []string{`x\' OR 1==1`}, `userid=='x\\\' OR 1==1'`},
	} {
		got, err := export.Filter(test.dimensions, test.ids)
		if got != test.want || err != nil {
			t.Errorf("got %s %v, want %s", got, err, test.want)
		}
	}
	for _, test := range [][2][]string{
		{nil, {"a"}}, {{"userid"}, nil}, {{"user id"}, {"a"}}, {{"userid=='x' OR userid"}, {"a"}}, {{""}, {"a"}}, {{"OR"}, {"a"}}, {{"not_in"}, {"a"}},
		{{"userid"}, {""}}, {{"userid"}, {"a\xff"}}, {{"1a"}, {"a"}},
	} {
		if got, err := export.Filter(test[0], test[1]); err == nil {
			t.Errorf("%q is a filter", got)
		}
	}
}

// Whatever the identifier, what was built is one comparison with exactly it, by a parser that was written without a look at
// the builder.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"alice.smith@example.com-google", "x' OR userid!='", `x\`, `\'`, `\\'`, `"`, "'", "a\nb", "a\x00b", "') OR (userid!='", "é👩‍💻", "=~.*", "AND", " ", "]", `\u0027`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		filter, err := export.Filter([]string{"userid"}, []string{id})
		if id == "" || !utf8.ValidString(id) {
			if err == nil {
				t.Fatalf("%q is a filter for %q", filter, id)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := simulator.ParseFilter(filter)
		if err != nil || len(got) != 1 || got[0].Dimension != "userid" || got[0].Operator != "==" || !slices.Equal(got[0].Values, []string{id}) {
			t.Fatalf("%q reads as %q, %v", filter, got, err)
		}
		both, err := export.Filter([]string{"userid", "visitorid"}, []string{id, "b"})
		if err != nil {
			t.Fatal(err)
		}
		got, err = simulator.ParseFilter(both)
		want := fmt.Sprintf("%q", []simulator.FilterComparison{
			{Dimension: "userid", Operator: "==", Values: []string{id}}, {Dimension: "userid", Operator: "==", Values: []string{"b"}},
			{Dimension: "visitorid", Operator: "==", Values: []string{id}}, {Dimension: "visitorid", Operator: "==", Values: []string{"b"}},
		})
		if err != nil || fmt.Sprintf("%q", got) != want {
			t.Fatalf("%q reads as %q, %v", both, got, err)
		}
		if !export.Mentions([]string{filter}, id) {
			t.Fatalf("%q does not mention %q", filter, id)
		}
	})
}

func TestUnusual(t *testing.T) {
	for id, want := range map[string]bool{
		alice: false, browser: false, "dupré@exämple.com": false, "a b": false, "a/b?c#d%e": false, "(a) OR b==c": false, "👩": false,
		"a'b": true, `a"b`: true, `a\b`: true, "a`b": true, "a\nb": true, "a\x00": true, "\x7f": true, "a\u200bb": true, "a\u202eb": true, "a\u2028b": true, "a\xff": true,
	} {
		if got := export.Unusual(id); got != want {
			t.Errorf("%q: got %v", id, got)
		}
	}
}

func TestMentions(t *testing.T) {
	for _, test := range []struct {
		filter, id string
		want       bool
	}{
		{"userid=='alice'", "alice", true}, {`userid == "alice"`, "alice", true}, {"userid IN ['bob', 'alice']", "alice", true}, {"userid=='Alice'", "alice", true},
		{"userid=@'alice'", "alice", true}, {"alice", "alice", true}, {`userid=='o\'neil'`, "o'neil", true}, {`userid=="o\"neil"`, `o"neil`, true}, {`userid=='a\\b'`, `a\b`, true},
		{"userid=='alice.smith'", "alice", false}, {"userid=='malice'", "alice", false}, {"userid=='alice-google'", "alice", false}, {"userid=='bob'", "alice", false},
		{"userid=='malice' OR userid=='alice'", "alice", true}, {"", "alice", false}, {"userid=='x'", "", false}, {"userid=='élise'", "lise", false},
	} {
		if got := export.Mentions([]string{test.filter}, test.id); got != test.want {
			t.Errorf("%q in %q: got %v", test.id, test.filter, got)
		}
	}
}
