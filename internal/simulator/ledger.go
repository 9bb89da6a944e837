// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import "time"

// EventKind is the kind of a recorded event.
type EventKind string

// The kinds of events. The overview is documented to count the first three; views appear only where there are any.
const (
	Search EventKind = "search"
	Click  EventKind = "click"
	Custom EventKind = "custom"
	View   EventKind = "view"
)

// counts are numbers of events by kind. Single events are not kept: no answer needs them, and tests log millions.
type counts map[EventKind]int64

// settling are the events that one accepted deletion covers.
type settling struct {
	accepted time.Time
	events   counts
}

// person is what the organization holds on one user ID.
type person struct {
	// recorded are events that no deletion covers yet. A later deletion moves them, so an event that arrives after an
	// acceptance is untouched by it; the contract is silent and this is the prudent reading.
	recorded  counts
	settling  []settling
	deletions int
	// history is when and how the events came, newest last. Coalesced, since tests log millions.
	history []batch
	// known says that there ever were events.
	known bool
}

type ledger struct {
	people map[string]*person
	// now is when an event is recorded that does not say itself.
	now func() time.Time
}

func newLedger() ledger { return ledger{people: map[string]*person{}} }

func (l *ledger) person(userID string) *person {
	p := l.people[userID]
	if p == nil {
		p = &person{recorded: counts{}}
		l.people[userID] = p
	}
	return p
}

func (l *ledger) record(userID string, kind EventKind, n int64) {
	l.recordBatch(userID, batch{kind: kind, n: n, at: l.now()})
}

func (l *ledger) recordBatch(userID string, events batch) {
	if events.n <= 0 {
		return
	}
	p := l.person(userID)
	p.recorded[events.kind] += events.n
	p.known = true
	if last := len(p.history) - 1; last >= 0 && p.history[last].sameBut(events) {
		p.history[last].n += events.n
		return
	}
	p.history = append(p.history, events)
}

func (l *ledger) delete(userID string, now time.Time, settleAfter time.Duration) {
	p := l.person(userID)
	p.deletions++
	if settleAfter > 0 && len(p.recorded) > 0 {
		p.settling = append(p.settling, settling{accepted: now, events: p.recorded})
	}
	p.recorded = counts{}
}

// visible are the kinds with events that can be seen now.
func (l *ledger) visible(userID string, now time.Time, settleAfter time.Duration) counts {
	visible := counts{}
	p := l.people[userID]
	if p == nil {
		return visible
	}
	for kind, n := range p.recorded {
		visible[kind] += n
	}
	unfinished := p.settling[:0]
	for _, deletion := range p.settling {
		elapsed := now.Sub(deletion.accepted)
		if elapsed >= settleAfter {
			continue
		}
		unfinished = append(unfinished, deletion)
		for kind, n := range deletion.events {
			if 2*elapsed >= settleAfter {
				n -= n / 2
			}
			visible[kind] += n
		}
	}
	p.settling = unfinished
	return visible
}

// Log records n events of a user, as if an interface had sent them.
func (o *Organization) Log(userID string, kind EventKind, n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ledger.record(userID, kind, int64(n))
}

// Events are the events of a user that are visible now, by kind; kinds without any are left out.
func (o *Organization) Events(userID string) map[string]int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	visible := map[string]int64{}
	for kind, n := range o.ledger.visible(userID, o.now(), o.options.SettleAfter) {
		visible[string(kind)] = n
	}
	return visible
}

// Deletions is how many deletions of a user's data were processed, whether or not their answers arrived.
func (o *Organization) Deletions(userID string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if p := o.ledger.people[userID]; p != nil {
		return p.deletions
	}
	return 0
}

// TotalDeletions is how many deletions were processed for anybody.
func (o *Organization) TotalDeletions() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	total := 0
	for _, p := range o.ledger.people {
		total += p.deletions
	}
	return total
}
