// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"slices"
	"time"
)

// PersonView is somebody in a group.
type PersonView struct {
	Username string `json:"username"`
	Email    string `json:"email"`
	Provider string `json:"provider"`
}

// GroupSpec describes a group that somebody makes outside of Terraform. People in it have signed in, invited ones have not.
type GroupSpec struct {
	DisplayName string
	Privileges  []Privilege
	Members     []PersonView
	Invites     []PersonView
	// Providers are identity providers whose users all belong to the group.
	Providers []string
	// BuiltIn groups cannot be deleted.
	BuiltIn bool
}

// GroupView is a group as the organization knows it.
type GroupView struct {
	ID                 string         `json:"id"`
	DisplayName        string         `json:"displayName"`
	GroupType          string         `json:"groupType"`
	Deletable          bool           `json:"deletable"`
	Privileges         []Privilege    `json:"privileges"`
	Members            []PersonView   `json:"members"`
	Invites            []PersonView   `json:"invites"`
	Providers          []string       `json:"providers"`
	APIKeysThatCanEdit []string       `json:"apiKeysThatCanEdit"`
	GroupsThatCanEdit  []string       `json:"groupsThatCanEdit"`
	Extra              map[string]any `json:"extra,omitempty"`
	CreatedDate        time.Time      `json:"createdDate,omitzero"`
}

func (u *user) person() PersonView { return PersonView{u.Username, u.Email, u.Provider} }

func (g *group) view() GroupView {
	view := GroupView{
		ID: g.id, DisplayName: value(g.settings.DisplayName), GroupType: g.kind, Deletable: g.deletable,
		Privileges: slices.Clone(g.privileges()), Extra: g.extra, CreatedDate: g.created,
	}
	for _, u := range g.members {
		view.Members = append(view.Members, u.person())
	}
	for _, i := range g.invites {
		view.Invites = append(view.Invites, i.person())
	}
	for _, r := range value(g.settings.Realms) {
		view.Providers = append(view.Providers, r.Provider)
	}
	for _, r := range value(g.settings.APIKeysThatCanEdit) {
		view.APIKeysThatCanEdit = append(view.APIKeysThatCanEdit, r.ID)
	}
	for _, r := range value(g.settings.GroupsThatCanEdit) {
		view.GroupsThatCanEdit = append(view.GroupsThatCanEdit, r.ID)
	}
	return view
}

// Groups are the organization's groups in the order of their creation, the built-in ones first, without any lag.
func (o *Organization) Groups() []GroupView {
	o.mu.Lock()
	defer o.mu.Unlock()
	views := make([]GroupView, 0, len(o.roster.ordered))
	for _, g := range o.roster.ordered {
		views = append(views, g.view())
	}
	return views
}

// Group returns one group.
func (o *Organization) Group(id string) (GroupView, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	g := o.roster.byID[id]
	if g == nil {
		return GroupView{}, false
	}
	return g.view(), true
}

// InvitationEmails is how many people the organization has sent an e-mail to, on behalf of any request.
func (o *Organization) InvitationEmails() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	sent := 0
	for _, times := range o.roster.emails {
		sent += times
	}
	return sent
}

func (p PersonView) entry() memberEntry {
	return memberEntry{Username: p.Username, Email: p.Email, Provider: p.Provider}
}

// AddUser lets a person sign in, so that the organization knows them, and gives them a bearer unless token is empty. What
// the bearer may do hangs on the person's groups.
func (o *Organization) AddUser(person PersonView, token string) PersonView {
	o.mu.Lock()
	defer o.mu.Unlock()
	u := o.join(person.entry().profile())
	if token != "" {
		o.roster.byToken[token] = u
	}
	return u.person()
}

// AddGroup makes a group as a person in the console would.
func (o *Organization) AddGroup(spec GroupSpec) GroupView {
	o.mu.Lock()
	defer o.mu.Unlock()
	privileges := normalizeAll(spec.Privileges)
	realms := []realm{}
	for _, provider := range spec.Providers {
		realms = append(realms, realm{ID: stableID("realm/" + provider), Provider: provider, DisplayName: provider})
	}
	g := o.newGroup(groupSettings{DisplayName: &spec.DisplayName, Privileges: &privileges, Realms: &realms})
	g.deletable = !spec.BuiltIn
	for _, person := range spec.Members {
		g.admit(o.join(person.entry().profile()))
	}
	for _, person := range spec.Invites {
		o.ask(g, &group{}, person.entry(), false)
	}
	o.roster.add(g)
	return g.view()
}

// changeGroup edits a group behind the API's back. A test that names a group which does not exist is wrong, so it panics.
func (o *Organization) changeGroup(id string, edit func(g *group)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	g := o.roster.byID[id]
	if g == nil {
		panic(fmt.Sprintf("simulator: no group %q", id))
	}
	edit(g)
}

// RemoveGroup deletes a group, built-in or not.
func (o *Organization) RemoveGroup(id string) {
	o.changeGroup(id, func(g *group) { o.roster.remove(g) })
}

// RenameGroup gives a group another display name.
func (o *Organization) RenameGroup(id, name string) {
	o.changeGroup(id, func(g *group) { g.settings.DisplayName = &name })
}

// SetGroupPrivileges replaces what a group may do.
func (o *Organization) SetGroupPrivileges(id string, privileges ...Privilege) {
	o.changeGroup(id, func(g *group) {
		normalized := normalizeAll(privileges)
		g.settings.Privileges = &normalized
	})
}

// SetGroupField gives a group a field that no document knows, as a later version of the platform may.
func (o *Organization) SetGroupField(id, name string, value any) {
	o.changeGroup(id, func(g *group) { g.extra[name] = value })
}

// JoinGroup makes a person a member of a group, as an administrator in the console would.
func (o *Organization) JoinGroup(id string, person PersonView) {
	o.changeGroup(id, func(g *group) { g.admit(o.join(person.entry().profile())) })
}

// LeaveGroup takes a person out of a group, whether a member or invited.
func (o *Organization) LeaveGroup(id, email string) {
	o.changeGroup(id, func(g *group) {
		g.members = slices.DeleteFunc(g.members, func(u *user) bool { return u.Email == email })
		g.invites = slices.DeleteFunc(g.invites, func(i *invite) bool { return i.Email == email })
	})
}

// AcceptInvite signs in a person who is invited to a group, whereupon they are a member of it.
func (o *Organization) AcceptInvite(id, email string) {
	o.changeGroup(id, func(g *group) {
		i := g.invited(memberEntry{Email: email})
		if i == nil {
			panic("simulator: nobody with this address is invited to the group")
		}
		g.admit(o.join(i.user))
	})
}
