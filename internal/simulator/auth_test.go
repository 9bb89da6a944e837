// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestBearer_IsRequired(t *testing.T) {
	c := start(t, simulator.Options{})
	for _, token := range []string{"", "xx-unknown"} {
		equal(t, "platform", c.as(token).want(401, "GET", "apikeys", nil).has("errorCode"), true)
		refused := c.as(token).want(401, "GET", c.overviewPath("alice"), nil)
		equal(t, "statusCode", refused.field("statusCode"), any(401.0))
	}
	equal(t, "type", c.as("x").want(401, "GET", c.overviewPath("alice"), nil).text("type"), "InvalidToken")
	c.as("").want(200, "GET", "/rest/ua/v15/exports/monitoring/health", nil)
	c.as("").want(200, "GET", "/rest/ua/v15/users/status", nil)
}

func TestBearer_AccessTokens(t *testing.T) {
	c := start(t, simulator.Options{})
	c.AddToken("jwt", simulator.OverviewPrivilege())
	c.as("jwt").want(200, "GET", c.overviewPath("alice"), nil)
	c.as("jwt").want(403, "DELETE", c.deletionPath("alice"), nil)
	c.RevokeToken("jwt")
	c.as("jwt").want(401, "GET", c.overviewPath("alice"), nil)
}

func TestBearer_OrganizationMustMatch(t *testing.T) {
	c := start(t, simulator.Options{OrganizationID: "org1"})
	key := c.AddKey(simulator.KeySpec{Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
	for _, test := range []struct {
		token, path string
		status      int
		code        string
	}{
		{c.token, "/rest/organizations/org2/apikeys", 404, "ORGANIZATION_NOT_FOUND"},
		{c.token, "/rest/ua/v15/users/alice/overview?org=org1", 200, ""},
		{c.token, "/rest/ua/v15/users/alice/overview?org=org2", 404, "OrganizationNotFound"},
		{c.token, "/rest/ua/v15/users/alice/overview", 400, "MissingParameter"},
		{key.Value, "/rest/ua/v15/users/alice/overview", 200, ""},
		{key.Value, "/rest/ua/v15/users/alice/overview?org=org2", 404, "OrganizationNotFound"},
	} {
		refused := c.as(test.token).want(test.status, "GET", test.path, nil)
		equal(t, test.path, refused.text("type")+refused.text("errorCode"), test.code)
	}
}

func TestBearer_KeysOpenOnlyWhileUsable(t *testing.T) {
	now := newClock()
	c := start(t, simulator.Options{Now: now.Now})
	spec := simulator.KeySpec{Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}, Lifetime: "P1D"}
	key := c.AddKey(spec)
	path := c.overviewPath("alice")
	now.Advance(time.Hour)
	c.as(key.Value).want(200, "GET", path, nil)
	used, _ := c.Key(key.ID)
	equal(t, "lastUsedDate", used.LastUsedDate, now.Now())
	c.DisableKey(key.ID)
	c.as(key.Value).want(401, "GET", path, nil)
	c.ActivateKey(key.ID)
	c.as(key.Value).want(200, "GET", path, nil)
	now.Advance(23 * time.Hour)
	c.as(key.Value).want(401, "GET", path, nil)
	removed := c.AddKey(spec)
	c.RemoveKey(removed.ID)
	c.as(removed.Value).want(401, "GET", path, nil)
}

func TestBearer_IPLists(t *testing.T) {
	for name, test := range map[string]struct {
		caller          string
		allowed, denied []string
		status          int
	}{
		"no lists":            {"", nil, nil, 200},
		"address allowed":     {"", []string{"203.0.113.10"}, nil, 200},
		"range allowed":       {"", []string{"198.51.100.0/24", "203.0.113.0/28"}, nil, 200},
		"not allowed":         {"", []string{"203.0.113.11"}, nil, 403},
		"outside the range":   {"", []string{"203.0.113.16/28"}, nil, 403},
		"denied":              {"", nil, []string{"203.0.113.0/24"}, 403},
		"denied wins":         {"", []string{"203.0.113.10"}, []string{"203.0.113.10"}, 403},
		"another denied":      {"", nil, []string{"198.51.100.7"}, 200},
		"IPv6":                {"2001:db8::1", []string{"2001:db8::/32"}, nil, 200},
		"IPv6 is not IPv4":    {"2001:db8::1", []string{"0.0.0.0/0"}, nil, 403},
		"range with host bit": {"", []string{"203.0.113.99/24"}, nil, 200},
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, simulator.Options{CallerIP: test.caller})
			key := c.AddKey(simulator.KeySpec{
				Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}, AllowedIPs: test.allowed, DeniedIPs: test.denied,
			})
			c.as(key.Value).want(test.status, "GET", c.overviewPath("alice"), nil)
		})
	}
}

func TestBearer_PrivilegesAreNeeded(t *testing.T) {
	c := start(t, simulator.Options{})
	for _, test := range []struct {
		method, path string
		body         any
	}{
		{"GET", "apikeys", nil},
		{"POST", "apikeys", fields{"displayName": "x"}},
		{"GET", "apikeys/x", nil},
		{"PUT", "apikeys/x", fields{"displayName": "x"}},
		{"DELETE", "apikeys/x", nil},
		{"PUT", "apikeys/x/disable", nil},
		{"PUT", "apikeys/x/activate", nil},
		{"PUT", "apikeys/x/activation/extend", nil},
		{"PUT", "apikeys/x/duplicate", fields{}},
		{"PUT", "apikeys/disable/bulk", []string{"x"}},
		{"GET", "privileges", nil},
		{"GET", "privileges/apikeys", nil},
		{"GET", "templates/apikeys", nil},
		{"GET", c.overviewPath("alice"), nil},
		{"DELETE", c.deletionPath("alice"), nil},
		{"POST", "/rest/ua/v15/analytics/custom?org=" + c.ID(), fields{"eventType": "t", "eventValue": "v", "language": "en"}},
		{"POST", "events/v1", []fields{}},
		{"POST", "events/v1/validate", []fields{}},
	} {
		c.AddToken("powerless")
		c.as("powerless").want(403, test.method, test.path, test.body)
	}
	equal(t, "deletions", c.Deletions("alice"), 0)
	c.as("powerless").want(200, "GET", "privileges/me", nil)
	c.as("powerless").want(200, "GET", "status", nil)
}

func TestBearer_KeysThatManageKeys(t *testing.T) {
	every := []simulator.Privilege{
		simulator.KeyPrivilege("VIEW"), simulator.KeyPrivilege("EDIT"), simulator.KeyPrivilege("CREATE"), simulator.OverviewPrivilege(),
	}
	for _, may := range []bool{false, true} {
		c := start(t, simulator.Options{Readings: simulator.Readings{KeysMayManageKeys: may}})
		key := c.as(c.AddKey(simulator.KeySpec{Privileges: every}).Value)
		status := 403
		if may {
			status = 200
		}
		key.want(status, "GET", "apikeys", nil)
		if !may {
			continue
		}
		key.want(201, "POST", "apikeys", fields{"displayName": "k", "privileges": []simulator.Privilege{simulator.OverviewPrivilege()}})
		key.want(403, "POST", "apikeys", fields{"displayName": "k", "privileges": []simulator.Privilege{simulator.ErasurePrivilege()}})
		c.want(201, "POST", "apikeys", fields{"displayName": "k", "privileges": every})
	}
}

func TestBearer_KeysThatMayEditOneKey(t *testing.T) {
	c := start(t, simulator.Options{Readings: simulator.Readings{KeysMayManageKeys: true}})
	editor := c.AddKey(simulator.KeySpec{})
	target := c.want(201, "POST", "apikeys", fields{"displayName": "k", "apiKeysThatCanEdit": []fields{{"id": editor.ID}}}).text("id")
	other := c.AddKey(simulator.KeySpec{})
	c.as(editor.Value).want(204, "PUT", "apikeys/"+target+"/disable", nil)
	c.as(editor.Value).want(403, "PUT", "apikeys/"+other.ID+"/disable", nil)
}

func TestReadOnlyOrganizationRefusesWrites(t *testing.T) {
	c := start(t, simulator.Options{ReadOnly: true})
	key := c.AddKey(simulator.KeySpec{DisplayName: "k"})
	one := "apikeys/" + key.ID
	for _, test := range []struct {
		method, path string
		body         any
	}{
		{"POST", "apikeys", fields{"displayName": "x"}}, {"PUT", one, fields{"displayName": "x"}}, {"DELETE", one, nil},
		{"PUT", one + "/disable", nil}, {"PUT", one + "/activate", nil},
	} {
		equal(t, test.path, c.want(403, test.method, test.path, test.body).text("errorCode"), "ORGANIZATION_IN_READ_ONLY")
	}
	equal(t, "type", c.want(403, "DELETE", c.deletionPath("alice"), nil).text("type"), "OrganizationInReadOnly")
	c.want(200, "GET", one, nil)
	equal(t, "status", c.want(200, "GET", "status", nil).field("readOnly"), any(true))
	c.SetReadOnly(false)
	c.want(204, "DELETE", one, nil)
}

func TestRateLimit(t *testing.T) {
	for _, form := range []string{"", "seconds", "date"} {
		now := newClock()
		c := start(t, simulator.Options{
			Now:       now.Now,
			RateLimit: simulator.RateLimit{Requests: 2, Window: 10 * time.Second, RetryAfter: form},
		})
		for range 2 {
			c.want(200, "GET", c.overviewPath("alice"), nil)
		}
		now.Advance(3500 * time.Millisecond)
		want := map[string]string{"": "", "seconds": "7", "date": "Sun, 22 Nov 2026 08:00:11 GMT"}[form]
		equal(t, "Retry-After", c.want(429, "GET", c.overviewPath("alice"), nil).header.Get("Retry-After"), want)
		c.want(200, "GET", "apikeys", nil)
		now.Advance(7 * time.Second)
		c.want(200, "GET", c.overviewPath("alice"), nil)
	}
}
