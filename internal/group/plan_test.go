// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

func modelOf(set []privilege.Privilege, edits ...func(*resourceModel)) *resourceModel {
	m := emptyModel()
	m.DisplayName = types.StringValue("team")
	m.EffectivePrivileges = privilegeset.Of(set)
	m.Members, m.Invites = types.SetNull(personType()), types.SetNull(personType())
	m.Realms = types.SetNull(realmType())
	m.APIKeysThatCanEdit, m.GroupsThatCanEdit = types.SetNull(types.StringType), types.SetNull(types.StringType)
	for _, edit := range edits {
		edit(&m)
	}
	return &m
}

func members(list string) func(*resourceModel) {
	return func(m *resourceModel) { m.Members = personSet(who(list)) }
}

func invites(list string) func(*resourceModel) {
	return func(m *resourceModel) { m.Invites = personSet(who(list)) }
}

// Whoever reads a plan learns that it lets more people erase, and is not told again once they have.
func TestReviewErasure(t *testing.T) {
	erasing, looking := []privilege.Privilege{coveo.DeleteUserAnalytics()}, []privilege.Privilege{coveo.AdministrateAnalytics()}
	everyone := func(m *resourceModel) { m.Realms = realmSet([]coveo.Realm{{Provider: "SAML"}}) }
	editable := func(m *resourceModel) {
		m.APIKeysThatCanEdit, m.GroupsThatCanEdit = textSet([]string{"k1"}), textSet([]string{"g1", "g2"})
	}
	unknown := func(m *resourceModel) { m.Members = types.SetUnknown(personType()) }
	for name, tc := range map[string]struct {
		state, plan *resourceModel
		want        string // "" for no warning
	}{
		"no eraser":            {nil, modelOf(looking, members("ann"), everyone), ""},
		"new":                  {nil, modelOf(erasing, members("ann"), invites("bob carl")), "allows it to 3 people whom the configuration names."},
		"new, spelled oddly":   {nil, modelOf([]privilege.Privilege{{Owner: "usage_analytics", TargetDomain: " delete_user_analytics_data", TargetID: "x"}}, members("ann")), "1 person that the configuration names."},
		"new and empty":        {nil, modelOf(erasing, members("")), "Nobody is in it yet."},
		"new, not managed":     {nil, modelOf(erasing), "whoever is added in Coveo's console, since members is not set."},
		"new, everyone":        {nil, modelOf(erasing, members(""), everyone), "everybody who signs in with SAML."},
		"new, editable":        {nil, modelOf(erasing, members(""), editable), "whomever 3 editors of the group may add."},
		"gains, members empty": {modelOf(looking), modelOf(erasing, members("")), "whoever is in it now, since members was not managed so far."},
		"gains, not managed":   {modelOf(looking), modelOf(erasing), "whoever is in it now or is added in Coveo's console, since members is not set."},
		"gains, nobody known":  {modelOf(looking, members("")), modelOf(erasing, members("")), "The configuration names nobody, and whom it does not manage is not looked at."},
		"members not known":    {nil, modelOf(erasing, unknown), "people who are not known before the apply."},
		"not known who joins":  {modelOf(erasing, members("ann")), modelOf(erasing, unknown), "people who are not known before the apply."},
		"gains the privilege":  {modelOf(looking, members("ann bob")), modelOf(erasing, members("ann bob")), "2 people"},
		"unchanged":            {modelOf(erasing, members("ann"), everyone, editable), modelOf(erasing, members("ann"), everyone, editable), ""},
		"unmanaged, unchanged": {modelOf(erasing), modelOf(erasing), ""},
		"somebody joins":       {modelOf(erasing, members("ann")), modelOf(erasing, members("ann bob")), "1 person"},
		"somebody leaves":      {modelOf(erasing, members("ann bob")), modelOf(erasing, members("ann")), ""},
		"moves to invites":     {modelOf(erasing, members("ann")), modelOf(erasing, members(""), invites("ann")), ""},
		"realm joins":          {modelOf(erasing, members("ann")), modelOf(erasing, members("ann"), everyone), "everybody who signs in with SAML"},
		"editors join":         {modelOf(erasing, members("ann")), modelOf(erasing, members("ann"), editable), "whomever 3 editors"},
		"loses the privilege":  {modelOf(erasing, members("ann")), modelOf(looking, members("ann bob")), ""},
		"not known yet":        {nil, modelOf(nil, func(m *resourceModel) { m.EffectivePrivileges = types.SetUnknown(privilegeset.Type()) }), ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := &decision{plan: tc.plan, state: tc.state}
			d.reviewErasure()
			got := fmt.Sprint(d.diags)
			if (len(d.diags) == 0) != (tc.want == "") || !strings.Contains(got, tc.want) || strings.Contains(got, "@") {
				t.Errorf("got %s, want %q", got, tc.want)
			}
			if tc.want != "" && !strings.Contains(got, "Group that may erase people: team") {
				t.Errorf("the group is not named: %s", got)
			}
		})
	}
}

// An answer that leaves a group's privileges out says nothing, and not that the group may erase nobody.
func TestListed_SilenceIsNoDenial(t *testing.T) {
	for want, set := range map[types.Bool][]coveo.Privilege{
		types.BoolNull(): nil, types.BoolValue(false): {}, types.BoolValue(true): {coveo.DeleteUserAnalytics()},
	} {
		if got := listed(&coveo.Group{Privileges: set}, false).Attributes()["may_erase"]; !got.Equal(want) {
			t.Errorf("may_erase of %v is %s, want %s", set, got, want)
		}
	}
}

func TestFilter(t *testing.T) {
	eraser := &coveo.Group{DisplayName: "Privacy engineering", GroupType: "CUSTOM", Privileges: []coveo.Privilege{
		{Owner: "USAGE_ANALYTICS", TargetDomain: "DELETE_USER_ANALYTICS_DATA", Type: "ENABLE", TargetID: "*"}, {Owner: "USAGE_ANALYTICS", TargetDomain: "ADMINISTRATE"},
	}}
	service := NewService(nil, nil)
	for name, tc := range map[string]struct {
		prefix, groupType string
		duties            []string
		want              bool
	}{
		"everything":           {"", "", nil, true},
		"prefix":               {"privacy", "", nil, true},
		"no prefix":            {"engineering", "", nil, false},
		"type":                 {"", "custom", nil, true},
		"other type":           {"", "ADMINISTRATOR", nil, false},
		"duty":                 {"", "", []string{"erasure"}, true},
		"duty without target":  {"", "", []string{"overview"}, true},
		"both":                 {"", "", []string{"erasure", "overview"}, true},
		"one that it lacks":    {"", "", []string{"erasure", "export"}, false},
		"all, one is not met":  {"privacy", "CUSTOM", []string{"export"}, false},
		"a duty of the future": {"", "", []string{"forget"}, false},
	} {
		if got := service.filter(text(tc.prefix), text(tc.groupType), textSet(tc.duties)).wants(eraser); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
