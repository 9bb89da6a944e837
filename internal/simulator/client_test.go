// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// client sends requests to a server and hands back what it answered, decoded.
type client struct {
	*simulator.Server
	t     *testing.T
	token string
}

type reply struct {
	status int
	header http.Header
	body   []byte
	json   any
	err    error
}

func start(t *testing.T, options simulator.Options) *client {
	t.Helper()
	return &client{Server: simulator.Start(t, options), t: t, token: simulator.AdminToken}
}

// startLoose does not compare the exchanges with the documents, for requests that break them.
func startLoose(t *testing.T, options simulator.Options) *client {
	t.Helper()
	options.IgnoreContract = true
	return start(t, options)
}

// as is the same client with another bearer.
func (c *client) as(token string) *client {
	other := *c
	other.token = token
	return &other
}

// call sends JSON to a path of the organization when it starts with "apikeys" and the like, or to an absolute path.
func (c *client) call(method, path string, body any) reply {
	c.t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = "/rest/organizations/" + c.ID() + "/" + path
	}
	var content io.Reader
	contentType := ""
	switch b := body.(type) {
	case nil:
	case url.Values:
		content, contentType = strings.NewReader(b.Encode()), "application/x-www-form-urlencoded"
	case string:
		content, contentType = strings.NewReader(b), "application/json"
	default:
		encoded, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		content, contentType = bytes.NewReader(encoded), "application/json"
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.URL+path, content)
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return reply{err: err}
	}
	defer response.Body.Close()
	r := reply{status: response.StatusCode, header: response.Header}
	r.body, r.err = io.ReadAll(response.Body)
	if strings.HasPrefix(r.header.Get("Content-Type"), "application/json") && r.err == nil {
		if err := json.Unmarshal(r.body, &r.json); err != nil {
			c.t.Fatalf("%s %s: %v in %s", method, path, err, r.body)
		}
	}
	if r.header.Get("X-Request-ID") == "" && !strings.HasPrefix(path, "/simulator/") {
		c.t.Errorf("%s %s: no X-Request-ID", method, path)
	}
	return r
}

func (c *client) want(status int, method, path string, body any) reply {
	c.t.Helper()
	r := c.call(method, path, body)
	if r.err != nil || r.status != status {
		c.t.Fatalf("%s %s: got %d %v, want %d: %s", method, path, r.status, r.err, status, r.body)
	}
	return r
}

// field walks into a decoded answer: field(r, "stats", "search").
func (r reply) field(path ...any) any {
	at := r.json
	for _, step := range path {
		switch s := step.(type) {
		case string:
			object, _ := at.(map[string]any)
			at = object[s]
		case int:
			array, _ := at.([]any)
			if s >= len(array) {
				return nil
			}
			at = array[s]
		}
	}
	return at
}

func (r reply) text(path ...any) string {
	s, _ := r.field(path...).(string)
	return s
}

func (r reply) has(key string) bool {
	object, _ := r.json.(map[string]any)
	_, has := object[key]
	return has
}

func (c *client) overviewPath(userID string) string {
	return "/rest/ua/v15/users/" + url.PathEscape(userID) + "/overview?org=" + c.ID()
}

func (c *client) deletionPath(userID string) string {
	return "/rest/ua/v15/users/" + url.PathEscape(userID) + "/alldata?org=" + c.ID()
}

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// fakeT records what would have failed a test.
type fakeT struct {
	cleanups []func()
	errors   []string
	fatal    bool
}

func (f *fakeT) Helper()             {}
func (f *fakeT) Cleanup(do func())   { f.cleanups = append(f.cleanups, do) }
func (f *fakeT) Logf(string, ...any) {}
func (f *fakeT) Errorf(format string, args ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}
func (f *fakeT) Fatalf(format string, args ...any) {
	f.fatal = true
	f.Errorf(format, args...)
}

func (f *fakeT) end() {
	for _, cleanup := range f.cleanups {
		cleanup()
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
