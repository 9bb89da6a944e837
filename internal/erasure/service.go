// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/overview"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// Eraser is the part of the API client that erases.
type Eraser interface {
	DeleteUserData(ctx context.Context, userID string) (coveo.Acceptance, error)
}

// Exports is the part of the exports that the gate exports_left needs.
type Exports interface {
	// Left counts the exports that have a file, or will have one, and name any of the identifiers.
	Left(ctx context.Context, ids []string) (int, error)
}

// Service is the engine of one provider instance, for one walk of Terraform.
type Service struct {
	Organization string
	// Policy is what the provider block and the runner's file allow together, and PolicyDigest the file's digest, empty where
	// there is none.
	Policy       Policy
	PolicyDigest string
	People       *subject.Directory
	Overviews    *overview.Reader
	Exports      Exports
	Eraser       Eraser
	Register     *Register
	Evidence     Evidence
	// Now is the present time, and NewID a name for a new record.
	Now   func() time.Time
	NewID func() string

	// blind is set when Coveo refused an overview in a refresh: the token's privileges do not change during a run, so the
	// other records need not ask.
	blind atomic.Bool
}

// look sums what is visible of some identifiers, with one request each in a run.
func (s *Service) look(ctx context.Context, ids []string) (coveo.Overview, error) {
	seen := make([]coveo.Overview, 0, len(ids))
	for _, id := range ids {
		o, err := s.Overviews.Recent(ctx, id)
		if err != nil {
			return coveo.Overview{}, err
		}
		seen = append(seen, o)
	}
	return overview.Sum(seen), nil
}

// errGate is a gate that shut after the plan.
type errGate struct{ shut []string }

func (e errGate) Error() string { return "a gate has shut since the plan: " + join(e.shut) }

// execute sends what was decided, once for each identifier, and returns the record as it stands then. accepted counts what
// Coveo took in this run. An error says why not all of it was accepted; before anything was sent, accepted is 0.
func (s *Service) execute(ctx context.Context, record Record, send map[string]string, ask Ask) (result Record, accepted int, err error) {
	result = record.clone()
	ids := values(send)
	// Everything is looked at once more: an approval may have expired, a date may lie ahead again, on another machine's clock.
	review := s.review(ask, ids, record.RequestNumber, record.Digests())
	gates := s.gateState(ctx, review, ask, ids)
	if s.Policy.Simulate {
		gates.Shut = append(gates.Shut, GateSimulate)
	}
	if len(gates.Shut) > 0 || gates.Unknown {
		return result, 0, errGate{gates.Shut}
	}
	digests := make([]string, 0, len(send))
	for digest := range send {
		digests = append(digests, digest)
	}
	slices.Sort(digests)
	var failures []error
	for _, digest := range digests {
		identifier := result.Identifiers[digest]
		if stop := stopsAll(failures); stop != nil {
			identifier.Status, identifier.LastError = Failed, "not sent"
			result.Identifiers[digest] = identifier
			continue
		}
		identifier, err := s.erase(ctx, identifier, send[digest])
		result.Identifiers[digest] = identifier
		if err != nil {
			failures = append(failures, err)
			continue
		}
		accepted++
		if result.FirstRequestedAt.IsZero() {
			result.FirstRequestedAt = identifier.RequestedAt
		}
		result.RequestedAt = identifier.RequestedAt
		result.ExpectedBy = identifier.RequestedAt.Add(CompletionTime)
	}
	result.VerifiedAt = time.Time{}
	result.LastLook = s.Now()
	result.summarize()
	if result.Status.final() {
		// Nothing was there to begin with: the look before the request saw what a look after it would.
		result.VerifiedAt = result.RequestedAt
	}
	return result, accepted, errors.Join(failures...)
}

// erase asks for one identifier, after a look at what is there where the token may look.
func (s *Service) erase(ctx context.Context, identifier Identifier, id string) (Identifier, error) {
	before, lookErr := s.Overviews.Recent(ctx, id)
	_, err := s.Eraser.DeleteUserData(ctx, id)
	if err != nil {
		identifier.Status, identifier.LastError = Failed, brief(err)
		return identifier, err
	}
	identifier = Identifier{Status: Submitted, RequestedAt: s.Now().UTC().Truncate(time.Second)}
	if lookErr == nil {
		identifier.EventsAtRequest, identifier.EventsRemaining = &before.Total, &before.Total
	}
	// A 404 alone says nothing of what was there: it may answer a repetition whose first answer was lost.
	if lookErr == nil && !before.Found {
		identifier.Status = NotFoundBefore
	}
	return identifier, nil
}

// stopsAll finds a failure that every further identifier would meet too.
func stopsAll(failures []error) error {
	for _, err := range failures {
		if coveo.IsRefused(err) || coveo.IsCanceled(err) || errors.Is(err, coveo.ErrTokenUnknown) {
			return err
		}
	}
	return nil
}

// brief is what state keeps of an error: no words of Coveo's, which could name a person.
func brief(err error) string {
	var e *coveo.Error
	switch {
	case coveo.IsCanceled(err):
		return "cancelled"
	case errors.As(err, &e) && e.Status != 0:
		text := "HTTP " + strconv.Itoa(e.Status)
		if e.Code != "" {
			text += " " + e.Code
		}
		return text
	}
	return "no answer"
}
