// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// slowAPI deletes keys after a while.
type slowAPI struct {
	takes time.Duration
	err   error
	begun chan struct{} // closed once a deletion has begun; nil: nobody asks

	mu      sync.Mutex
	keys    []coveo.APIKey
	deleted []string
}

func (s *slowAPI) ListAPIKeys(context.Context) ([]coveo.APIKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.keys), s.err
}

func (s *slowAPI) DeleteAPIKey(ctx context.Context, id string) error {
	if s.begun != nil {
		close(s.begun)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(s.takes):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.deleted = append(s.deleted, id)
	}
	return s.err
}

// keeping is a keeper with n open keys.
func keeping(t *testing.T, n int, api *slowAPI) (*Keeper, []*openKey) {
	t.Helper()
	next := 0
	keeper := NewKeeper(func() string {
		next++
		return fmt.Sprintf("R%d", next)
	})
	var open []*openKey
	for i := range n {
		key, err := keeper.begin("run", "at noon", api)
		if err != nil {
			t.Fatal(err)
		}
		key.made(fmt.Sprintf("id%d", i), "at noon")
		close(key.settled)
		open = append(open, key)
	}
	return keeper, open
}

// The command line kills the provider 2 s after it said goodbye, so keys are revoked side by side.
func TestKeeper_stopRevokesAllAtOnce(t *testing.T) {
	t.Parallel()
	api := &slowAPI{takes: 300 * time.Millisecond}
	keeper, _ := keeping(t, 20, api)
	// One after the other they would take six.
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	if err := keeper.Stop(ctx); err != nil {
		t.Error(err)
	}
	if len(api.deleted) != 20 {
		t.Errorf("%d keys were deleted", len(api.deleted))
	}
}

func TestKeeper_stopEndsInTimeAndNamesWhatIsLeft(t *testing.T) {
	t.Parallel()
	api := &slowAPI{takes: time.Hour}
	keeper, _ := keeping(t, 3, api)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begun := time.Now()
	err := keeper.Stop(ctx)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the stop took %s", took)
	}
	for _, words := range []string{`"run-r1" (ID id0), which ends at noon`, `"run-r2" (ID id1)`, `"run-r3" (ID id2)`} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q is not in %v", words, err)
		}
	}
}

// A request that is under way may still make a key.
func TestKeeper_stopWaitsForTheAnswer(t *testing.T) {
	t.Parallel()
	api := &slowAPI{}
	keeper, _ := keeping(t, 0, api)
	key, err := keeper.begin("run", "at noon", api)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(50*time.Millisecond, func() {
		key.made("late", "at noon")
		close(key.settled)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := keeper.Stop(ctx); err != nil || !slices.Equal(api.deleted, []string{"late"}) {
		t.Errorf("%v, deleted %v", err, api.deleted)
	}
	if _, err := keeper.begin("run", "at noon", api); !errors.Is(err, errStopped) {
		t.Errorf("a stopped keeper says %v", err)
	}
}

// Where the answer does not come in time, the key is looked for by its name, and only by that.
func TestKeeper_stopFindsByName(t *testing.T) {
	t.Parallel()
	api := &slowAPI{keys: []coveo.APIKey{
		{ID: "other", DisplayName: "run"}, {ID: "another", DisplayName: "run-r2"}, {ID: "ours", DisplayName: "run-r1"}, {DisplayName: "run-r1"},
	}}
	keeper, _ := keeping(t, 0, api)
	if _, err := keeper.begin("run", "at noon", api); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := keeper.Stop(ctx); err != nil || !slices.Equal(api.deleted, []string{"ours"}) {
		t.Errorf("%v, deleted %v", err, api.deleted)
	}
}

func TestKeeper_closedKeysAreNotRevokedAgain(t *testing.T) {
	t.Parallel()
	api := &slowAPI{}
	keeper, open := keeping(t, 2, api)
	if _, err := open[0].revoke(t.Context(), api); err != nil {
		t.Fatal(err)
	}
	keeper.forget(open[0])
	for range 2 {
		if err := keeper.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if !slices.Equal(api.deleted, []string{"id0", "id1"}) {
		t.Errorf("deleted %v", api.deleted)
	}
}

// A closing that waits for its turn does not hold up a process that ends.
func TestKeeper_stopWaitsForNoClosing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	api := &slowAPI{}
	keeper, open := keeping(t, 1, api)
	closing := make(chan struct{})
	stuck := &slowAPI{takes: time.Hour, begun: closing}
	go func() { _, _ = open[0].revoke(ctx, stuck) }()
	<-closing
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		stopped <- keeper.Stop(ctx)
	}()
	select {
	case err := <-stopped:
		if err != nil || !slices.Equal(api.deleted, []string{"id0"}) {
			t.Errorf("%v, deleted %v", err, api.deleted)
		}
	case <-time.After(20 * time.Second):
		t.Error("the stop waits for the closing")
	}
}
