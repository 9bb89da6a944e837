// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package listing shares one list of an organization's objects among all who read it during a walk of Terraform.
package listing

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// Shared is a list that is asked for once and then shared until somebody writes. Errors are never remembered.
type Shared[V any] struct {
	name  string
	fetch func(context.Context) (V, error)

	mu         sync.Mutex
	generation uint64             // rises with every write
	known      *V                 // nil: no list of this generation is known
	flights    singleflight.Group // one request at a time for each generation
}

// New makes a list by what its request is called in errors, such as "list groups", and by the request. It asks for nothing.
func New[V any](name string, fetch func(context.Context) (V, error)) *Shared[V] {
	return &Shared[V]{name: name, fetch: fetch}
}

// obsoleteLists bounds how often a reader begins again because a write overtook its list.
const obsoleteLists = 3

// Get is the list. It is shared: nobody changes it.
func (s *Shared[V]) Get(ctx context.Context) (V, error) {
	var none V
	for attempt := 1; ; attempt++ {
		known, generation := s.present()
		if known != nil {
			return *known, nil
		}
		flight := s.flights.DoChan(strconv.FormatUint(generation, 10), func() (any, error) { return s.ask(ctx, generation) })
		var result singleflight.Result
		select {
		case <-ctx.Done():
			return none, fmt.Errorf("%s: the time allowed for it ended, or the command was interrupted: %w", s.name, ctx.Err())
		case result = <-flight:
		}
		if result.Err != nil {
			if coveo.IsCanceled(result.Err) && ctx.Err() == nil {
				// The request belonged to somebody whose time was up. Ours is not.
				continue
			}
			return none, result.Err
		}
		list, ok := result.Val.(V)
		if ok && (s.current(generation) || attempt >= obsoleteLists) {
			return list, nil
		}
	}
}

func (s *Shared[V]) ask(ctx context.Context, generation uint64) (V, error) {
	// Somebody may have looked for the list before the last flight landed, and come here after it did.
	if known, now := s.present(); known != nil && now == generation {
		return *known, nil
	}
	list, err := s.fetch(ctx)
	if err != nil {
		var none V
		return none, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation == generation {
		s.known = &list
	}
	return list, nil
}

func (s *Shared[V]) present() (*V, uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known, s.generation
}

func (s *Shared[V]) current(generation uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.generation == generation
}

// Written makes every list obsolete, the ones under way included. A write that failed counts: it may have been carried out.
func (s *Shared[V]) Written() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generation++
	s.known = nil
}
