// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"time"
)

// inviteLife is how long an invitation stands. Coveo's number is not public.
const inviteLife = 30 * 24 * time.Hour

// The types of groups that the documents list.
const (
	customGroup        = "CUSTOM"
	administratorGroup = "ADMINISTRATOR"
	searchUsersGroup   = "MCP_SEARCH_USERS"
)

// user is a person whom the organization knows: one who has signed in.
type user struct {
	ID               string `json:"id"`
	Username         string `json:"username"`
	Email            string `json:"email"`
	DisplayName      string `json:"displayName"`
	Provider         string `json:"provider"`
	ProviderUsername string `json:"providerUsername"`
}

// invite is a person who was asked into a group and has not accepted yet.
type invite struct {
	user
	invited, expires time.Time
}

// realm is an identity provider whose users all belong to a group.
type realm struct {
	ID                     string `json:"id,omitempty"`
	Provider               string `json:"provider,omitempty"`
	DisplayName            string `json:"displayName,omitempty"`
	SAMLIdentityProviderID string `json:"samlIdentityProviderId,omitempty"`
}

// groupSettings are the fields of a group that a request can give. A pointer tells what was left out.
type groupSettings struct {
	DisplayName        *string        `json:"displayName"`
	Privileges         *[]Privilege   `json:"privileges"`
	Realms             *[]realm       `json:"realms"`
	APIKeysThatCanEdit *[]reference   `json:"apiKeysThatCanEdit"`
	GroupsThatCanEdit  *[]reference   `json:"groupsThatCanEdit"`
	Members            *[]memberEntry `json:"members"`
	Invites            *[]memberEntry `json:"invites"`
}

// memberEntry is a member or an invite in a request.
type memberEntry struct {
	ID               string `json:"id"`
	Username         string `json:"username"`
	Email            string `json:"email"`
	DisplayName      string `json:"displayName"`
	Provider         string `json:"provider"`
	ProviderUsername string `json:"providerUsername"`
}

// group is one group.
type group struct {
	id        string
	kind      string
	deletable bool
	settings  groupSettings
	members   []*user
	invites   []*invite
	// extra are fields that no document knows, as a later version of the platform may have.
	extra   map[string]any
	created time.Time
	lag     int
}

func (g *group) privileges() []Privilege { return value(g.settings.Privileges) }

// has tells whether a user belongs to the group, by name or through a realm.
func (g *group) has(u *user) bool {
	return slices.Contains(g.members, u) || slices.ContainsFunc(value(g.settings.Realms), func(r realm) bool {
		return r.Provider == u.Provider
	})
}

func (g *group) invited(entry memberEntry) *invite {
	for _, i := range g.invites {
		if entry.names(&i.user) {
			return i
		}
	}
	return nil
}

// names tells whether an entry is about a user: by username, or else by e-mail address and, where it is given, provider.
func (e memberEntry) names(u *user) bool {
	if e.Username != "" {
		return strings.EqualFold(e.Username, u.Username)
	}
	return e.Email != "" && strings.EqualFold(e.Email, u.Email) && (e.Provider == "" || e.Provider == u.Provider)
}

// roster holds the groups in the order of their creation, and the users.
type roster struct {
	byID    map[string]*group
	ordered []*group
	users   []*user
	byToken map[string]*user
	// emails counts the invitations that were sent, by address.
	emails map[string]int
}

// newRoster makes the groups that every organization has. Their IDs hang on its name, so that they take no randomness.
func (o *Organization) newRoster() roster {
	r := roster{byID: map[string]*group{}, byToken: map[string]*user{}, emails: map[string]int{}}
	admin := &user{
		ID: stableID(administratorName), Username: administratorName, Email: "admin@example.com", DisplayName: "Administrator",
		Provider: "GOOGLE", ProviderUsername: "admin@example.com",
	}
	r.users = append(r.users, admin)
	for _, model := range o.builtInGroups() {
		g := &group{
			id: stableID(o.options.OrganizationID + "/" + value(model.settings.DisplayName)), kind: model.kind, settings: model.settings,
			created: founded(), extra: map[string]any{},
		}
		if g.kind == administratorGroup {
			g.members = []*user{admin}
		}
		r.add(g)
	}
	return r
}

func (o *Organization) builtInGroups() []*group {
	model := func(name, kind string, privileges ...Privilege) *group {
		return &group{kind: kind, settings: groupSettings{DisplayName: &name, Privileges: &privileges}}
	}
	return []*group{
		model("Administrators", administratorGroup, o.everyPrivilege()...),
		model("Users", customGroup, Privilege{Owner: ownerPlatform, TargetDomain: "ORGANIZATION", Type: "VIEW", TargetID: everyTarget}),
		model("MCP Search Users", searchUsersGroup, Privilege{Owner: "SEARCH_API", TargetDomain: "EXECUTE_QUERY", TargetID: everyTarget}),
	}
}

func stableID(of string) string {
	sum := sha256.Sum256([]byte(of))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

func (r *roster) add(g *group) {
	r.byID[g.id] = g
	r.ordered = append(r.ordered, g)
}

func (r *roster) remove(g *group) {
	delete(r.byID, g.id)
	r.ordered = slices.DeleteFunc(r.ordered, func(other *group) bool { return other == g })
}

// administrator is whom the administrator's token belongs to.
func (r *roster) administrator() *user { return r.users[0] }

func (r *roster) find(entry memberEntry) *user {
	for _, u := range r.users {
		if entry.names(u) {
			return u
		}
	}
	return nil
}

// privilegesOf is what a user may do through all groups but one.
func (r *roster) privilegesOf(u *user, but *group) []Privilege {
	var all []Privilege
	for _, g := range r.ordered {
		if g == but || !g.has(u) {
			continue
		}
		for _, p := range g.privileges() {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// join makes a user of somebody who signs in for the first time.
func (o *Organization) join(u user) *user {
	if known := o.roster.find(memberEntry{Username: u.Username}); known != nil {
		return known
	}
	if u.ID == "" {
		u.ID = stableID(u.Username)
	}
	o.roster.users = append(o.roster.users, &u)
	return &u
}

// profile is who somebody is that the organization does not know yet.
func (e memberEntry) profile() user {
	provider := orDefault(e.Provider, "EMAIL")
	return user{
		Username: orDefault(e.Username, e.Email+"-"+strings.ToLower(provider)), Email: e.Email, Provider: provider,
		DisplayName: orDefault(e.DisplayName, e.Email), ProviderUsername: orDefault(e.ProviderUsername, e.Email),
	}
}

// mayEditGroup tells whether a group lets the caller edit it, who holds no privilege to.
func (o *Organization) mayEditGroup(c caller, id string) bool {
	g := o.roster.byID[id]
	if g == nil {
		return false
	}
	if c.key != nil {
		return slices.ContainsFunc(value(g.settings.APIKeysThatCanEdit), func(r reference) bool { return r.ID == c.key.id })
	}
	return c.user != nil && slices.ContainsFunc(value(g.settings.GroupsThatCanEdit), func(r reference) bool {
		editors := o.roster.byID[r.ID]
		return editors != nil && editors.has(c.user)
	})
}
