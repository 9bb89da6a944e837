// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// Keeper knows the keys for one run that are open, from just before each is asked for until it is known to be gone. Terraform
// skips closing whenever something fails that uses what was opened, so the process that opened a key revokes it when it ends.
// It is made where the process begins, and is safe for use by many goroutines.
type Keeper struct {
	random func() string

	mu      sync.Mutex
	stopped bool
	open    map[string]*openKey // by its unique name
}

// NewKeeper makes the keeper of one process. random gives texts that nobody can guess and that never repeat, such as
// crypto/rand.Text.
func NewKeeper(random func() string) *Keeper {
	return &Keeper{random: random, open: map[string]*openKey{}}
}

// revoker is what revoking a key takes of the API.
type revoker interface {
	ListAPIKeys(ctx context.Context) ([]coveo.APIKey, error)
	DeleteAPIKey(ctx context.Context, id string) error
}

// openKey is one key for one run.
type openKey struct {
	// name is the display name, which no other key has.
	name string
	// urgent revokes without waiting for its turn.
	urgent revoker
	// settled is closed once the request for the key was answered, or its answer is known to be lost.
	settled chan struct{}

	mu   sync.Mutex // guards the rest, and is not held during calls: a process that ends waits for no closing
	id   string     // empty until the answer came, and for ever where that was lost
	ends string     // when it ends by itself, in words
	gone bool
}

// errStopped is what whoever asks for a key too late gets.
var errStopped = errors.New("the provider is being stopped")

// begin takes note of a key that is about to be asked for, and gives it a name that no other key has.
func (k *Keeper) begin(prefix, ends string, urgent revoker) (*openKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stopped {
		return nil, errStopped
	}
	key := &openKey{name: prefix + nameSeparator + strings.ToLower(k.random()), urgent: urgent, settled: make(chan struct{}), ends: ends}
	k.open[key.name] = key
	return key, nil
}

// nameSeparator stands between what the configuration calls a key and what makes its name unique.
const nameSeparator = "-"

// find is the open key of a name, nil where there is none.
func (k *Keeper) find(name string) *openKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.open[name]
}

// forget ends the care for a key that is gone, or was never made.
func (k *Keeper) forget(key *openKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.open, key.name)
}

// made takes note of the answer.
func (o *openKey) made(id, ends string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.id, o.ends = id, ends
}

// revocation is what became of an attempt to revoke.
type revocation struct {
	// ids are the keys that are gone by it.
	ids []string
	// unseen is true where the key's ID is not known and no key of its name shows.
	unseen bool
}

// revoke deletes the key. Where the answer that would have named it was lost, it is looked for by its name: that was made up
// for this one request, so whatever bears it is ours.
func (o *openKey) revoke(ctx context.Context, api revoker) (revocation, error) {
	o.mu.Lock()
	id, gone := o.id, o.gone
	o.mu.Unlock()
	if gone {
		return revocation{}, nil
	}
	ids := []string{id}
	if id == "" {
		keys, err := api.ListAPIKeys(ctx)
		if err != nil {
			return revocation{}, err
		}
		ids = nil
		for _, key := range keys {
			if key.DisplayName == o.name && key.ID != "" {
				ids = append(ids, key.ID)
			}
		}
		if len(ids) == 0 {
			return revocation{unseen: true}, nil
		}
	}
	for _, id := range ids {
		o.found(id)
		if err := api.DeleteAPIKey(ctx, id); err != nil {
			return revocation{}, err
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.gone = true
	return revocation{ids: ids}, nil
}

// found takes note of the ID of a key that was looked for by its name.
func (o *openKey) found(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.id = id
}

// String names a key in words, for whoever has to remove it by hand.
func (o *openKey) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.id == "" {
		return fmt.Sprintf("%q, whose ID is not known, and which ends %s if it exists", o.name, o.ends)
	}
	return fmt.Sprintf("%q (ID %s), which ends %s", o.name, o.id, o.ends)
}

// Stop revokes every key that is still open, all at once, and lets none be opened any more. It returns when that is done, or
// when ctx ends, and its error names the keys that are left. Requests for keys that are under way are waited for.
func (k *Keeper) Stop(ctx context.Context) error {
	k.mu.Lock()
	k.stopped = true
	left := maps.Clone(k.open)
	k.mu.Unlock()
	type outcome struct {
		key *openKey
		err error
	}
	outcomes := make(chan outcome, len(left))
	for _, key := range left {
		go func() { outcomes <- outcome{key, key.stop(ctx)} }()
	}
	problems := map[string]error{}
	for range len(left) {
		select {
		case <-ctx.Done():
			for name, key := range left {
				problems[name] = fmt.Errorf("key for one run not revoked in time: %s", key)
			}
			return joined(problems)
		case o := <-outcomes:
			delete(left, o.key.name)
			if o.err != nil {
				problems[o.key.name] = fmt.Errorf("key for one run not revoked: %s: %w", o.key, o.err)
				continue
			}
			k.forget(o.key)
		}
	}
	return joined(problems)
}

func joined(problems map[string]error) error {
	var all []error
	for _, name := range slices.Sorted(maps.Keys(problems)) {
		all = append(all, problems[name])
	}
	return errors.Join(all...)
}

// stop revokes the key once the request for it is answered. It waits for that half of the time there is: the other half is
// for looking for the key by its name.
func (o *openKey) stop(ctx context.Context) error {
	patience := ctx
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		patience, cancel = context.WithTimeout(ctx, time.Until(deadline)/2)
		defer cancel()
	}
	select {
	case <-o.settled:
	case <-patience.Done():
	}
	_, err := o.revoke(ctx, o.urgent)
	return err
}
