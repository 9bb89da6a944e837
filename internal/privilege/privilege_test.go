// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package privilege

import (
	"slices"
	"testing"
)

func analytics(domain, kind string) Privilege {
	return Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: domain, Type: kind, TargetID: "*"}
}

func TestEqualSets(t *testing.T) {
	view, edit := analytics("EXPORTS", "VIEW"), analytics("EXPORTS", "EDIT")
	one := view
	one.TargetID = "one"
	for name, tc := range map[string]struct {
		a, b []Privilege
		want bool
	}{
		"both empty":          {nil, []Privilege{}, true},
		"order":               {[]Privilege{view, edit}, []Privilege{edit, view}, true},
		"repetition":          {[]Privilege{view, view}, []Privilege{view}, true},
		"typeless spellings":  {[]Privilege{analytics("ADMINISTRATE", "")}, []Privilege{analytics("ADMINISTRATE", "ENABLE")}, true},
		"both spellings":      {[]Privilege{analytics("ADMINISTRATE", ""), analytics("ADMINISTRATE", "ENABLE")}, []Privilege{analytics("ADMINISTRATE", "")}, true},
		"another type":        {[]Privilege{view}, []Privilege{edit}, false},
		"another target":      {[]Privilege{view}, []Privilege{one}, false},
		"typeless is no VIEW": {[]Privilege{analytics("EXPORTS", "")}, []Privilege{view}, false},
		"one is more":         {[]Privilege{view, edit}, []Privilege{view}, false},
		"nothing":             {[]Privilege{view}, nil, false},
	} {
		if got := EqualSets(tc.a, tc.b); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
		if got := EqualSets(tc.b, tc.a); got != tc.want {
			t.Errorf("%s, the other way round: %t", name, got)
		}
	}
}

// What callers hand in is theirs.
func TestCanonicalSetLeavesItsArgumentAlone(t *testing.T) {
	set := []Privilege{analytics("EXPORTS", "VIEW"), analytics("ADMINISTRATE", "ENABLE")}
	before := slices.Clone(set)
	CanonicalSet(set)
	if !slices.Equal(set, before) {
		t.Errorf("%+v became %+v", before, set)
	}
}

func TestDifference(t *testing.T) {
	a := []Privilege{analytics("EXPORTS", "VIEW"), analytics("ADMINISTRATE", "ENABLE"), analytics("EXPORTS", "EDIT")}
	b := []Privilege{analytics("ADMINISTRATE", ""), analytics("EXPORTS", "VIEW"), analytics("REPORTS", "VIEW")}
	if got, want := Difference(a, b), []Privilege{analytics("EXPORTS", "EDIT")}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := Difference(a, a); len(got) != 0 {
		t.Errorf("a set differs from itself by %v", got)
	}
}

func TestMayErase(t *testing.T) {
	for name, tc := range map[string]struct {
		p    Privilege
		want bool
	}{
		"as documented": {analytics("DELETE_USER_ANALYTICS_DATA", ""), true},
		"ENABLE":        {analytics("DELETE_USER_ANALYTICS_DATA", "ENABLE"), true},
		"any type":      {analytics("DELETE_USER_ANALYTICS_DATA", "EDIT"), true},
		"one target":    {Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "DELETE_USER_ANALYTICS_DATA", TargetID: "x"}, true},
		"lower case":    {Privilege{Owner: "usage_analytics", TargetDomain: "delete_user_analytics_data", TargetID: "*"}, true},
		"blanks":        {Privilege{Owner: " USAGE_ANALYTICS", TargetDomain: "DELETE_USER_ANALYTICS_DATA ", TargetID: "*"}, true},
		"another owner": {Privilege{Owner: "PLATFORM", TargetDomain: "DELETE_USER_ANALYTICS_DATA", TargetID: "*"}, false},
		"overview":      {analytics("ADMINISTRATE", ""), false},
		"export":        {analytics("EXPORTS", "EDIT"), false},
	} {
		if got := MayErase([]Privilege{analytics("REPORTS", "VIEW"), tc.p}); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if MayErase(nil) {
		t.Error("no privilege at all may erase")
	}
}

func TestDutiesTakeExactly(t *testing.T) {
	for duty, want := range map[Duty]string{
		Overview: "USAGE_ANALYTICS/ADMINISTRATE *",
		Export:   "USAGE_ANALYTICS/EXPORTS CREATE *, USAGE_ANALYTICS/EXPORTS EDIT *, USAGE_ANALYTICS/EXPORTS VIEW *",
		Erasure:  "USAGE_ANALYTICS/DELETE_USER_ANALYTICS_DATA *",
	} {
		if got := Strings(Of(duty)); got != want {
			t.Errorf("%s takes %s, want %s", duty, got, want)
		}
	}
}

func TestExpandRefusesWhatIsNoDuty(t *testing.T) {
	if set, err := Expand([]string{"overview", "everything"}); err == nil {
		t.Errorf("Expand = %v", set)
	}
}

// Every combination of duties is recognized by the privileges that it takes, in any order and any spelling.
func TestDutiesOfUndoesExpand(t *testing.T) {
	all := Duties()
	for bits := 1; bits < 1<<len(all); bits++ {
		var duties []string
		for i, duty := range all {
			if bits&(1<<i) != 0 {
				duties = append(duties, duty)
			}
		}
		set, err := Expand(duties)
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(set)
		for i := range set {
			if set[i].Type == "" {
				set[i].Type = "ENABLE"
			}
		}
		if got := DutiesOf(set); !slices.Equal(got, duties) {
			t.Errorf("%v became %v", duties, got)
		}
	}
}

func TestDutiesOfNothingElse(t *testing.T) {
	for name, set := range map[string][]Privilege{
		"nothing":          nil,
		"part of a duty":   {analytics("EXPORTS", "VIEW")},
		"a duty and more":  {analytics("ADMINISTRATE", ""), analytics("REPORTS", "VIEW")},
		"a duty, narrowed": {{Owner: "USAGE_ANALYTICS", TargetDomain: "ADMINISTRATE", TargetID: "x"}},
	} {
		if got := DutiesOf(set); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestConsoleName(t *testing.T) {
	for want, p := range map[string]Privilege{
		"Analytics – Delete user data: Allowed": analytics("DELETE_USER_ANALYTICS_DATA", "ENABLE"),
		"Analytics – Administrate: Allowed":     analytics("ADMINISTRATE", ""),
		"Analytics – Data exports: Edit":        analytics("EXPORTS", "EDIT"),
		"Organization – API keys: Create":       {Owner: "PLATFORM", TargetDomain: "API_KEY", Type: "CREATE", TargetID: "*"},
		"SEARCH_API/EXECUTE_QUERY *":            {Owner: "SEARCH_API", TargetDomain: "EXECUTE_QUERY", TargetID: "*"},
		"PLATFORM/SOURCE EDIT x":                {Owner: "PLATFORM", TargetDomain: "SOURCE", Type: "EDIT", TargetID: "x"},
	} {
		if got := ConsoleName(p); got != want {
			t.Errorf("%+v is %q, want %q", p, got, want)
		}
	}
}
