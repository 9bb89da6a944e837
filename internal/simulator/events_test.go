// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const visitor = "e4ea7528-8920-4b7b-9556-33437ef05495"

func searchEvent() fields {
	return fields{
		"language": "en", "queryText": "q", "actionCause": "searchboxSubmit", "responseTime": 12, "clientId": visitor,
		"searchQueryUid": "11111111-1111-4111-8111-111111111111",
	}
}

func clickEvent() fields {
	return fields{
		"language": "en", "actionCause": "documentOpen", "documentPosition": 1, "sourceName": "src", "clientId": visitor,
		"searchQueryUid": "11111111-1111-4111-8111-111111111111",
	}
}

func customEvent() fields {
	return fields{"language": "en", "eventType": "facet", "eventValue": "x", "clientId": visitor}
}

func viewEvent() fields {
	return fields{"language": "en", "location": "https://shop.example.com/p", "clientId": visitor}
}

func with(event fields, extra fields) fields {
	maps.Copy(event, extra)
	return event
}

// logger is a client whose key may record events and, if it may impersonate, say whose they are.
func logger(t *testing.T, spec simulator.KeySpec, impersonate bool) *client {
	t.Helper()
	c := startLoose(t, simulator.Options{})
	spec.Privileges = append(spec.Privileges, simulator.LoggingPrivilege())
	if impersonate {
		spec.Privileges = append(spec.Privileges, simulator.ImpersonatePrivilege())
	}
	return c.as(c.AddKey(spec).Value)
}

func TestEvents_EachKindIsCounted(t *testing.T) {
	c := start(t, simulator.Options{})
	key := c.as(c.AddKey(simulator.KeySpec{Privileges: []simulator.Privilege{simulator.LoggingPrivilege()}}).Value)
	for _, prefix := range []string{"/rest/ua/v15/analytics/", "/rest/v15/analytics/"} {
		r := key.want(200, "POST", prefix+"search?visitor="+visitor, searchEvent())
		equal(t, "visitor", r.text("visitorId"), visitor)
		equal(t, "client", r.text("clientId"), visitor)
		equal(t, "event", r.has("searchEventUid"), true)
		equal(t, "batch", len(key.want(200, "POST", prefix+"searches", []fields{searchEvent(), searchEvent()}).json.([]any)), 2)
		equal(t, "visit", key.want(200, "POST", prefix+"click", clickEvent()).text("visitId"), r.text("visitId"))
		key.want(200, "POST", prefix+"custom", customEvent())
		key.want(200, "POST", prefix+"view", viewEvent())
		key.want(200, "POST", prefix+"collect", fields{"t": "pageview", "cid": visitor, "uid": "anonymous"})
		key.want(200, "POST", prefix+"collect", fields{"t": "event", "cid": visitor})
	}
	equal(t, "events", fmt.Sprint(c.Events(visitor)), "map[click:2 custom:4 search:6 view:4]")
	equal(t, "calls", c.Calls(simulator.LogSearch), 2)
	stats := c.want(200, "GET", c.overviewPath(visitor), nil).field("stats")
	equal(t, "stats", fmt.Sprint(stats), "map[click:2 custom:4 search:6 view:4]")
}

func TestEvents_Attribution(t *testing.T) {
	pinned := simulator.KeySpec{AdditionalConfiguration: fields{"analytics": fields{"event": fields{"userId": "pseudonym"}}}}
	for name, test := range map[string]struct {
		spec        simulator.KeySpec
		impersonate bool
		event       fields
		query, user string
	}{
		"client":                    {event: customEvent(), user: visitor},
		"name without privilege":    {event: with(customEvent(), fields{"username": "alice"}), user: visitor},
		"name with privilege":       {impersonate: true, event: with(customEvent(), fields{"username": "alice"}), user: "alice"},
		"anonymous drops the name":  {impersonate: true, event: with(customEvent(), fields{"username": "alice", "anonymous": true}), user: visitor},
		"pinned":                    {spec: pinned, impersonate: true, event: with(customEvent(), fields{"username": "alice"}), user: "pseudonym"},
		"pinned but anonymous":      {spec: pinned, event: with(customEvent(), fields{"anonymous": true}), user: visitor},
		"visitor without client":    {event: with(customEvent(), fields{"clientId": nil}), query: "?visitor=v1", user: "v1"},
		"client before visitor":     {event: customEvent(), query: "?visitor=v1", user: visitor},
		"visitor before the client": {event: customEvent(), query: "?visitor=v1&prioritizeVisitorParameter=true", user: "v1"},
	} {
		t.Run(name, func(t *testing.T) {
			c := logger(t, test.spec, test.impersonate)
			c.want(200, "POST", "/rest/ua/v15/analytics/custom"+test.query, test.event)
			equal(t, test.user, c.Events(test.user)["custom"], int64(1))
		})
	}
}

func TestEvents_AreValidated(t *testing.T) {
	c := logger(t, simulator.KeySpec{}, false)
	for leaf, event := range map[string]func() fields{
		"search": searchEvent, "click": clickEvent, "custom": customEvent, "view": viewEvent,
	} {
		path := "/rest/ua/v15/analytics/" + leaf
		for field := range event() {
			if field == "clientId" {
				continue
			}
			equal(t, "type", c.want(400, "POST", path, with(event(), fields{field: nil})).text("type"), "InvalidEvent")
			c.want(400, "POST", path, with(event(), fields{field: []int{1}}))
		}
		wrong := fields{"clientId": "no UUID", "anonymous": "yes", "trackingId": "Not Allowed", "username": 5}
		for field, value := range wrong {
			c.want(400, "POST", path, with(event(), fields{field: value}))
		}
		c.want(400, "POST", path, "[")
	}
	c.want(400, "POST", "/rest/ua/v15/analytics/searches", []fields{searchEvent(), {}})
	equal(t, "events", len(c.Events(visitor)), 0)
}

func TestEvents_Beacons(t *testing.T) {
	c := logger(t, simulator.KeySpec{}, false)
	for leaf, event := range map[string]fields{
		"search": searchEvent(), "click": clickEvent(), "custom": customEvent(), "view": viewEvent(),
		"collect": {"t": "event", "cid": visitor},
	} {
		encoded, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		field, path := leaf+"Event", "/rest/ua/v15/analytics/"+leaf
		c.as("").want(200, "POST", path+"?access_token="+c.token+"&visitorId="+visitor, url.Values{field: {string(encoded)}})
		c.as("").want(200, "POST", path, url.Values{field: {string(encoded)}, "access_token": {c.token}})
		c.as("").want(401, "POST", path, url.Values{field: {string(encoded)}})
		c.as("").want(401, "POST", path+"?access_token="+c.token, event)
		c.want(400, "POST", path, url.Values{field: {"{"}})
		c.want(400, "POST", path, url.Values{"event": {string(encoded)}})
	}
	equal(t, "events", fmt.Sprint(c.Events(visitor)), "map[click:2 custom:4 search:2 view:2]")
	c.as("").want(200, "POST", "events/v1?access_token="+c.token, []fields{protocolEvent("itemClick")})
	c.as("").want(401, "POST", "events/v1/validate?access_token="+c.token, []fields{protocolEvent("itemClick")})
	equal(t, "clicks", c.Events(visitor)["click"], int64(3))
}

func TestEvents_VisitAndHealthNeedNoBearer(t *testing.T) {
	c := start(t, simulator.Options{}).as("")
	equal(t, "visitor", c.want(200, "GET", "/rest/ua/v15/analytics/visit?clientId="+visitor, nil).text("visitorId"), visitor)
	c.want(200, "DELETE", "/rest/ua/v15/analytics/visit", nil)
	equal(t, "health", c.want(200, "GET", "/rest/ua/v15/analytics/monitoring/health", nil).text("status"), "UP")
	equal(t, "status", c.want(200, "GET", "/rest/ua/v15/analytics/status", nil).text("status"), "online")
}

func protocolEvent(kind string) fields {
	return fields{"meta": fields{
		"type": kind, "config": fields{"trackingId": "shop"}, "ts": 1795307564345, "source": []string{"relay@2.1.1"},
		"clientId": visitor, "userAgent": "node", "referrer": nil, "location": "https://x.example/",
	}}
}

func TestEventProtocol_AnswersPerEvent(t *testing.T) {
	c := start(t, simulator.Options{})
	noMeta, noTracking := fields{}, protocolEvent("itemView")
	delete(noTracking["meta"].(fields), "config")
	events := []fields{protocolEvent("itemClick"), noMeta, protocolEvent("itemView"), noTracking, protocolEvent("purchase")}

	verdicts := c.want(200, "POST", "events/v1/validate", events)
	equal(t, "valid", verdicts.field(0, "valid"), any(true))
	equal(t, "invalid", verdicts.field(1, "valid"), any(false))
	equal(t, "path", verdicts.text(3, "errors", 0, "path"), "$.meta.config.trackingId")
	equal(t, "nothing is recorded", len(c.Events(visitor)), 0)

	answers := c.want(200, "POST", "events/v1", events)
	for i, want := range []bool{true, false, true, false, true} {
		equal(t, "accepted", answers.field("events", i, "accepted"), any(want))
	}
	equal(t, "code", answers.text("events", 1, "errorCode"), "INVALID_EVENT")
	equal(t, "events", fmt.Sprint(c.Events(visitor)), "map[click:1 custom:1 view:1]")
}

func TestEventProtocol_ValidatesOlderEvents(t *testing.T) {
	c := start(t, simulator.Options{})
	for leaf, event := range map[string]fields{
		"search": searchEvent(), "click": clickEvent(), "custom": customEvent(), "view": viewEvent(),
		"collect": {"t": "pageview"},
	} {
		path := "events/v1/analytics/" + leaf + "/validate"
		equal(t, leaf, c.want(200, "POST", path, event).field("valid"), any(true))
		equal(t, leaf, c.want(200, "POST", path, fields{}).field("valid"), any(leaf == "collect"))
	}
	verdicts := c.want(200, "POST", "events/v1/analytics/searches/validate", []fields{searchEvent(), {}})
	equal(t, "valid", verdicts.field(0, "valid"), any(true))
	equal(t, "invalid", verdicts.field(1, "valid"), any(false))
	equal(t, "events", len(c.Events(visitor)), 0)
}
