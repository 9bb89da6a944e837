// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// Each reading is looked at from both sides: what is answered with it, and without.
func TestReadings(t *testing.T) {
	type readings = simulator.Readings
	overview := func(c *client) string {
		r := c.call("GET", c.overviewPath("nobody"), nil)
		return fmt.Sprint(r.status, r.field("stats"))
	}
	status := func(method, path string) func(*client) string {
		return func(c *client) string {
			c.AddToken("powerless")
			if path == "powerless" {
				return fmt.Sprint(c.as("powerless").call("GET", "apikeys", nil).status)
			}
			return fmt.Sprint(c.call(method, path, nil).status)
		}
	}
	deletion := func(times int) func(*client) string {
		return func(c *client) string {
			var answers []string
			if times > 1 {
				c.Log("alice", simulator.Search, 1)
			}
			for range times {
				answers = append(answers, fmt.Sprint(c.call("DELETE", c.deletionPath("alice"), nil).status))
			}
			return strings.Join(answers, " ")
		}
	}
	key := func(path ...any) func(*client) string {
		return func(c *client) string {
			added := c.AddKey(simulator.KeySpec{DisplayName: "k", Privileges: []simulator.Privilege{simulator.ErasurePrivilege()}})
			r := c.want(200, "GET", "apikeys/"+added.ID, nil)
			return strings.ReplaceAll(fmt.Sprint(r.field(path...)), added.Value[len(added.Value)-4:], "9999")
		}
	}
	keyHas := func(name string) func(*client) string {
		return func(c *client) string {
			return fmt.Sprint(c.want(200, "GET", "apikeys/"+c.AddKey(simulator.KeySpec{}).ID, nil).has(name))
		}
	}
	put := func(c *client) string {
		id := c.want(201, "POST", "apikeys", dsrKey()).text("id")
		c.want(204, "PUT", "apikeys/"+id, fields{"displayName": "new"})
		read, _ := c.Key(id)
		return fmt.Sprint(read.DisplayName, " ", read.Description, " ", read.AllowedIPs)
	}
	evaluation := func(c *client) string {
		r := c.want(200, "POST", "/rest/privilege/evaluate",
			fields{"organizationId": c.ID(), "requestedPrivilege": simulator.ErasurePrivilege()})
		return fmt.Sprint(r.field("evaluationReport"))
	}
	mine := func(c *client) string {
		c.AddToken("eraser", simulator.ErasurePrivilege())
		r := c.as("eraser").want(200, "GET", "privileges/me", nil)
		return fmt.Sprint(r.field(0))
	}
	names := func(c *client) string {
		for i := range 6 {
			c.AddKey(simulator.KeySpec{DisplayName: fmt.Sprint(i)})
		}
		var all []string
		r := c.want(200, "GET", "apikeys", nil)
		for i := range 6 {
			all = append(all, r.text(i, "displayName"))
		}
		return strings.Join(all, "")
	}
	badToken := func(c *client) string {
		r := c.as("bad").call("GET", c.overviewPath("alice"), nil)
		return fmt.Sprint(r.status, " ", r.text("type"), " ", c.as("bad").call("GET", "apikeys", nil).status)
	}
	plain := "map[owner:USAGE_ANALYTICS targetDomain:DELETE_USER_ANALYTICS_DATA targetId:*"
	for name, test := range map[string]struct {
		with readings
		look func(*client) string
		got  [2]string // without the reading, with it
	}{
		"unknown user":          {readings{UnknownUserNotFound: true}, overview, [2]string{"200 map[click:0 custom:0 search:0]", "404 <nil>"}},
		"empty stats":           {readings{UnknownUserEmptyStats: true}, overview, [2]string{"200 map[click:0 custom:0 search:0]", "200 map[]"}},
		"stats keys":            {readings{EventPrefix: "nb_"}, overview, [2]string{"200 map[click:0 custom:0 search:0]", "200 map[nb_click:0 nb_custom:0 nb_search:0]"}},
		"unknown deletion":      {readings{UnknownUserDeletionNotFound: true}, deletion(1), [2]string{"202", "404"}},
		"repeated deletion":     {readings{RepeatedDeletionNotFound: true}, deletion(2), [2]string{"202 202", "202 404"}},
		"missing key 410":       {readings{MissingKeyStatus: 410}, status("GET", "apikeys/x"), [2]string{"404", "410"}},
		"missing key 403":       {readings{MissingKeyStatus: 403}, status("DELETE", "apikeys/x"), [2]string{"404", "403"}},
		"missing privilege":     {readings{MissingPrivilegeStatus: 401}, status("GET", "powerless"), [2]string{"403", "401"}},
		"bad token":             {readings{InvalidTokenStatus: 400}, badToken, [2]string{"401 InvalidToken 401", "400 InvalidToken 401"}},
		"masked value":          {readings{MaskedValueForm: simulator.Masked2017}, key("value"), [2]string{"xx*****9999", "**********-****-****-****-********9999"}},
		"privacy level":         {readings{UnknownEnums: true}, key("privacyLevel"), [2]string{"PRIVATE", "RESTRICTED"}},
		"status":                {readings{UnknownEnums: true}, key("status"), [2]string{"ENABLED", "PENDING_REVIEW"}},
		"created by":            {readings{CreatedByString: true}, key("createdBy"), [2]string{"map[displayName:admin@example.com-google email:admin@example.com username:admin@example.com-google]", "admin@example.com-google"}},
		"type null":             {readings{TypelessPrivilege: simulator.TypelessNull}, key("privileges", 0), [2]string{plain + "]", plain + " type:<nil>]"}},
		"type empty":            {readings{TypelessPrivilege: simulator.TypelessEmpty}, key("privileges", 0), [2]string{plain + "]", plain + " type:]"}},
		"type ENABLE":           {readings{TypelessPrivilege: simulator.TypelessEnable}, key("privileges", 0), [2]string{plain + "]", plain + " type:ENABLE]"}},
		"type ENABLE in a list": {readings{TypelessPrivilege: simulator.TypelessEnable}, mine, [2]string{plain + "]", "map[level:NORMAL " + strings.TrimPrefix(plain, "map[") + " type:ENABLE]"}},
		"null dates":            {readings{ExplicitNulls: true}, keyHas("expirationDate"), [2]string{"false", "true"}},
		"null texts":            {readings{ExplicitNulls: true}, keyHas("description"), [2]string{"false", "true"}},
		"null lists":            {readings{ExplicitNulls: true}, key("allowedIps"), [2]string{"[]", "<nil>"}},
		"null stats":            {readings{ExplicitNulls: true}, overview, [2]string{"200 map[click:0 custom:0 search:0]", "200 <nil>"}},
		"PUT":                   {readings{PutKeepsOmitted: true}, put, [2]string{"new  []", "new d [203.0.113.0/24]"}},
		"evaluation":            {readings{EvaluationReportString: true}, evaluation, [2]string{"map[privilegeEvaluationResultCodes:[OPERATION_GRANTED]]", "OPERATION_GRANTED"}},
		"order":                 {readings{ReorderLists: true}, names, [2]string{"012345", "302514"}},
	} {
		t.Run(name, func(t *testing.T) {
			equal(t, "without", test.look(start(t, simulator.Options{})), test.got[0])
			equal(t, "with", test.look(start(t, simulator.Options{Readings: test.with})), test.got[1])
		})
	}
}

func TestReadings_Dates(t *testing.T) {
	now := newClock()
	for rfc3339, want := range map[bool]any{false: float64(now.Now().UnixMilli()), true: "2026-11-22T08:00:00.000Z"} {
		c := start(t, simulator.Options{Now: now.Now, Readings: simulator.Readings{RFC3339Dates: rfc3339}})
		id := c.want(201, "POST", "apikeys", dsrKey()).text("id")
		equal(t, "createdDate", c.want(200, "GET", "apikeys/"+id, nil).field("createdDate"), want)
		c.want(200, "GET", "/rest/organizations/"+c.ID(), nil)
	}
}

func TestReadings_OrganizationsPaged(t *testing.T) {
	c := start(t, simulator.Options{Readings: simulator.Readings{OrganizationsPaged: true}})
	equal(t, "id", c.want(200, "GET", "/rest/organizations", nil).text("items", 0, "id"), c.ID())
}

func TestReadings_UnknownLifeCycleState(t *testing.T) {
	c := start(t, simulator.Options{Readings: simulator.Readings{UnknownEnums: true}})
	equal(t, "state", c.want(200, "GET", "status", nil).text("lifeCycleState"), "HIBERNATING")
}

func TestReadings_ReadOnlyStatus(t *testing.T) {
	c := start(t, simulator.Options{ReadOnly: true, Readings: simulator.Readings{ReadOnlyStatus: 412}})
	c.want(412, "POST", "apikeys", dsrKey())
}

func TestReadings_WholeDayLifetimes(t *testing.T) {
	for _, wholeDays := range []bool{false, true} {
		c := start(t, simulator.Options{Readings: simulator.Readings{WholeDayLifetimes: wholeDays}})
		hours, days := dsrKey(), dsrKey()
		hours["lifetimeDuration"], days["lifetimeDuration"] = "PT1H", "P1D"
		want := 201
		if wholeDays {
			want = 412
		}
		c.want(want, "POST", "apikeys", hours)
		c.want(201, "POST", "apikeys", days)
	}
}

func TestReadings_ReorderedListsAreReproducible(t *testing.T) {
	var seen [2][]string
	for i := range seen {
		c := start(t, simulator.Options{Readings: simulator.Readings{ReorderLists: true}})
		for range 3 {
			r := c.want(200, "GET", "privileges", nil)
			seen[i] = append(seen[i], r.text(0, "targetDomain")+r.text(1, "targetDomain")+r.text(2, "targetDomain"))
		}
	}
	equal(t, "order", fmt.Sprint(seen[0]), fmt.Sprint(seen[1]))
	if seen[0][0] == seen[0][1] && seen[0][1] == seen[0][2] {
		t.Error("the order never changed")
	}
}
