// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package group is everything about Coveo's groups, which are privileges for people: how they are read at scale and changed
// without losing anybody, and coveo_group and its kin.
package group

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/listing"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

// API is the part of Coveo's client that groups take.
type API interface {
	OrganizationID() string
	ListGroups(ctx context.Context) ([]coveo.Group, error)
	GetGroup(ctx context.Context, id string) (*coveo.Group, error)
	CreateGroup(ctx context.Context, group coveo.NewGroup) (string, error)
	UpdateGroup(ctx context.Context, read *coveo.Group, change coveo.GroupChange) error
	DeleteGroup(ctx context.Context, id string) error
}

// Host is what this package takes from the configured provider.
type Host interface{ Groups() *Service }

// Service reads and writes the groups of one organization for one provider instance. All reads of a walk share one list of the
// organization's groups, and every write makes it obsolete. Writes to one group wait for each other.
type Service struct {
	api   API
	clock coveo.Clock
	list  *listing.Shared[roll]
	// expand is what a set of duties takes. A later release may expand one differently; tests do.
	expand func(duties []string) ([]privilege.Privilege, error)

	mu    sync.Mutex
	turns map[string]chan struct{} // by group; whoever holds the one element may write
}

// roll is the organization's groups by their ID.
type roll struct {
	groups map[string]*coveo.Group
	// lean rolls say nothing about who is in a group: no answer holds anybody, although some group always has an administrator.
	lean bool
}

// NewService makes the service of one provider instance. It makes no call.
func NewService(api API, clock coveo.Clock) *Service {
	s := &Service{api: api, clock: clock, expand: privilege.Expand, turns: map[string]chan struct{}{}}
	s.list = listing.New("list groups", s.fetch)
	return s
}

func (s *Service) fetch(ctx context.Context) (roll, error) {
	list, err := s.api.ListGroups(ctx)
	if err != nil {
		return roll{}, err
	}
	r := roll{groups: make(map[string]*coveo.Group, len(list)), lean: true}
	for i := range list {
		if list[i].ID != "" {
			r.groups[list[i].ID] = &list[i]
		}
		r.lean = r.lean && len(list[i].Members) == 0 && len(list[i].Invites) == 0
	}
	return r, nil
}

// All is every group, sorted by name. With people it also says who is in each, which takes a request for each group where Coveo's
// list does not say so.
func (s *Service) All(ctx context.Context, people bool, wanted func(*coveo.Group) bool) ([]*coveo.Group, error) {
	r, err := s.list.Get(ctx)
	if err != nil {
		return nil, err
	}
	var all []*coveo.Group
	for _, group := range r.groups {
		if !wanted(group) {
			continue
		}
		if people && r.lean {
			whole, err := s.api.GetGroup(ctx, group.ID)
			if coveo.IsNotFound(err) {
				continue
			}
			if err != nil {
				return nil, err
			}
			group = whole
		}
		all = append(all, group)
	}
	slices.SortFunc(all, func(a, b *coveo.Group) int {
		return cmp.Or(cmp.Compare(a.DisplayName, b.DisplayName), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// Find is one group, nil where Coveo says that there is none. A group that the shared list lacks is asked for on its own before
// anybody calls it gone, and where that is refused rather than answered, through a list made afterwards: some services
// refuse what does not exist.
func (s *Service) Find(ctx context.Context, id string, people bool) (*coveo.Group, error) {
	r, err := s.list.Get(ctx)
	if err != nil {
		return nil, err
	}
	if group := r.groups[id]; group != nil && (!people || !r.lean) {
		return group, nil
	}
	group, err := s.api.GetGroup(ctx, id)
	switch {
	case err == nil:
		return group, nil
	case coveo.IsNotFound(err) && r.groups[id] == nil:
		return nil, nil //nolint:nilnil // absence is an answer here, not an error
	case !coveo.IsNotFound(err) && !coveo.IsRefused(err):
		return nil, err
	}
	// The list and the read do not agree, or the read says nothing.
	s.list.Written()
	refreshed, listErr := s.list.Get(ctx)
	if listErr != nil {
		return nil, listErr
	}
	if group := refreshed.groups[id]; group != nil {
		if people && refreshed.lean {
			return nil, err
		}
		return group, nil
	}
	return nil, nil //nolint:nilnil // absence is an answer here, not an error
}

// newGroupWaits are the pauses between looks at a group that was made a moment ago: Coveo does not promise that one can be read
// at once.
func newGroupWaits() []time.Duration {
	return []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}
}

// create asks for a group, once.
func (s *Service) create(ctx context.Context, request coveo.NewGroup) (string, error) {
	defer s.list.Written()
	return s.api.CreateGroup(ctx, request)
}

// readNew reads a group that was just made, with patience for one that does not show yet.
func (s *Service) readNew(ctx context.Context, id string) (*coveo.Group, error) {
	waits := newGroupWaits()
	for attempt := 0; ; attempt++ {
		group, err := s.api.GetGroup(ctx, id)
		if !coveo.IsNotFound(err) || attempt == len(waits) {
			return group, err
		}
		if s.clock.Wait(ctx, waits[attempt]) != nil {
			return nil, err
		}
	}
}

// update reads a group, lets change decide on what was read, and writes the whole. Nobody else of this run writes the group
// meanwhile: the PUT would drop whom the other had added. It writes nothing where change says so.
func (s *Service) update(ctx context.Context, id string, change func(read *coveo.Group) (coveo.GroupChange, bool)) error {
	done, err := s.turn(ctx, id)
	if err != nil {
		return err
	}
	defer done()
	read, err := s.api.GetGroup(ctx, id)
	if err != nil {
		return err
	}
	wanted, needed := change(read)
	if !needed {
		return nil
	}
	defer s.list.Written()
	return s.api.UpdateGroup(ctx, read, wanted)
}

// remove deletes a group. One that is gone already is removed.
func (s *Service) remove(ctx context.Context, id string) error {
	done, err := s.turn(ctx, id)
	if err != nil {
		return err
	}
	defer done()
	defer s.list.Written()
	return s.api.DeleteGroup(ctx, id)
}

// turn waits until nobody else writes the group, and returns what ends the turn.
func (s *Service) turn(ctx context.Context, id string) (func(), error) {
	s.mu.Lock()
	turn := s.turns[id]
	if turn == nil {
		turn = make(chan struct{}, 1)
		s.turns[id] = turn
	}
	s.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for another change of the group: the time allowed for it ended, or the command was interrupted: %w", ctx.Err())
	}
}
