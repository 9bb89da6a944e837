// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// person is somebody whom a configuration names: by username, or by e-mail address and perhaps the provider to sign in with.
type person struct{ username, email, provider string }

func personType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"username": types.StringType, "email": types.StringType, "provider": types.StringType,
	}}
}

// personOf describes a member. One whom Coveo answers without any of the usual names goes by what there is.
func personOf(m *coveo.Member) person {
	p := person{m.Username, m.Email, m.Provider}
	if p.username == "" && p.email == "" {
		p.username = cmp.Or(m.ProviderUsername, m.ID)
	}
	return p
}

func personsOf(members []coveo.Member) []person {
	out := make([]person, 0, len(members))
	for i := range members {
		out = append(out, personOf(&members[i]))
	}
	return out
}

// is tells whether two descriptions can only be meant for the same person. Where both have a username it decides; else the
// e-mail address does, and the provider where both have one.
func (p person) is(other person) bool {
	if p.username != "" && other.username != "" {
		return strings.EqualFold(p.username, other.username)
	}
	return p.email != "" && strings.EqualFold(p.email, other.email) &&
		(p.provider == "" || other.provider == "" || p.provider == other.provider)
}

func (p person) isAmong(others []person) bool { return slices.ContainsFunc(others, p.is) }

// samePersons tells whether two lists describe the same people, however they are spelled.
func samePersons(a, b []person) bool {
	within := func(a, b []person) bool {
		return !slices.ContainsFunc(a, func(p person) bool { return !p.isAmong(b) })
	}
	return within(a, b) && within(b, a)
}

// without are the people of a list whom none of the others describes.
func without(list []person, others ...[]person) []person {
	return slices.DeleteFunc(slices.Clone(list), func(p person) bool {
		return slices.ContainsFunc(others, p.isAmong)
	})
}

func personSet(list []person) types.Set {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b person) int {
		return cmp.Or(cmp.Compare(a.username, b.username), cmp.Compare(a.email, b.email), cmp.Compare(a.provider, b.provider))
	})
	elements := make([]attr.Value, 0, len(sorted))
	for _, p := range slices.Compact(sorted) {
		elements = append(elements, types.ObjectValueMust(personType().AttrTypes, map[string]attr.Value{
			"username": text(p.username), "email": text(p.email), "provider": text(p.provider),
		}))
	}
	return types.SetValueMust(personType(), elements)
}

// persons are the elements of a set of people. What is unknown in one is empty.
func persons(set types.Set) []person {
	out := []person{}
	for _, fields := range objects(set) {
		out = append(out, person{fields("username"), fields("email"), fields("provider")})
	}
	return out
}

// refreshPeople brings what a state says of a group's people up to date. Who is described in the state and is in the group, or
// invited to it, stays as described: a member who has not accepted yet is shown by Coveo as invited, and an invited one who
// has as a member. Who is in neither list of the state appears in the one that Coveo shows. A null list stays null.
func refreshPeople(members, invites types.Set, group *coveo.Group) (types.Set, types.Set) {
	described, invited := persons(members), persons(invites)
	joined, asked := personsOf(group.Members), personsOf(group.Invites)
	present := append(slices.Clone(joined), asked...)
	still := func(list []person) []person {
		return slices.DeleteFunc(slices.Clone(list), func(p person) bool { return !p.isAmong(present) })
	}
	refresh := func(set types.Set, before, shown []person) types.Set {
		if set.IsNull() {
			return set
		}
		after := append(still(before), without(shown, described, invited)...)
		if len(after) == len(before) && samePersons(after, before) {
			return set
		}
		return personSet(after)
	}
	return refresh(members, described, joined), refresh(invites, invited, asked)
}

// staffing is what an update does to the people of a group: nil lists are not managed.
type staffing struct {
	members, invites []person
	// shown are those of the managed lists whom the plan's reader saw in the group. Only they can leave.
	shown []person
}

func staffingOf(config, plan, state *resourceModel) staffing {
	var s staffing
	if !config.Members.IsNull() {
		s.members, s.shown = persons(plan.Members), append(s.shown, persons(state.Members)...)
	}
	if !config.Invites.IsNull() {
		s.invites, s.shown = persons(plan.Invites), append(s.shown, persons(state.Invites)...)
	}
	return s
}

// onto applies the staffing to a group as it is now. Whoever stays is sent back as they were read. Somebody who came since the
// plan was made is in nobody's configuration and in no plan, and stays; the next plan shows them.
func (s staffing) onto(group *coveo.Group) (members, invites []coveo.Member, changed bool) {
	wanted := append(slices.Clone(s.members), s.invites...)
	leaves := func(m *coveo.Member) bool {
		return personOf(m).isAmong(s.shown) && !personOf(m).isAmong(wanted)
	}
	for _, m := range group.Members {
		// Who has accepted an invitation is a member, and only a managed list of members can take them out.
		if s.members != nil && leaves(&m) {
			changed = true
			continue
		}
		members = append(members, m)
	}
	for _, m := range group.Invites {
		if leaves(&m) {
			changed = true
			continue
		}
		invites = append(invites, m)
	}
	present := append(personsOf(group.Members), personsOf(group.Invites)...)
	for _, p := range without(s.members, present) {
		members, changed = append(members, p.newMember()), true
	}
	for _, p := range without(s.invites, present) {
		invites, changed = append(invites, p.newMember()), true
	}
	return members, invites, changed
}

func (p person) newMember() coveo.Member {
	return coveo.Member{Username: p.username, Email: p.email, Provider: p.provider}
}

func newMembers(list []person) []coveo.Member {
	out := make([]coveo.Member, 0, len(list))
	for _, p := range list {
		out = append(out, p.newMember())
	}
	return out
}

// restates tells whether a configuration describes the people of a state and says of nobody what the state does not. More words
// can mean somebody else: whom the state knows by address alone may sign in with another provider than the one that is said now.
func restates(config, state []person) bool {
	return samePersons(config, state) && !slices.ContainsFunc(config, func(p person) bool {
		return !slices.ContainsFunc(state, p.addsNothingTo)
	})
}

func (p person) addsNothingTo(known person) bool {
	within := func(said, known string) bool { return said == "" || strings.EqualFold(said, known) }
	return p.is(known) && within(p.username, known.username) && within(p.email, known.email) && within(p.provider, known.provider)
}
