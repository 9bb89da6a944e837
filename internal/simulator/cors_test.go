// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// ask sends a request as a browser does for a page of an origin, and returns the answer's header.
func ask(t *testing.T, c *client, method, path, origin string, header map[string]string) (int, http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, c.URL+path, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Origin", origin)
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode, response.Header
}

func TestCORS_PagesOfThisMachineMayAsk(t *testing.T) {
	c := start(t, simulator.Options{})
	wants := map[string]string{"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
	for origin, allowed := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://localhost:1": true, "https://[::1]:8443": true,
		"http://shop.example.com": false, "http://127.0.0.1.example.com": false, "http://localhost.example.com": false, "null": false,
		"file://localhost": false, "": false,
	} {
		status, header := ask(t, c, "OPTIONS", searchPath(c, ""), origin, wants)
		equal(t, origin, status, 204)
		want := ""
		if allowed {
			want = origin
		}
		equal(t, origin, header.Get("Access-Control-Allow-Origin"), want)
		equal(t, origin, header.Get("Access-Control-Allow-Headers"), "authorization,content-type")
		equal(t, origin, header.Get("Access-Control-Allow-Methods"), "POST")

		// Errors have to be readable too.
		status, header = ask(t, c, "POST", searchPath(c, ""), origin, nil)
		equal(t, origin, status, 401)
		equal(t, origin, header.Get("Access-Control-Allow-Origin"), want)
	}
	equal(t, "preflights", c.Calls(simulator.Preflight), 9)
	equal(t, "searches", c.Calls(simulator.SearchItems), 9)
}

func TestCORS_APreflightOfAnUnknownRequestIsUnknown(t *testing.T) {
	fake := &fakeT{}
	c := &client{Server: simulator.Start(fake, simulator.Options{}), t: t}
	status, _ := ask(t, c, "OPTIONS", "/rest/coffee", "http://localhost:1", map[string]string{"Access-Control-Request-Method": "POST"})
	equal(t, "status", status, 501)
	status, _ = ask(t, c, "OPTIONS", searchPath(c, ""), "http://localhost:1", map[string]string{"Access-Control-Request-Method": "PUT"})
	equal(t, "status", status, 501)
	status, _ = ask(t, c, "OPTIONS", searchPath(c, ""), "http://localhost:1", nil)
	equal(t, "no preflight", status, 501)
	equal(t, "unknown", c.Calls(simulator.Unknown), 3)
	fake.end()
	equal(t, "the test fails", len(fake.errors), 3)
}
