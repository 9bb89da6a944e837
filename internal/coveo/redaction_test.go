// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func discard() *log.Logger { return log.New(io.Discard, "", 0) }

// canary is an identifier whose every encoding differs from it.
const canary = "Canary O'Neil/dupré+1?x#y%2F@example.com-google"

// traces are the forms in which a secret could come back.
func traces(secret string) []string {
	quoted := fmt.Sprintf("%q", secret)
	return []string{
		secret, url.PathEscape(secret), url.QueryEscape(secret), (&url.URL{Path: secret}).EscapedPath(), quoted[1 : len(quoted)-1],
		fmt.Sprintf("%+q", secret), strings.ToLower(secret), strings.ToUpper(secret),
	}
}

// logbook collects what a client logs.
type logbook struct {
	mu      sync.Mutex
	entries []coveo.Entry
}

func (l *logbook) write(_ context.Context, e coveo.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, e)
}

func (l *logbook) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Sprintf("%+v", l.entries)
}

// check fails the test if an error or the log shows the token or the identifier, or lets one reach net/http's errors.
func (l *logbook) check(t *testing.T, err error, secrets ...string) {
	t.Helper()
	texts := []string{l.text()}
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		texts = append(texts, cause.Error(), fmt.Sprintf("%+v", cause), fmt.Sprintf("%#v", cause), fmt.Sprintf("%q", cause))
	}
	for _, text := range texts {
		for _, secret := range append(secrets, token) {
			for _, trace := range traces(secret) {
				if strings.Contains(text, trace) {
					t.Errorf("%q is shown in %s", trace, text)
				}
			}
		}
	}
	var urlErr *url.Error
	var opErr *net.OpError
	if errors.As(err, &urlErr) || errors.As(err, &opErr) {
		t.Errorf("net/http's error can be reached: %T", err)
	}
}

func TestRedaction_OfEveryFault(t *testing.T) {
	faults := map[string]simulator.Fault{
		"none": {}, "cut before": {CutBefore: true}, "cut after": {CutAfter: true}, "truncated": {Truncate: true}, "HTML": {HTML: true},
		"empty": {Empty: true}, "nulls": {Nulls: true}, "slow": {Delay: 300 * time.Millisecond}, "403 HTML": {Status: 403, HTML: true},
	}
	for _, status := range []int{400, 401, 403, 404, 410, 412, 422, 429, 500, 501, 502, 503, 504} {
		faults[fmt.Sprint(status)] = simulator.Fault{Status: status}
		faults[fmt.Sprint(status, " that asks for an hour")] = simulator.Fault{Status: status, RetryAfter: "3600"}
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			var book logbook
			server, client := simulated(t, simulator.Options{IgnoreContract: true}, func(c *coveo.Config) {
				c.Log, c.RequestTimeout, c.MaxRetries = book.write, 100*time.Millisecond, 1
			})
			server.Log(canary, simulator.Search, 1)
			server.Inject(fault)
			_, err := client.UserOverview(t.Context(), canary)
			book.check(t, err, canary)
			_, err = client.DeleteUserData(t.Context(), canary)
			book.check(t, err, canary)
			for _, op := range operations() {
				book.check(t, op.call(t.Context(), client), canary, alice)
			}
			if !server.Saw(canary) || !server.Saw(token) && !fault.CutBefore {
				t.Error("the canaries never reached the server")
			}
			contains(t, book.text(), "Path:/v15/users/{user}/")
		})
	}
}

func TestRedaction_OfAnswersThatEcho(t *testing.T) {
	for _, secret := range []string{canary, alice, "short", "with blank"} {
		for _, echo := range append(traces(secret), traces(token)...) {
			for name, body := range map[string]func(string) string{
				"message":   func(s string) string { return jsonText("message", s) },
				"detail":    func(s string) string { return jsonText("detail", "about "+s+".") },
				"title":     func(s string) string { return jsonText("title", s) },
				"errorCode": func(s string) string { return jsonText("errorCode", s) },
				"type":      func(s string) string { return jsonText("type", "User_"+s) },
				"code":      func(s string) string { return jsonText("code", s) },
				"requestID": func(s string) string { return jsonText("requestID", s) },
				"text":      func(s string) string { return s },
				"page":      func(s string) string { return "<html>" + s },
				"key":       func(s string) string { return jsonText(s, "x") },
				"typed":     func(s string) string { return `{"message":{"text":"` + strings.ReplaceAll(s, `"`, ``) + `"}}` },
			} {
				for _, status := range []int{200, 302, 400, 403, 404, 500} {
					var book logbook
					header := strings.Map(func(r rune) rune {
						if r < ' ' || r > '~' {
							return '_'
						}
						return r
					}, echo)
					_, client := scripted(t, always(status, body(echo), "X-Request-ID", header, "Location", "https://other.example/"+header),
						func(c *coveo.Config) { c.Log, c.MaxRetries = book.write, 0 })
					_, err := client.DeleteUserData(t.Context(), secret)
					secrets := []string{secret}
					if secret == "short" {
						// A word of five letters may stand in any sentence of ours; what counts is that it is no code or ID.
						secrets = nil
					}
					book.check(t, err, secrets...)
					_, err = client.UserOverview(t.Context(), secret)
					book.check(t, err, secrets...)
					if strings.Contains(echo, token) {
						_, err = client.CreateAPIKey(t.Context(), coveo.NewAPIKey{})
						book.check(t, err)
					}
					if t.Failed() {
						t.Fatalf("%s of %d echoed %q", name, status, echo)
					}
				}
			}
		}
	}
}

func jsonText(name, value string) string { return fmt.Sprintf(`{%q:%q}`, name, value) }

func TestRedaction_OfBrokenConnections(t *testing.T) {
	for name, failure := range failures() {
		var book logbook
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		_, client := scripted(t, func(_ int, r *http.Request) reply {
			got := failure(r)
			if got.err != nil {
				got.err = &url.Error{Op: r.Method, URL: r.URL.String(), Err: got.err}
			}
			return got
		}, func(c *coveo.Config) { c.Log, c.MaxRetries = book.write, 0 })
		_, err := client.DeleteUserData(ctx, canary)
		if err == nil {
			t.Errorf("%s is a success", name)
		}
		book.check(t, err, canary)
	}
}

func TestRedaction_OfAMalformedAnswer(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			buffer := make([]byte, 4096)
			n, _ := connection.Read(buffer)
			// What came, as the status line: net/http's error quotes it.
			_, _ = connection.Write([]byte("HTTP/9.9 " + string(buffer[:n])))
			_ = connection.Close()
		}
	}()
	var book logbook
	client := newClient(t, "http://"+listener.Addr().String(), func(c *coveo.Config) { c.Log = book.write })
	_, err = client.DeleteUserData(t.Context(), canary)
	contains(t, fmt.Sprint(err), "the connection failed")
	book.check(t, err, canary)
}

func TestError_SaysWhatHappenedInCoveosWords(t *testing.T) {
	_, client := scripted(t, always(412, `{"message":"The displayName\nmust not be\u001b[31m longer than 125 characters.","errorCode":"INVALID_PARAMETER","requestID":"r-1"}`))
	_, err := client.CreateAPIKey(t.Context(), coveo.NewAPIKey{})
	equal(t, "text", err, "create an API key: HTTP 412 Precondition Failed (INVALID_PARAMETER): The displayName must not be [31m longer than 125 "+
		"characters. [POST /rest/organizations/{organization}/apikeys, request r-1]")

	_, client = scripted(t, always(500, jsonText("message", strings.Repeat("long ", 500))))
	_, err = client.CreateAPIKey(t.Context(), coveo.NewAPIKey{})
	if len(err.Error()) > 600 {
		t.Errorf("the text has %d bytes", len(err.Error()))
	}

	_, client = scripted(t, always(404, `{"type":"OrganizationNotFound","message":"The user '`+alice+`' was not found."}`))
	_, err = client.UserOverview(t.Context(), alice)
	equal(t, "text about a person", err, "read a person's overview: HTTP 404 Not Found (OrganizationNotFound) [GET /v15/users/{user}/overview]")
}

func TestLog_OneEntryForEachAttempt(t *testing.T) {
	var book logbook
	_, client := scripted(t, func(n int, _ *http.Request) reply {
		switch n {
		case 1:
			return answered(429, "{}", "X-Request-ID", "first")
		case 2:
			return reply{err: io.EOF}
		}
		return answered(202, "{}", "X-Request-ID", "third")
	}, func(c *coveo.Config) { c.Log, c.Clock = book.write, newPatient() })
	if _, err := client.DeleteUserData(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	for i := range book.entries {
		book.entries[i].Duration = 0
	}
	equal(t, "entries", book.text(), "[{Operation:erase a person's usage analytics Method:DELETE Path:/v15/users/{user}/alldata Status:429 Attempt:1 Duration:0s RequestID:first Outcome:failed, may be tried again} "+
		"{Operation:erase a person's usage analytics Method:DELETE Path:/v15/users/{user}/alldata Status:0 Attempt:2 Duration:0s RequestID: Outcome:failed, may be tried again} "+
		"{Operation:erase a person's usage analytics Method:DELETE Path:/v15/users/{user}/alldata Status:202 Attempt:3 Duration:0s RequestID:third Outcome:ok}]")
}
