// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const quietly = "?sendEmailToInvitedUsers=false"

func dsrTeam() fields {
	return fields{
		"displayName": "DSR team",
		"members":     []fields{{"email": "ann@example.com", "provider": "SAML"}},
		"privileges":  []fields{{"owner": "USAGE_ANALYTICS", "targetDomain": "DELETE_USER_ANALYTICS_DATA", "targetId": "*"}},
	}
}

// people are the usernames in one of a group's lists.
func people(r reply, list string) string {
	var usernames []string
	for _, person := range r.field(list).([]any) {
		usernames = append(usernames, person.(map[string]any)["username"].(string))
	}
	return strings.Join(usernames, " ")
}

func TestGroup_LivesFromCreationToDeletion(t *testing.T) {
	now := newClock()
	c := start(t, simulator.Options{Now: now.Now})
	created := c.want(201, "POST", "groups"+quietly+"&canEditItself=true", dsrTeam())
	id := created.text("id")
	equal(t, "fields of the answer", len(created.json.(map[string]any)), 1)
	one := "groups/" + id
	read := c.want(200, "GET", one, nil)
	equal(t, "groupType", read.text("groupType"), "CUSTOM")
	equal(t, "deletable", read.field("deletable"), any(true))
	equal(t, "members", people(read, "members"), "")
	equal(t, "invites", people(read, "invites"), "ann@example.com-saml")
	equal(t, "editor", read.field("groupsThatCanEdit").([]any)[0].(map[string]any)["id"].(string), id)
	equal(t, "e-mails", c.InvitationEmails(), 0)

	c.AcceptInvite(id, "ann@example.com")
	read = c.want(200, "GET", one, nil)
	equal(t, "members", people(read, "members"), "ann@example.com-saml")
	equal(t, "invites", people(read, "invites"), "")
	equal(t, "members' list", len(c.want(200, "GET", one+"/members", nil).json.([]any)), 1)
	member := one + "/members/" + url.PathEscape("ann@example.com-saml")
	equal(t, "email", c.want(200, "GET", member, nil).text("email"), "ann@example.com")

	// A PUT is about the whole object: who is left out leaves.
	c.want(204, "PUT", one+quietly, fields{"displayName": "renamed", "members": []fields{{"username": "ann@example.com-saml"}, {"email": "bob@example.com"}}})
	read = c.want(200, "GET", one, nil)
	equal(t, "displayName", read.text("displayName"), "renamed")
	equal(t, "privileges", len(read.field("privileges").([]any)), 0)
	equal(t, "members", people(read, "members"), "ann@example.com-saml")
	equal(t, "invites", people(read, "invites"), "bob@example.com-email")
	c.want(204, "PUT", one+quietly, fields{"displayName": "renamed"})
	read = c.want(200, "GET", one, nil)
	equal(t, "people", people(read, "members")+people(read, "invites"), "")

	c.want(204, "POST", one+"/members?sendEmailOnInvite=false", fields{"username": "ann@example.com-saml"})
	c.want(204, "DELETE", member, nil)
	equal(t, "errorCode", c.want(404, "DELETE", member, nil).text("errorCode"), "MEMBER_NOT_FOUND")
	c.want(204, "DELETE", one, nil)
	for _, gone := range []string{one, one + "/members", one + "/privileges/exclusive/me"} {
		equal(t, "errorCode", c.want(404, "GET", gone, nil).text("errorCode"), "GROUP_NOT_FOUND")
	}
}

func TestGroup_EmailsAreSentUnlessToldNotTo(t *testing.T) {
	c := start(t, simulator.Options{})
	id := c.want(201, "POST", "groups", dsrTeam()).text("id")
	equal(t, "by default", c.InvitationEmails(), 1)
	c.want(204, "PUT", "groups/"+id, dsrTeam())
	equal(t, "for an invitation that stands", c.InvitationEmails(), 1)
	c.want(204, "POST", "groups/"+id+"/members", fields{"email": "bob@example.com"})
	equal(t, "by the member's call", c.InvitationEmails(), 2)
	// Coveo's own client has this option, which no document knows.
	c.want(201, "POST", "groups?sendEmailToInviteUsers=false", dsrTeam())
	equal(t, "with the misspelt option", c.InvitationEmails(), 3)
	c.AddUser(simulator.PersonView{Email: "carl@example.com", Provider: "SAML"}, "")
	c.want(204, "POST", "groups/"+id+"/members", fields{"email": "carl@example.com"})
	equal(t, "for somebody who is known", c.InvitationEmails(), 3)
	c.want(412, "POST", "groups/"+id+"/members?sendEmailOnInvite=no", fields{"email": "dora@example.com"})
}

func TestGroup_BuiltInOnesStay(t *testing.T) {
	c := start(t, simulator.Options{})
	defaults := c.want(200, "GET", "defaultgroups", nil).json.([]any)
	equal(t, "default groups", len(defaults), 3)
	for _, model := range defaults {
		fields := model.(map[string]any)
		equal(t, "deletable", fields["deletable"], any(false))
		equal(t, "has members", fields["members"], any(nil))
		c.want(412, "DELETE", "groups/"+fields["id"].(string), nil)
	}
	equal(t, "groups", len(c.Groups()), 3)
	equal(t, "type", c.Groups()[0].GroupType, "ADMINISTRATOR")
}

func TestGroup_RefusesWhatItCannotHold(t *testing.T) {
	c := startLoose(t, simulator.Options{})
	c.AddToken("manager", simulator.Privilege{Owner: "PLATFORM", TargetDomain: "GROUP", Type: "CREATE", TargetID: "*"},
		simulator.Privilege{Owner: "PLATFORM", TargetDomain: "GROUP", Type: "EDIT", TargetID: "*"})
	manager := c.as("manager")
	manager.want(403, "POST", "groups"+quietly, dsrTeam())
	// What the group holds already needs not be held by who edits it.
	id := c.want(201, "POST", "groups"+quietly, dsrTeam()).text("id")
	manager.want(204, "PUT", "groups/"+id+quietly, dsrTeam())
	manager.want(403, "GET", "groups/"+id, nil)
	for name, body := range map[string]fields{
		"no name":            {},
		"empty name":         {"displayName": " "},
		"nobody":             {"displayName": "n", "members": []fields{{}}},
		"unknown username":   {"displayName": "n", "members": []fields{{"username": "nobody"}}},
		"no address":         {"displayName": "n", "invites": []fields{{"email": "nobody"}}},
		"unknown provider":   {"displayName": "n", "members": []fields{{"email": "a@example.com", "provider": "OKTA"}}},
		"unknown realm":      {"displayName": "n", "realms": []fields{{"provider": "OKTA"}}},
		"unknown key":        {"displayName": "n", "apiKeysThatCanEdit": []fields{{"id": "k"}}},
		"unknown group":      {"displayName": "n", "groupsThatCanEdit": []fields{{"id": "g"}}},
		"unknown privilege":  {"displayName": "n", "privileges": []fields{{"owner": "O", "targetDomain": "D", "targetId": "*"}}},
		"repeated privilege": {"displayName": "n", "privileges": append(dsrTeam()["privileges"].([]fields), dsrTeam()["privileges"].([]fields)...)},
	} {
		t.Run(name, func(t *testing.T) {
			c.want(412, "POST", "groups"+quietly, body)
			c.want(412, "PUT", "groups/"+id+quietly, body)
		})
	}
	equal(t, "groups", len(c.Groups()), 4)
}

func TestGroup_WhatAMemberMayDoHangsOnTheGroups(t *testing.T) {
	c := start(t, simulator.Options{})
	ann := c.AddUser(simulator.PersonView{Email: "ann@example.com", Provider: "SAML"}, "ann")
	c.as("ann").want(403, "GET", "groups", nil)
	eraser := c.AddGroup(simulator.GroupSpec{DisplayName: "erasers", Privileges: []simulator.Privilege{simulator.ErasurePrivilege(), simulator.OverviewPrivilege()}})
	viewer := c.AddGroup(simulator.GroupSpec{
		DisplayName: "viewers", Members: []simulator.PersonView{ann},
		Privileges: []simulator.Privilege{simulator.OverviewPrivilege(), {Owner: "PLATFORM", TargetDomain: "GROUP", Type: "VIEW", TargetID: "*"}},
	})
	exclusive := func(id string) int {
		return len(c.as("ann").want(200, "GET", "groups/"+id+"/privileges/exclusive/me", nil).json.([]any))
	}
	equal(t, "only through viewers", exclusive(viewer.ID), 2)
	equal(t, "only through erasers", exclusive(eraser.ID), 0)
	c.JoinGroup(eraser.ID, ann)
	equal(t, "only through viewers", exclusive(viewer.ID), 1)
	equal(t, "only through erasers", exclusive(eraser.ID), 1)
	for _, mine := range []string{"privileges/me", "members/privileges"} {
		equal(t, mine, len(c.as("ann").want(200, "GET", mine, nil).json.([]any)), 3)
	}
	// A realm makes members of all who sign in with it.
	saml := c.AddGroup(simulator.GroupSpec{DisplayName: "everyone", Providers: []string{"SAML"}, Privileges: []simulator.Privilege{simulator.LoggingPrivilege()}})
	equal(t, "only through the realm", exclusive(saml.ID), 1)
	c.LeaveGroup(viewer.ID, "ann@example.com")
	c.as("ann").want(403, "GET", "groups", nil)
}

func TestGroup_EditorsNeedNoPrivilege(t *testing.T) {
	c := start(t, simulator.Options{})
	ann := c.AddUser(simulator.PersonView{Email: "ann@example.com"}, "ann")
	key := c.AddKey(simulator.KeySpec{DisplayName: "editor"})
	editors := c.AddGroup(simulator.GroupSpec{DisplayName: "editors", Members: []simulator.PersonView{ann}})
	id := c.want(201, "POST", "groups"+quietly, fields{
		"displayName": "edited", "apiKeysThatCanEdit": []fields{{"id": key.ID}}, "groupsThatCanEdit": []fields{{"id": editors.ID}},
	}).text("id")
	for _, token := range []string{"ann", key.Value} {
		c.as(token).want(403, "PUT", "groups/"+editors.ID+quietly, fields{"displayName": "n"})
		c.as(token).want(204, "PUT", "groups/"+id+quietly, fields{
			"displayName": "edited", "apiKeysThatCanEdit": []fields{{"id": key.ID}}, "groupsThatCanEdit": []fields{{"id": editors.ID}},
		})
	}
	c.want(204, "PUT", "groups/"+id+quietly, fields{"displayName": "edited"})
	c.as("ann").want(403, "PUT", "groups/"+id+quietly, fields{"displayName": "edited"})
}

func TestGroup_AccessListing(t *testing.T) {
	c := start(t, simulator.Options{})
	c.AddGroup(simulator.GroupSpec{DisplayName: "erasers", Privileges: []simulator.Privilege{simulator.ErasurePrivilege()}})
	path := "access/groups?privilegeOwner=USAGE_ANALYTICS&privilegeTargetDomain="
	listed := c.want(200, "GET", path+"DELETE_USER_ANALYTICS_DATA&accessLevel=EDIT_ALL&accessLevel=CUSTOM", nil).json.([]any)
	equal(t, "holders", len(listed), 2)
	administrators, erasers := listed[0].(map[string]any), listed[1].(map[string]any)
	equal(t, "name", erasers["displayName"], any("erasers"))
	equal(t, "type", erasers["privilegeHolderType"], any("GROUP"))
	equal(t, "caller's", administrators["callerPartOf"], any(true))
	equal(t, "not the caller's", erasers["callerPartOf"], any(false))
	equal(t, "without", len(c.want(200, "GET", path+"DELETE_USER_ANALYTICS_DATA&accessLevel=NONE", nil).json.([]any)), 2)
	c.want(412, "GET", path+"DELETE_USER_ANALYTICS_DATA", nil)

	// The documents ask for VIEW on the domain too.
	view := simulator.Privilege{Owner: "PLATFORM", TargetDomain: "GROUP", Type: "VIEW", TargetID: "*"}
	c.AddToken("viewer", view)
	c.AddToken("exporter", view, simulator.Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "EXPORTS", Type: "VIEW", TargetID: "*"})
	c.as("viewer").want(403, "GET", path+"EXPORTS&accessLevel=EDIT_ALL", nil)
	c.as("exporter").want(200, "GET", path+"EXPORTS&accessLevel=EDIT_ALL", nil)
}

func TestGroup_Readings(t *testing.T) {
	for _, status := range []int{404, 410, 403} {
		start(t, simulator.Options{Readings: simulator.Readings{MissingGroupStatus: status}}).want(status, "GET", "groups/nosuchgroup", nil)
	}
	lean := start(t, simulator.Options{Readings: simulator.Readings{LeanGroupList: true}})
	for _, group := range lean.want(200, "GET", "groups", nil).json.([]any) {
		equal(t, "members in the list", group.(map[string]any)["members"], any(nil))
	}
	atOnce := start(t, simulator.Options{Readings: simulator.Readings{MembersJoinAtOnce: true}})
	id := atOnce.want(201, "POST", "groups", dsrTeam()).text("id")
	equal(t, "members", people(atOnce.want(200, "GET", "groups/"+id, nil), "members"), "ann@example.com-saml")
	equal(t, "e-mails", atOnce.InvitationEmails(), 0)
	keeps := start(t, simulator.Options{Readings: simulator.Readings{PutKeepsOmitted: true}})
	id = keeps.want(201, "POST", "groups"+quietly, dsrTeam()).text("id")
	keeps.SetGroupField(id, "notes", "kept")
	keeps.want(204, "PUT", "groups/"+id+quietly, fields{})
	read := keeps.want(200, "GET", "groups/"+id, nil)
	equal(t, "invites", people(read, "invites"), "ann@example.com-saml")
	equal(t, "displayName", read.text("displayName"), "DSR team")
	equal(t, "notes", read.text("notes"), "kept")
	lag := start(t, simulator.Options{CreateLag: 1})
	id = lag.want(201, "POST", "groups"+quietly, dsrTeam()).text("id")
	equal(t, "listed", len(lag.want(200, "GET", "groups", nil).json.([]any)), 3)
	lag.want(404, "GET", "groups/"+id, nil)
	lag.want(200, "GET", "groups/"+id, nil)
}

func TestGroup_UnknownFieldsLiveAndDieWithThePut(t *testing.T) {
	c := start(t, simulator.Options{})
	id := c.want(201, "POST", "groups"+quietly, dsrTeam()).text("id")
	c.SetGroupField(id, "notes", "by hand")
	c.want(204, "PUT", "groups/"+id+quietly, fields{"displayName": "n", "notes": "by hand"})
	equal(t, "notes", c.want(200, "GET", "groups/"+id, nil).text("notes"), "by hand")
	c.want(204, "PUT", "groups/"+id+quietly, fields{"displayName": "n"})
	equal(t, "notes", c.want(200, "GET", "groups/"+id, nil).has("notes"), false)
}

func TestGroup_InvitesAsCoveosClientAsksForThem(t *testing.T) {
	c := start(t, simulator.Options{})
	c.AddUser(simulator.PersonView{Email: "ann@example.com", Provider: "SAML"}, "ann")
	id := c.want(201, "POST", "groups"+quietly, fields{"displayName": "team"}).text("id")
	invites := "groups/" + id + "/invites"
	c.as("ann").want(404, "POST", invites+"/accept", nil)
	// An invite is one also for somebody who is known.
	equal(t, "invited", c.want(200, "POST", invites+"?sendEmail=false", fields{"username": "ann@example.com-saml"}).text("email"), "ann@example.com")
	equal(t, "invites", len(c.want(200, "GET", invites, nil).json.([]any)), 1)
	c.as("ann").want(204, "POST", invites+"/accept", nil)
	read := c.want(200, "GET", "groups/"+id, nil)
	equal(t, "people", people(read, "members")+" | "+people(read, "invites"), "ann@example.com-saml | ")
	c.want(204, "DELETE", "groups/"+id+"/members/ann@example.com-saml", nil)
	c.want(200, "POST", invites, fields{"email": "ann@example.com"})
	c.as("ann").want(204, "POST", invites+"/decline", nil)
	c.want(404, "DELETE", invites+"/ann@example.com", nil)
	c.want(200, "POST", invites+"?sendEmail=false", fields{"email": "bob@example.com"})
	c.want(204, "DELETE", invites+"/bob@example.com", nil)
	equal(t, "e-mails", c.InvitationEmails(), 1)
}
