// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure_test

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const day = 24 * time.Hour

// looks is how many overviews were asked for since the last call.
func (w *world) looks() func() int {
	last := 0
	return func() int {
		now := w.Calls(simulator.UserOverview)
		defer func() { last = now }()
		return now - last
	}
}

func TestAccUserDataDeletion_RefreshFollowsTheErasure(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 20 * day})
	advance := func(d time.Duration) func() { return func() { w.clock.Advance(d) } }
	config := w.config("")
	w.run(
		w.step(config, 2, create, state("status", text("submitted")), state("verified_at", knownvalue.Null())),
		w.step(config, 0, advance(day), noop, state("status", text("submitted"))),
		w.step(config, 0, advance(10*day), state("status", text("settling")), state("events_at_request", number(16)), state("verified_at", text("2026-12-03T09:00:00Z"))),
		w.step(config, 0, advance(day), state("status", text("settling")), state("verified_at", text("2026-12-03T09:00:00Z"))),
		w.step(config, 0, advance(10*day), state("status", text("zero_observed")), state("events_remaining", number(0)), state("verified_at", text("2026-12-14T09:00:00Z"))),
		w.step(config, 0, func() { w.Log(visitor, simulator.Search, 2); w.clock.Advance(2 * day) }, state("status", text("reappeared")), state("events_remaining", number(2))),
		w.step(config, 0, func() { w.Log(visitor, simulator.Search, 2); w.clock.Advance(60 * day) }, noop, state("events_remaining", number(2))),
	)
	w.deletions(2)
}

func TestAccUserDataDeletion_RefreshKeepsToItsIntervalAndEnd(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 20 * day})
	config := w.config("verify_interval = \"48h\"\nverify_for = \"P10D\"")
	looks := w.looks()
	expect := func(name string, want int) func() {
		return func() {
			if got := looks(); got != want {
				t.Errorf("%s: %d looks, want %d", name, got, want)
			}
		}
	}
	w.run(
		w.step(config, 2, create),
		w.step(config, 0, func() { looks(); w.clock.Advance(47 * time.Hour) }, noop),
		w.step(config, 0, expect("within the interval", 0), func() { w.clock.Advance(time.Hour) }),
		w.step(config, 0, func() {
			if looks() == 0 {
				t.Error("after the interval nobody was looked up")
			}
			w.clock.Advance(8 * day)
		}, noop),
		w.step(config, 0, expect("after verify_for", 0), noop),
	)
}

func TestAccUserDataDeletion_RefreshWithoutTheOverviewPrivilege(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.token = "xxeraser"
	w.AddToken(w.token, simulator.ErasurePrivilege())
	config := w.config("")
	w.run(
		w.step(config, 2, create, state("status", text("submitted")), state("events_at_request", knownvalue.Null())),
		w.step(config, 0, func() { w.clock.Advance(2 * day) }, noop, state("status", text("submitted"))),
		w.step(config, 0, func() { w.clock.Advance(27 * day) }, state("status", text("unverified"))),
	)
	w.deletions(2)
}

func TestAccUserDataDeletion_NothingWasThereBefore(t *testing.T) {
	for name, readings := range map[string]simulator.Readings{
		"an unknown person is answered with zeros": {},
		"an unknown person is answered with 404":   {UnknownUserNotFound: true, UnknownUserDeletionNotFound: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{Readings: readings})
			w.vault["DSR-1"] = []string{"nobody@example.com-google"}
			w.run(
				w.step(w.config(""), 1, create, state("status", text("zero_observed")), state("events_at_request", number(0))),
				w.step(w.config(""), 0, func() { w.clock.Advance(2 * day) }, noop),
			)
			w.deletions(1)
		})
	}
}

func TestAccUserDataDeletion_CountsRequests(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	looks := w.looks()
	w.run(
		resource.TestStep{Config: w.config(""), PlanOnly: true, ExpectNonEmptyPlan: true},
		w.step(w.config(""), 2, func() { looks() }, create),
		w.step(w.config(""), 0, func() {
			// One for the plan and one for the apply, which its own plan and the last check share, for each of two identifiers.
			if got := looks(); got != 4 {
				t.Errorf("an erasure of two identifiers took %d looks, want 4", got)
			}
		}, noop),
	)
	if got := looks(); got != 0 {
		t.Errorf("a record within its interval took %d looks", got)
	}
}

func TestAccUserDataDeletion_RefreshOnlyStoresWhatItSaw(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	config := w.config("verify_interval = \"0s\"")
	w.run(
		w.step(config, 2, create, state("status", text("submitted"))),
		resource.TestStep{RefreshState: true},
		w.step(config, 0, plancheck.ExpectEmptyPlan(), state("status", text("zero_observed"))),
	)
	w.deletions(2)
}
