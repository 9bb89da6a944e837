// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/iso8601"
)

// Schedule is when a record is looked at again.
type Schedule struct {
	Interval time.Duration
	For      iso8601.Duration
}

// open tells whether a record is looked at from time to time.
func (s Schedule) open(record *Record, now time.Time) bool {
	// While a later request waits, the executed one is watched all the same.
	executed := record.Status.Accepted() || record.Status == Waiting && record.Runs > 0
	return executed && !record.RequestedAt.IsZero() && now.Before(s.For.After(record.RequestedAt))
}

// due tells whether a refresh looks at a record now.
func (s Schedule) due(record *Record, now time.Time) bool {
	return s.open(record, now) && !now.Before(record.LastLook.Add(s.Interval))
}

// Seen is what a refresh found out.
type Seen struct {
	// Looked tells that Coveo was asked, so that the next look has a date to count from.
	Looked bool
	// Moved tells that a status or a count is another than state says.
	Moved bool
	// Problem is why nothing could be seen.
	Problem error
	// Unnamed tells that the vault no longer names anyone of the record, so that nobody can be looked up.
	Unnamed bool
}

// verify looks at an accepted record. ids maps the digests that can be looked up to their identifiers. It changes the record
// only where a count or a status moved, because a value that moved with every look would be drift for ever.
func (s *Service) verify(ctx context.Context, record *Record, ids map[string]string) Seen {
	now := s.Now().UTC().Truncate(time.Second)
	late := now.After(record.ExpectedBy)
	seen := Seen{Unnamed: true}
	waits, status := record.Status == Waiting, record.settled()
	for _, digest := range record.Digests() {
		id, ok := ids[digest]
		if !ok {
			continue
		}
		seen.Unnamed = false
		before := record.Identifiers[digest]
		after := before
		o, err := s.lookAgain(ctx, id)
		switch {
		case err == nil:
			seen.Looked = true
			after = before.observed(o.Total, late)
		case coveo.IsRefused(err):
			s.blind.Store(true)
			seen.Problem = err
			if late && (before.Status == Submitted || before.Status == Settling) {
				after.Status = Unverified
			}
		default:
			seen.Problem = err
		}
		if after.Status != before.Status {
			after.VerifiedAt = now
		}
		if after.Status != before.Status || !equal(after.EventsRemaining, before.EventsRemaining) {
			seen.Moved = true
			record.Identifiers[digest] = after
		}
		if coveo.IsCanceled(err) || errors.Is(err, coveo.ErrTokenUnknown) {
			break
		}
	}
	if seen.Looked {
		record.LastLook = now
	}
	if seen.Moved {
		record.summarize()
		if record.Status != status {
			record.VerifiedAt = now
		}
		if waits {
			record.Status = Waiting
		}
	}
	return seen
}

func (s *Service) lookAgain(ctx context.Context, id string) (coveo.Overview, error) {
	if s.blind.Load() {
		needs := coveo.AdministrateAnalytics()
		return coveo.Overview{}, &coveo.Error{
			Operation: "read a person's overview, which was refused for another record of this run", Method: "GET",
			Path: "/v15/users/{user}/overview", Status: 403, Needs: &needs,
		}
	}
	return s.Overviews.Fresh(ctx, id)
}

// observed is an identifier after a look that saw n events.
func (i Identifier) observed(n int64, late bool) Identifier {
	i.EventsRemaining = &n
	switch {
	case n == 0 && i.Status == NotFoundBefore:
	case n == 0:
		i.Status = ZeroObserved
	case i.zeroSeen():
		i.Status = Reappeared
	case late:
		i.Status = StillVisible
	case i.EventsAtRequest != nil && n < *i.EventsAtRequest:
		i.Status = Settling
	default:
		i.Status = Submitted
	}
	return i
}

// needsPerson tells whether an accepted record asks for somebody's attention.
func (s Status) needsPerson() bool {
	return slices.Contains([]Status{StillVisible, Reappeared, Unverified}, s)
}

func equal(a, b *int64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
