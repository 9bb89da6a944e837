// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure_test

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// One test for each row of the decision table, with the deletions that each step sends.

var (
	create = planned(plancheck.ResourceActionCreate)
	update = planned(plancheck.ResourceActionUpdate)
	noop   = planned(plancheck.ResourceActionNoop)
)

func TestAccUserDataDeletion_Row01_FirstApplyErasesEveryIdentifierOnce(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		w.step(w.config(""), 2,
			create, plannedValue("runs", number(1)), plannedValue("blocked_by", gates()),
			plannedValue("identifier_count", number(2)), plannedValue("request_number", number(1)), plannedValue("unerased_identifier_count", number(0)),
			state("status", text("submitted")), state("runs", number(1)), state("events_at_request", number(16)),
			state("requested_at", text("2026-11-22T09:00:00Z")), state("expected_by", text("2026-12-20T09:00:00Z")),
		),
		w.step(w.config(""), 0, noop),
	)
	w.deletions(2)
	if w.Deletions(alice) != 1 || w.Deletions(visitor) != 1 {
		t.Error("each identifier was to be erased exactly once")
	}
}

func TestAccUserDataDeletion_Row02_ShutGateRecordsWaiting(t *testing.T) {
	for name, tc := range map[string]struct {
		arguments, gate string
		erasure         string
		token           bool
	}{
		"not_before":                   {arguments: `not_before = "2026-12-01T00:00:00Z"`, gate: "not_before"},
		"max_events":                   {arguments: `max_events = 15`, gate: "max_events"},
		"max_events without looks":     {arguments: `max_events = 15`, gate: "max_events", token: true},
		"require_found":                {arguments: `require_found = true`, gate: "require_found"},
		"counts come after not_before": {arguments: "not_before = \"2026-12-01T00:00:00Z\"\nmax_events = 1", gate: "not_before"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			if name == "require_found" {
				w.vault["DSR-1"] = []string{"nobody@example.com-google"}
			}
			if tc.token {
				w.token = "xxeraser"
				w.AddToken(w.token, simulator.ErasurePrivilege())
			}
			w.run(
				w.step(w.config(tc.arguments), 0,
					create, plannedValue("runs", number(0)), plannedValue("blocked_by", gates(tc.gate)), plannedValue("status", text("waiting")),
					state("status", text("waiting")), state("runs", number(0)), state("requested_at", knownvalue.Null()),
				),
				w.step(w.config(tc.arguments), 0, noop),
			)
			w.deletions(0)
		})
	}
}

func TestAccUserDataDeletion_Row02_SimulationRecordsSimulated(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.erasure = "simulate = true"
	w.run(
		w.step(w.config("max_events = 16"), 0,
			create, plannedValue("runs", number(0)), plannedValue("blocked_by", gates()), state("status", text("simulated"))),
		w.step(w.config("max_events = 16"), 0, noop),
	)
	w.deletions(0)
}

func TestAccUserDataDeletion_Row03_UnknownCaseIsRefused(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.vault = map[string][]string{"DSR-2": {bob}}
	w.run(w.refused(w.config(""), "Case not in the vault: DSR-1"))
	w.deletions(0)
}

func TestAccUserDataDeletion_Row04_OpenedGateErases(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		w.step(w.config("max_events = 15"), 0, create, state("status", text("waiting"))),
		w.step(w.config("max_events = 16"), 2, update, plannedValue("runs", number(1)), plannedValue("blocked_by", gates()), state("status", text("submitted"))),
		w.step(w.config("max_events = 16"), 0, noop),
	)
	w.deletions(2)
}

func TestAccUserDataDeletion_Row04_TimeOpensNotBefore(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	arguments := `not_before = "2026-12-01T00:00:00Z"`
	w.run(
		w.step(w.config(arguments), 0, state("status", text("waiting"))),
		w.step(w.config(arguments), 2, func() { w.clock.Advance(9 * 24 * time.Hour) }, update, plannedValue("runs", number(1)), state("status", text("submitted"))),
	)
	w.deletions(2)
}

func TestAccUserDataDeletion_Row04_SimulatedBecomesReal(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.erasure = "simulate = true"
	simulated := w.config("")
	w.erasure = ""
	w.run(
		w.step(simulated, 0, state("status", text("simulated"))),
		w.step(w.config(""), 2, update, plannedValue("runs", number(1)), state("status", text("submitted"))),
	)
	w.deletions(2)
}

func TestAccUserDataDeletion_Row05_WaitingStays(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	shut := "max_events = 15"
	first := w.config(shut)
	w.vault = map[string][]string{"DSR-2": {bob}}
	gone := w.config(shut)
	w.vault = map[string][]string{"DSR-1": {alice, visitor, third}}
	grown := w.config(shut)
	w.erasure = "simulate = true"
	rehearsed := w.config("max_events = 16")
	w.run(
		w.step(first, 0, state("identifier_count", number(2)), state("unerased_identifier_count", number(2))),
		w.step(gone, 0, noop),
		w.step(grown, 0, update, plannedValue("identifier_count", number(3)), plannedValue("runs", number(0)), state("status", text("waiting"))),
		w.step(rehearsed, 0, update, plannedValue("runs", number(0)), state("status", text("simulated")), state("blocked_by", gates())),
		w.step(rehearsed, 0, noop),
	)
	w.deletions(0)
}

func TestAccUserDataDeletion_Row06_ResumeSendsOnlyWhatIsMissing(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		w.step(w.config(""), 2, w.failing(), unfinished{}, create, state("status", text("incomplete")), state("runs", number(1))),
		// A changed triggers waits until the request that it follows is complete.
		w.step(w.config(`triggers = { again = "1" }`), 1, w.ClearFaults, unfinished{}, update, plannedValue("runs", number(2)), plannedValue("request_number", number(1)),
			state("status", text("submitted")), state("request_number", number(1))),
		w.step(w.config(`triggers = { again = "1" }`), 2, update, plannedValue("runs", number(3)), plannedValue("request_number", number(2))),
		w.step(w.config(`triggers = { again = "1" }`), 0, noop),
	)
	w.deletions(5)
	if w.Deletions(alice) != 2 || w.Deletions(visitor) != 2 {
		t.Errorf("alice was erased %d times and the visitor %d times, want 2 and 2", w.Deletions(alice), w.Deletions(visitor))
	}
}

func TestAccUserDataDeletion_Row06_FailedResumeKeepsTheRecord(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	again := w.refused(w.config(""), "Erasure not accepted: DSR-1")
	w.run(
		w.step(w.config(""), 2, w.failing(), unfinished{}, create, state("status", text("incomplete"))),
		again,
		w.step(w.config(""), 1, w.ClearFaults, update, plannedValue("runs", number(2)), state("status", text("submitted"))),
	)
	w.deletions(4)
	if w.Deletions(alice) != 1 {
		t.Errorf("alice was erased %d times, want 1", w.Deletions(alice))
	}
}

func TestAccUserDataDeletion_Row07_ShutGateHoldsTheResume(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	shut := w.config(`not_before = "2027-01-01T00:00:00Z"`)
	w.run(
		w.step(w.config(""), 2, w.failing(), unfinished{}, create),
		w.step(shut, 0, w.ClearFaults, update, plannedValue("blocked_by", gates("not_before")), plannedValue("runs", number(1)), state("status", text("incomplete"))),
		w.step(shut, 0, noop),
		w.step(w.config(""), 1, update, plannedValue("runs", number(2)), state("status", text("submitted")), state("blocked_by", gates())),
	)
	w.deletions(3)
}

func TestAccUserDataDeletion_Row08_UnnamedRemainderIsAbandoned(t *testing.T) {
	t.Run("identifier left the vault", func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		full := w.config("")
		w.vault["DSR-1"] = []string{alice}
		partial := w.config("")
		w.run(
			w.step(full, 2, w.failing(), unfinished{}, create, state("status", text("incomplete"))),
			w.step(partial, 0, w.ClearFaults, update, plannedValue("status", text("abandoned")), plannedValue("runs", number(1))),
			w.step(partial, 0, noop),
			w.step(full, 1, update, plannedValue("runs", number(2)), state("status", text("submitted"))),
		)
		w.deletions(3)
	})
	t.Run("digest key retired", func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		full := w.config("")
		w.keys = map[string]string{"2027": "ffffffffffffffffffffffffffffffff"}
		retired := w.config("")
		w.run(
			w.step(full, 2, w.failing(), unfinished{}, create),
			w.step(retired, 0, w.ClearFaults, update, plannedValue("status", text("abandoned"))),
			w.step(retired, 0, noop),
		)
		w.deletions(2)
	})
}

func TestAccUserDataDeletion_Row09_AcceptedStays(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	first := w.config("")
	w.vault = map[string][]string{"DSR-2": {bob}}
	closed := w.config("")
	w.vault = map[string][]string{"DSR-1": {alice, visitor}}
	w.keys["2027"], w.keyID = "ffffffffffffffffffffffffffffffff", "2027"
	added := w.config("")
	delete(w.keys, "2026")
	retired := w.config("")
	w.keys, w.keyID = map[string]string{"2026": "0123456789abcdef0123456789abcdef"}, ""
	w.erasure = "max_per_run = 0, simulate = true, blocked = \"error\""
	limited := w.config("max_events = 0\nrequire_found = true\nnot_before = \"2030-01-01T00:00:00Z\"\nverify_for = \"P90D\"")
	w.run(
		w.step(first, 2, create, state("status", text("submitted"))),
		w.step(first, 0, noop),
		w.step(closed, 0, noop),
		w.step(added, 0, noop),
		w.step(retired, 0, noop),
		w.step(limited, 0, update, plannedValue("runs", number(1)), plannedValue("blocked_by", gates()), plannedValue("status", text("submitted"))),
		w.step(limited, 0, noop),
	)
	w.deletions(2)
}

func TestAccUserDataDeletion_Row10_FurtherIdentifiersAreCountedNotErased(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	first := w.config("")
	w.vault["DSR-1"] = []string{alice, visitor, third}
	grown := w.config("")
	w.run(
		w.step(first, 2, create),
		w.step(grown, 0, update, plannedValue("unerased_identifier_count", number(1)), plannedValue("identifier_count", number(2)), plannedValue("runs", number(1)), state("status", text("submitted"))),
		w.step(grown, 0, noop),
		w.step(first, 0, update, plannedValue("unerased_identifier_count", number(0)), plannedValue("runs", number(1))),
	)
	w.deletions(2)
}

func TestAccUserDataDeletion_Row11_ChangedTriggersEraseAgain(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	first := w.config("")
	w.vault["DSR-1"] = []string{alice, visitor, third}
	again := w.config(`triggers = { reason = "second request" }`)
	w.run(
		w.step(first, 2, create),
		w.step(again, 3, func() { w.clock.Advance(time.Hour) }, update, plannedValue("runs", number(2)), plannedValue("request_number", number(2)), plannedValue("identifier_count", number(3)),
			plannedValue("first_requested_at", text("2026-11-22T09:00:00Z")),
			state("first_requested_at", text("2026-11-22T09:00:00Z")), state("requested_at", text("2026-11-22T10:00:00Z"))),
		w.step(again, 0, noop),
		// Removing triggers asks for nothing.
		w.step(w.config(""), 0, update, plannedValue("runs", number(2))),
		w.step(again, 0, update, plannedValue("runs", number(2))),
	)
	w.deletions(5)
}

func TestAccUserDataDeletion_Row12_ShutGateHoldsTheNextRequest(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	shut := w.config("triggers = { again = \"1\" }\nnot_before = \"2027-01-01T00:00:00Z\"")
	w.run(
		w.step(w.config(""), 2, create),
		w.step(shut, 0, update, plannedValue("status", text("waiting")), plannedValue("runs", number(1)), plannedValue("request_number", number(1)),
			plannedValue("blocked_by", gates("not_before")), state("requested_at", text("2026-11-22T09:00:00Z")), state("events_at_request", number(16))),
		w.step(shut, 0, noop),
		// Withdrawn: the record returns to where it was.
		w.step(w.config(`not_before = "2027-01-01T00:00:00Z"`), 0, update, plannedValue("status", text("submitted")), plannedValue("runs", number(1)), plannedValue("blocked_by", gates())),
		w.step(shut, 0, update, state("status", text("waiting"))),
		w.step(w.config(`triggers = { again = "1" }`), 2, update, plannedValue("runs", number(2)), plannedValue("request_number", number(2)), state("status", text("submitted"))),
	)
	w.deletions(4)
}

func TestAccUserDataDeletion_Row13_SomeoneElseIsRefused(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	first := w.config("")
	w.vault["DSR-1"] = []string{bob}
	other := w.config("")
	w.vault = map[string][]string{"DSR-2": {bob}}
	triggersGone := w.config(`triggers = { again = "1" }`)
	renamedGone := w.provider() + `
resource "coveo_user_data_deletion" "case" {
  subject                  = "DSR-9"
  acknowledge_irreversible = true
}
`
	w.vault = map[string][]string{"DSR-1": {alice, visitor}}
	w.keys = map[string]string{"2027": "ffffffffffffffffffffffffffffffff"}
	triggersKey := w.config(`triggers = { again = "1" }`)
	w.keys = map[string]string{"2026": "0123456789abcdef0123456789abcdef"}
	w.vault["DSR-1b"] = []string{alice, third}
	renamed := w.provider() + `
resource "coveo_user_data_deletion" "case" {
  subject                  = "DSR-1b"
  acknowledge_irreversible = true
}
`
	w.run(
		w.step(first, 2, create),
		w.refused(other, "Record names someone else now"),
		w.refused(triggersGone, "triggers asks to erase DSR-1 again, and the vault does not know the case"),
		w.refused(renamedGone, "Record cannot be compared"),
		w.refused(triggersKey, "Digest key retired"),
		w.step(renamed, 0, update, plannedValue("runs", number(1))),
	)
	w.deletions(2)
}

func TestAccUserDataDeletion_Row14_ReplacementIsRefused(t *testing.T) {
	t.Run("taint", func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		refused := w.refused(w.config(""), "Case already has a record: DSR-1")
		refused.Taint = []string{address}
		w.run(w.step(w.config(""), 2, create), refused)
		w.deletions(2)
	})
	t.Run("replace_triggered_by", func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		config := func(value string) string {
			return w.config("lifecycle {\n    replace_triggered_by = [terraform_data.cause]\n  }") +
				"\nresource \"terraform_data\" \"cause\" {\n  input = \"" + value + "\"\n}\n"
		}
		w.run(w.step(config("1"), 2, create), w.refused(config("2"), "would be replaced: DSR-1"), w.step(config("1"), 0, noop))
		w.deletions(2)
	})
	t.Run("renamed instance", func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		renamed := w.provider() + `
resource "coveo_user_data_deletion" "renamed" {
  subject                  = "DSR-1"
  acknowledge_irreversible = true
}
`
		moved := renamed + `
moved {
  from = coveo_user_data_deletion.case
  to   = coveo_user_data_deletion.renamed
}
`
		w.run(
			w.step(w.config(""), 2, create),
			w.refused(renamed, "Case already has a record: DSR-1"),
			w.step(moved, 0, plancheck.ExpectResourceAction("coveo_user_data_deletion.renamed", plancheck.ResourceActionNoop)),
		)
		w.deletions(2)
	})
}

func TestAccUserDataDeletion_Row15_DestroyingSendsNothing(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		w.step(w.config(""), 2, create),
		w.step(w.provider(), 0, planned(plancheck.ResourceActionDestroy)),
		resource.TestStep{Config: w.provider(), Check: func(*terraform.State) error { return nil }},
	)
	w.deletions(2)
}
