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
	GateExportsLeft   = "exports_left"
)

// Limits are the gates that a record's own configuration sets.
type Limits struct {
	NotBefore    time.Time // zero where there is none
	MaxEvents    *int64
	RequireFound bool
	// NoExports holds the case back while exports of its people are left in Coveo.
	NoExports bool
}

// countsEvents tells whether the gates need a look at what Coveo holds.
func (l Limits) countsEvents() bool { return l.MaxEvents != nil || l.RequireFound }

// looks are the gates' requests: for the events of the identifiers, and for the exports that are left of them.
type looks struct {
	events  func() (coveo.Overview, error)
	exports func() (int, error)
}

// state looks at the gates. Those that cost requests are looked at only when all others are open. Counts that cannot be had
// leave their gates shut: a ceiling that nobody measured is no ceiling.
func (l Limits) state(review Review, requireHolds bool, now time.Time, look looks) GateState {
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
	if len(g.Shut) > 0 {
		return g
	}
	if l.countsEvents() {
		if l.countEvents(&g, look); g.Unknown {
			return g
		}
	}
	if l.NoExports {
		left, err := look.exports()
		if errors.Is(err, coveo.ErrTokenUnknown) {
			return GateState{Unknown: true}
		}
		g.ExportsLeft, g.ExportsProblem = left, err
		if err != nil || left > 0 {
			g.Shut = append(g.Shut, GateExportsLeft)
		}
	}
	return g
}

func (l Limits) countEvents(g *GateState, look looks) {
	seen, err := look.events()
	if errors.Is(err, coveo.ErrTokenUnknown) {
		*g = GateState{Unknown: true}
		return
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
}
