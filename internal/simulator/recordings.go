// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"slices"
	"strings"
)

// Recording is one event that arrived by a request and was recorded, with [Options.KeepRecordings]. It is what the
// organization knows of a search interface, and so what a statement about that interface has to agree with.
type Recording struct {
	Operation Operation `json:"operation"`
	// Path is where the request was sent, without its query.
	Path string    `json:"path"`
	Kind EventKind `json:"kind"`
	// Captured says that a query recorded the event, not a call that does nothing else.
	Captured bool `json:"captured"`
	// Anonymous is what the event said about itself; nil when it said nothing.
	Anonymous *bool `json:"anonymous"`
	// Identity names the fields of the event that say who its user is, and visitorId if the query does, sorted: only
	// those that were sent, and not those that are empty or say anonymous, as coveo.analytics itself writes for nobody.
	Identity []string `json:"identity"`
	// User is whom the event is counted for.
	User string `json:"user"`
	// Request numbers the requests that recorded something, from 1: a batch has one number.
	Request int `json:"request"`
	// Event is what was sent, as it was sent. A query's is its object `analytics` or `context`.
	Event json.RawMessage `json:"event"`
}

// identityFields are the fields that say whose an event is. The last two are those of collect.
func identityFields() []string {
	return []string{"username", "userDisplayName", "userId", "clientId", "cid", "uid"}
}

// recorded counts an event for a user and, if recordings are kept, keeps it. It needs mu.
func (o *Organization) recorded(x *exchange, user string, kind EventKind, event map[string]any) {
	o.ledger.record(user, kind, 1)
	who := event
	if meta, isProtocol := event["meta"].(map[string]any); isProtocol {
		who = meta
	}
	identity := []string{}
	for _, field := range identityFields() {
		value, _ := who[field].(string)
		o.journal.see(value)
		if value != "" && !strings.EqualFold(value, "anonymous") {
			identity = append(identity, field)
		}
	}
	if x.query.Get("visitor") != "" || x.query.Get("visitorId") != "" {
		identity = append(identity, "visitorId")
	}
	if !o.options.KeepRecordings {
		return
	}
	slices.Sort(identity)
	recording := Recording{
		Operation: x.route.operation,
		Path:      x.request.URL.EscapedPath(),
		Kind:      kind,
		Captured:  x.route.captures,
		Identity:  identity,
		User:      user,
		Request:   o.recordingRequest(x),
		Event:     encode(event),
	}
	if anonymous, said := event["anonymous"].(bool); said {
		recording.Anonymous = &anonymous
	}
	o.recordings = append(o.recordings, recording)
}

// recordingRequest numbers the requests that recorded something. It needs mu.
func (o *Organization) recordingRequest(x *exchange) int {
	if x.recording == 0 {
		o.recordingRequests++
		x.recording = o.recordingRequests
	}
	return x.recording
}

// Recordings are the events that requests recorded since the last [Organization.ForgetRecordings], in the order of
// arrival. They are kept only with [Options.KeepRecordings].
func (o *Organization) Recordings() []Recording {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Recording{}, o.recordings...)
}

// ForgetRecordings starts the list of recordings anew. The events stay counted.
func (o *Organization) ForgetRecordings() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.recordings, o.recordingRequests = nil, 0
}
