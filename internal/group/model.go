// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

// resourceModel is coveo_group.
type resourceModel struct {
	DisplayName          types.String `tfsdk:"display_name"`
	Duties               types.Set    `tfsdk:"duties"`
	Privileges           types.Set    `tfsdk:"privileges"`
	Members              types.Set    `tfsdk:"members"`
	Invites              types.Set    `tfsdk:"invites"`
	Realms               types.Set    `tfsdk:"realms"`
	APIKeysThatCanEdit   types.Set    `tfsdk:"api_keys_that_can_edit"`
	GroupsThatCanEdit    types.Set    `tfsdk:"groups_that_can_edit"`
	SendInvitationEmails types.Bool   `tfsdk:"send_invitation_emails"`

	ID                  types.String `tfsdk:"id"`
	EffectivePrivileges types.Set    `tfsdk:"effective_privileges"`
	GroupType           types.String `tfsdk:"group_type"`
	Deletable           types.Bool   `tfsdk:"deletable"`

	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// facts are what Coveo says about a group, in Terraform's types: the one conversion that every kind of this package uses.
type facts struct {
	id, displayName, groupType         types.String
	deletable                          types.Bool
	effectivePrivileges                types.Set
	members, invites, realms           types.Set
	apiKeysThatCanEdit, groupsThatEdit types.Set
}

// factsOf converts an answer. What an answer leaves out is null, but for lists of people, whose absence means that they are empty.
func factsOf(group *coveo.Group) facts {
	f := facts{
		id: text(group.ID), displayName: text(group.DisplayName), groupType: text(group.GroupType),
		deletable:           types.BoolPointerValue(group.Deletable),
		effectivePrivileges: types.SetNull(privilegeset.Type()),
		members:             personSet(personsOf(group.Members)),
		invites:             personSet(personsOf(group.Invites)),
		realms:              realmSet(group.Realms),
		apiKeysThatCanEdit:  textSet(editorIDs(group.APIKeysThatCanEdit)),
		groupsThatEdit:      textSet(editorIDs(group.GroupsThatCanEdit)),
	}
	if group.Privileges != nil {
		f.effectivePrivileges = privilegeset.Of(group.Privileges)
	}
	return f
}

// observe takes over what only Coveo decides and what no answer takes back.
func (m *resourceModel) observe(f facts) {
	if !f.groupType.IsNull() || m.GroupType.IsUnknown() {
		m.GroupType = f.groupType
	}
	if !f.deletable.IsNull() || m.Deletable.IsUnknown() {
		m.Deletable = f.deletable
	}
}

// refreshed takes over what Coveo shows now. A list that the state does not hold is not managed and stays null.
func (m *resourceModel) refreshed(group *coveo.Group) {
	f := factsOf(group)
	if !f.displayName.IsNull() {
		m.DisplayName = f.displayName
	}
	if !f.effectivePrivileges.IsNull() || m.EffectivePrivileges.IsNull() {
		// A group without privileges would be an empty list. An answer without the list says nothing.
		m.EffectivePrivileges = f.effectivePrivileges
	}
	m.Members, m.Invites = refreshPeople(m.Members, m.Invites, group)
	for _, list := range []struct {
		state *types.Set
		shown types.Set
	}{{&m.Realms, f.realms}, {&m.APIKeysThatCanEdit, f.apiKeysThatCanEdit}, {&m.GroupsThatCanEdit, f.groupsThatEdit}} {
		if !list.state.IsNull() {
			*list.state = list.shown
		}
	}
	m.observe(f)
}

// imported fills a state that knows nothing but the ID with everything that Coveo shows. The privileges are spelled as duties
// where that is possible, since this is how a configuration would.
func (m *resourceModel) imported(group *coveo.Group) {
	f := factsOf(group)
	m.ID, m.DisplayName, m.EffectivePrivileges = f.id, f.displayName, f.effectivePrivileges
	m.Members, m.Invites, m.Realms = f.members, f.invites, f.realms
	m.APIKeysThatCanEdit, m.GroupsThatCanEdit = f.apiKeysThatCanEdit, f.groupsThatEdit
	m.SendInvitationEmails = types.BoolValue(false)
	m.observe(f)
	set := privilegeset.Read(m.EffectivePrivileges)
	if duties := privilege.DutiesOf(set); duties != nil {
		m.Duties = textSet(duties)
	} else if len(set) > 0 {
		m.Privileges = privilegeset.Of(set)
	}
}

// whole tells whether a state holds anything that Coveo's list of groups may leave out.
func (m *resourceModel) whole() bool {
	return !m.Members.IsNull() || !m.Invites.IsNull() || !m.Realms.IsNull()
}

func (m *resourceModel) newGroup(set []privilege.Privilege) coveo.NewGroup {
	return coveo.NewGroup{
		DisplayName: m.DisplayName.ValueString(), Privileges: set,
		Members: newMembers(persons(m.Members)), Invites: newMembers(persons(m.Invites)),
		Realms:             realms(m.Realms, nil),
		APIKeysThatCanEdit: editors(m.APIKeysThatCanEdit, nil), GroupsThatCanEdit: editors(m.GroupsThatCanEdit, nil),
		SendEmails: m.SendInvitationEmails.ValueBool(),
		// A group that edits itself lets each member add others. groups_that_can_edit says so aloud.
		CanEditItself: false,
	}
}

// changeOf is what an update makes of a group as it is now. Only what the configuration sets is touched.
func changeOf(config, plan, state *resourceModel) func(*coveo.Group) (coveo.GroupChange, bool) {
	people := staffingOf(config, plan, state)
	return func(group *coveo.Group) (coveo.GroupChange, bool) {
		change := coveo.GroupChange{SendEmails: plan.SendInvitationEmails.ValueBool()}
		needed := false
		if name := plan.DisplayName.ValueString(); name != group.DisplayName {
			change.DisplayName, needed = &name, true
		}
		if config.saysPrivileges() {
			if wanted := privilegeset.Read(plan.EffectivePrivileges); !privilege.EqualSets(wanted, group.Privileges) {
				change.Privileges, needed = &wanted, true
			}
		}
		if members, invites, changed := people.onto(group); changed {
			change.Members, change.Invites, needed = &members, &invites, true
		}
		if wanted := realms(plan.Realms, group.Realms); !config.Realms.IsNull() && !slices.Equal(realmsOf(wanted), realmsOf(group.Realms)) {
			change.Realms, needed = &wanted, true
		}
		if wanted := editors(plan.APIKeysThatCanEdit, group.APIKeysThatCanEdit); !config.APIKeysThatCanEdit.IsNull() &&
			!slices.Equal(editorIDs(wanted), editorIDs(group.APIKeysThatCanEdit)) {
			change.APIKeysThatCanEdit, needed = &wanted, true
		}
		if wanted := editors(plan.GroupsThatCanEdit, group.GroupsThatCanEdit); !config.GroupsThatCanEdit.IsNull() &&
			!slices.Equal(editorIDs(wanted), editorIDs(group.GroupsThatCanEdit)) {
			change.GroupsThatCanEdit, needed = &wanted, true
		}
		return change, needed
	}
}

// saysPrivileges tells whether a configuration says what the group may do.
func (m *resourceModel) saysPrivileges() bool { return !m.Duties.IsNull() || !m.Privileges.IsNull() }

// asked is the set of privileges that a configuration asks for; known is false while a part of it is unknown.
func (s *Service) asked(config *resourceModel) (set []privilege.Privilege, known bool, err error) {
	if !fullyKnown(config.Duties) || !fullyKnown(config.Privileges) {
		return nil, false, nil
	}
	if !config.Duties.IsNull() {
		set, err = s.expand(texts(config.Duties))
		return set, err == nil, err
	}
	return privilegeset.Read(config.Privileges), true, nil
}
