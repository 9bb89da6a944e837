// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package export is everything about exports of usage analytics: the filter that names a person, the proof that Coveo
// understands it, the export itself, its schedules, and the looks at what there is.
package export

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// API is the part of Coveo's client that exports take.
type API interface {
	OrganizationID() string
	ListExports(ctx context.Context) ([]coveo.Export, error)
	GetExport(ctx context.Context, id string) (*coveo.Export, error)
	CreateExport(ctx context.Context, wanted coveo.NewExport) (*coveo.Export, error)
	DeleteExport(ctx context.Context, id string) error
	EstimateExport(ctx context.Context, period coveo.Period, tables, filters []string) (coveo.Estimate, error)
	ExportRowLimit(ctx context.Context) (int64, bool, error)
	ExportableDimensions(ctx context.Context) ([]coveo.Dimension, error)
	GetExportSchedule(ctx context.Context, id string) (*coveo.ExportSchedule, error)
	ListExportSchedules(ctx context.Context) ([]coveo.ExportSchedule, error)
	CreateExportSchedule(ctx context.Context, wanted coveo.ScheduleModel) (*coveo.ExportSchedule, error)
	UpdateExportSchedule(ctx context.Context, id string, wanted coveo.ScheduleModel) (*coveo.ExportSchedule, error)
	DeleteExportSchedule(ctx context.Context, id string) error
}

// Host is what this package takes from the configured provider.
type Host interface {
	Exports() *Service
	People() *subject.Directory
}

// Service reads and makes the exports of one organization for one provider instance. The reads of a walk share one list,
// which every write makes obsolete. Errors are never remembered.
type Service struct {
	api    API
	clock  coveo.Clock
	random func() string

	// turn is held by whoever touches what is below it.
	turn       chan struct{}
	exports    []coveo.Export
	listed     bool
	listedAt   time.Time
	dimensions []coveo.Dimension
}

// NewService makes the service of one provider instance. It makes no call. random gives texts that nobody can guess.
func NewService(api API, clock coveo.Clock, random func() string) *Service {
	return &Service{api: api, clock: clock, random: random, turn: make(chan struct{}, 1)}
}

// take waits for the shared lists; the returned function gives them back.
func (s *Service) take(ctx context.Context) (func(), error) {
	select {
	case s.turn <- struct{}{}:
		return func() { <-s.turn }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("the time allowed for it ended, or the command was interrupted: %w", ctx.Err())
	}
}

// List is every export of the organization, as this walk knows it.
func (s *Service) List(ctx context.Context) ([]coveo.Export, error) {
	give, err := s.take(ctx)
	if err != nil {
		return nil, err
	}
	defer give()
	return s.list(ctx)
}

// list is the shared list, or a new one. The caller has the turn.
func (s *Service) list(ctx context.Context) ([]coveo.Export, error) {
	if s.listed {
		return s.exports, nil
	}
	asked := s.clock.Now()
	exports, err := s.api.ListExports(ctx)
	if err != nil {
		return nil, err
	}
	s.exports, s.listed, s.listedAt = exports, true, asked
	return exports, nil
}

// recentEnough is how old a list may be that an erasure relies on.
const recentEnough = time.Minute

// recent is every export of the organization, as of a moment ago: a run may take long, and others export meanwhile.
func (s *Service) recent(ctx context.Context) ([]coveo.Export, error) {
	give, err := s.take(ctx)
	if err != nil {
		return nil, err
	}
	defer give()
	if s.clock.Now().Sub(s.listedAt) > recentEnough {
		s.listed, s.exports = false, nil
	}
	return s.list(ctx)
}

// written makes the shared list obsolete. A write that failed counts: it may have been carried out.
func (s *Service) written() {
	s.turn <- struct{}{}
	s.listed, s.exports = false, nil
	<-s.turn
}

// Fresh is every export of the organization, as of now.
func (s *Service) Fresh(ctx context.Context) ([]coveo.Export, error) {
	s.written()
	return s.List(ctx)
}

// Find is one export, nil where Coveo says that there is none. One that the shared list lacks is asked for on its own before
// anybody calls it gone. Some services refuse what does not exist: then the list has the last word.
func (s *Service) Find(ctx context.Context, id string) (*coveo.Export, error) {
	exports, err := s.List(ctx)
	if err != nil {
		return nil, err
	}
	if found := byID(exports, id); found != nil {
		return found, nil
	}
	found, err := s.api.GetExport(ctx, id)
	switch {
	case err == nil:
		return found, nil
	case !coveo.IsNotFound(err) && !coveo.IsRefused(err):
		return nil, err
	}
	if exports, err = s.Fresh(ctx); err != nil {
		return nil, err
	}
	return byID(exports, id), nil
}

func byID(exports []coveo.Export, id string) *coveo.Export {
	for i := range exports {
		if exports[i].ID == id {
			return &exports[i]
		}
	}
	return nil
}

// Dimensions are what exports can be filtered by, read once in a walk.
func (s *Service) Dimensions(ctx context.Context) ([]coveo.Dimension, error) {
	give, err := s.take(ctx)
	if err != nil {
		return nil, err
	}
	defer give()
	if s.dimensions != nil {
		return s.dimensions, nil
	}
	dimensions, err := s.api.ExportableDimensions(ctx)
	if err != nil {
		return nil, err
	}
	s.dimensions = append([]coveo.Dimension{}, dimensions...)
	return s.dimensions, nil
}

// Left counts the exports that still have a file, or will have one, and whose filters name any of the identifiers. Where it
// finds none, and Coveo hides the filters of some that must have had one, it is an error.
func (s *Service) Left(ctx context.Context, ids []string) (int, error) {
	exports, err := s.recent(ctx)
	if err != nil {
		return 0, err
	}
	left, unseen := 0, 0
	for i := range exports {
		e := &exports[i]
		switch {
		case !HasFile(e):
		case MentionsAny(e.Filters.Texts(), ids):
			left++
		case e.Filters.Empty() && undescribe(e.Description) != e.Description:
			// Whatever bears the marker was made with a filter that names somebody.
			unseen++
		}
	}
	if left == 0 && unseen > 0 {
		return 0, fmt.Errorf("of %d exports that Terraform made, Coveo does not show whom they name", unseen)
	}
	return left, nil
}

// HasFile tells whether an export has a file or may yet have one. A state that is not known counts.
func HasFile(e *coveo.Export) bool {
	status := strings.ToUpper(e.Status)
	return status != coveo.ExportFailed && status != coveo.ExportExpired
}

// marker is what an export is recognized by when the answer to its creation is lost. It names nobody.
func (s *Service) marker() string { return "[terraform:" + strings.ToLower(s.random()) + "]" }

// describe is the description that Coveo keeps: the configured one and the marker.
func describe(description, marker string) string {
	return strings.TrimSpace(description + " " + marker)
}

// undescribe takes the marker away.
func undescribe(text string) string {
	at := strings.LastIndex(text, "[terraform:")
	if at < 0 || !strings.HasSuffix(text, "]") {
		return text
	}
	return strings.TrimSpace(text[:at])
}

// searchTime bounds the search after a lost answer, which may run when the command's own time is up.
const searchTime = 30 * time.Second

// errLost means that an export may have been made, and could not be found.
type lostError struct {
	cause, search error
	marker        string
}

func (e *lostError) Error() string {
	text := e.cause.Error() + ". "
	if e.search != nil {
		return text + "Whether an export was made could not be found out, because the list of exports cannot be read either: " + e.search.Error() +
			". Look for an export whose description ends in " + e.marker + " in Coveo's administration console, remove it, and run again"
	}
	return text + "The list of exports shows none whose description ends in " + e.marker + ", so most likely none was made. Nothing was sent again. " +
		"Look once more in Coveo's administration console, then run again"
}

func (e *lostError) Unwrap() error { return e.cause }

// create asks for an export, once. Where the answer is lost, the export is looked for by its marker; found tells that it was.
func (s *Service) create(ctx context.Context, wanted coveo.NewExport, marker string) (made *coveo.Export, found bool, err error) {
	wanted.Description = describe(wanted.Description, marker)
	made, err = s.api.CreateExport(ctx, wanted)
	s.written()
	if err == nil || !coveo.IsOutcomeUnknown(err) {
		return made, false, err
	}
	// A command that was interrupted has no time left, and yet this is when the answer matters most.
	search, cancel := context.WithTimeout(context.WithoutCancel(ctx), searchTime)
	defer cancel()
	exports, searchErr := s.Fresh(search)
	if searchErr == nil {
		for i := range exports {
			if strings.HasSuffix(exports[i].Description, marker) {
				return &exports[i], true, nil
			}
		}
	}
	return nil, false, &lostError{err, searchErr, marker}
}

// The pauses between looks at an export that is under way.
const (
	firstPause   = 2 * time.Second
	longestPause = 30 * time.Second
)

// errStillPending means that the time to wait was over before the export was.
var errStillPending = errors.New("it is still under way")

// wait looks at an export until it is settled. It returns the last that was seen of it, also with an error: when the time is
// over, when the command is interrupted, or when it cannot be looked at. An export that does not show yet is under way.
func (s *Service) wait(ctx context.Context, last *coveo.Export, timeout time.Duration) (*coveo.Export, error) {
	began := s.clock.Now()
	pause := firstPause
	for {
		if last.Settled() {
			return last, nil
		}
		waited := s.clock.Now().Sub(began)
		tflog.Info(ctx, "Waiting for an export", map[string]any{
			"export": last.ID, "status": last.Status, "waited_seconds": int(waited.Seconds()), "timeout_seconds": int(timeout.Seconds()),
		})
		if waited+pause > timeout {
			return last, errStillPending
		}
		if err := s.clock.Wait(ctx, pause); err != nil {
			return last, err
		}
		pause = min(pause*3/2, longestPause)
		seen, err := s.api.GetExport(ctx, last.ID)
		switch {
		case coveo.IsNotFound(err):
		case err != nil:
			return last, err
		default:
			last = seen
		}
	}
}

// remove deletes an export and its file. One that is gone already is removed.
func (s *Service) remove(ctx context.Context, id string) error {
	defer s.written()
	return s.api.DeleteExport(ctx, id)
}
