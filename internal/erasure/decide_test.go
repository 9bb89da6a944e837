// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// fakeKeys digests readably.
type fakeKeys struct {
	current string
	all     []string
}

func (k fakeKeys) Has(id string) bool             { return slices.Contains(k.all, id) }
func (k fakeKeys) Current() string                { return k.current }
func (k fakeKeys) Digest(keyID, id string) string { return keyID + ":" + id }

// TestDecide_SendsOnlyWhereTheTableSays tries every combination of what a decision depends on, and holds each outcome
// against what no combination may break.
func TestDecide_SendsOnlyWhereTheTableSays(t *testing.T) {
	var (
		accepted = Identifier{Status: Submitted}
		failed   = Identifier{Status: Failed}
		zero     = Identifier{Status: ZeroObserved}
	)
	records := map[string]*Record{"none": nil}
	for _, status := range []Status{Waiting, Simulated} {
		records[string(status)] = &Record{Status: status, Identifiers: map[string]Identifier{"k1:a": {Status: Waiting}, "k1:b": {Status: Waiting}}}
	}
	for _, status := range []Status{Incomplete, Abandoned} {
		records[string(status)] = &Record{Status: status, Runs: 1, Identifiers: map[string]Identifier{"k1:a": accepted, "k1:b": failed}}
	}
	for _, status := range []Status{Submitted, Settling, ZeroObserved, StillVisible, Reappeared, Unverified, Waiting} {
		records["ran "+string(status)] = &Record{Status: status, Runs: 1, Identifiers: map[string]Identifier{"k1:a": {Status: status}, "k1:b": zero}}
	}
	records["a status of a later release"] = &Record{Status: "dissolved", Runs: 1, Identifiers: map[string]Identifier{"k1:a": accepted}}
	wants := map[string]Want{
		"same":       {Known: true, IDs: []string{"a", "b"}},
		"fewer":      {Known: true, IDs: []string{"a"}},
		"only b":     {Known: true, IDs: []string{"b"}},
		"more":       {Known: true, IDs: []string{"a", "b", "c"}},
		"others":     {Known: true, IDs: []string{"c"}},
		"gone":       {},
		"unreadable": {Problem: errors.New("unreadable")},
	}
	triggers := map[string]map[string]string{"none": nil, "as executed": {"x": "1"}, "changed": {"x": "2"}, "added": {"x": "1", "y": "1"}, "unknown": {"?": "?"}}
	keyrings := map[string]Keys{"same": fakeKeys{"k1", []string{"k1"}}, "added": fakeKeys{"k2", []string{"k1", "k2"}}, "retired": fakeKeys{"k2", []string{"k2"}}, "none": nil}
	states := map[string]GateState{"open": {}, "shut": {Shut: []string{GateMaxEvents}}, "unknown": {Unknown: true}}
	rows := map[int]int{}
	sent := 0
	for recordName, record := range records {
		if record != nil {
			record.RequestNumber = 1
			if record.Runs > 0 {
				record.Triggers = map[string]string{"x": "1"}
			}
		}
		for wantName, want := range wants {
			for triggersName, trigger := range triggers {
				for keysName, keys := range keyrings {
					for gateName, gate := range states {
						for _, renamed := range []bool{false, true} {
							for _, simulate := range []bool{false, true} {
								want.Triggers, want.TriggersUnknown, want.Renamed = trigger, triggersName == "unknown", renamed
								asked := 0
								s := Situation{Record: record, Want: want, Keys: keys, Simulate: simulate, Gates: func(Review, []string) GateState { asked++; return gate },
									Review: func(n int64, digests []string) Review { return Review{Statement: fmt.Sprint(n, digests)} }}
								if keys == nil {
									s.KeysProblem = subject.ErrNoDigestKey
								}
								var before Record
								if record != nil {
									before = record.clone()
								}
								d := Decide(s)
								name := strings.Join([]string{recordName, wantName, "triggers " + triggersName, "keys " + keysName, "gates " + gateName}, ", ")
								if renamed {
									name += ", renamed"
								}
								if simulate {
									name += ", simulated"
								}
								rows[d.Row]++
								if len(d.Send) > 0 {
									sent++
								}
								check(t, name, s, before, d, gate, asked)
							}
						}
					}
				}
			}
		}
	}
	for row := 1; row <= 13; row++ {
		if rows[row] == 0 {
			t.Errorf("no combination came to row %d, so this test does not cover it", row)
		}
	}
	if sent == 0 {
		t.Error("no combination sends, so this test shows nothing")
	}
}

func check(t *testing.T, name string, s Situation, before Record, d Decision, gate GateState, asked int) {
	t.Helper()
	fail := func(what string) {
		t.Errorf("%s: %s (row %d, send %v, runs %d → %d)", name, what, d.Row, d.Send, before.Runs, d.Planned.Runs)
	}
	if s.Record != nil && !reflect.DeepEqual(before, s.Record.clone()) {
		fail("the decision edited the record that it was given")
	}
	if asked > 1 {
		fail("the gates were asked more than once")
	}
	if d.Refusal != nil {
		if len(d.Send) > 0 || d.Unknown || asked > 0 {
			fail("a refusal sends, waits or asks")
		}
		return
	}
	if d.Row == 0 {
		fail("an outcome without a row")
	}
	if rises := d.Planned.Runs == before.Runs+1; rises != (len(d.Send) > 0) || (!rises && d.Planned.Runs != before.Runs) {
		fail("runs does not rise exactly where something is sent")
	}
	if d.Unknown && len(d.Send) > 0 {
		fail("undecided, and sends")
	}
	if slices.Contains([]int{8, 9, 10}, d.Row) && !reflect.DeepEqual(before.Review, d.Planned.Review) {
		fail("an executed record's review is rewritten")
	}
	if len(d.Send) == 0 {
		if s.Record != nil && s.Record.Runs > 0 && !maps.Equal(before.Identifiers, d.Planned.Identifiers) {
			fail("evidence changed though nothing is sent")
		}
		return
	}
	if !slices.Contains([]int{1, 4, 6, 11}, d.Row) {
		fail("a row that may not send")
	}
	if len(gate.Shut) > 0 || gate.Unknown || s.Simulate || asked == 0 {
		fail("sent past a gate")
	}
	if !s.Want.Known || s.Keys == nil {
		fail("sent for nobody that is named")
	}
	number := before.RequestNumber
	if s.Record == nil {
		number = 1
	} else if before.Runs > 0 && before.Status != Incomplete && before.Status != Abandoned {
		number++
	}
	if d.Planned.Review.Statement != fmt.Sprint(number, d.Planned.Digests()) {
		fail("reviewed was another request than is sent: " + d.Planned.Review.Statement)
	}
	for digest, id := range d.Send {
		if !slices.Contains(s.Want.IDs, id) || !strings.HasSuffix(digest, ":"+id) {
			fail("sends what the vault does not name")
		}
		if _, planned := d.Planned.Identifiers[digest]; !planned {
			fail("sends what the plan does not show")
		}
	}
	if s.Record == nil {
		return
	}
	changed := len(s.Want.Triggers) > 0 && !s.Want.TriggersUnknown && !maps.Equal(s.Want.Triggers, s.Record.Triggers)
	switch {
	case before.Status == Incomplete || before.Status == Abandoned:
		for digest := range d.Send {
			if before.Identifiers[digest].accepted() || before.Identifiers[digest].Status == "" {
				fail("a resume sends what was accepted, or is not its own")
			}
		}
		if d.Planned.RequestNumber != before.RequestNumber {
			fail("a resume is counted as a request of its own")
		}
	case before.Runs > 0:
		if !changed {
			fail("an executed record is sent again without new triggers")
		}
		if d.Planned.RequestNumber != before.RequestNumber+1 {
			fail("a further request is not counted")
		}
	}
	if before.Runs > 0 {
		for digest := range d.Send {
			if subject.KeyID(digest) != "k1" {
				fail("an executed record changed its digest key")
			}
		}
		for digest := range before.Identifiers {
			if _, kept := d.Planned.Identifiers[digest]; !kept {
				fail("evidence is dropped")
			}
		}
	}
}
