// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
)

// Group is privileges for people, as Coveo answers it. No field is promised, so all are optional.
type Group struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	GroupType   string `json:"groupType"`
	ResourceID  string `json:"resourceId"`
	// Deletable is false for the groups that come with the organization, and nil where the answer does not say.
	Deletable  *bool       `json:"deletable"`
	Privileges []Privilege `json:"privileges"`
	// Members belong to the group. Invites have been asked to and have not accepted yet.
	Members []Member `json:"members"`
	Invites []Member `json:"invites"`
	// Realms are identity providers: everyone who signs in with one of them belongs to the group.
	Realms             []Realm     `json:"realms"`
	APIKeysThatCanEdit []Reference `json:"apiKeysThatCanEdit"`
	GroupsThatCanEdit  []Reference `json:"groupsThatCanEdit"`

	// answered is the object as it came, so that a PUT of the whole object loses nothing that this client does not know.
	answered map[string]json.RawMessage
}

// UnmarshalJSON reads a group and keeps the whole answer for [Client.UpdateGroup].
func (g *Group) UnmarshalJSON(data []byte) error {
	type plain Group
	var read plain
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*g = Group(read)
	return json.Unmarshal(data, &g.answered)
}

// IsDeletable tells whether Coveo would delete the group. Where the answer does not say, Coveo decides.
func (g *Group) IsDeletable() bool { return g.Deletable == nil || *g.Deletable }

// Member is a person in a group, or one who is invited to it. A new one takes an e-mail address and a provider, or a username.
type Member struct {
	ID               string `json:"id,omitempty"`
	Username         string `json:"username,omitempty"`
	Email            string `json:"email,omitempty"`
	DisplayName      string `json:"displayName,omitempty"`
	Provider         string `json:"provider,omitempty"`
	ProviderUsername string `json:"providerUsername,omitempty"`
	// InvitedDate and ExpirationDate are known of invites only.
	InvitedDate    Instant `json:"-"`
	ExpirationDate Instant `json:"-"`

	answered json.RawMessage
}

// UnmarshalJSON reads a member or an invite and keeps the whole answer, so that it can be sent back as it came.
func (m *Member) UnmarshalJSON(data []byte) error {
	type plain Member
	var read struct {
		plain
		InvitedDate    Instant `json:"invitedDate"`
		ExpirationDate Instant `json:"expirationDate"`
	}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*m = Member(read.plain)
	m.InvitedDate, m.ExpirationDate = read.InvitedDate, read.ExpirationDate
	m.answered = bytes.Clone(data)
	return nil
}

// MarshalJSON writes a member as it was read, or else what is known of a new one.
func (m Member) MarshalJSON() ([]byte, error) {
	if m.answered != nil {
		return withoutNulls(m.answered)
	}
	type plain Member
	return json.Marshal(plain(m))
}

// identifiers are the texts that name the person.
func (m *Member) identifiers() []string {
	return []string{m.Username, m.Email, m.ProviderUsername, m.DisplayName, m.ID}
}

// Realm is an identity provider whose users all belong to a group.
type Realm struct {
	ID                     string `json:"id,omitempty"`
	Provider               string `json:"provider,omitempty"`
	DisplayName            string `json:"displayName,omitempty"`
	SAMLIdentityProviderID string `json:"samlIdentityProviderId,omitempty"`
}

// NewGroup is the request for a group.
type NewGroup struct {
	DisplayName        string      `json:"displayName"`
	Privileges         []Privilege `json:"privileges"`
	Members            []Member    `json:"members"`
	Invites            []Member    `json:"invites"`
	Realms             []Realm     `json:"realms"`
	APIKeysThatCanEdit []Reference `json:"apiKeysThatCanEdit"`
	GroupsThatCanEdit  []Reference `json:"groupsThatCanEdit"`
	// SendEmails lets Coveo send an e-mail to everybody who is invited, as Coveo does unless it is told not to.
	SendEmails bool `json:"-"`
	// CanEditItself lets the group's members change the group, and so add others.
	CanEditItself bool `json:"-"`
}

// GroupChange is what an update changes of a group. Nil leaves a part as it was read.
type GroupChange struct {
	DisplayName        *string
	Privileges         *[]Privilege
	Members            *[]Member
	Invites            *[]Member
	Realms             *[]Realm
	APIKeysThatCanEdit *[]Reference
	GroupsThatCanEdit  *[]Reference
	// SendEmails lets Coveo send an e-mail to everybody who is newly invited.
	SendEmails bool
}

// apply is the body of the PUT: the group as it was read, with the changed parts replaced.
func (change GroupChange) apply(read *Group) (map[string]json.RawMessage, error) {
	body := map[string]json.RawMessage{}
	for name, value := range read.answered {
		clean, err := withoutNulls(value)
		if err != nil {
			return nil, err
		}
		if present(clean) != nil {
			body[name] = clean
		}
	}
	// Only answers have it.
	delete(body, "groupType")
	var err error
	set := func(name string, value any, changed bool) {
		if !changed || err != nil {
			return
		}
		body[name], err = json.Marshal(value)
	}
	set("displayName", change.DisplayName, change.DisplayName != nil)
	set("privileges", listOf(change.Privileges), change.Privileges != nil)
	set("members", listOf(change.Members), change.Members != nil)
	set("invites", listOf(change.Invites), change.Invites != nil)
	set("realms", listOf(change.Realms), change.Realms != nil)
	set("apiKeysThatCanEdit", listOf(change.APIKeysThatCanEdit), change.APIKeysThatCanEdit != nil)
	set("groupsThatCanEdit", listOf(change.GroupsThatCanEdit), change.GroupsThatCanEdit != nil)
	return body, err
}

func listOf[T any](list *[]T) []T {
	if list == nil {
		return nil
	}
	return orEmpty(*list)
}

// withoutNulls drops the nulls of every object: Coveo's answers hold them for fields that are not set, and its documents do not
// allow them in requests. Numbers keep their digits.
func withoutNulls(raw json.RawMessage) (json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return json.Marshal(dropNulls(value))
}

func dropNulls(value any) any {
	switch value := value.(type) {
	case map[string]any:
		maps.DeleteFunc(value, func(_ string, field any) bool { return field == nil })
		for name, field := range value {
			value[name] = dropNulls(field)
		}
	case []any:
		for i, element := range value {
			value[i] = dropNulls(element)
		}
	}
	return value
}

const (
	groupsPath       = "/rest/organizations/{organization}/groups"
	groupPath        = groupsPath + "/{group}"
	groupMembersPath = groupPath + "/members"
	groupMemberPath  = groupMembersPath + "/{username}"
)

func groupPrivilege(kind, target string) *Privilege {
	return &Privilege{Owner: "PLATFORM", TargetDomain: "GROUP", Type: kind, TargetID: target}
}

// ListGroups lists every group of the organization. The list is not paginated.
func (c *Client) ListGroups(ctx context.Context) ([]Group, error) {
	var out []Group
	err := c.do(ctx, operation{name: "list groups", method: "GET", path: groupsPath, needs: groupPrivilege("VIEW", "*")}, call{out: &out})
	return out, err
}

// ListDefaultGroups lists the groups that every organization starts with, as models without members.
func (c *Client) ListDefaultGroups(ctx context.Context) ([]Group, error) {
	var out []Group
	err := c.do(ctx, operation{
		name: "list default groups", method: "GET", path: "/rest/organizations/{organization}/defaultgroups", needs: groupPrivilege("VIEW", "*"),
	}, call{out: &out})
	return out, err
}

// GetGroup reads one group with its members and invites.
func (c *Client) GetGroup(ctx context.Context, id string) (*Group, error) {
	var out Group
	op := operation{name: "read a group", method: "GET", path: groupPath, needs: groupPrivilege("VIEW", "*")}
	if err := c.group(ctx, op, id, call{out: &out}); err != nil {
		return nil, err
	}
	if out.ID == "" {
		out.ID = id
	}
	return &out, nil
}

// CreateGroup asks for a group and returns its ID, which is all that the answer holds. It is sent once: after an error for which
// IsOutcomeUnknown holds, Coveo may hold a group that nobody knows of.
func (c *Client) CreateGroup(ctx context.Context, group NewGroup) (string, error) {
	group.Privileges, group.Realms = orEmpty(group.Privileges), orEmpty(group.Realms)
	group.Members, group.Invites = orEmpty(group.Members), orEmpty(group.Invites)
	group.APIKeysThatCanEdit, group.GroupsThatCanEdit = orEmpty(group.APIKeysThatCanEdit), orEmpty(group.GroupsThatCanEdit)
	op := operation{name: "create a group", method: "POST", path: groupsPath, needs: groupPrivilege("CREATE", "*")}
	var out struct {
		ID string `json:"id"`
	}
	err := c.do(ctx, op, call{
		in: group, out: &out, secrets: identifiersOf(group.Members, group.Invites),
		query: url.Values{
			"sendEmailToInvitedUsers": {strconv.FormatBool(group.SendEmails)}, "canEditItself": {strconv.FormatBool(group.CanEditItself)},
		},
	})
	if err != nil {
		return "", err
	}
	if out.ID == "" {
		return "", &Error{
			Operation: op.name, Method: op.method, Path: op.path, Status: 201, Attempts: 1, OutcomeUnknown: true,
			cause: "the answer holds no ID",
		}
	}
	return out.ID, nil
}

// UpdateGroup replaces a group by what was read of it and what changes. read must be fresh: who joined since is dropped.
func (c *Client) UpdateGroup(ctx context.Context, read *Group, change GroupChange) error {
	body, err := change.apply(read)
	if err != nil {
		return fmt.Errorf("update a group: %w", err)
	}
	op := operation{name: "update a group", method: "PUT", path: groupPath, needs: groupPrivilege("EDIT", read.ID)}
	people := identifiersOf(read.Members, read.Invites, listOf(change.Members), listOf(change.Invites))
	return c.group(ctx, op, read.ID, call{
		in: body, secrets: people, query: url.Values{"sendEmailToInvitedUsers": {strconv.FormatBool(change.SendEmails)}},
	})
}

// DeleteGroup removes a group. One that is gone already is removed.
func (c *Client) DeleteGroup(ctx context.Context, id string) error {
	op := operation{name: "delete a group", method: "DELETE", path: groupPath, needs: groupPrivilege("EDIT", id)}
	err := c.group(ctx, op, id, call{})
	if IsNotFound(err) {
		return nil
	}
	return err
}

// ListGroupMembers lists who belongs to a group, without those who are only invited.
func (c *Client) ListGroupMembers(ctx context.Context, id string) ([]Member, error) {
	var out []Member
	op := operation{name: "list a group's members", method: "GET", path: groupMembersPath, needs: groupPrivilege("VIEW", "*")}
	err := c.group(ctx, op, id, call{out: &out})
	return out, err
}

// AddGroupMember adds a person to a group, or invites one whom the organization does not know. It is sent once.
func (c *Client) AddGroupMember(ctx context.Context, id string, member Member, sendEmail bool) error {
	op := operation{
		name: "add a member to a group", method: "POST", path: groupMembersPath, personal: true, needs: groupPrivilege("EDIT", id),
	}
	return c.group(ctx, op, id, call{
		in: member, secrets: identifiersOf([]Member{member}), query: url.Values{"sendEmailOnInvite": {strconv.FormatBool(sendEmail)}},
	})
}

// GetGroupMember reads one member of a group.
func (c *Client) GetGroupMember(ctx context.Context, id, username string) (*Member, error) {
	var out Member
	op := operation{name: "read a member of a group", method: "GET", path: groupMemberPath, personal: true, needs: groupPrivilege("VIEW", "*")}
	if err := c.groupMember(ctx, op, id, username, &out); err != nil {
		return nil, err
	}
	return &out, nil
}

// RemoveGroupMember takes a person out of a group. One who is not in it is removed already.
func (c *Client) RemoveGroupMember(ctx context.Context, id, username string) error {
	op := operation{name: "remove a member of a group", method: "DELETE", path: groupMemberPath, personal: true, needs: groupPrivilege("EDIT", id)}
	err := c.groupMember(ctx, op, id, username, nil)
	if IsNotFound(err) {
		return nil
	}
	return err
}

func (c *Client) groupMember(ctx context.Context, op operation, id, username string, out any) error {
	if !isSegment(username) {
		return fmt.Errorf("%s: a username is needed, and \".\" and \"..\" are none", op.name)
	}
	args := call{segments: map[string]string{"username": username}, secrets: []string{username}}
	if out != nil {
		args.out = out
	}
	return c.group(ctx, op, id, args)
}

func (c *Client) group(ctx context.Context, op operation, id string, args call) error {
	if !isSegment(id) {
		return fmt.Errorf("%s: %q is no group's ID", op.name, id)
	}
	segments := map[string]string{"group": id}
	maps.Copy(segments, args.segments)
	args.segments = segments
	return c.do(ctx, op, args)
}

// isSegment tells whether a text can stand as one segment of a path.
func isSegment(text string) bool { return text != "" && text != "." && text != ".." }

// identifiersOf are the texts that name people and must not come back in an error.
func identifiersOf(lists ...[]Member) []string {
	var identifiers []string
	for _, list := range lists {
		for i := range list {
			identifiers = append(identifiers, list[i].identifiers()...)
		}
	}
	// Shorter ones name nobody, and would blot out ordinary words.
	return slices.DeleteFunc(identifiers, func(text string) bool { return len(text) < 3 })
}

// GroupExclusivePrivileges lists what this client's token may do only because it is in the group.
func (c *Client) GroupExclusivePrivileges(ctx context.Context, id string) ([]Privilege, error) {
	var out []Privilege
	op := operation{
		name: "list what only a group gives", method: "GET", path: groupPath + "/privileges/exclusive/me", needs: groupPrivilege("VIEW", "*"),
	}
	err := c.group(ctx, op, id, call{out: &out})
	return out, err
}
