// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// staff replaces who is in a group. People whom the organization knows are members at once; others are invited, whether they
// are named as members or as invites, and stay invites until they accept.
func (o *Organization) staff(g *group, members, invites []memberEntry, sendEmails bool) {
	before := *g
	g.members, g.invites = nil, nil
	for _, entry := range members {
		if u := o.roster.find(entry); u != nil {
			g.admit(u)
		} else if o.options.Readings.MembersJoinAtOnce {
			g.admit(o.join(entry.profile()))
		} else {
			o.ask(g, &before, entry, sendEmails)
		}
	}
	for _, entry := range invites {
		if u := o.roster.find(entry); u == nil || !slices.Contains(g.members, u) {
			o.ask(g, &before, entry, sendEmails)
		}
	}
}

func (g *group) admit(u *user) {
	if !slices.Contains(g.members, u) {
		g.members = append(g.members, u)
	}
	g.invites = slices.DeleteFunc(g.invites, func(i *invite) bool { return i.Username == u.Username })
}

// ask invites somebody, once: an invitation that stands is neither renewed nor sent again.
func (o *Organization) ask(g, before *group, entry memberEntry, sendEmail bool) {
	if g.invited(entry) != nil {
		return
	}
	if standing := before.invited(entry); standing != nil {
		g.invites = append(g.invites, standing)
		return
	}
	profile := entry.profile()
	if u := o.roster.find(entry); u != nil {
		profile = *u
	}
	if profile.ID == "" {
		profile.ID = stableID(g.id + "/" + profile.Username)
	}
	now := o.now()
	g.invites = append(g.invites, &invite{user: profile, invited: now, expires: now.Add(inviteLife)})
	if sendEmail {
		o.roster.emails[strings.ToLower(profile.Email)]++
	}
}

func entryOf(u *user) memberEntry {
	return memberEntry{
		ID: u.ID, Username: u.Username, Email: u.Email, DisplayName: u.DisplayName, Provider: u.Provider, ProviderUsername: u.ProviderUsername,
	}
}

func entriesOf(users []*user) []memberEntry {
	entries := make([]memberEntry, 0, len(users))
	for _, u := range users {
		entries = append(entries, entryOf(u))
	}
	return entries
}

func (o *Organization) listGroupMembers(x *exchange) answer {
	g, problem := o.findGroup(x)
	if problem != nil {
		return x.refused(problem)
	}
	rendered := make([]map[string]any, 0, len(g.members))
	for _, u := range g.members {
		rendered = append(rendered, o.renderUser(u))
	}
	return ok(reorder(o, rendered))
}

func (o *Organization) addGroupMember(x *exchange) answer {
	g, problem := o.findGroup(x)
	if problem != nil {
		return x.refused(problem)
	}
	sendEmail, problem := x.flag("sendEmailOnInvite", true)
	if problem != nil {
		return x.refused(problem)
	}
	var entry memberEntry
	if problem := x.decode(&entry); problem != nil {
		return x.refused(problem)
	}
	if problem := o.checkEntry(entry); problem != nil {
		return x.refused(problem)
	}
	invites := []memberEntry{}
	for _, i := range g.invites {
		invites = append(invites, entryOf(&i.user))
	}
	o.staff(g, append(entriesOf(g.members), entry), invites, sendEmail)
	return noContent()
}

// findMember returns the member or the invite that a request names.
func (o *Organization) findMember(x *exchange) (*group, *user, *refusal) {
	g, problem := o.findGroup(x)
	if problem != nil {
		return nil, nil, problem
	}
	username := x.parameters["username"]
	for _, u := range g.members {
		if strings.EqualFold(u.Username, username) {
			return g, u, nil
		}
	}
	if i := g.invited(memberEntry{Username: username}); i != nil {
		return g, &i.user, nil
	}
	return nil, nil, refuse(http.StatusNotFound, "MEMBER_NOT_FOUND", "The member '%s' was not found.", username)
}

func (o *Organization) getGroupMember(x *exchange) answer {
	_, u, problem := o.findMember(x)
	if problem != nil {
		return x.refused(problem)
	}
	return ok(o.renderUser(u))
}

func (o *Organization) removeGroupMember(x *exchange) answer {
	g, u, problem := o.findMember(x)
	if problem != nil {
		return x.refused(problem)
	}
	g.members = slices.DeleteFunc(g.members, func(other *user) bool { return other == u })
	g.invites = slices.DeleteFunc(g.invites, func(other *invite) bool { return &other.user == u })
	return noContent()
}

func (o *Organization) renderUser(u *user) map[string]any {
	b := object{fields: map[string]any{}, nulls: o.options.Readings.ExplicitNulls}
	b.set("id", u.ID)
	b.set("username", u.Username)
	b.optional("email", u.Email, u.Email != "")
	b.optional("displayName", u.DisplayName, u.DisplayName != "")
	b.set("provider", u.Provider)
	b.optional("providerUsername", u.ProviderUsername, u.ProviderUsername != "")
	return b.fields
}

func (o *Organization) renderInvite(i *invite) map[string]any {
	fields := o.renderUser(&i.user)
	fields["invitedDate"], fields["expirationDate"] = o.date(i.invited), o.date(i.expires)
	return fields
}

// renderGroup writes a group as the platform answers it.
func (o *Organization) renderGroup(g *group) map[string]any {
	b := object{fields: map[string]any{}, nulls: o.options.Readings.ExplicitNulls}
	b.set("id", g.id)
	b.set("resourceId", g.id)
	b.set("displayName", value(g.settings.DisplayName))
	b.set("deletable", g.deletable)
	b.set("groupType", g.kind)
	if o.options.Readings.UnknownEnums && g.kind == customGroup {
		b.set("groupType", "TEAM")
	}
	list(b, "privileges", o.renderPrivileges(g.privileges(), false))
	members := make([]map[string]any, 0, len(g.members))
	for _, u := range g.members {
		members = append(members, o.renderUser(u))
	}
	list(b, "members", reorder(o, members))
	invites := make([]map[string]any, 0, len(g.invites))
	for _, i := range g.invites {
		invites = append(invites, o.renderInvite(i))
	}
	list(b, "invites", reorder(o, invites))
	list(b, "realms", reorder(o, slices.Clone(value(g.settings.Realms))))
	list(b, "apiKeysThatCanEdit", reorder(o, slices.Clone(value(g.settings.APIKeysThatCanEdit))))
	list(b, "groupsThatCanEdit", reorder(o, slices.Clone(value(g.settings.GroupsThatCanEdit))))
	maps.Copy(b.fields, g.extra)
	return b.fields
}
