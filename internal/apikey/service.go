// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package apikey is everything about Coveo's API keys: how they are read at scale, what becomes of a lost answer, and
// coveo_api_key.
package apikey

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

// API is the part of Coveo's client that keys take.
type API interface {
	OrganizationID() string
	ListAPIKeys(ctx context.Context) ([]coveo.APIKey, error)
	GetAPIKey(ctx context.Context, id string) (*coveo.APIKey, error)
	CreateAPIKey(ctx context.Context, key coveo.NewAPIKey) (*coveo.APIKey, error)
	UpdateAPIKey(ctx context.Context, id string, update coveo.APIKeyUpdate) error
	ActivateAPIKey(ctx context.Context, id string) error
	DisableAPIKey(ctx context.Context, id string) error
	DeleteAPIKey(ctx context.Context, id string) error
	ExtendAPIKey(ctx context.Context, id string) error
	ListAPIKeyTemplates(ctx context.Context) ([]coveo.APIKeyTemplate, error)
	GetAPIKeyTemplate(ctx context.Context, id string) (*coveo.APIKeyTemplate, error)
	APIKeyTemplateEligibility(ctx context.Context) ([]coveo.TemplateEligibility, error)
}

// Service reads and writes the keys of one organization for one provider instance. All reads of a walk share one list of
// the organization's keys, and every write makes it obsolete. Errors are never remembered.
type Service struct {
	api   API
	clock coveo.Clock
	// expand is what a set of duties takes. A later release may expand one differently; tests do.
	expand func(duties []string) ([]privilege.Privilege, error)
	// seal encrypts a key's value for recipients. Tests make it fail.
	seal func(value string, recipients []string) (string, error)

	mu         sync.Mutex
	generation uint64                   // rises with every write
	keys       map[string]*coveo.APIKey // nil: no list of this generation is known
	flights    singleflight.Group       // one list request at a time for each generation, and one for each template
	templates  map[string]*coveo.APIKeyTemplate
}

// NewService makes the service of one provider instance. It makes no call.
func NewService(api API, clock coveo.Clock) *Service {
	return &Service{api: api, clock: clock, expand: privilege.Expand, seal: seal, templates: map[string]*coveo.APIKeyTemplate{}}
}

// obsoleteLists bounds how often a reader begins again because a write overtook its list.
const obsoleteLists = 3

// List is every key of the organization by its ID. The map is shared: nobody changes it.
func (s *Service) List(ctx context.Context) (map[string]*coveo.APIKey, error) {
	for attempt := 1; ; attempt++ {
		s.mu.Lock()
		keys, generation := s.keys, s.generation
		s.mu.Unlock()
		if keys != nil {
			return keys, nil
		}
		flight := s.flights.DoChan(strconv.FormatUint(generation, 10), func() (any, error) { return s.fetch(ctx, generation) })
		var result singleflight.Result
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("list API keys: the time allowed for it ended, or the command was interrupted: %w", ctx.Err())
		case result = <-flight:
		}
		if result.Err != nil {
			if coveo.IsCanceled(result.Err) && ctx.Err() == nil {
				// The request belonged to somebody whose time was up. Ours is not.
				continue
			}
			return nil, result.Err
		}
		keys, ok := result.Val.(map[string]*coveo.APIKey)
		if ok && (s.current(generation) || attempt >= obsoleteLists) {
			return keys, nil
		}
	}
}

func (s *Service) fetch(ctx context.Context, generation uint64) (map[string]*coveo.APIKey, error) {
	// Somebody may have looked for the list before the last flight landed, and come here after it did.
	s.mu.Lock()
	keys := s.keys
	s.mu.Unlock()
	if keys != nil && s.current(generation) {
		return keys, nil
	}
	list, err := s.api.ListAPIKeys(ctx)
	if err != nil {
		return nil, err
	}
	keys = make(map[string]*coveo.APIKey, len(list))
	for i := range list {
		if list[i].ID != "" {
			keys[list[i].ID] = &list[i]
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation == generation {
		s.keys = keys
	}
	return keys, nil
}

func (s *Service) current(generation uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.generation == generation
}

// written makes every list obsolete, the ones under way included. A write that failed counts: it may have been carried out.
func (s *Service) written() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generation++
	s.keys = nil
}

// Find is one key, nil where Coveo says that there is none. A key that the shared list lacks is asked for on its own before
// anybody calls it gone, and where that is refused rather than answered, through a list made afterwards: some services
// refuse what does not exist.
func (s *Service) Find(ctx context.Context, id string) (*coveo.APIKey, error) {
	keys, err := s.List(ctx)
	if err != nil {
		return nil, err
	}
	if key := keys[id]; key != nil {
		return key, nil
	}
	key, err := s.api.GetAPIKey(ctx, id)
	switch {
	case err == nil:
		return key, nil
	case coveo.IsNotFound(err):
		return nil, nil //nolint:nilnil // absence is an answer here, not an error
	case !coveo.IsRefused(err):
		return nil, err
	}
	s.written()
	if keys, err = s.List(ctx); err != nil {
		return nil, err
	}
	return keys[id], nil
}

// newKeyWaits are the pauses between looks at a key that was made a moment ago: Coveo does not promise that one can be read
// at once.
func newKeyWaits() []time.Duration {
	return []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}
}

// create asks for a key, once.
func (s *Service) create(ctx context.Context, request coveo.NewAPIKey) (*coveo.APIKey, error) {
	defer s.written()
	return s.api.CreateAPIKey(ctx, request)
}

// readNew reads a key that was just made, with patience for one that does not show yet.
func (s *Service) readNew(ctx context.Context, id string) (*coveo.APIKey, error) {
	waits := newKeyWaits()
	for attempt := 0; ; attempt++ {
		key, err := s.api.GetAPIKey(ctx, id)
		if !coveo.IsNotFound(err) || attempt == len(waits) {
			return key, err
		}
		if s.clock.Wait(ctx, waits[attempt]) != nil {
			return nil, err
		}
	}
}

// change carries out the writes that an update takes. The first failure ends it, and done says which were accepted before.
func (s *Service) change(ctx context.Context, id string, wanted changes) (done changes, err error) {
	defer s.written()
	// A key that is to be off is switched off first, and one that is to be on is switched on last, so that it is never on
	// under the addresses it is about to lose.
	if wanted.disable {
		if err := s.api.DisableAPIKey(ctx, id); err != nil {
			return done, err
		}
		done.disable = true
	}
	if wanted.settings != nil {
		// The PUT replaces everything, and this resource manages only a part.
		key, err := s.api.GetAPIKey(ctx, id)
		if err != nil {
			return done, err
		}
		update := coveo.UpdateOf(key)
		if err := wanted.settings(&update); err != nil {
			return done, err
		}
		if err := s.api.UpdateAPIKey(ctx, id, update); err != nil {
			return done, err
		}
		done.settings = wanted.settings
	}
	if wanted.activate {
		if err := s.api.ActivateAPIKey(ctx, id); err != nil {
			return done, err
		}
		done.activate = true
	}
	return done, nil
}

// changes are the writes that an update takes.
type changes struct {
	disable, activate bool
	settings          func(*coveo.APIKeyUpdate) error // nil: nothing that the PUT carries changes
}

// extend postpones the day on which Coveo disables a key for lack of use.
func (s *Service) extend(ctx context.Context, id string) error {
	defer s.written()
	return s.api.ExtendAPIKey(ctx, id)
}

// remove deletes a key. One that is gone already is removed.
func (s *Service) remove(ctx context.Context, id string) error {
	defer s.written()
	return s.api.DeleteAPIKey(ctx, id)
}
