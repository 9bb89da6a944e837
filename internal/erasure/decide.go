// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"errors"
	"slices"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// Decide is the decision table.
func Decide(s Situation) Decision {
	if s.Record == nil {
		return s.create()
	}
	if s.Record.Runs > 0 {
		if refusal := s.sameperson(); refusal != nil {
			return Decision{Row: 13, Refusal: refusal}
		}
	}
	switch status := s.Record.Status; {
	case status == Waiting, status == Simulated:
		return s.pending()
	case status == Incomplete, status == Abandoned:
		return s.resume()
	case status.Accepted():
		return s.accepted()
	}
	return Decision{Refusal: &Refusal{Kind: RefuseStatusNotInTable}}
}

// create is rows 1 to 3.
func (s Situation) create() Decision {
	switch {
	case s.Want.Problem != nil:
		return Decision{Row: 3, Refusal: &Refusal{Kind: RefuseVault, Reason: s.Want.Problem}}
	case !s.Want.Known:
		return Decision{Row: 3, Refusal: &Refusal{Kind: RefuseNotInVault}}
	case s.Keys == nil:
		return Decision{Row: 3, Refusal: &Refusal{Kind: RefuseKeys, Reason: s.KeysProblem}}
	}
	d := s.fresh(Record{Case: s.Want.Case, RequestNumber: 1})
	d.Row = 1
	if len(d.Send) == 0 && !d.Unknown {
		d.Row = 2
	}
	return d
}

// fresh decides for a record that never ran: whom it names is taken anew each time.
func (s Situation) fresh(record Record) Decision {
	byDigest := s.digests(s.Keys.Current())
	record.Case = s.Want.Case
	record.Identifiers = map[string]Identifier{}
	for digest := range byDigest {
		record.Identifiers[digest] = Identifier{Status: Waiting}
	}
	record.Unerased = number(len(byDigest))
	record.Review = s.Review(record.RequestNumber, record.Digests())
	gates := s.Gates(record.Review, s.Want.IDs)
	record.BlockedBy = gates.Shut
	switch {
	case gates.Unknown:
		return Decision{Planned: record, Unknown: true, Notice: NoticeUnknown}
	case len(gates.Shut) > 0:
		if record.Status != Simulated {
			record.Status = Waiting
		}
		return Decision{Planned: record, Gates: gates, Notice: NoticeWaits}
	case s.Simulate:
		record.Status = Simulated
		return Decision{Planned: record, Notice: NoticeSimulated}
	}
	return s.run(record, byDigest)
}

// pending is rows 4 and 5, and the way back of row 12.
func (s Situation) pending() Decision {
	record := s.Record.clone()
	if record.Runs > 0 {
		return s.again(record)
	}
	if !s.Want.Known || s.Keys == nil {
		return Decision{Row: 5, Planned: record, Notice: NoticeNotNamed}
	}
	d := s.fresh(record)
	d.Row = 5
	if len(d.Send) > 0 || d.Unknown {
		d.Row = 4
	}
	return d
}

// again decides on a further request of a record that ran before and waits for it.
func (s Situation) again(record Record) Decision {
	switch {
	case s.Want.TriggersUnknown:
		return Decision{Row: 12, Planned: record, Unknown: true, Notice: NoticeUnknown}
	case !s.triggersChanged():
		record.summarize()
		record.BlockedBy = nil
		if record.Executed != nil {
			record.Review = *record.Executed
		}
		return Decision{Row: 12, Planned: record, Notice: NoticeReverted}
	}
	d := s.request(record)
	d.Row = 5
	if len(d.Send) > 0 || d.Unknown {
		d.Row = 4
	}
	return d
}

// resume is rows 6 to 8.
func (s Situation) resume() Decision {
	record := s.Record.clone()
	if (s.Want.Problem != nil && !s.Want.Known) || errors.Is(s.KeysProblem, subject.ErrDigestKeysUnknown) {
		// A vault that cannot be read says nothing about who is in it, nor do keys that are not known yet.
		return Decision{Row: 7, Planned: record, Notice: NoticeNotNamed}
	}
	send := map[string]string{}
	if s.Want.Known && s.hasKey() {
		named := s.digests(s.recordKey())
		for _, digest := range record.missing() {
			if id, ok := named[digest]; ok {
				send[digest] = id
			}
		}
	}
	if len(send) == 0 {
		record.Status = Abandoned
		record.BlockedBy = nil
		return Decision{Row: 8, Planned: record, Notice: NoticeAbandoned}
	}
	further := s.further()
	record.Review = s.Review(record.RequestNumber, record.Digests())
	gates := s.gates(record.Review, values(send))
	record.BlockedBy = gates.Shut
	if gates.Unknown {
		return Decision{Row: 6, Planned: record, Unknown: true, Notice: NoticeUnknown}
	}
	if len(gates.Shut) > 0 {
		return Decision{Row: 7, Planned: record, Gates: gates, Notice: NoticeWaits}
	}
	d := s.run(record, send)
	d.Row, d.Further = 6, further
	d.Planned.RequestNumber = record.RequestNumber
	d.Planned.Unerased = number(further)
	return d
}

// accepted is rows 9 to 12.
func (s Situation) accepted() Decision {
	record := s.Record.clone()
	if s.Want.TriggersUnknown {
		return Decision{Row: 11, Planned: record, Unknown: true, Notice: NoticeUnknown}
	}
	if s.triggersChanged() {
		d := s.request(record)
		d.Row = 12
		if len(d.Send) > 0 || d.Unknown {
			d.Row = 11
		}
		return d
	}
	if !s.Want.Known || !s.hasKey() {
		return Decision{Row: 9, Planned: record}
	}
	further := s.further()
	if further == 0 {
		if record.Unerased != nil {
			record.Unerased = number(0)
		}
		return Decision{Row: 9, Planned: record}
	}
	record.Unerased = number(further)
	return Decision{Row: 10, Planned: record, Notice: NoticeFurther, Further: further}
}

// request decides on a further request of a record that ran before: everyone in the vault, under the record's own key.
func (s Situation) request(record Record) Decision {
	named := s.digests(s.recordKey())
	// What is approved is everyone whom the record will name, whether a later resume sends all of them or some.
	all := record.Digests()
	for digest := range named {
		all = append(all, digest)
	}
	slices.Sort(all)
	record.Review = s.Review(record.RequestNumber+1, slices.Compact(all))
	gates := s.gates(record.Review, s.Want.IDs)
	record.BlockedBy = gates.Shut
	if gates.Unknown {
		return Decision{Planned: record, Unknown: true, Notice: NoticeUnknown}
	}
	if len(gates.Shut) > 0 {
		record.Status = Waiting
		return Decision{Planned: record, Gates: gates, Notice: NoticeWaits}
	}
	return s.run(record, named)
}

// run plans to send. It is the only place where runs rises.
func (s Situation) run(record Record, send map[string]string) Decision {
	if record.Runs > 0 {
		record.RequestNumber++
	}
	record.Runs++
	record.BlockedBy = nil
	record.Unerased = number(0)
	for digest := range send {
		if _, ok := record.Identifiers[digest]; !ok {
			record.Identifiers[digest] = Identifier{Status: Waiting}
		}
	}
	return Decision{Planned: record, Send: send, Notice: NoticeErase}
}

// gates looks at the gates of a record that ran before, for which simulating is one more.
func (s Situation) gates(review Review, ids []string) GateState {
	if s.Simulate {
		return GateState{Shut: []string{GateSimulate}}
	}
	return s.Gates(review, ids)
}

// sameperson is row 13: a record that ran speaks of the people it was executed for, and of nobody else.
func (s Situation) sameperson() *Refusal {
	if s.Want.Known && s.hasKey() {
		named := s.digests(s.recordKey())
		if !slices.ContainsFunc(s.Record.Digests(), func(digest string) bool { _, ok := named[digest]; return ok }) {
			return &Refusal{Kind: RefuseSomeoneElse}
		}
		return nil
	}
	if s.Want.Renamed {
		return &Refusal{Kind: RefuseNotComparable, Reason: s.Want.Problem}
	}
	if s.triggersChanged() {
		if s.Want.Known {
			return &Refusal{Kind: RefuseTriggersNoKey, Reason: s.KeysProblem}
		}
		return &Refusal{Kind: RefuseTriggersUnnamed, Reason: s.Want.Problem}
	}
	return nil
}

// triggersChanged compares with the last executed request. An empty map asks for nothing.
func (s Situation) triggersChanged() bool {
	if s.Want.TriggersUnknown || len(s.Want.Triggers) == 0 {
		return false
	}
	if len(s.Want.Triggers) != len(s.Record.Triggers) {
		return true
	}
	for key, value := range s.Want.Triggers {
		if other, ok := s.Record.Triggers[key]; !ok || other != value {
			return true
		}
	}
	return false
}

// recordKey is the digest key that the record was executed with.
func (s Situation) recordKey() string {
	for digest := range s.Record.Identifiers {
		return subject.KeyID(digest)
	}
	return ""
}

func (s Situation) hasKey() bool { return s.Keys != nil && s.Keys.Has(s.recordKey()) }

func (s Situation) digests(keyID string) map[string]string {
	out := make(map[string]string, len(s.Want.IDs))
	for _, id := range s.Want.IDs {
		out[s.Keys.Digest(keyID, id)] = id
	}
	return out
}

// further counts the named identifiers that the record does not cover.
func (s Situation) further() int {
	n := 0
	for digest := range s.digests(s.recordKey()) {
		if _, ok := s.Record.Identifiers[digest]; !ok {
			n++
		}
	}
	return n
}

func values(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for _, value := range m {
		out = append(out, value)
	}
	slices.Sort(out)
	return out
}

func number(n int) *int64 {
	v := int64(n)
	return &v
}
