// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// searcher is a client whose key may search, record and impersonate, as a careless interface's may.
func searcher(t *testing.T, options simulator.Options) *client {
	t.Helper()
	c := startLoose(t, options)
	return c.as(c.AddKey(simulator.KeySpec{Privileges: []simulator.Privilege{
		simulator.ExecuteQueryPrivilege(), simulator.LoggingPrivilege(), simulator.ImpersonatePrivilege(),
	}}).Value)
}

func searchPath(c *client, leaf string) string {
	return "/rest/search/v2" + leaf + "?organizationId=" + c.ID()
}

func TestSearch_AnswersWhatInterfacesAskFor(t *testing.T) {
	c := searcher(t, simulator.Options{})
	answered := c.want(200, "POST", searchPath(c, ""), fields{"q": "canoe", "facets": []fields{{"facetId": "f", "field": "source"}}})
	equal(t, "count", answered.field("totalCount"), any(2.0))
	equal(t, "item", answered.text("results", 0, "uniqueId"), "item-1")
	equal(t, "facet", answered.text("facets", 0, "facetId"), "f")
	equal(t, "query", answered.has("searchUid"), true)
	equal(t, "suggestion", c.want(200, "POST", searchPath(c, "/querySuggest"), fields{"q": "ca"}).text("completions", 0, "expression"), "ca item")
	equal(t, "no suggestion", len(c.want(200, "POST", searchPath(c, "/querySuggest"), fields{}).field("completions").([]any)), 0)
	equal(t, "plan", c.want(200, "POST", searchPath(c, "/plan"), fields{"q": "canoe"}).has("preprocessingOutput"), true)
	c.want(200, "POST", searchPath(c, "/facet"), fields{"field": "source"})
	c.want(200, "POST", searchPath(c, "/html"), fields{"uniqueId": "item-1"})
	c.want(200, "POST", "/rest/search/v3?organizationId="+c.ID(), fields{})

	equal(t, "another organization", c.want(400, "POST", "/rest/search/v2?organizationId=other", fields{}).text("errorCode"), "INVALID_ORGANIZATION")
	c.want(400, "POST", searchPath(c, ""), "{")
	c.as("").want(401, "POST", searchPath(c, ""), fields{})
	c.as(c.AddKey(simulator.KeySpec{Privileges: []simulator.Privilege{simulator.LoggingPrivilege()}}).Value).
		want(403, "POST", searchPath(c, ""), fields{})
}

func TestSearch_RecordsOnlyWhatItIsAskedTo(t *testing.T) {
	for name, test := range map[string]struct {
		analytics any
		events    int
	}{
		"no object":  {},
		"no switch":  {analytics: fields{"clientId": visitor}},
		"switch off": {analytics: fields{"clientId": visitor, "capture": false}},
		"switch on":  {analytics: fields{"clientId": visitor, "capture": true}, events: 1},
	} {
		t.Run(name, func(t *testing.T) {
			c := searcher(t, simulator.Options{KeepRecordings: true})
			for _, leaf := range []string{"", "/plan", "/querySuggest", "/facet", "/html"} {
				c.want(200, "POST", searchPath(c, leaf), fields{"q": "canoe", "analytics": test.analytics})
				c.want(200, "POST", strings.Replace(searchPath(c, leaf), "v2", "v3", 1), fields{"analytics": test.analytics})
			}
			equal(t, "recordings", len(c.Recordings()), 10*test.events)
			if test.events > 0 {
				equal(t, "events", fmt.Sprint(c.Events(visitor)), "map[custom:4 search:4 view:2]")
			} else {
				equal(t, "events", len(c.Events(visitor)), 0)
			}
		})
	}
}

func TestSearch_TakesForms(t *testing.T) {
	c := searcher(t, simulator.Options{KeepRecordings: true})
	form := url.Values{"q": {"canoe"}, "numberOfResults": {"10"}, "analytics": {`{"clientId":"` + visitor + `"}`}, "facets": {`[{"facetId":"f"}]`}}
	equal(t, "facet", c.want(200, "POST", searchPath(c, ""), form).text("facets", 0, "facetId"), "f")
	equal(t, "recordings", len(c.Recordings()), 0)
	form.Set("analytics", `{"clientId":"`+visitor+`","userId":"alice","capture":true}`)
	c.want(200, "POST", searchPath(c, ""), form)
	equal(t, "user", c.Recordings()[0].User, "alice")
	for _, field := range []string{"analytics", "facets"} {
		c.want(400, "POST", searchPath(c, ""), url.Values{field: {"{"}})
	}
}

func TestRecordings(t *testing.T) {
	c := searcher(t, simulator.Options{KeepRecordings: true})
	c.want(200, "POST", searchPath(c, ""), fields{"analytics": fields{"clientId": visitor, "userDisplayName": "Alice", "capture": true}})
	c.want(200, "POST", "/rest/ua/v15/analytics/custom?visitor="+visitor, with(customEvent(), fields{"anonymous": true, "username": ""}))
	c.want(200, "POST", "/rest/ua/v15/analytics/custom", with(customEvent(), fields{"username": "alice", "userId": "Anonymous"}))
	c.want(200, "POST", "/rest/ua/v15/analytics/searches", []fields{searchEvent(), with(searchEvent(), fields{"anonymous": false})})
	c.want(200, "POST", "/rest/ua/v15/analytics/collect", fields{"t": "pageview", "cid": visitor, "uid": "alice"})
	c.want(200, "POST", "events/v1", []fields{protocolEvent("itemClick")})
	c.want(400, "POST", "/rest/ua/v15/analytics/custom", fields{})
	var got []string
	for _, r := range c.Recordings() {
		anonymous := "-"
		if r.Anonymous != nil {
			anonymous = fmt.Sprint(*r.Anonymous)
		}
		equal(t, "path", r.Path == "/rest/organizations/"+c.ID()+"/events/v1", r.Operation == simulator.LogEvents)
		got = append(got, fmt.Sprint(r.Request, " ", r.Operation, " ", r.Kind, " ", r.Captured, " ", anonymous, " ", r.Identity, " ", r.User == visitor))
	}
	equal(t, "recordings", strings.Join(got, "\n"), strings.Join([]string{
		"1 SearchItems search true - [clientId userDisplayName] true",
		"2 LogCustom custom false true [clientId visitorId] true",
		"3 LogCustom custom false - [clientId username] false",
		"4 LogSearches search false - [clientId] true",
		"4 LogSearches search false false [clientId] true",
		"5 Collect view false - [cid uid] false",
		"6 LogEvents click false - [clientId] true",
	}, "\n"))
	equal(t, "saw the name", c.Saw("Alice"), true)
	outside := c.as("")
	listed := outside.want(200, "GET", "/simulator/recordings", nil)
	equal(t, "event", listed.text(2, "event", "username"), "alice")
	outside.want(204, "POST", "/simulator/forget", nil)
	equal(t, "forgotten", len(c.Recordings()), 0)
	equal(t, "calls", c.TotalCalls() > 0, true)
	c.want(200, "POST", "events/v1", []fields{protocolEvent("itemClick")})
	outside.want(204, "POST", "/simulator/reset", nil)
	equal(t, "after a reset", strings.TrimSpace(string(outside.want(200, "GET", "/simulator/recordings", nil).body)), "[]")
	c.want(200, "POST", "events/v1", []fields{protocolEvent("itemClick")})
	equal(t, "numbered anew", c.Recordings()[0].Request, 1)
}

func TestRecordings_AreKeptOnRequestOnly(t *testing.T) {
	c := logger(t, simulator.KeySpec{}, false)
	c.want(200, "POST", "/rest/ua/v15/analytics/custom", customEvent())
	equal(t, "recordings", len(c.Recordings()), 0)
	equal(t, "events", c.Events(visitor)["custom"], int64(1))
}
