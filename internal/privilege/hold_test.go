// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package privilege_test

import (
	"slices"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

func TestGives_IsGenerousWithinOneDomain(t *testing.T) {
	exports := func(kind, target string) privilege.Privilege {
		return privilege.Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "EXPORTS", Type: kind, TargetID: target}
	}
	erase := privilege.Of(privilege.Erasure)[0]
	with := func(p privilege.Privilege, edit func(*privilege.Privilege)) privilege.Privilege { edit(&p); return p }
	for name, test := range map[string]struct {
		held, wanted privilege.Privilege
		want         bool
	}{
		"the same":                   {erase, erase, true},
		"ENABLE":                     {with(erase, func(p *privilege.Privilege) { p.Type = "ENABLE" }), erase, true},
		"a type where none is known": {with(erase, func(p *privilege.Privilege) { p.Type = "EDIT" }), erase, true},
		"other letters":              {with(erase, func(p *privilege.Privilege) { p.Owner = " usage_analytics" }), erase, true},
		"no target":                  {with(erase, func(p *privilege.Privilege) { p.TargetID = "" }), erase, true},
		"another domain":             {exports("VIEW", "*"), erase, false},
		"another owner":              {with(erase, func(p *privilege.Privilege) { p.Owner = "SEARCH_API" }), erase, false},
		"another type":               {exports("VIEW", "*"), exports("EDIT", "*"), false},
		"any type is asked for":      {exports("VIEW", "*"), exports("", ""), true},
		"one target of all":          {exports("VIEW", "a"), exports("VIEW", "*"), true},
		"all targets for one":        {exports("VIEW", "*"), exports("VIEW", "a"), true},
		"another target":             {exports("VIEW", "a"), exports("VIEW", "b"), false},
	} {
		if got := privilege.Gives(test.held, test.wanted); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestDutiesWithin_NamesWhatIsHeldWholly(t *testing.T) {
	all, err := privilege.Expand(privilege.Duties())
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		all[i].TargetID = ""
	}
	if got := privilege.DutiesWithin(all); !slices.Equal(got, privilege.Duties()) {
		t.Errorf("all privileges hold %v", got)
	}
	view := privilege.Of(privilege.Export)[:1]
	if got := privilege.DutiesWithin(append(privilege.Of(privilege.Erasure), view...)); !slices.Equal(got, []string{"erasure"}) {
		t.Errorf("got %v", got)
	}
	if got := privilege.DutiesWithin(nil); got != nil {
		t.Errorf("nothing holds %v", got)
	}
}
