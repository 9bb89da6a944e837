// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestAPIKey_UnusedForLongIsDisabled(t *testing.T) {
	now := newClock()
	c := start(t, simulator.Options{Now: now.Now, InactivityAfter: 30 * 24 * time.Hour})
	body := dsrKey()
	delete(body, "lifetimeDuration")
	created := c.want(201, "POST", "apikeys", body)
	one := "apikeys/" + created.text("id")
	status := func() string { return c.want(200, "GET", one, nil).text("status") }
	day := 24 * time.Hour
	now.Advance(26 * day)
	equal(t, "after 26 days", status(), "ENABLED")
	now.Advance(day)
	equal(t, "after 27 days", status(), "SOON_TO_BE_DISABLED")
	c.want(204, "PUT", one+"/activation/extend", nil)
	equal(t, "extended", status(), "ENABLED")
	now.Advance(29 * day)
	// A use is a sign of life, too.
	c.as(created.text("value")).want(200, "GET", "privileges/me", nil)
	equal(t, "used", status(), "ENABLED")
	now.Advance(30 * day)
	equal(t, "unused", c.Keys()[0].Status, "DISABLED_FOR_INACTIVITY")
	equal(t, "unused", status(), "DISABLED_FOR_INACTIVITY")
	c.as(created.text("value")).want(401, "GET", "privileges/me", nil)
	c.want(204, "PUT", one+"/activate", nil)
	equal(t, "activated", status(), "ENABLED")
	now.Advance(29 * day)
	equal(t, "activated, 29 days ago", status(), "SOON_TO_BE_DISABLED")
}

func TestAPIKey_ReportedOrExposed(t *testing.T) {
	c := start(t, simulator.Options{})
	reported := c.AddKey(simulator.KeySpec{DisplayName: "reported"})
	exposed := c.AddKey(simulator.KeySpec{DisplayName: "exposed"})
	c.ReportKey(reported.ID, "LOW")
	c.ExposeKey(exposed.ID)
	one, other := c.want(200, "GET", "apikeys/"+reported.ID, nil), c.want(200, "GET", "apikeys/"+exposed.ID, nil)
	severity := func(r reply) any { return r.field("exposureReport").(map[string]any)["severity"] }
	equal(t, "status", one.text("status"), "ENABLED")
	equal(t, "severity", severity(one), any("LOW"))
	equal(t, "status", other.text("status"), "DISABLED_EXPOSED")
	equal(t, "severity", severity(other), any("CRITICAL"))
	equal(t, "filter", len(c.want(200, "GET", "apikeys?status=ACTIVE_AND_EXPOSED", nil).json.([]any)), 1)
}

func TestTemplate_OfOnesOwn(t *testing.T) {
	now := newClock()
	c := start(t, simulator.Options{Now: now.Now})
	c.AddTemplate(simulator.TemplateSpec{
		ID: "Eraser", DisplayName: "Eraser", Privileges: []simulator.Privilege{simulator.ErasurePrivilege()}, LongestLifetime: "P30D",
	})
	equal(t, "longest", c.want(200, "GET", "templates/apikeys/Eraser", nil).text("enforcedLifetimePeriod"), "P30D")
	equal(t, "templates", len(c.want(200, "GET", "templates/apikeys", nil).json.([]any)), 3)
	for lifetime, days := range map[string]int{"": 30, "P90D": 30, "P7D": 7} {
		body := fields{"displayName": "of a template"}
		if lifetime != "" {
			body["lifetimeDuration"] = lifetime
		}
		made := c.want(201, "POST", "apikeys?apiKeyTemplateId=Eraser", body)
		equal(t, lifetime, made.field("expirationDate"), any(float64(now.Now().AddDate(0, 0, days).UnixMilli())))
		equal(t, "template", made.text("apiKeyTemplateId"), "Eraser")
	}
}

func TestAPIKey_ConfigurationAndEditorsAreChecked(t *testing.T) {
	c := startLoose(t, simulator.Options{})
	for name, tc := range map[string]struct {
		field  string
		value  any
		status int
	}{
		"documented":      {"additionalConfiguration", fields{"analytics": fields{"event": fields{"userId": "u"}}, "commerce": fields{"catalogId": "c"}}, 201},
		"unknown fields":  {"additionalConfiguration", fields{"later": 1}, 201},
		"a number":        {"additionalConfiguration", fields{"analytics": fields{"event": fields{"userId": 7}}}, 400},
		"no list":         {"additionalConfiguration", fields{"search": fields{"apiKeyQueryAuthentication": fields{}}}, 400},
		"editor":          {"groupsThatCanEdit", []fields{{"id": "g"}}, 201},
		"nameless editor": {"apiKeysThatCanEdit", []fields{{"displayName": "g"}}, 412},
	} {
		body := dsrKey()
		body[tc.field] = tc.value
		if got := c.call("POST", "apikeys", body); got.status != tc.status {
			t.Errorf("%s: %d, want %d", name, got.status, tc.status)
		}
	}
}

func TestAPIKey_ChangedBehindTheAPI(t *testing.T) {
	c := start(t, simulator.Options{})
	key := c.AddKey(simulator.KeySpec{DisplayName: "n", TemplateID: "AnonymousSearch", GroupsThatCanEdit: []string{"g1"}})
	equal(t, "group", key.GroupsThatCanEdit[0], "g1")
	equal(t, "template", key.TemplateID, "AnonymousSearch")
	c.SetKeyEditors(key.ID, []string{"k1"}, nil)
	c.SetKeyConfiguration(key.ID, fields{"commerce": fields{"catalogId": "c"}})
	read := c.want(200, "GET", "apikeys/"+key.ID, nil)
	equal(t, "groups", len(read.field("groupsThatCanEdit").([]any)), 0)
	equal(t, "keys", len(read.field("apiKeysThatCanEdit").([]any)), 1)
	equal(t, "catalog", read.field("additionalConfiguration").(map[string]any)["commerce"].(map[string]any)["catalogId"], any("c"))
}
