// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

type fields = map[string]any

func dsrKey() fields {
	return fields{
		"displayName":      "dsr",
		"description":      "d",
		"allowedIps":       []string{"203.0.113.0/24"},
		"deniedIps":        []string{},
		"lifetimeDuration": "P90D",
		"privileges": []fields{
			{"owner": "USAGE_ANALYTICS", "targetDomain": "ADMINISTRATE", "targetId": "*"},
			{"owner": "USAGE_ANALYTICS", "targetDomain": "EXPORTS", "type": "CREATE", "targetId": "*"},
			{"owner": "USAGE_ANALYTICS", "targetDomain": "DELETE_USER_ANALYTICS_DATA", "targetId": "*"},
		},
	}
}

func TestAPIKey_LivesFromCreationToDeletion(t *testing.T) {
	now := newClock()
	c := start(t, simulator.Options{Now: now.Now})
	created := c.want(201, "POST", "apikeys", dsrKey())
	id, value := created.text("id"), created.text("value")
	if !regexp.MustCompile(`^[a-z2-7]{26}$`).MatchString(id) {
		t.Errorf("the ID %q has an unlikely form", id)
	}
	if !regexp.MustCompile(`^xx[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(value) {
		t.Errorf("the value %q has an unlikely form", value)
	}
	one := "apikeys/" + id
	read := c.want(200, "GET", one, nil)
	equal(t, "masked value", read.text("value"), "xx*****"+value[len(value)-4:])
	equal(t, "expirationDate", read.field("expirationDate"), any(float64(now.Now().AddDate(0, 0, 90).UnixMilli())))
	equal(t, "status", read.text("status"), "ENABLED")
	equal(t, "privileges", len(read.field("privileges").([]any)), 3)
	equal(t, "apiKeyTemplateId", read.has("apiKeyTemplateId"), false)

	// Coveo's own client sends the whole model; only the seven updatable fields may have an effect.
	c.want(204, "PUT", one, fields{
		"id": "other", "displayName": "dsr2", "enabled": false, "allowedIps": []string{}, "privileges": []fields{},
	})
	read = c.want(200, "GET", one, nil)
	equal(t, "displayName", read.text("displayName"), "dsr2")
	equal(t, "description is cleared", read.has("description"), false)
	equal(t, "enabled", read.field("enabled"), any(true))
	equal(t, "id", read.text("id"), id)
	equal(t, "privileges", len(read.field("privileges").([]any)), 3)
	equal(t, "allowedIps", len(read.field("allowedIps").([]any)), 0)

	c.want(204, "PUT", one+"/disable", "{}")
	equal(t, "status", c.want(200, "GET", one, nil).text("status"), "DISABLED")
	c.want(204, "PUT", one+"/activate", fields{"id": id, "enabled": false})
	equal(t, "status", c.want(200, "GET", one, nil).text("status"), "ENABLED")
	c.want(204, "PUT", one+"/activation/extend", nil)
	equal(t, "list", len(c.want(200, "GET", "apikeys", nil).json.([]any)), 1)
	c.want(204, "DELETE", one, nil)
	for _, gone := range []struct{ method, path string }{
		{"GET", one}, {"PUT", one + "/disable"}, {"PUT", one + "/activate"}, {"DELETE", one}, {"PUT", one + "/activation/extend"},
	} {
		refused := c.want(404, gone.method, gone.path, nil)
		equal(t, "errorCode", refused.text("errorCode"), "API_KEY_NOT_FOUND")
		equal(t, "requestID", refused.text("requestID"), refused.header.Get("X-Request-ID"))
	}
	c.want(404, "PUT", one, fields{"displayName": "x"})
	equal(t, "list", len(c.want(200, "GET", "apikeys", nil).json.([]any)), 0)
	equal(t, "calls", c.Calls(simulator.GetAPIKey), 5)
}

func TestAPIKey_CreationIsValidated(t *testing.T) {
	privilege := func(owner, domain, kind, target string) func(fields) {
		return func(f fields) {
			f["privileges"] = []fields{{"owner": owner, "targetDomain": domain, "type": kind, "targetId": target}}
		}
	}
	set := func(name string, value any) func(fields) { return func(f fields) { f[name] = value } }
	for name, test := range map[string]struct {
		edit   func(fields)
		status int
		code   string
	}{
		"no name":               {func(f fields) { delete(f, "displayName") }, 412, "MISSING_PARAMETER"},
		"empty name":            {set("displayName", ""), 412, "MISSING_PARAMETER"},
		"longest name":          {set("displayName", strings.Repeat("é", 125)), 201, ""},
		"name too long":         {set("displayName", strings.Repeat("é", 126)), 412, "INVALID_PARAMETER"},
		"longest description":   {set("description", strings.Repeat("é", 1000)), 201, ""},
		"description too long":  {set("description", strings.Repeat("é", 1001)), 412, "INVALID_PARAMETER"},
		"IPv6 range":            {set("allowedIps", []string{"2001:db8::/32"}), 201, ""},
		"no address":            {set("allowedIps", []string{"office"}), 412, "INVALID_PARAMETER"},
		"range too long":        {set("deniedIps", []string{"203.0.113.0/33"}), 412, "INVALID_PARAMETER"},
		"hours":                 {set("lifetimeDuration", "PT12H"), 201, ""},
		"mixed lifetime":        {set("lifetimeDuration", "P1Y2M3W4DT5H6M7S"), 201, ""},
		"go duration":           {set("lifetimeDuration", "24h"), 412, "INVALID_PARAMETER"},
		"zero lifetime":         {set("lifetimeDuration", "P0D"), 412, "INVALID_PARAMETER"},
		"empty period":          {set("lifetimeDuration", "P"), 412, "INVALID_PARAMETER"},
		"wrong type":            {set("displayName", 5), 400, "INVALID_JSON"},
		"unknown field":         {set("colour", "red"), 201, ""},
		"disabled":              {set("enabled", false), 201, ""},
		"typeless":              {privilege("USAGE_ANALYTICS", "ADMINISTRATE", "", "*"), 201, ""},
		"ENABLE":                {privilege("USAGE_ANALYTICS", "ADMINISTRATE", "ENABLE", "*"), 201, ""},
		"level on a typeless":   {privilege("USAGE_ANALYTICS", "ADMINISTRATE", "EDIT", "*"), 412, "INVALID_PARAMETER"},
		"missing level":         {privilege("USAGE_ANALYTICS", "EXPORTS", "", "*"), 412, "INVALID_PARAMETER"},
		"unknown level":         {privilege("USAGE_ANALYTICS", "ANALYTICS_DATA", "CREATE", "*"), 412, "INVALID_PARAMETER"},
		"unknown domain":        {privilege("USAGE_ANALYTICS", "COFFEE", "VIEW", "*"), 412, "INVALID_PARAMETER"},
		"unknown owner":         {privilege("ACME", "EXPORTS", "VIEW", "*"), 412, "INVALID_PARAMETER"},
		"no target":             {privilege("USAGE_ANALYTICS", "EXPORTS", "VIEW", ""), 412, "INVALID_PARAMETER"},
		"target where none are": {privilege("USAGE_ANALYTICS", "EXPORTS", "VIEW", "x"), 412, "INVALID_PARAMETER"},
		"granular target":       {privilege("PLATFORM", "SOURCE", "EDIT", "x"), 201, ""},
		"keys for keys":         {privilege("PLATFORM", "API_KEY", "EDIT", "*"), 412, "INVALID_PARAMETER"},
	} {
		t.Run(name, func(t *testing.T) {
			c := startLoose(t, simulator.Options{})
			body := dsrKey()
			test.edit(body)
			r := c.want(test.status, "POST", "apikeys", body)
			equal(t, "errorCode", r.text("errorCode"), test.code)
			equal(t, "keys", len(c.Keys()) == 1, test.status == 201)
		})
	}
}

func TestAPIKey_BodiesMustBeJSON(t *testing.T) {
	c := startLoose(t, simulator.Options{})
	c.want(400, "POST", "apikeys", "{")
	c.want(415, "POST", "apikeys", nil)
}

func TestAPIKey_StatusFollowsTheClock(t *testing.T) {
	now := newClock()
	c := start(t, simulator.Options{Now: now.Now})
	id := c.want(201, "POST", "apikeys", dsrKey()).text("id")
	for _, step := range []struct {
		by   time.Duration
		want string
	}{
		{0, "ENABLED"}, {82 * 24 * time.Hour, "ENABLED"}, {24 * time.Hour, "SOON_TO_BE_EXPIRED"}, {7 * 24 * time.Hour, "EXPIRED"},
	} {
		now.Advance(step.by)
		equal(t, "status", c.want(200, "GET", "apikeys/"+id, nil).text("status"), step.want)
	}
	equal(t, "errorCode", c.want(412, "PUT", "apikeys/"+id+"/activate", nil).text("errorCode"), "INVALID_PARAMETER")
}

func TestAPIKey_ChangesMadeOutside(t *testing.T) {
	c := start(t, simulator.Options{})
	key := c.AddKey(simulator.KeySpec{DisplayName: "other", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
	status := func() string { return c.want(200, "GET", "apikeys/"+key.ID, nil).text("status") }
	c.DisableKey(key.ID)
	equal(t, "status", status(), "DISABLED")
	c.ActivateKey(key.ID)
	c.DisableKeyForInactivity(key.ID)
	equal(t, "status", status(), "DISABLED_FOR_INACTIVITY")
	c.want(204, "PUT", "apikeys/"+key.ID+"/activate", nil)
	c.WarnKeyOfInactivity(key.ID)
	equal(t, "status", status(), "SOON_TO_BE_DISABLED")
	c.want(204, "PUT", "apikeys/"+key.ID+"/activation/extend", nil)
	equal(t, "status", status(), "ENABLED")
	c.RenameKey(key.ID, "renamed")
	c.SetKeyIPs(key.ID, []string{"203.0.113.1"}, []string{"203.0.113.2"})
	c.SetKeyPrivileges(key.ID, simulator.ErasurePrivilege(), simulator.OverviewPrivilege())
	read := c.want(200, "GET", "apikeys/"+key.ID, nil)
	equal(t, "displayName", read.text("displayName"), "renamed")
	equal(t, "allowedIps", read.text("allowedIps", 0), "203.0.113.1")
	equal(t, "deniedIps", read.text("deniedIps", 0), "203.0.113.2")
	equal(t, "privileges", len(read.field("privileges").([]any)), 2)
	c.ExposeKey(key.ID)
	equal(t, "status", status(), "DISABLED_EXPOSED")
	equal(t, "report", c.want(200, "GET", "apikeys/"+key.ID, nil).text("exposureReport", "severity"), "CRITICAL")
	c.want(412, "PUT", "apikeys/"+key.ID+"/activate", nil)
	c.RemoveKey(key.ID)
	c.want(404, "GET", "apikeys/"+key.ID, nil)
}

func TestAPIKey_ListIsFilteredByStatus(t *testing.T) {
	now := newClock()
	c := startLoose(t, simulator.Options{Now: now.Now})
	add := func(name, lifetime string) string {
		return c.AddKey(simulator.KeySpec{DisplayName: name, Lifetime: lifetime}).ID
	}
	add("plain", "")
	add("expiring", "P3D")
	add("expired", "PT1H")
	c.DisableKey(add("disabled", ""))
	c.ExposeKey(add("exposed", ""))
	c.WarnKeyOfInactivity(add("idle", ""))
	now.Advance(2 * time.Hour)
	for filter, want := range map[string]string{
		"":                            "plain expiring expired disabled exposed idle",
		"?status=ACTIVE":              "plain expiring idle",
		"?status=DEACTIVATED":         "expired disabled exposed",
		"?status=SOON_TO_BE_EXPIRED":  "expiring",
		"?status=SOON_TO_BE_DISABLED": "idle",
		"?status=ALL_EXPOSED":         "exposed",
		"?status=ACTIVE_AND_EXPOSED":  "",
		"?status=WITH_WARNING":        "expiring exposed idle",
	} {
		var names []string
		for i := range c.want(200, "GET", "apikeys"+filter, nil).json.([]any) {
			names = append(names, c.want(200, "GET", "apikeys"+filter, nil).text(i, "displayName"))
		}
		equal(t, filter, strings.Join(names, " "), want)
	}
	equal(t, "code", c.want(412, "GET", "apikeys?status=ENABLED", nil).text("errorCode"), "INVALID_PARAMETER")
}

func TestAPIKey_AppearsLate(t *testing.T) {
	c := start(t, simulator.Options{CreateLag: 2})
	id := c.want(201, "POST", "apikeys", dsrKey()).text("id")
	for range 2 {
		equal(t, "list", len(c.want(200, "GET", "apikeys", nil).json.([]any)), 0)
		c.want(404, "GET", "apikeys/"+id, nil)
	}
	c.want(200, "GET", "apikeys/"+id, nil)
	equal(t, "list", len(c.want(200, "GET", "apikeys", nil).json.([]any)), 1)
}

func TestAPIKey_CopiesAndTemplates(t *testing.T) {
	now := newClock()
	c := start(t, simulator.Options{Now: now.Now})
	body := dsrKey()
	body["rotationEnabled"] = true
	first := c.want(201, "POST", "apikeys", body)
	copied := c.want(201, "PUT", "apikeys/"+first.text("id")+"/duplicate", fields{"displayName": "copy", "lifetimeDuration": "P1M"})
	equal(t, "name", copied.text("displayName"), "copy")
	if copied.text("value") == first.text("value") || copied.text("id") == first.text("id") {
		t.Error("the copy is the same key")
	}
	rotated := c.want(200, "POST", "apikeys/rotate", fields{
		"rotationSecret": first.text("rotationSecret"), "previousKeyExpirationPeriod": "P1D",
	})
	equal(t, "the new key expires", rotated.has("expirationDate"), false)
	old, _ := c.Key(first.text("id"))
	equal(t, "the old key expires", old.ExpirationDate, now.Now().AddDate(0, 0, 1))
	c.want(412, "POST", "apikeys/rotate", fields{"rotationSecret": first.text("rotationSecret")})

	ids := []string{first.text("id"), copied.text("id")}
	c.want(204, "PUT", "apikeys/disable/bulk", ids)
	equal(t, "enabled", c.Keys()[0].Enabled || c.Keys()[1].Enabled, false)
	c.want(204, "PUT", "apikeys/activate/bulk", ids)
	equal(t, "enabled", c.Keys()[0].Enabled && c.Keys()[1].Enabled, true)
	c.want(412, "POST", "apikeys/delete/bulk", append(ids, "nobody"))
	equal(t, "keys", len(c.Keys()), 3)
	c.want(204, "POST", "apikeys/delete/bulk", ids)
	equal(t, "keys", len(c.Keys()), 1)

	templates := c.want(200, "GET", "templates/apikeys", nil).json.([]any)
	equal(t, "templates", len(templates), 2)
	c.want(200, "GET", "templates/apikeys/AnonymousSearch", nil)
	c.want(404, "GET", "templates/apikeys/Nothing", nil)
	equal(t, "eligible", c.want(200, "GET", "templates/apikeys/privileges/eligibility", nil).field(0, "canGenerate"), any(true))
	public := c.want(201, "POST", "apikeys?apiKeyTemplateId=AnonymousSearch", fields{"displayName": "t"})
	equal(t, "template", public.text("apiKeyTemplateId"), "AnonymousSearch")
	equal(t, "privacy", public.text("privacyLevel"), "PUBLIC")
	c.want(404, "POST", "apikeys?apiKeyTemplateId=Nothing", fields{"displayName": "t"})
	c.want(412, "POST", "apikeys?apiKeyTemplateId=AnonymousSearch", dsrKey())
}

func TestAPIKey_KeyViewShowsEverything(t *testing.T) {
	c := start(t, simulator.Options{})
	body := dsrKey()
	body["additionalConfiguration"] = fields{"analytics": fields{"event": fields{"userId": "u"}}}
	body["apiKeysThatCanEdit"] = []fields{{"id": "k"}}
	body["groupsThatCanEdit"] = []fields{{"id": "g", "displayName": "Group"}}
	created := c.want(201, "POST", "apikeys", body)
	key, found := c.Key(created.text("id"))
	if !found || key.Value != created.text("value") || len(key.Privileges) != 3 || key.Description != "d" ||
		!reflect.DeepEqual(key.APIKeysThatCanEdit, []string{"k"}) || !reflect.DeepEqual(key.GroupsThatCanEdit, []string{"g"}) {
		t.Errorf("got %+v", key)
	}
	equal(t, "configuration", created.text("additionalConfiguration", "analytics", "event", "userId"), "u")
}

func TestAPIKey_ThousandsAreFast(t *testing.T) {
	o := simulator.New(simulator.Options{})
	began := time.Now()
	for i := range 1000 {
		o.AddKey(simulator.KeySpec{DisplayName: fmt.Sprint(i)})
	}
	for i := range 10000 {
		o.Log(fmt.Sprint(i), simulator.Search, 1000)
	}
	for _, key := range o.Keys() {
		o.RemoveKey(key.ID)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	equal(t, "keys", len(o.Keys()), 0)
}
