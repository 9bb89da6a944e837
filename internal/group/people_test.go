// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// who reads "ann@google bob" as people: a name, and after @ the provider.
func who(list string) []person {
	out := []person{}
	for entry := range strings.FieldsSeq(list) {
		name, provider, _ := strings.Cut(entry, "@")
		if user, ok := strings.CutPrefix(name, "="); ok {
			out = append(out, person{username: user})
			continue
		}
		out = append(out, person{email: name + "@example.com", provider: strings.ToUpper(provider)})
	}
	return out
}

// inCoveo are the same people as Coveo answers them.
func inCoveo(list string) []coveo.Member {
	out := []coveo.Member{}
	for _, p := range who(list) {
		provider := p.provider
		if provider == "" {
			provider = "EMAIL"
		}
		name, _, _ := strings.Cut(p.email, "@")
		out = append(out, coveo.Member{Email: p.email, Provider: provider, Username: name + "-" + strings.ToLower(provider), ID: "id-" + name})
	}
	return out
}

func named(members []coveo.Member) string {
	var out []string
	for _, m := range members {
		name, _, _ := strings.Cut(m.Email, "@")
		if name == "" {
			name = "=" + m.Username
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func TestPersonIs(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{"ann", "ann", true},
		{"ann", "ANN@saml", true},
		{"ann@google", "ann@saml", false},
		{"ann", "bob", false},
		{"=ann-saml", "=Ann-SAML", true},
		{"=ann-saml", "=ann-google", false},
		// Whether they are one nobody can tell, so they are not taken for one.
		{"=ann-saml", "ann@saml", false},
	} {
		a, b := who(tc.a)[0], who(tc.b)[0]
		if a.is(b) != tc.same || b.is(a) != tc.same {
			t.Errorf("%s is %s: %t, %t, want %t", tc.a, tc.b, a.is(b), b.is(a), tc.same)
		}
	}
	if whole := personOf(&inCoveo("ann@saml")[0]); !whole.is(who("=ann-saml")[0]) || !whole.is(who("ann")[0]) || whole.is(who("=ann-google")[0]) {
		t.Error("a member as Coveo answers them is not found by username and by address")
	}
	for _, m := range []coveo.Member{{ProviderUsername: "ann"}, {ID: "ann"}} {
		if p := personOf(&m); !p.is(p) {
			t.Errorf("%+v cannot be recognized again", m)
		}
	}
	if (person{}).is(person{}) {
		t.Error("nobody is somebody")
	}
}

func TestRefreshPeople(t *testing.T) {
	const unmanaged = "-"
	set := func(list string) types.Set {
		if list == unmanaged {
			return types.SetNull(personType())
		}
		return personSet(who(list))
	}
	for name, tc := range map[string]struct{ members, invites, joined, asked, wantMembers, wantInvites string }{
		"nothing managed":             {unmanaged, unmanaged, "ann", "bob", unmanaged, unmanaged},
		"as declared":                 {"ann bob", "carl", "ann bob", "carl", "ann bob", "carl"},
		"not accepted yet":            {"ann bob", unmanaged, "ann", "bob", "ann bob", unmanaged},
		"accepted":                    {unmanaged, "bob", "ann bob", "", unmanaged, "bob"},
		"accepted, both managed":      {"ann", "bob", "ann bob", "", "ann", "bob"},
		"gone":                        {"ann bob", "carl", "ann", "", "ann", ""},
		"came as member":              {"ann", "carl", "ann dora", "carl", "ann dora", "carl"},
		"came as invite":              {"ann", "carl", "ann", "carl dora", "ann", "carl dora"},
		"invited, invites not ours":   {"ann", unmanaged, "ann", "dora", "ann", unmanaged},
		"nobody":                      {"", "", "", "", "", ""},
		"somebody instead of nobody":  {"", "", "ann", "bob", "ann", "bob"},
		"other provider":              {"ann@google", unmanaged, "ann@saml", "", "ann", unmanaged},
		"by username":                 {"=ann-google =bob-saml", unmanaged, "ann@google", "bob@saml", "=ann-google =bob-saml", unmanaged},
		"no provider means any":       {"ann", unmanaged, "ann@google ann@saml", "", "ann", unmanaged},
		"two of one address, one set": {"ann@google", unmanaged, "ann@google ann@saml", "", "ann ann", unmanaged},
	} {
		t.Run(name, func(t *testing.T) {
			members, invites := refreshPeople(set(tc.members), set(tc.invites), &coveo.Group{Members: inCoveo(tc.joined), Invites: inCoveo(tc.asked)})
			check := func(what string, got types.Set, want string) {
				if got.IsNull() || want == unmanaged {
					if got.IsNull() != (want == unmanaged) {
						t.Errorf("%s: %s, want %s", what, got, want)
					}
					return
				}
				var names []string
				for _, p := range persons(got) {
					name, _, _ := strings.Cut(p.email, "@")
					if name == "" {
						name = "=" + p.username
					}
					names = append(names, name)
				}
				slices.Sort(names)
				wanted := strings.Fields(want)
				slices.Sort(wanted)
				if fmt.Sprint(names) != fmt.Sprint(wanted) {
					t.Errorf("%s: %v, want %v", what, names, wanted)
				}
			}
			check("members", members, tc.wantMembers)
			check("invites", invites, tc.wantInvites)
		})
	}
}

func TestStaffing(t *testing.T) {
	const unmanaged = "-"
	list := func(text string) []person {
		if text == unmanaged {
			return nil
		}
		return who(text)
	}
	for name, tc := range map[string]struct {
		members, invites, shown string
		joined, asked           string
		wantMembers, wantAsked  string
		changed                 bool
	}{
		"nothing managed":                      {unmanaged, unmanaged, "", "ann bob", "carl", "ann bob", "carl", false},
		"as wanted":                            {"ann", "carl", "ann carl", "ann", "carl", "ann", "carl", false},
		"added":                                {"ann bob", unmanaged, "ann", "ann", "carl", "ann bob", "carl", true},
		"removed":                              {"ann", unmanaged, "ann bob", "ann bob", "carl", "ann", "carl", true},
		"removed before accepting":             {"ann", unmanaged, "ann bob", "ann", "bob carl", "ann", "carl", true},
		"none":                                 {"", unmanaged, "ann bob", "ann bob", "carl", "", "carl", true},
		"came since the plan":                  {"ann bob", unmanaged, "ann", "ann dora", "", "ann dora bob", "", true},
		"not managed before":                   {"ann", unmanaged, "", "ann bob", "carl", "ann bob", "carl", false},
		"invited is in members":                {"ann", unmanaged, "", "", "ann", "", "ann", false},
		"accepted is in invites":               {"", "ann", "ann", "ann", "", "ann", "", false},
		"invite withdrawn":                     {unmanaged, "", "carl", "ann", "carl", "ann", "", true},
		"invite of one who accepted withdrawn": {unmanaged, "", "ann", "ann", "", "ann", "", false},
		"the same with members managed":        {"", "", "ann", "ann", "", "", "", true},
		"moved from members to invites":        {"", "ann", "ann", "ann", "", "ann", "", false},
		"spelled otherwise":                    {"=ann-google", unmanaged, "ann", "ann@google", "", "ann", "", false},
		"other provider":                       {"ann@saml", unmanaged, "ann@google", "ann@google", "", "ann", "", true},
		"provider said at last, another one":   {"ann@saml", unmanaged, "ann", "ann@google", "", "ann", "", true},
		"provider said at last, that one":      {"ann@google", unmanaged, "ann", "ann@google", "", "ann", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := staffing{members: list(tc.members), invites: list(tc.invites), shown: who(tc.shown)}
			members, invites, changed := s.onto(&coveo.Group{Members: inCoveo(tc.joined), Invites: inCoveo(tc.asked)})
			if named(members) != tc.wantMembers || named(invites) != tc.wantAsked || changed != tc.changed {
				t.Errorf("got %q and %q, changed %t", named(members), named(invites), changed)
			}
		})
	}
}

// A configuration that says less of somebody than the state, or the same in other words, changes nothing. One that says more may
// mean somebody else.
func TestRestates(t *testing.T) {
	for _, tc := range []struct {
		config, state string
		want          bool
	}{
		{"ann bob", "bob ann", true},
		{"ANN", "ann@google", true},
		{"ann", "ann@google ann@saml", true},
		{"ann@saml", "ann", false},
		{"ann@google ann@saml", "ann", false},
		{"ann", "ann bob", false},
		{"", "", true},
	} {
		if got := restates(who(tc.config), who(tc.state)); got != tc.want {
			t.Errorf("%q restates %q: %t", tc.config, tc.state, got)
		}
	}
	whole := []person{personOf(&inCoveo("ann@saml")[0])}
	if !restates(who("=ann-saml"), whole) || restates(whole, who("ann@saml")) {
		t.Error("a username is not weighed")
	}
}
