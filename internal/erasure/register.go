// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Register sees every record of one walk of Terraform (one plan, or one apply), which no single resource does: that a case
// already has a record, that two cases name one person, that a record is about to be replaced, how many cases a run erases.
// It lives in what Configure makes, never longer.
type Register struct {
	max int64

	mu         sync.Mutex
	existing   map[string]Entry    // by record
	byCase     map[string]string   // case to record
	byDigest   map[string]string   // digest of an open record to record
	closed     map[string]string   // digest of a closed record without a case to record
	newOpenly  map[string]string   // digest of a create without a case to its label
	newCases   map[string]string   // case of a create to its label
	newDigests map[string]string   // digest of a create to its label
	runs       map[string]struct{} // records and creates that run
	sent       map[string]string   // identifier that a run sends, to the run's key; in memory only
	labels     map[string]string   // by run's key
	creates    int
}

// NewRegister makes a register for a walk in which at most limit cases may run.
func NewRegister(limit int64) *Register {
	return &Register{
		max: limit, existing: map[string]Entry{}, byCase: map[string]string{}, byDigest: map[string]string{},
		closed: map[string]string{}, newOpenly: map[string]string{}, newCases: map[string]string{}, newDigests: map[string]string{},
		runs: map[string]struct{}{}, sent: map[string]string{}, labels: map[string]string{},
	}
}

// Entry is a record as the register sees it.
type Entry struct {
	ID      string // the record's, empty for a create
	Case    string
	Digests []string
	Open    bool
}

// Label names an entry in messages, without naming a person.
func (e Entry) Label() string {
	if e.Case != "" {
		return e.Case
	}
	if len(e.Digests) == 0 {
		return "a record by user_ids"
	}
	return "the record by user_ids with the digest " + short(slices.Min(e.Digests))
}

// short keeps a digest recognizable in a sentence.
func short(digest string) string {
	keyID, hex, _ := strings.Cut(digest, ":")
	return keyID + ":" + hex[:min(len(hex), 12)] + "…"
}

func (e Entry) key() string {
	if e.ID != "" {
		return e.ID
	}
	return e.Case + "|" + strings.Join(e.Digests, ",")
}

// Conflict is why a create is refused.
type Conflict struct {
	Created, Other string // labels
	SamePerson     bool   // and not the same case
	Both           bool   // both are new
}

// Existing enters a record that state holds, and says whether it stands against a create that came first.
func (r *Register) Existing(e Entry) *Conflict {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := e.key()
	for _, digest := range r.existing[key].Digests {
		if r.byDigest[digest] == key {
			delete(r.byDigest, digest)
		}
	}
	r.existing[key] = e
	if e.Case != "" {
		r.byCase[e.Case] = key
		if created, ok := r.newCases[e.Case]; ok {
			return &Conflict{Created: created, Other: e.Label()}
		}
	}
	if !e.Open {
		if e.Case != "" {
			return nil
		}
		// Its digests are all that shows that a record without a case is replaced.
		for _, digest := range e.Digests {
			r.closed[digest] = key
			if created, ok := r.newOpenly[digest]; ok {
				return &Conflict{Created: created, Other: e.Label()}
			}
		}
		return nil
	}
	var conflict *Conflict
	for _, digest := range e.Digests {
		r.byDigest[digest] = key
		if created, ok := r.newDigests[digest]; ok {
			conflict = &Conflict{Created: created, Other: e.Label(), SamePerson: true}
		}
	}
	return conflict
}

// Create enters a record to be, with its digests under every key there is. It returns the key to run it by.
func (r *Register) Create(e Entry) (string, *Conflict) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.creates++
	key := fmt.Sprintf("create %d", r.creates)
	label := e.Label()
	var conflict *Conflict
	if e.Case != "" {
		if other, ok := r.byCase[e.Case]; ok {
			conflict = &Conflict{Created: label, Other: r.existing[other].Label()}
		} else if other, ok := r.newCases[e.Case]; ok {
			conflict = &Conflict{Created: label, Other: other, Both: true}
		}
		r.newCases[e.Case] = label
	}
	for _, digest := range e.Digests {
		if e.Case == "" {
			r.newOpenly[digest] = label
			if other, ok := r.closed[digest]; ok && conflict == nil {
				conflict = &Conflict{Created: label, Other: r.existing[other].Label()}
			}
		}
		if other, ok := r.byDigest[digest]; ok && conflict == nil {
			conflict = &Conflict{Created: label, Other: r.existing[other].Label(), SamePerson: true}
		}
		if other, ok := r.newDigests[digest]; ok && conflict == nil {
			conflict = &Conflict{Created: label, Other: other, SamePerson: true, Both: true}
		}
		r.newDigests[digest] = label
	}
	return key, conflict
}

// Renew enters a record that never ran, with whom it names now, and says whether another record or create names the same
// case or person: until it runs, the vault or an edit can still turn it to someone else.
func (r *Register) Renew(e Entry) *Conflict {
	r.mu.Lock()
	defer r.mu.Unlock()
	key, label := e.key(), e.Label()
	if other, ok := r.byCase[e.Case]; ok && e.Case != "" && other != key {
		return &Conflict{Created: label, Other: r.existing[other].Label()}
	}
	if other, ok := r.newCases[e.Case]; ok && e.Case != "" {
		return &Conflict{Created: label, Other: other, Both: true}
	}
	for _, digest := range e.Digests {
		if other, ok := r.byDigest[digest]; ok && other != key {
			return &Conflict{Created: label, Other: r.existing[other].Label(), SamePerson: true}
		}
		if other, ok := r.newDigests[digest]; ok {
			return &Conflict{Created: label, Other: other, SamePerson: true, Both: true}
		}
	}
	for _, digest := range e.Digests {
		r.byDigest[digest] = key
	}
	if e.Case != "" {
		r.byCase[e.Case] = key
	}
	return nil
}

// Overrun is why a run is refused.
type Overrun struct {
	Max   int64
	Cases int
	// Other is set when another run of the same walk sends one of the same identifiers.
	Other string
}

// Run counts a record or create that will send. It refuses the one that is too many, and one that would send an identifier
// that another sends already.
func (r *Register) Run(key, label string, ids []string) *Overrun {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		if other, ok := r.sent[id]; ok && other != key {
			return &Overrun{Other: r.labels[other]}
		}
	}
	for _, id := range ids {
		r.sent[id] = key
	}
	r.runs[key] = struct{}{}
	r.labels[key] = label
	if int64(len(r.runs)) > r.max {
		return &Overrun{Max: r.max, Cases: len(r.runs)}
	}
	return nil
}
