// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// TestAccUserDataDeletion_Faults breaks the deletion of one of two identifiers in every way, and asks what is recorded, how
// many deletions were sent, and how often Coveo carried them out, before and after a second apply without faults.
func TestAccUserDataDeletion_Faults(t *testing.T) {
	for name, tc := range map[string]struct {
		fault simulator.Fault
		// first is how many deletions the first apply sends, status what it records, and again what the second apply sends.
		first  int
		status string
		again  int
		done   int // how often the identifier was erased in the end
	}{
		"429 once":                      {simulator.Fault{Status: 429, Times: 1}, 3, "submitted", 0, 1},
		"429 with seconds":              {simulator.Fault{Status: 429, RetryAfter: "7", Times: 2}, 4, "submitted", 0, 1},
		"503 once":                      {simulator.Fault{Status: 503, Times: 1}, 3, "submitted", 0, 1},
		"503 throughout":                {simulator.Fault{Status: 503}, 7, "incomplete", 1, 1},
		"429 throughout":                {simulator.Fault{Status: 429}, 7, "incomplete", 1, 1},
		"500":                           {simulator.Fault{Status: 500}, 2, "incomplete", 1, 1},
		"403":                           {simulator.Fault{Status: 403}, 2, "incomplete", 1, 1},
		"400":                           {simulator.Fault{Status: 400}, 2, "incomplete", 1, 1},
		"HTML refusal":                  {simulator.Fault{Status: 403, HTML: true}, 2, "incomplete", 1, 1},
		"an HTML page with 200":         {simulator.Fault{Status: 200, HTML: true}, 2, "incomplete", 1, 1},
		"an HTML page with 404":         {simulator.Fault{Status: 404, HTML: true}, 2, "incomplete", 1, 1},
		"cut before":                    {simulator.Fault{CutBefore: true, Times: 1}, 3, "submitted", 0, 1},
		"cut before, throughout":        {simulator.Fault{CutBefore: true}, 7, "incomplete", 1, 1},
		"cut after: carried out twice":  {simulator.Fault{CutAfter: true, Times: 1}, 3, "submitted", 0, 2},
		"accepted with an empty answer": {simulator.Fault{Empty: true}, 2, "submitted", 0, 1},
		"accepted, and the answer cut":  {simulator.Fault{Truncate: true}, 2, "submitted", 0, 1},
		"accepted with nulls":           {simulator.Fault{Nulls: true}, 2, "submitted", 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
			tc.fault.Operation, tc.fault.UserID = simulator.DeleteUserData, visitor
			first := []any{func() { w.Inject(tc.fault) }, create, state("status", text(tc.status)), state("runs", number(1))}
			if tc.status == "incomplete" {
				first = append(first, unfinished{})
			}
			w.run(
				w.step(w.config(""), tc.first, first...),
				w.step(w.config(""), tc.again, w.ClearFaults, state("status", text("submitted"))),
				w.step(w.config(""), 0, noop),
			)
			if w.Deletions(alice) != 1 || w.Deletions(visitor) != tc.done {
				t.Errorf("alice was erased %d times and the visitor %d times, want 1 and %d", w.Deletions(alice), w.Deletions(visitor), tc.done)
			}
		})
	}
}

func TestAccUserDataDeletion_NothingAcceptedLeavesNoRecord(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	refuse := func() { w.Inject(simulator.Fault{Operation: simulator.DeleteUserData, Status: 500}) }
	w.run(
		w.refused(w.config(""), "Coveo was not seen to accept anything for DSR-1, so nothing more is recorded", refuse),
		w.step(w.config(""), 2, w.ClearFaults, create, state("runs", number(1))),
	)
	w.deletions(4)
}

func TestAccUserDataDeletion_MissingPrivilegeIsNamed(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.token = "xxlooker"
	w.AddToken(w.token, simulator.OverviewPrivilege())
	w.run(w.refused(w.config(""), `lacks the privilege "Analytics – Delete user data: Allowed"`))
	// The first refusal speaks for the other identifier too.
	w.deletions(1)
}

func TestAccUserDataDeletion_ReadOnlyOrganizationIsRefused(t *testing.T) {
	w := newWorld(t, simulator.Options{ReadOnly: true})
	w.run(w.refused(w.config(""), "The organization is read-only"))
}

func TestAccUserDataDeletion_PreviewFaultsDoNotStopAnErasure(t *testing.T) {
	for name, fault := range map[string]simulator.Fault{
		"500": {Status: 500}, "HTML": {Status: 200, HTML: true}, "empty": {Empty: true}, "truncated": {Truncate: true}, "503": {Status: 503},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			fault.Operation = simulator.UserOverview
			w.run(
				w.step(w.config(""), 2, func() { w.Inject(fault) }, create, state("status", text("submitted")), state("events_at_request", knownvalue.Null())),
				w.step(w.config(""), 0, func() { w.clock.Advance(2 * day) }, noop, state("status", text("submitted"))),
				w.step(w.config(""), 0, w.ClearFaults, state("status", text("zero_observed"))),
			)
			w.deletions(2)
		})
	}
}

// counted is a number of cases, DSR-0 and so on. The testing library reads no state with for_each in it.
func counted(cases int) string {
	return fmt.Sprintf(`
resource "coveo_user_data_deletion" "case" {
  count                    = %d
  subject                  = "DSR-${count.index}"
  acknowledge_irreversible = true
}
`, cases)
}

func TestAccUserDataDeletion_MoreCasesThanARunMayErase(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.vault = map[string][]string{}
	for i := range 4 {
		w.vault[fmt.Sprintf("DSR-%d", i)] = []string{fmt.Sprintf("p%d@example.com-google", i)}
	}
	config := func(limit, cases int) string {
		w.erasure = fmt.Sprintf("max_per_run = %d", limit)
		return w.provider() + counted(cases)
	}
	w.run(
		w.refused(config(2, 3), "Too many erasures in one run"),
		w.refused(config(0, 1), "Too many erasures in one run"),
		w.step(config(2, 2), 2),
		// What was erased before does not count.
		w.step(config(2, 4), 2),
	)
	w.deletions(4)
}

func TestAccUserDataDeletion_OnePersonInTwoCasesIsRefused(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	w.vault["DSR-2"] = []string{visitor, bob}
	second := `
resource "coveo_user_data_deletion" "second" {
  subject                  = "DSR-2"
  acknowledge_irreversible = true
}
`
	twice := `
resource "coveo_user_data_deletion" "twice" {
  subject                  = "DSR-1"
  acknowledge_irreversible = true
}
`
	w.run(
		w.refused(w.config("")+second, "One person in two cases"),
		w.refused(w.config("")+twice, "Case named twice"),
		w.step(w.config(""), 2, create),
		w.refused(w.config("")+second, "Person has an open record"),
		w.refused(w.config("")+twice, "Case already has a record"),
		// Once the first erasure is seen to be done, the person may have another.
		w.step(w.config(""), 0, func() { w.clock.Advance(11 * day) }, state("status", text("zero_observed"))),
		w.step(w.config("")+second, 2, func() { w.Log(visitor, simulator.Search, 1) }, noop),
	)
	w.deletions(4)
}

func TestAccUserDataDeletion_WaitingRecordTurnedToAnotherCaseIsRefused(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	w.vault["DSR-2"] = []string{bob}
	records := func(second string) string {
		return w.config("") + `
resource "coveo_user_data_deletion" "second" {
  subject                  = "` + second + `"
  acknowledge_irreversible = true
  not_before               = "2026-12-01T00:00:00Z"
}
`
	}
	apart := records("DSR-2")
	turned := records("DSR-1")
	w.vault["DSR-2"] = []string{bob, alice}
	shared := records("DSR-2")
	w.run(
		w.step(apart, 2, create),
		w.refused(turned, "Case already has a record: DSR-1"),
		w.refused(shared, "The case DSR-2 names an identifier of DSR-1, whose erasure is not finished"),
		w.step(apart, 1, func() { w.clock.Advance(9 * day) }, noop),
	)
	w.deletions(3)
}

func TestAccUserDataDeletion_BlockedAsError(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	w.erasure = `blocked = "error"`
	w.run(
		w.refused(w.config("max_events = 1"), "there are 16 events, and max_events allows 1"),
		w.step(w.config("max_events = 16"), 2, create),
		w.refused(w.config("max_events = 1\ntriggers = { again = \"1\" }"), "Erasure blocked: DSR-1"),
	)
	w.deletions(2)
}

func TestAccUserDataDeletion_UnknownTriggersDecideAtApply(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	config := func(input, version string) string {
		return w.config("triggers = { again = terraform_data.cause.output }") + fmt.Sprintf(`
resource "terraform_data" "cause" {
  input            = %q
  triggers_replace = %q
}
`, input, version)
	}
	unknown := func(name string) any { return plannedUnknown(name) }
	w.run(
		// Whatever triggers will be, a first request is one.
		w.step(config("a", "1"), 2, create, plannedValue("runs", number(1))),
		// Unknown at plan and equal at apply: nothing is sent.
		w.step(config("a", "2"), 0, update, unknown("runs"), unknown("status"), state("runs", number(1)), state("status", text("submitted"))),
		// Unknown at plan and another at apply: one request.
		w.step(config("b", "3"), 2, update, unknown("runs"), state("runs", number(2)), state("request_number", number(2))),
	)
	w.deletions(4)
}

func TestAccUserDataDeletion_ByUserIDs(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	config := func(ids string) string {
		return w.provider() + `
resource "coveo_user_data_deletion" "case" {
  user_ids                 = [` + ids + `]
  acknowledge_irreversible = true
}
`
	}
	w.run(
		w.step(config(`"synthetic-1"`), 1, create, plannedValue("identifier_count", number(1))),
		w.step(config(`"synthetic-1", "synthetic-2"`), 0, update, plannedValue("unerased_identifier_count", number(1))),
		w.refused(config(`"synthetic-3"`), "Record names someone else now"),
		w.step(config(`"synthetic-1"`), 0, update),
	)
	w.deletions(1)
	if strings.Contains(strings.Join(w.Problems(), " "), "synthetic") {
		t.Error("unexpected problems")
	}
}

func TestAccUserDataDeletion_OddIdentifiersArriveAsTheyAre(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	odd := []string{"a/b c?d#e%", "dupré@exämple.com", "%2F", " blanks ", "UPPER", strings.Repeat("ü", 128)}
	w.vault["DSR-1"] = odd
	w.run(w.step(w.config(""), len(odd), create, statecheck.ExpectKnownValue(address, tfjsonpath.New("identifier_count"), number(int64(len(odd))))))
	for _, id := range odd {
		if w.Deletions(id) != 1 {
			t.Errorf("%q was erased %d times, want 1", id, w.Deletions(id))
		}
	}
}

func TestAccUserDataDeletion_ManyClosedRecordsCostFewRequests(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	w.vault = map[string][]string{}
	const cases, closed = 220, 200
	for i := range cases {
		reference := fmt.Sprintf("DSR-%d", i)
		w.vault[reference] = []string{reference + "@example.com-google", reference + "-visitor"}
		w.Log(reference+"@example.com-google", simulator.Search, 3)
	}
	w.erasure = "max_per_run = 1000"
	full := w.provider() + counted(cases)
	for i := range closed {
		delete(w.vault, fmt.Sprintf("DSR-%d", i))
	}
	rest := w.provider() + counted(cases)
	requests := 0
	w.run(
		w.step(full, 2*cases),
		w.step(rest, 0, func() { w.clock.Advance(2 * day); requests = w.TotalCalls() }),
	)
	// That is a plan and an apply, what the test library looks at, and the destroy's own plan, all together.
	if got := w.TotalCalls() - requests; got > 60 {
		t.Errorf("200 closed and 20 open records took %d requests", got)
	}
}
