// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func groupOperations() []operation {
	groups := "/rest/organizations/" + organization + "/groups"
	member := groups + "/g1/members/alice.smith@example.com-google"
	drop := func(_ any, err error) error { return err }
	return []operation{
		{"list groups", simulator.ListGroups, "GET", groups, 200, `[{"id":"g1"}]`, func(ctx context.Context, c *coveo.Client) error { return drop(c.ListGroups(ctx)) }},
		{"default groups", simulator.ListDefaultGroups, "GET", "/rest/organizations/" + organization + "/defaultgroups", 200, `[]`, func(ctx context.Context, c *coveo.Client) error { return drop(c.ListDefaultGroups(ctx)) }},
		{"get a group", simulator.GetGroup, "GET", groups + "/g1", 200, `{"id":"g1"}`, func(ctx context.Context, c *coveo.Client) error { return drop(c.GetGroup(ctx, "g1")) }},
		{"create a group", simulator.CreateGroup, "POST", groups + "?canEditItself=false&sendEmailToInvitedUsers=false", 201, `{"id":"g1"}`, func(ctx context.Context, c *coveo.Client) error {
			return drop(c.CreateGroup(ctx, coveo.NewGroup{DisplayName: "dsr"}))
		}},
		{"update a group", simulator.UpdateGroup, "PUT", groups + "/g1?sendEmailToInvitedUsers=false", 204, "", func(ctx context.Context, c *coveo.Client) error {
			return c.UpdateGroup(ctx, &coveo.Group{ID: "g1"}, coveo.GroupChange{})
		}},
		{"delete a group", simulator.DeleteGroup, "DELETE", groups + "/g1", 204, "", func(ctx context.Context, c *coveo.Client) error { return c.DeleteGroup(ctx, "g1") }},
		{"list members", simulator.ListGroupMembers, "GET", groups + "/g1/members", 200, `[{"username":"a"}]`, func(ctx context.Context, c *coveo.Client) error { return drop(c.ListGroupMembers(ctx, "g1")) }},
		{"add a member", simulator.AddGroupMember, "POST", groups + "/g1/members?sendEmailOnInvite=false", 204, "", func(ctx context.Context, c *coveo.Client) error {
			return c.AddGroupMember(ctx, "g1", coveo.Member{Email: "bob@example.com"}, false)
		}},
		{"get a member", simulator.GetGroupMember, "GET", member, 200, `{"username":"a"}`, func(ctx context.Context, c *coveo.Client) error { return drop(c.GetGroupMember(ctx, "g1", alice)) }},
		{"remove a member", simulator.RemoveGroupMember, "DELETE", member, 204, "", func(ctx context.Context, c *coveo.Client) error { return c.RemoveGroupMember(ctx, "g1", alice) }},
		{"exclusive privileges", simulator.GroupExclusivePrivileges, "GET", groups + "/g1/privileges/exclusive/me", 200, `[]`, func(ctx context.Context, c *coveo.Client) error {
			return drop(c.GroupExclusivePrivileges(ctx, "g1"))
		}},
	}
}

// groupReadings are the ways in which the documents leave the answers about groups open.
func groupReadings() map[string]simulator.Readings {
	readings := keyReadings()
	readings["lean list"] = simulator.Readings{LeanGroupList: true}
	readings["members at once"] = simulator.Readings{MembersJoinAtOnce: true}
	return readings
}

func TestGroups_WholeLifeUnderEveryReading(t *testing.T) {
	for name, readings := range groupReadings() {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
			server, client := simulated(t, simulator.Options{Now: func() time.Time { return now }, Readings: readings})
			ctx := t.Context()
			server.AddUser(simulator.PersonView{Email: "ann@example.com", Provider: "GOOGLE"}, "")
			id, err := client.CreateGroup(ctx, coveo.NewGroup{
				DisplayName: "dsr", Privileges: []coveo.Privilege{coveo.DeleteUserAnalytics()},
				Members: []coveo.Member{{Email: "ann@example.com", Provider: "GOOGLE"}},
				Invites: []coveo.Member{{Email: "bob@example.com", Provider: "SAML"}},
				Realms:  []coveo.Realm{{Provider: "SAML"}},
			})
			if err != nil {
				t.Fatal(err)
			}
			read, err := client.GetGroup(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "members", len(read.Members), 1)
			equal(t, "username", read.Members[0].Username, "ann@example.com-google")
			equal(t, "invites", len(read.Invites), 1)
			equal(t, "invited", read.Invites[0].InvitedDate.Time, now)
			equal(t, "expires later", read.Invites[0].ExpirationDate.After(now), true)
			equal(t, "realms", len(read.Realms), 1)
			equal(t, "deletable", read.IsDeletable(), true)
			equal(t, "privileges", len(read.Privileges), 1)

			renamed := "renamed"
			if err := client.UpdateGroup(ctx, read, coveo.GroupChange{DisplayName: &renamed}); err != nil {
				t.Fatal(err)
			}
			after, _ := server.Group(id)
			equal(t, "name", after.DisplayName, "renamed")
			equal(t, "members", len(after.Members), 1)
			equal(t, "invites", len(after.Invites), 1)
			equal(t, "realms", after.Providers, []string{"SAML"})
			equal(t, "privileges", after.Privileges, []simulator.Privilege{simulator.ErasurePrivilege()})

			if err := client.AddGroupMember(ctx, id, coveo.Member{Email: "carl@example.com"}, false); err != nil {
				t.Fatal(err)
			}
			members, err := client.ListGroupMembers(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "members", len(members), map[bool]int{false: 1, true: 2}[readings.MembersJoinAtOnce])
			member, err := client.GetGroupMember(ctx, id, "ann@example.com-google")
			if err != nil || member.Email != "ann@example.com" {
				t.Fatal(member, err)
			}
			for range 2 {
				if err := client.RemoveGroupMember(ctx, id, "ann@example.com-google"); err != nil {
					t.Fatal(err)
				}
			}
			after, _ = server.Group(id)
			equal(t, "people", len(after.Members)+len(after.Invites), 2)
			list, err := client.ListGroups(ctx)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "groups", len(list), 4)
			for range 2 {
				if err := client.DeleteGroup(ctx, id); err != nil {
					t.Fatal(err)
				}
			}
			_, err = client.GetGroup(ctx, id)
			equal(t, "gone", coveo.IsNotFound(err), true)
			equal(t, "e-mails", server.InvitationEmails(), 0)
		})
	}
}

func TestGroups_EmailsAreSentOnlyWhereAskedFor(t *testing.T) {
	server, client := simulated(t, simulator.Options{})
	ctx := t.Context()
	id, err := client.CreateGroup(ctx, coveo.NewGroup{
		DisplayName: "dsr", Members: []coveo.Member{{Email: "ann@example.com"}}, SendEmails: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "by the creation", server.InvitationEmails(), 1)
	read, err := client.GetGroup(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	more := append([]coveo.Member{{Email: "bob@example.com"}}, read.Invites...)
	if err := client.UpdateGroup(ctx, read, coveo.GroupChange{Invites: &more, SendEmails: true}); err != nil {
		t.Fatal(err)
	}
	equal(t, "by the update", server.InvitationEmails(), 2)
	if err := client.AddGroupMember(ctx, id, coveo.Member{Email: "carl@example.com"}, true); err != nil {
		t.Fatal(err)
	}
	equal(t, "by the member's call", server.InvitationEmails(), 3)
}

func TestGroups_UpdateSendsBackWhatIsNotKnown(t *testing.T) {
	var group coveo.Group
	if err := json.Unmarshal([]byte(`{"id":"g","displayName":"n","groupType":"CUSTOM","deletable":true,"resourceId":null,"notes":{"a":[1,null],"b":null,"n":12345678901234567890},
		"privileges":[{"owner":"O","targetDomain":"D","type":null,"targetId":"*","level":"NEW"}],
		"members":[{"username":"u","email":null,"seat":"gold"}],"invites":[{"email":"i@example.com","invitedDate":1763802000000}],"realms":null}`), &group); err != nil {
		t.Fatal(err)
	}
	s, client := scripted(t, always(204, ""))
	members := append(group.Members, coveo.Member{Email: "new@example.com", Provider: "SAML"})
	if err := client.UpdateGroup(t.Context(), &group, coveo.GroupChange{Members: &members}); err != nil {
		t.Fatal(err)
	}
	equal(t, "body", s.requests()[0].body, `{"deletable":true,"displayName":"n","id":"g",`+
		`"invites":[{"email":"i@example.com","invitedDate":1763802000000}],`+
		`"members":[{"seat":"gold","username":"u"},{"email":"new@example.com","provider":"SAML"}],`+
		`"notes":{"a":[1,null],"n":12345678901234567890},`+
		`"privileges":[{"level":"NEW","owner":"O","targetDomain":"D","targetId":"*"}]}`)
}

func TestGroups_ALostCreationIsNotSentAgain(t *testing.T) {
	for name, fault := range map[string]simulator.Fault{
		"cut after": {CutAfter: true}, "empty": {Empty: true}, "truncated": {Truncate: true}, "no ID": {Body: `{"id":null}`}, "503": {Status: 503},
	} {
		t.Run(name, func(t *testing.T) {
			fault.Operation = simulator.CreateGroup
			server, client := simulated(t, simulator.Options{})
			server.Inject(fault)
			_, err := client.CreateGroup(t.Context(), coveo.NewGroup{DisplayName: "dsr"})
			equal(t, "outcome unknown", coveo.IsOutcomeUnknown(err), true)
			equal(t, "requests", server.Calls(simulator.CreateGroup), 1)
		})
	}
}

func TestGroups_UsernamesAreEncodedOnce(t *testing.T) {
	s, client := scripted(t, always(204, ""))
	if err := client.RemoveGroupMember(t.Context(), "g/1", "o'neil/dupré+1?x#y%2F@example.com-google"); err != nil {
		t.Fatal(err)
	}
	contains(t, s.requests()[0].url, "/groups/g%2F1/members/o%27neil%2Fdupr%C3%A9+1%3Fx%23y%252F@example.com-google")
	for _, username := range []string{"", ".", ".."} {
		if err := client.RemoveGroupMember(t.Context(), "g", username); err == nil {
			t.Errorf("%q was sent", username)
		}
	}
	for _, id := range []string{"", ".", ".."} {
		if err := client.DeleteGroup(t.Context(), id); err == nil {
			t.Errorf("%q was sent", id)
		}
	}
	equal(t, "requests", len(s.requests()), 1)
}

func TestGroups_ErrorsNameNobody(t *testing.T) {
	people := []string{"ann.canary@example.com", "bob.canary@example.com", "Bob Canary", "stranger@example.com"}
	body := fmt.Sprintf(`{"errorCode":"INVALID_PARAMETER","message":"The displayName is taken by %s."}`, strings.Join(people, ", "))
	log := &logbook{}
	_, client := scripted(t, always(412, body), func(c *coveo.Config) { c.Log = log.write })
	_, created := client.CreateGroup(t.Context(), coveo.NewGroup{DisplayName: "n", Members: []coveo.Member{{Email: people[0]}}})
	group := &coveo.Group{ID: "g", Members: []coveo.Member{{Email: people[0]}}, Invites: []coveo.Member{{Email: people[1], DisplayName: people[2]}}}
	updated := client.UpdateGroup(t.Context(), group, coveo.GroupChange{})
	added := client.AddGroupMember(t.Context(), "g", coveo.Member{Email: people[0]}, false)
	removed := client.RemoveGroupMember(t.Context(), "g", people[0])
	for what, err := range map[string]error{"update": updated, "add": added, "remove": removed} {
		t.Run(what, func(t *testing.T) { log.check(t, err, people...) })
	}
	log.check(t, created, people[0], people[1], people[3])
	// What is left is of use.
	contains(t, updated.Error(), "HTTP 412", "INVALID_PARAMETER", "The displayName is taken by …, …, …, ….")
}
