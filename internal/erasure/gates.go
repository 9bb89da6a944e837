// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"errors"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// The gates. Each holds back its own case and no other.
const (
	GateSimulate      = "simulate"
	GateLegalHold     = "legal_hold"
	GateHoldUnchecked = "hold_unchecked"
	GateApprovals     = "approvals"
	GateNotBefore     = "not_before"
	GateMaxEvents     = "max_events"
	GateRequireFound  = "require_found"
)

// Limits are the gates that a record's own configuration sets.
type Limits struct {
	NotBefore    time.Time // zero where there is none
	MaxEvents    *int64
	RequireFound bool
}

// countsEvents tells whether the gates need a look at Coveo.
func (l Limits) countsEvents() bool { return l.MaxEvents != nil || l.RequireFound }

// state looks at the gates. Those that cost requests are looked at only when all others are open. Counts that cannot be had
// leave their gates shut: a ceiling that nobody measured is no ceiling.
func (l Limits) state(review Review, requireHolds bool, now time.Time, look func() (coveo.Overview, error)) GateState {
	var g GateState
	if review.HoldStatus == Held {
		g.Shut = append(g.Shut, GateLegalHold)
	}
	if review.HoldStatus == HoldUnchecked && requireHolds {
		g.Shut = append(g.Shut, GateHoldUnchecked)
	}
	if int64(len(review.ApprovedBy)) < review.RequiredApprovals {
		g.Shut = append(g.Shut, GateApprovals)
	}
	if !l.NotBefore.IsZero() && now.Before(l.NotBefore) {
		g.Shut = append(g.Shut, GateNotBefore)
	}
	if len(g.Shut) > 0 || !l.countsEvents() {
		return g
	}
	seen, err := look()
	if errors.Is(err, coveo.ErrTokenUnknown) {
		return GateState{Unknown: true}
	}
	if err == nil {
		g.Events = &seen.Total
	}
	g.CountProblem = err
	if l.MaxEvents != nil && (err != nil || seen.Total > *l.MaxEvents) {
		g.Shut = append(g.Shut, GateMaxEvents)
	}
	if l.RequireFound && (err != nil || !seen.Found) {
		g.Shut = append(g.Shut, GateRequireFound)
	}
	return g
}
