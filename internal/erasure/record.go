// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package erasure is the resource coveo_user_data_deletion: one case's irreversible erasure, decided by a table, gated,
// executed once, and watched until nothing is visible any more.
//
// The decision (decide.go) is a pure function of a record, of what the configuration asks for, and of the gates. Planning
// shows its outcome, and applying does exactly what planning found, or nothing.
package erasure

import (
	"maps"
	"slices"
	"time"
)

// Status is where a record, or one identifier of it, stands. The words claim only what was seen.
type Status string

// The statuses. NotFoundBefore and Failed are of identifiers only, Abandoned, Incomplete and Simulated of records only.
const (
	// Waiting means that a gate is shut, and nothing was sent for the present request.
	Waiting Status = "waiting"
	// Simulated means that everything but the erasure was done.
	Simulated Status = "simulated"
	// Incomplete means that Coveo accepted some identifiers and not others.
	Incomplete Status = "incomplete"
	// Abandoned means that the missing identifiers of an incomplete record can no longer be named.
	Abandoned Status = "abandoned"
	// Submitted means that Coveo accepted, and as many events as before are visible.
	Submitted Status = "submitted"
	// Settling means that fewer events are visible than when it was asked.
	Settling Status = "settling"
	// ZeroObserved means that no event was visible at the last look.
	ZeroObserved Status = "zero_observed"
	// StillVisible means that events are visible after the date by which Coveo says to be done: unfinished work or new
	// activity, which the API cannot tell apart.
	StillVisible Status = "still_visible"
	// Reappeared means that events are visible after none were.
	Reappeared Status = "reappeared"
	// Unverified means that the date passed, and that the token cannot look.
	Unverified Status = "unverified"
	// NotFoundBefore means that no event was visible when the erasure was asked for.
	NotFoundBefore Status = "not_found_before"
	// Failed means that Coveo was not seen to accept.
	Failed Status = "failed"
)

// CompletionTime is how long Coveo says that an erasure may take.
const CompletionTime = 28 * 24 * time.Hour

// severity orders the statuses of accepted identifiers: the first that any has is the record's.
var severity = [...]Status{Reappeared, StillVisible, Unverified, Submitted, Settling, ZeroObserved}

// Accepted tells whether Coveo accepted every identifier of the last request.
func (s Status) Accepted() bool { return slices.Contains(severity[:], s) }

// openForRegister tells whether a record of this status still owes something to the people it names.
func (s Status) openForRegister() bool {
	return slices.Contains([]Status{Waiting, Simulated, Incomplete, Submitted, Settling}, s)
}

// Identifier is what happened to one identifier.
type Identifier struct {
	Status          Status
	RequestedAt     time.Time
	VerifiedAt      time.Time
	EventsAtRequest *int64
	EventsRemaining *int64
	LastError       string
}

// final tells whether nothing but a new request settles a record of this status.
func (s Status) final() bool {
	return slices.Contains([]Status{ZeroObserved, StillVisible, Unverified, Reappeared}, s)
}

// accepted tells whether Coveo accepted this identifier in the last request it was part of.
func (i Identifier) accepted() bool {
	return i.Status == NotFoundBefore || i.Status.Accepted()
}

// zeroSeen tells whether no event was visible at some time since the request.
func (i Identifier) zeroSeen() bool {
	return i.Status == ZeroObserved || i.Status == NotFoundBefore || i.Status == Reappeared
}

// Record is one case's erasure, as state holds it.
type Record struct {
	// ID tells this record from one that replaces it. It stands in private state.
	ID   string
	Case string // empty where identifiers are given in the open

	Status        Status
	Runs          int64
	RequestNumber int64
	// Unerased counts identifiers that are named now and that no request of this record covers.
	Unerased *int64
	// BlockedBy names the gates that keep the present request back.
	BlockedBy []string
	// Review is what was reviewed of the present or last request. An executed record keeps what it ran with.
	Review Review
	// Identifiers holds what happened to each digest. Its keys are the record's identifier digests.
	Identifiers map[string]Identifier

	FirstRequestedAt time.Time
	RequestedAt      time.Time
	ExpectedBy       time.Time
	VerifiedAt       time.Time
	EventsAtRequest  *int64
	EventsRemaining  *int64

	// Receipts holds the evidence.
	Receipts Receipts

	// Triggers is the map of the last executed request, in private state.
	Triggers map[string]string
	// Executed is what was reviewed of the last executed request, while a later one waits, in private state.
	Executed *Review
	// LastLook is when a refresh last asked Coveo, in private state.
	LastLook time.Time
}

// Digests are the record's identifier digests, sorted.
func (r *Record) Digests() []string {
	digests := make([]string, 0, len(r.Identifiers))
	for digest := range r.Identifiers {
		digests = append(digests, digest)
	}
	slices.Sort(digests)
	return digests
}

// Receipts are a record's documents and their signatures, each empty where there is none.
type Receipts struct {
	Erasure, ErasureSignature           string
	Verification, VerificationSignature string
}

// clone copies a record so that a decision never edits what it was given.
func (r *Record) clone() Record {
	out := *r
	out.Identifiers = maps.Clone(r.Identifiers)
	out.BlockedBy = slices.Clone(r.BlockedBy)
	out.Review.ApprovedBy = slices.Clone(r.Review.ApprovedBy)
	return out
}

// missing are the digests that Coveo was not seen to accept, sorted.
func (r *Record) missing() []string {
	var missing []string
	for _, digest := range r.Digests() {
		if !r.Identifiers[digest].accepted() {
			missing = append(missing, digest)
		}
	}
	return missing
}

// summarize derives the record's status and sums from its identifiers.
func (r *Record) summarize() {
	r.Status = ZeroObserved
	if len(r.missing()) > 0 {
		r.Status = Incomplete
	} else {
	search:
		for _, status := range severity {
			for _, identifier := range r.Identifiers {
				if identifier.Status == status {
					r.Status = status
					break search
				}
			}
		}
	}
	r.EventsAtRequest, r.EventsRemaining = nil, nil
	for _, identifier := range r.Identifiers {
		r.EventsAtRequest = sum(r.EventsAtRequest, identifier.EventsAtRequest)
		r.EventsRemaining = sum(r.EventsRemaining, identifier.EventsRemaining)
	}
}

// settled is the status of the last executed request, which a record that waits for a later one does not show.
func (r *Record) settled() Status {
	if r.Status != Waiting {
		return r.Status
	}
	executed := r.clone()
	executed.summarize()
	return executed.Status
}

func sum(a, b *int64) *int64 {
	if b == nil {
		return a
	}
	total := *b
	if a != nil {
		total += *a
	}
	return &total
}
