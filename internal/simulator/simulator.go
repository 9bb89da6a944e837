// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package simulator is an embedded Coveo organization: a stateful HTTP server that answers as Coveo's public
// documents say the platform does, strictly, and on demand in every way the documents leave open.
//
// It is an independent second reading of the contract and therefore imports nothing of this project. Tests start one
// with [Start]; production code never does.
package simulator

import (
	"crypto/rand"
	"io"
	"math"
	"net/http"
	"sync"
	"time"
)

// AdminToken is the bearer of the default administrator, who holds every privilege.
const AdminToken = "xxad314159-2653-4589-9323-846264338327"

// CallerIP is the address that IP lists are checked against unless [Options.CallerIP] says otherwise. Loopback
// addresses would make every IP list of a test meaningless.
const CallerIP = "203.0.113.10"

// DefaultOrganizationID is the organization's ID unless [Options.OrganizationID] says otherwise.
const DefaultOrganizationID = "acmeprod1a2b3c"

// Options configure an organization. The zero value is a healthy organization with a strict reading of the documents.
type Options struct {
	// OrganizationID is the only organization the server knows. Default [DefaultOrganizationID].
	OrganizationID string
	// Now is the organization's clock. Default [time.Now].
	Now func() time.Time
	// Random gives IDs and key values. Default [crypto/rand.Reader].
	Random io.Reader
	// SettleAfter is how long an accepted deletion takes: half of the events are gone after SettleAfter/2, all after
	// SettleAfter. With zero they are gone at once.
	SettleAfter time.Duration
	// AdminToken is the administrator's bearer. Default [AdminToken].
	AdminToken string
	// CallerIP is the address every request is said to come from. Default [CallerIP].
	CallerIP string
	// Latency is added to every request.
	Latency time.Duration
	// Placement is where the organization lives.
	Placement Placement
	// Readings are the choices where the contract is uncertain.
	Readings Readings
	// RateLimit makes analytics calls answer 429 above a number per window; off by default.
	RateLimit RateLimit
	// ExportAfter is how long an export is pending; with zero it is available at once.
	ExportAfter time.Duration
	// ExportExpiresAfter is how long its file stays after that; with zero it stays.
	ExportExpiresAfter time.Duration
	// ExportLimit is how many exports there may be at once; 0 is no limit.
	ExportLimit int
	// ExportRowLimit is how many rows one export holds at most; the rest is cut off. Default one million.
	ExportRowLimit int64
	// ExportsFail makes every new export end as FAILED.
	ExportsFail bool
	// CreateLag is how many GETs of a new key or group answer 404 before it is there; until then the list omits it too.
	CreateLag int
	// InactivityAfter is how long a key may go unused before the platform disables it; it says so half a week ahead. Coveo's
	// number is not public, so 0, which turns it off, is the default.
	InactivityAfter time.Duration
	// ReadOnly is the organization's initial mode.
	ReadOnly bool
	// KeepRecordings keeps every event that requests record, for [Organization.Recordings].
	KeepRecordings bool
	// IgnoreContract turns off the check against the OpenAPI documents in [Start], for tests that break them on purpose.
	IgnoreContract bool
}

// Organization is the state of one Coveo organization and the [http.Handler] that serves it.
// All methods may be called concurrently.
type Organization struct {
	options Options
	routes  map[routeShape][]*route
	// contract is nil unless the OpenAPI documents are given.
	contract *contract

	// mu guards everything below. It is never held while a request waits.
	mu        sync.Mutex
	offset    time.Duration
	readOnly  bool
	exports   exportRegister
	keys      keyring
	roster    roster
	tokens    map[string][]Privilege
	templates []template
	ledger    ledger
	journal   journal
	faults    []*plannedFault
	limiter   window
	shuffles  uint64
	problems  []string

	recordings        []Recording
	recordingRequests int
}

// New makes an organization without a listener.
func New(options Options) *Organization {
	if options.OrganizationID == "" {
		options.OrganizationID = DefaultOrganizationID
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Random == nil {
		options.Random = rand.Reader
	}
	if options.AdminToken == "" {
		options.AdminToken = AdminToken
	}
	if options.CallerIP == "" {
		options.CallerIP = CallerIP
	}
	o := &Organization{
		options:   options,
		routes:    indexRoutes(),
		readOnly:  options.ReadOnly,
		keys:      newKeyring(),
		tokens:    map[string][]Privilege{},
		templates: defaultTemplates(),
		ledger:    newLedger(),
		journal:   newJournal(),
	}
	o.roster = o.newRoster()
	o.ledger.now = o.now
	return o
}

var _ http.Handler = (*Organization)(nil)

// ID is the organization's ID.
func (o *Organization) ID() string { return o.options.OrganizationID }

// Now is the organization's present time: its clock plus what [Organization.Advance] added.
func (o *Organization) Now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now()
}

// Advance moves the organization's time forward, on top of its clock.
func (o *Organization) Advance(by time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.offset += by
}

// SetReadOnly turns the read-only mode of the organization on or off.
func (o *Organization) SetReadOnly(readOnly bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.readOnly = readOnly
}

// AddToken makes a bearer that is neither the administrator's nor an API key, as an OAuth 2.0 access token is.
func (o *Organization) AddToken(token string, privileges ...Privilege) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tokens[token] = normalizeAll(privileges)
}

// RevokeToken ends a token made by [Organization.AddToken], as its expiry would.
func (o *Organization) RevokeToken(token string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.tokens, token)
}

// now needs mu.
func (o *Organization) now() time.Time { return o.options.Now().Add(o.offset) }

// RateLimit bounds the analytics calls of the organization. Coveo publishes no number, so none is the default.
type RateLimit struct {
	// Requests is how many calls one window allows; 0 turns the limit off.
	Requests int
	// Window is the length of a window, which starts with its first call. Default one second.
	Window time.Duration
	// RetryAfter chooses the header of a refusal: "" for none, "seconds" or "date".
	RetryAfter string
	// Now is the clock of the windows; nil is the organization's own, which may stand still in a test.
	Now func() time.Time
}

// window counts the calls of the current window of a RateLimit.
type window struct {
	start time.Time
	calls int
}

// admit counts a call and returns how long the caller must wait when it is over the limit.
func (w *window) admit(limit RateLimit, now time.Time) (time.Duration, bool) {
	length := limit.Window
	if length <= 0 {
		length = time.Second
	}
	if w.start.IsZero() || now.Sub(w.start) >= length {
		w.start, w.calls = now, 0
	}
	w.calls++
	if w.calls <= limit.Requests {
		return 0, true
	}
	return w.start.Add(length).Sub(now), false
}

// wholeSeconds rounds up, because a client that comes back a fraction early would be refused again.
func wholeSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
