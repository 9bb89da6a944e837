// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestOverview_CountsEvents(t *testing.T) {
	c := start(t, simulator.Options{})
	c.Log("alice", simulator.Search, 9)
	c.Log("alice", simulator.Click, 3)
	c.Log("alice", simulator.Search, 1)
	c.Log("bob", simulator.Custom, 7)
	r := c.want(200, "GET", c.overviewPath("alice"), nil)
	equal(t, "userId", r.text("userId"), "alice")
	equal(t, "account", r.text("account"), c.ID())
	equal(t, "stats", fmt.Sprint(r.field("stats")), "map[click:3 custom:0 search:10]")
	equal(t, "case matters", fmt.Sprint(c.want(200, "GET", c.overviewPath("Alice"), nil).field("stats")), "map[click:0 custom:0 search:0]")
	equal(t, "events", fmt.Sprint(c.Events("alice")), "map[click:3 search:10]")
}

func TestDeletion_IsImmediateByDefault(t *testing.T) {
	c := start(t, simulator.Options{})
	c.Log("alice", simulator.Search, 9)
	c.Log("bob", simulator.Search, 1)
	r := c.want(202, "DELETE", c.deletionPath("alice"), nil)
	equal(t, "userId", r.text("userId"), "alice")
	equal(t, "events", len(c.Events("alice")), 0)
	equal(t, "others", c.Events("bob")["search"], int64(1))
	c.want(202, "DELETE", c.deletionPath("alice"), nil)
	c.want(202, "DELETE", c.deletionPath("nobody"), nil)
	equal(t, "deletions", c.Deletions("alice"), 2)
	equal(t, "deletions", c.Deletions("bob"), 0)
	equal(t, "all deletions", c.TotalDeletions(), 3)
}

func TestDeletion_SettlesOverTimeAndSparesLaterEvents(t *testing.T) {
	now := newClock()
	c := start(t, simulator.Options{Now: now.Now, SettleAfter: 28 * 24 * time.Hour})
	c.Log("alice", simulator.Search, 9)
	c.Log("alice", simulator.Click, 1)
	c.want(202, "DELETE", c.deletionPath("alice"), nil)
	day := 24 * time.Hour
	for _, step := range []struct {
		by     time.Duration
		custom int
		want   string
	}{
		{0, 0, "map[click:1 search:9]"},
		{14*day - 1, 0, "map[click:1 search:9]"},
		{1, 0, "map[click:1 search:5]"},
		{day, 2, "map[click:1 custom:2 search:5]"},
		{13*day - 1, 0, "map[click:1 custom:2 search:5]"},
		{1, 0, "map[custom:2]"},
		{365 * day, 0, "map[custom:2]"},
	} {
		now.Advance(step.by)
		c.Log("alice", simulator.Custom, step.custom)
		equal(t, "events", fmt.Sprint(c.Events("alice")), step.want)
	}
	c.want(202, "DELETE", c.deletionPath("alice"), nil)
	c.Advance(28 * day)
	equal(t, "events", len(c.Events("alice")), 0)
}

func TestUserIDs_AreOneEncodedSegmentDecodedOnce(t *testing.T) {
	c := start(t, simulator.Options{})
	for _, id := range []string{
		"alice.smith@example.com-google", "29fb0d0a-b5eb-4c20-aff0-9d282df11569", "a/b c?d#e%", "dupré@exämple.com",
		"%2F", "..%2f..", " blank ", "a//b", "a/../b", "+", "ünï/コ", "overview", "alldata",
	} {
		c.Log(id, simulator.Search, 2)
		r := c.want(200, "GET", c.overviewPath(id), nil)
		equal(t, "userId", r.text("userId"), id)
		equal(t, id, r.field("stats", "search"), any(2.0))
		c.want(202, "DELETE", c.deletionPath(id), nil)
		equal(t, id, len(c.Events(id)), 0)
		equal(t, "deletions of "+id, c.Deletions(id), 1)
		equal(t, "saw "+id, c.Saw(id), true)
	}
	equal(t, "saw", c.Saw("mallory"), false)
	equal(t, "saw the bearer", c.Saw(simulator.AdminToken), true)
	c.want(400, "DELETE", strings.Replace(c.deletionPath("X"), "X", "%2E%2E", 1), nil)
	requests := c.Requests()
	equal(t, "operation", requests[1].Operation, simulator.DeleteUserData)
	equal(t, "user", requests[4].UserID, "a/b c?d#e%")
	equal(t, "path", requests[4].Path, "/rest/ua/v15/users/a%2Fb%20c%3Fd%23e%25/overview")
	equal(t, "status", requests[1].Status, 202)
	equal(t, "token", requests[1].Token, simulator.Administrator)
}

func TestErrorsOfUserCallsEchoTheUserID(t *testing.T) {
	c := start(t, simulator.Options{Readings: simulator.Readings{UnknownUserNotFound: true, UnknownUserDeletionNotFound: true}})
	c.AddToken("powerless")
	for _, r := range []reply{
		c.want(404, "GET", c.overviewPath("alice"), nil),
		c.want(404, "DELETE", c.deletionPath("alice"), nil),
		c.as("powerless").want(403, "DELETE", c.deletionPath("alice"), nil),
		c.as("bad").want(401, "DELETE", c.deletionPath("alice"), nil),
	} {
		if !strings.Contains(r.text("message"), "alice") || r.text("type") == "" || r.field("statusCode") == nil {
			t.Errorf("got %s", r.body)
		}
	}
	c.Inject(simulator.Fault{Operation: simulator.UserOverview, Status: 500})
	if r := c.want(500, "GET", c.overviewPath("alice"), nil); !strings.Contains(r.text("message"), "alice") {
		t.Errorf("got %s", r.body)
	}
}
