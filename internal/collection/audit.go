// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// socketMethod stands for what a page sends over a WebSocket, which has no method.
const socketMethod = "WEBSOCKET"

// key is what one finding has in common.
type key struct {
	kind               Kind
	method, host, path string
	proxied, byBody    bool
	recording          bool
	capture            string
	noteworthy         string // of an endpoint whose recording is not certain
}

// tally is what is counted of it.
type tally struct {
	calls, events             int64
	marked, unmarked, unknown int64 // events by their field anonymous
	shortened, whole          int64 // collect hits by their IP address
	unseen                    int64 // calls whose body is not in the file, or cannot be read
	identity                  map[Identity]bool
	opaqueToken               bool
}

func (t *tally) add(o tally) {
	t.calls += o.calls
	t.events += o.events
	t.marked += o.marked
	t.unmarked += o.unmarked
	t.unknown += o.unknown
	t.shortened += o.shortened
	t.whole += o.whole
	t.unseen += o.unseen
	t.opaqueToken = t.opaqueToken || o.opaqueToken
	if t.identity == nil {
		t.identity = map[Identity]bool{}
	}
	for field := range o.identity {
		t.identity[field] = true
	}
}

// maxFindings is how many findings of a file are told apart. Browsers make a handful.
const maxFindings = 1000

type sightings map[key]*tally

func (s sightings) add(k key, t tally) {
	if s[k] == nil {
		if len(s) >= maxFindings {
			k.host, k.path = "{others}", "/{others}"
		}
		if s[k] == nil {
			s[k] = &tally{}
		}
	}
	s[k].add(t)
}

// audit collects what one file holds.
type audit struct {
	source              string
	entries, coveoCalls int64
	// unseen counts bodies to unknown places that the file does not hold, or that cannot be read.
	unseen int64
	seen   sightings
}

func newAudit(source string) *audit { return &audit{source: source, seen: sightings{}} }

// add judges one entry, with what it sent over a WebSocket.
func (a *audit) add(r request, messages sightings) {
	a.entries++
	if r.method == "" && r.url == "" {
		return
	}
	at := addressOf(r.url)
	known := endpointAt(at.path)
	silent := quiet.MatchString(at.path)
	if at.coveo && servicePath.MatchString(at.path) || known != nil || silent {
		a.coveoCalls++
	}
	for k, t := range messages {
		k.host, k.path, k.proxied = at.shownHost, at.shownPath, !at.coveo
		a.seen.add(k, *t)
	}
	var (
		k     key
		t     tally
		b     body
		found bool
	)
	switch {
	case silent:
	case known != nil && r.method == known.Method:
		b = r.body()
		k, t = byPath(known, b)
		found = true
	case r.method == http.MethodPost || r.method == http.MethodPut || r.method == http.MethodPatch:
		b = r.body()
		k, t, found = byBody(b, r.method)
		switch {
		case found && !at.coveo && known == nil:
			a.coveoCalls++
		case !found && at.analytics:
			// A form or an address that no document names yet. Letting it pass would call it silent.
			k, t = unknownCall(b, r.method)
			found = true
		case !found && (b.state == bodyAbsent || b.state == bodyUnreadable):
			a.unseen++
		}
	}
	if !found {
		return
	}
	k.host, k.path, k.proxied = at.shownHost, at.shownPath, !at.coveo
	if at.visitor {
		t.identity[VisitorID] = true
	}
	if at.person {
		t.identity[Email] = true
	}
	switch cmp.Or(r.token, at.token, b.token) {
	case tokenOfUser:
		t.identity[TokenUser] = true
	case tokenOpaque:
		t.opaqueToken = true
	}
	a.seen.add(k, t)
}

// body takes the request's body apart.
func (r *request) body() body {
	switch {
	case r.cut:
		return body{state: bodyUnreadable}
	case len(r.content) > 0:
		return readBody(r.content, r.base64)
	case len(r.form) > 0:
		return readForm(string(r.form))
	case r.declared && !r.empty, r.withheld(), r.unsized && r.length == "":
		return body{state: bodyAbsent}
	default:
		return body{state: bodyEmpty}
	}
}

// byPath judges a call to an endpoint of the table.
func byPath(e *Endpoint, b body) (key, tally) {
	k := key{kind: e.Kind, method: e.Method}
	t := tally{calls: 1, identity: map[Identity]bool{}}
	if b.state != bodyRead {
		t.unseen = 1
	}
	if e.Switch == "" {
		t.count(e.Kind, b)
		k.recording = t.events > 0
		if e.Records == Uncertain {
			k.noteworthy = Uncertain
		}
		return k, t
	}
	t.count(e.Kind, b)
	t.events, t.marked, t.unmarked, t.unknown = 0, 0, 0, 0
	k.capture, k.recording, k.noteworthy = captured(e, b)
	if k.recording {
		t.events = 1
	}
	return k, t
}

// captured says what the switch of a query is, whether the query counts as recording, and whether that is not certain.
func captured(e *Endpoint, b body) (capture string, recording bool, noteworthy string) {
	if b.state == bodyAbsent || b.state == bodyUnreadable {
		return "unknown", true, ""
	}
	capture = "absent"
	object := false
	for _, q := range b.events {
		value := q.analyticsCapture
		if e.Switch == contextCapture {
			value = q.contextCapture
		}
		object = object || q.has["analytics"] || value != ""
		if value == "true" || value == "false" && capture == "absent" {
			capture = value
		}
	}
	switch {
	case capture != "absent":
		return capture, capture == "true", ""
	case e.Default == "false":
		return capture, false, ""
	case e.Kind == CommerceAPI || object:
		return capture, true, Uncertain
	default:
		return capture, false, ""
	}
}

// byBody recognises an event, or a query that records, at an address that the table does not have.
func byBody(b body, method string) (key, tally, bool) {
	var kind Kind
	for _, e := range b.events {
		if kind = e.kind(); kind != "" {
			break
		}
	}
	if kind == "" {
		return key{}, tally{}, false
	}
	k := key{kind: kind, method: method, byBody: true, recording: true}
	t := tally{calls: 1, identity: map[Identity]bool{}}
	if b.state != bodyRead {
		t.unseen = 1
	}
	t.count(kind, b)
	switch kind {
	case SearchAPI, CommerceAPI:
		t.events, t.marked, t.unmarked, t.unknown = 1, 0, 0, 0
		k.capture = "true"
	}
	return k, t, true
}

// unknownCall counts as recording, although nothing in it says so.
func unknownCall(b body, method string) (key, tally) {
	t := tally{calls: 1, identity: map[Identity]bool{}}
	if b.state != bodyRead {
		t.unseen = 1
	}
	t.count(UnknownCall, b)
	t.events, t.marked, t.unmarked, t.unknown = 1, 0, 0, 1
	return key{kind: UnknownCall, method: method, recording: true, noteworthy: Uncertain}, t
}

// kind recognises an event by its fields.
func (e *event) kind() Kind {
	all := func(names ...string) bool {
		for _, name := range names {
			if !e.has[name] {
				return false
			}
		}
		return true
	}
	one := func(names ...string) bool {
		for _, name := range names {
			if e.has[name] {
				return true
			}
		}
		return false
	}
	switch {
	case all("meta.config.trackingId") && one("meta.ts", "meta.clientId"), all("meta.type", "meta.config", "meta.ts", "meta.clientId"):
		return EventProtocol // the second may have null for its tracking ID
	case e.analyticsCapture == "true":
		return SearchAPI
	case e.contextCapture == "true":
		return CommerceAPI
	case all("t", "pid", "z") && one("cid", "uid", "tm"):
		return Collect
	case all("actionCause") && one("searchQueryUid", "documentPosition", "originLevel1", "queryText"):
		return WriteAPI
	case all("eventType", "eventValue") && one("language", "clientId", "originLevel1", "lastSearchQueryUid"):
		return WriteAPI
	case all("contentIdKey", "contentIdValue"):
		return WriteAPI
	default:
		return ""
	}
}

// count adds up the events of a body.
func (t *tally) count(kind Kind, b body) {
	if b.state != bodyRead {
		t.events, t.unknown = 1, 1
		return
	}
	for _, e := range b.events {
		t.events++
		if e.anonymous == "true" {
			t.marked++
		} else {
			t.unmarked++
		}
		if kind == Collect {
			if e.anonymizeIP == "true" {
				t.shortened++
			} else {
				t.whole++
			}
		}
		e.addresses(kind == EventProtocol || kind == Collect)
		for field := range e.identity {
			// The short keys mean something only in a hit.
			if (field == UID || field == CID) && kind != Collect {
				continue
			}
			t.identity[field] = true
		}
	}
}

// address is where a request went, as far as findings tell it.
type address struct {
	path, shownHost, shownPath string
	coveo, analytics, visitor  bool
	person                     bool // the ID of the browser is an e-mail address
	token                      tokenKind
}

var slashes = regexp.MustCompile(`/{2,}`)

// addressOf takes a URL apart. Whatever cannot be understood is shown as a placeholder.
func addressOf(text string) address {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		// The path may still be one that is known, as with a broken escape in the query.
		rest, _, _ := strings.Cut(text, "?")
		path := "/"
		if _, after, ok := strings.Cut(rest, "://"); ok {
			if _, after, ok = strings.Cut(after, "/"); ok {
				path = "/" + after
			}
		}
		path = slashes.ReplaceAllString(path, "/")
		return address{path: path, shownHost: "{host}", shownPath: shownPath(path)}
	}
	path := slashes.ReplaceAllString("/"+u.Path, "/")
	host := strings.ToLower(u.Host)
	a := address{path: path, shownHost: shownHost(host), shownPath: shownPath(path), coveo: coveoHost.MatchString(host), analytics: analyticsHost.MatchString(host)}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		switch name {
		case "visitor", "visitorId":
			a.visitor = a.visitor || value != ""
			if value, err := url.QueryUnescape(value); err == nil {
				a.person = a.person || looksLikeEmail(value)
			}
		case "access_token":
			if value, err := url.QueryUnescape(value); err == nil {
				a.token = kindOfToken(value)
			}
		}
	}
	return a
}

func appendPair(form []byte, name, value string) []byte {
	if len(form) > 0 {
		form = append(form, '&')
	}
	form = append(form, url.QueryEscape(name)...)
	form = append(form, '=')
	return append(form, url.QueryEscape(value)...)
}
