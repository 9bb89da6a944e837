// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestControl(t *testing.T) {
	now := newClock()
	c := start(t, simulator.Options{Now: now.Now, SettleAfter: 24 * time.Hour})
	outside := c.as("")
	outside.want(204, "POST", "/simulator/events", fields{"userId": "a/b", "kind": "search", "count": 4})
	equal(t, "events", c.Events("a/b")["search"], int64(4))
	equal(t, "events", outside.want(200, "GET", "/simulator/events?userId=a%2Fb", nil).field("search"), any(4.0))
	c.want(202, "DELETE", c.deletionPath("a/b"), nil)
	outside.want(204, "POST", "/simulator/advance", fields{"by": "24h"})
	equal(t, "events", len(c.Events("a/b")), 0)
	equal(t, "now", c.Now(), now.Now().Add(24*time.Hour))
	equal(t, "calls", fmt.Sprint(outside.want(200, "GET", "/simulator/calls", nil).json), "map[DeleteUserData:1]")

	outside.want(204, "POST", "/simulator/faults", fields{"operation": "GetOrganization", "status": 503, "times": 1, "delay": "1ms"})
	c.want(503, "GET", "/rest/organizations/"+c.ID(), nil)
	c.want(200, "GET", "/rest/organizations/"+c.ID(), nil)

	equal(t, "unanswered", outside.want(200, "GET", "/simulator/unanswered", nil).json, any(0.0))
	outside.want(204, "POST", "/simulator/faults", fields{"cutBefore": true, "times": 1})
	c.call("GET", "status", nil)
	equal(t, "unanswered", outside.want(200, "GET", "/simulator/unanswered", nil).json, any(1.0))

	outside.want(204, "POST", "/simulator/readonly", fields{"readOnly": true})
	c.want(403, "POST", "apikeys", dsrKey())
	outside.want(204, "POST", "/simulator/readonly", fields{"readOnly": false})
	value := c.want(201, "POST", "apikeys", dsrKey()).text("value")
	equal(t, "key", outside.want(200, "GET", "/simulator/keys", nil).text(0, "value"), value)

	outside.want(204, "POST", "/simulator/faults", fields{"status": 500})
	outside.want(204, "POST", "/simulator/reset", nil)
	equal(t, "calls", c.TotalCalls(), 0)
	c.want(200, "GET", "status", nil)
	equal(t, "problems", strings.TrimSpace(string(outside.want(200, "GET", "/simulator/problems", nil).body)), "[]")

	for path, body := range map[string]any{
		"events": fields{"userId": "a"}, "advance": fields{"by": "-1h"}, "faults": fields{"delay": "soon"},
		"readonly": fields{"read_only": true},
	} {
		equal(t, path, outside.want(400, "POST", "/simulator/"+path, body).has("error"), true)
	}
	outside.want(404, "GET", "/simulator/coffee", nil)
}

func TestCalls_AreOrderedAndReset(t *testing.T) {
	c := start(t, simulator.Options{})
	c.want(200, "GET", c.overviewPath("alice"), nil)
	c.as("bad").want(401, "DELETE", c.deletionPath("alice"), nil)
	var got []string
	for _, r := range c.Requests() {
		got = append(got, fmt.Sprint(r.Method, " ", r.Operation, " ", r.Status, " ", r.Token))
	}
	equal(t, "requests", strings.Join(got, ", "), "GET UserOverview 200 administrator, DELETE DeleteUserData 401 invalid")
	c.ResetCalls()
	equal(t, "total", c.TotalCalls()+c.Calls(simulator.UserOverview)+len(c.Requests()), 0)
	equal(t, "saw the bad bearer", c.Saw("bad"), true)
}

func TestConcurrency(t *testing.T) {
	c := start(t, simulator.Options{SettleAfter: time.Hour, Readings: simulator.Readings{ReorderLists: true}})
	c.Inject(simulator.Fault{Operation: simulator.UserOverview, Every: 5, Status: 503})
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			user := fmt.Sprint(worker % 3)
			for range 20 {
				c.Log(user, simulator.Search, 1)
				c.call("GET", c.overviewPath(user), nil)
				c.call("DELETE", c.deletionPath(user), nil)
				c.call("POST", "apikeys", fields{"displayName": user})
				c.call("GET", "apikeys", nil)
				c.Events(user)
				c.Keys()
				c.Requests()
			}
		})
	}
	group.Wait()
	equal(t, "keys", len(c.Keys()), 160)
	equal(t, "deletions", c.TotalDeletions(), 160)
	equal(t, "overviews", c.Calls(simulator.UserOverview), 160)
}
