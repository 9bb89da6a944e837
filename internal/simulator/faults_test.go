// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestFault_Statuses(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 412, 429, 500, 502, 503} {
		c := start(t, simulator.Options{})
		c.Inject(simulator.Fault{Operation: simulator.CreateAPIKey, Status: status, Times: 1, RetryAfter: "3"})
		r := c.want(status, "POST", "apikeys", dsrKey())
		equal(t, "Retry-After", r.header.Get("Retry-After"), "3")
		equal(t, "error", r.has("errorCode"), true)
		equal(t, "nothing was processed", len(c.Keys()), 0)
		c.want(201, "POST", "apikeys", dsrKey())
	}
}

func TestFault_Selection(t *testing.T) {
	for name, test := range map[string]struct {
		fault simulator.Fault
		want  string
	}{
		"for ever": {simulator.Fault{}, "503 503 503 503 503 503"},
		"once":     {simulator.Fault{Times: 1}, "503 200 200 200 200 200"},
		"skip":     {simulator.Fault{Skip: 2, Times: 2}, "200 200 503 503 200 200"},
		"every":    {simulator.Fault{Every: 3}, "200 200 503 200 200 503"},
		"all":      {simulator.Fault{Skip: 1, Every: 2, Times: 2}, "200 200 503 200 503 200"},
		"alice":    {simulator.Fault{UserID: "a/b"}, "503 503 503 503 503 503"},
		"bob":      {simulator.Fault{UserID: "bob"}, "200 200 200 200 200 200"},
		"other":    {simulator.Fault{Operation: simulator.DeleteUserData}, "200 200 200 200 200 200"},
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, simulator.Options{})
			test.fault.Status = 503
			c.Inject(test.fault)
			var got []string
			for range 6 {
				got = append(got, fmt.Sprint(c.call("GET", c.overviewPath("a/b"), nil).status))
			}
			equal(t, "statuses", strings.Join(got, " "), test.want)
			c.ClearFaults()
			c.want(200, "GET", c.overviewPath("a/b"), nil)
		})
	}
}

func TestFault_OfOneKey(t *testing.T) {
	c := start(t, simulator.Options{})
	one, other := c.AddKey(simulator.KeySpec{}), c.AddKey(simulator.KeySpec{})
	c.Inject(simulator.Fault{KeyID: one.ID, Status: 500})
	c.want(500, "GET", "apikeys/"+one.ID, nil)
	c.want(500, "PUT", "apikeys/"+one.ID+"/disable", nil)
	c.want(200, "GET", "apikeys/"+other.ID, nil)
}

func TestFault_Cuts(t *testing.T) {
	for name, test := range map[string]struct {
		fault     simulator.Fault
		processed bool
	}{
		"before":   {simulator.Fault{CutBefore: true}, false},
		"after":    {simulator.Fault{CutAfter: true}, true},
		"truncate": {simulator.Fault{Truncate: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, simulator.Options{})
			// A warm connection, on which Go's client would repeat a GET by itself if no byte of an answer arrived.
			c.want(200, "GET", c.overviewPath("alice"), nil)
			test.fault.Times = 2
			c.Inject(test.fault)
			if r := c.call("GET", c.overviewPath("alice"), nil); r.err == nil {
				t.Errorf("got %d %s", r.status, r.body)
			}
			if r := c.call("DELETE", c.deletionPath("alice"), nil); r.err == nil {
				t.Errorf("got %d %s", r.status, r.body)
			}
			equal(t, "requests", c.TotalCalls(), 3)
			equal(t, "processed", c.Deletions("alice") == 1, test.processed)
		})
	}
}

func TestFault_SpoiltBodies(t *testing.T) {
	for name, test := range map[string]struct {
		fault             simulator.Fault
		status            int
		contentType, body string
		deletions         int
	}{
		"HTML":            {simulator.Fault{HTML: true}, 202, "text/html", "<html>", 1},
		"HTML error":      {simulator.Fault{HTML: true, Status: 403}, 403, "text/html", "<html>", 0},
		"empty":           {simulator.Fault{Empty: true}, 202, "", "", 1},
		"empty error":     {simulator.Fault{Empty: true, Status: 500}, 500, "", "", 0},
		"own error":       {simulator.Fault{Status: 502, Body: "bad gateway", ContentType: "text/plain"}, 502, "text/plain", "bad gateway", 0},
		"own answer":      {simulator.Fault{Body: `{"x":1}`}, 202, "application/json", `{"x":1}`, 1},
		"explicit nulls":  {simulator.Fault{Nulls: true}, 202, "application/json", `{"account":null,"message":null,"userId":null}`, 1},
		"mutated":         {simulator.Fault{Mutate: func(b map[string]any) { delete(b, "message") }}, 202, "application/json", `{"account":"acmeprod1a2b3c","userId":"alice"}`, 1},
		"delayed":         {simulator.Fault{Delay: time.Millisecond}, 202, "application/json", `{"account"`, 1},
		"shape of errors": {simulator.Fault{Status: 429}, 429, "application/json", `{"message":`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, simulator.Options{})
			c.Inject(test.fault)
			r := c.want(test.status, "DELETE", c.deletionPath("alice"), nil)
			equal(t, "Content-Type", r.header.Get("Content-Type"), test.contentType)
			if !strings.HasPrefix(string(r.body), test.body) || test.body == "" && len(r.body) > 0 {
				t.Errorf("got %s", r.body)
			}
			equal(t, "deletions", c.Deletions("alice"), test.deletions)
			equal(t, "faulted", c.Requests()[0].Faulted, true)
		})
	}
}

func TestFault_MutateKeepsLargeNumbersAndEditsLists(t *testing.T) {
	now := newClock()
	c := start(t, simulator.Options{Now: now.Now})
	c.AddKey(simulator.KeySpec{DisplayName: "k"})
	c.Inject(simulator.Fault{Operation: simulator.ListAPIKeys, Mutate: func(b map[string]any) { b["displayName"] = "edited" }})
	r := c.want(200, "GET", "apikeys", nil)
	equal(t, "name", r.text(0, "displayName"), "edited")
	if want := fmt.Sprint(now.Now().UnixMilli()); !strings.Contains(string(r.body), want) {
		t.Errorf("%s is not in %s", want, r.body)
	}
}

func TestFault_TheFirstDueStrikes(t *testing.T) {
	c := start(t, simulator.Options{})
	c.Inject(simulator.Fault{Operation: simulator.UserOverview, Status: 429, Times: 1})
	c.Inject(simulator.Fault{Operation: simulator.UserOverview, Status: 500, Times: 1})
	c.want(429, "GET", c.overviewPath("alice"), nil)
	c.want(500, "GET", c.overviewPath("alice"), nil)
	c.want(200, "GET", c.overviewPath("alice"), nil)
}

func TestFault_ADelayEndsWithTheClient(t *testing.T) {
	c := start(t, simulator.Options{})
	c.Inject(simulator.Fault{Operation: simulator.DeleteUserData, Delay: time.Hour, Times: 1})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodDelete, c.URL+c.deletionPath("alice"), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	if response, err := http.DefaultClient.Do(request); err == nil {
		_, _ = io.Copy(io.Discard, response.Body)
		response.Body.Close()
		t.Error("the answer arrived")
	}
	// A server that is slow to answer has done what it was asked for.
	equal(t, "deletions", c.Deletions("alice"), 1)
}

func TestLatency(t *testing.T) {
	c := start(t, simulator.Options{Latency: 20 * time.Millisecond})
	began := time.Now()
	c.want(200, "GET", "status", nil)
	if took := time.Since(began); took < 20*time.Millisecond {
		t.Errorf("took %s", took)
	}
}
