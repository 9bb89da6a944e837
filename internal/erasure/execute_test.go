// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/overview"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// eraser accepts everyone but those with an error of their own.
type eraser struct {
	errs map[string]error
	sent []string
	then func()
}

func (e *eraser) DeleteUserData(_ context.Context, id string) (coveo.Acceptance, error) {
	e.sent = append(e.sent, id)
	if e.then != nil {
		e.then()
	}
	return coveo.Acceptance{Known: true}, e.errs[id]
}

// leftovers are the exports that are left of anybody.
type leftovers struct {
	n   int
	err error
}

func (l leftovers) Left(context.Context, []string) (int, error) { return l.n, l.err }

func newService(e *eraser, v *visible, now time.Time) *Service {
	return &Service{Eraser: e, People: &subject.Directory{}, Overviews: overview.NewReader(v), Now: func() time.Time { return now }, Register: NewRegister(10)}
}

func TestExecute_ChecksTheGatesAgainBeforeTheFirstDeletion(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	three := int64(3)
	for name, tc := range map[string]struct {
		limits   Limits
		events   int64
		lookErr  error
		simulate bool
		left     int
		leftErr  error
		stopped  bool
	}{
		"open":                            {limits: Limits{MaxEvents: &three, RequireFound: true, NotBefore: now}, events: 3},
		"more events than at plan":        {limits: Limits{MaxEvents: &three}, events: 4, stopped: true},
		"no events any more":              {limits: Limits{RequireFound: true}, events: 0, stopped: true},
		"not yet":                         {limits: Limits{NotBefore: now.Add(time.Second)}, events: 3, stopped: true},
		"the counts cannot be had":        {limits: Limits{MaxEvents: &three}, lookErr: &coveo.Error{Status: 503}, stopped: true},
		"the token may not look":          {limits: Limits{MaxEvents: &three}, lookErr: &coveo.Error{Status: 403}, stopped: true},
		"the token is still unknown":      {limits: Limits{MaxEvents: &three}, lookErr: coveo.ErrTokenUnknown, stopped: true},
		"an export is left":               {limits: Limits{NoExports: true}, left: 1, stopped: true},
		"no export is left":               {limits: Limits{NoExports: true}},
		"the exports cannot be read":      {limits: Limits{NoExports: true}, leftErr: &coveo.Error{Status: 403}, stopped: true},
		"exports that nobody asks about":  {left: 1},
		"simulating":                      {simulate: true, stopped: true},
		"no look is needed, and it fails": {lookErr: &coveo.Error{Status: 403}},
	} {
		t.Run(name, func(t *testing.T) {
			e := &eraser{}
			service := newService(e, &visible{events: map[string]int64{"a": tc.events}, err: tc.lookErr}, now)
			service.Policy.Simulate = tc.simulate
			service.Exports = leftovers{tc.left, tc.leftErr}
			record := Record{Runs: 1, Identifiers: map[string]Identifier{"k:a": {Status: Waiting}}}
			_, accepted, err := service.execute(t.Context(), record, map[string]string{"k:a": "a"}, Ask{Limits: tc.limits})
			if stopped := len(e.sent) == 0; stopped != tc.stopped || (err != nil) != tc.stopped || (accepted == 0) != tc.stopped {
				t.Errorf("sent %d, accepted %d, error %v; want stopped %v", len(e.sent), accepted, err, tc.stopped)
			}
		})
	}
}

func TestExecute_KeepsWhatWasAccepted(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	send := map[string]string{"k:a": "a", "k:b": "b", "k:c": "c"}
	earlier := Identifier{Status: Failed, LastError: "HTTP 500"}
	fresh := func() Record {
		return Record{Runs: 1, Identifiers: map[string]Identifier{"k:a": earlier, "k:b": earlier, "k:c": earlier}}
	}
	t.Run("one failure", func(t *testing.T) {
		e := &eraser{errs: map[string]error{"b": &coveo.Error{Status: 500, Code: "BROKEN"}}}
		result, accepted, err := newService(e, &visible{events: map[string]int64{"a": 2, "b": 2, "c": 0}}, now).execute(t.Context(), fresh(), send, Ask{})
		if err == nil || accepted != 2 || len(e.sent) != 3 || result.Status != Incomplete {
			t.Errorf("accepted %d of %d sent, %s, %v", accepted, len(e.sent), result.Status, err)
		}
		if b := result.Identifiers["k:b"]; b.Status != Failed || b.LastError != "HTTP 500 BROKEN" {
			t.Errorf("the failure is recorded as %+v", b)
		}
		if result.Identifiers["k:a"].Status != Submitted || result.Identifiers["k:a"].LastError != "" || result.Identifiers["k:c"].Status != NotFoundBefore {
			t.Errorf("the acceptances are recorded as %+v", result.Identifiers)
		}
		if !result.ExpectedBy.Equal(now.Add(28 * 24 * time.Hour)) {
			t.Errorf("expected_by is %s", result.ExpectedBy)
		}
	})
	t.Run("a refusal speaks for the rest", func(t *testing.T) {
		e := &eraser{errs: map[string]error{"b": &coveo.Error{Status: 403}}}
		result, accepted, _ := newService(e, &visible{}, now).execute(t.Context(), fresh(), send, Ask{})
		if accepted != 1 || len(e.sent) != 2 || result.Identifiers["k:c"].Status != Failed {
			t.Errorf("accepted %d of %d sent: %+v", accepted, len(e.sent), result.Identifiers)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		e := &eraser{errs: map[string]error{"b": context.Canceled}}
		result, accepted, err := newService(e, &visible{}, now).execute(t.Context(), fresh(), send, Ask{})
		if accepted != 1 || len(e.sent) != 2 || !errors.Is(err, context.Canceled) || result.Identifiers["k:b"].LastError != "cancelled" {
			t.Errorf("accepted %d of %d sent, %v: %+v", accepted, len(e.sent), err, result.Identifiers)
		}
	})
}
