// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// These tests are of ways in which a record was once erased again, or said what nobody had seen.

// edit changes the instances of the saved state.
func (p *pipeline) edit(change func(instance map[string]any)) {
	p.t.Helper()
	state := p.state()
	for _, r := range state["resources"].([]any) {
		for _, instance := range r.(map[string]any)["instances"].([]any) {
			change(instance.(map[string]any))
		}
	}
	data, err := json.Marshal(state)
	if err != nil {
		p.t.Fatal(err)
	}
	p.Write("terraform.tfstate", string(data))
}

var triggered = strings.Replace(oneCase, "verify_interval ", "triggers = { a = \"1\" }\n  verify_interval ", 1)

func TestAccCLI_LostPrivateStateErasesNothingAgain(t *testing.T) {
	t.Run("refreshed before it is planned", func(t *testing.T) {
		p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice, visitor}}, triggered)
		p.server.Log(alice, simulator.Search, 9)
		p.MustRun("apply", "-no-color", "-auto-approve")
		p.edit(func(instance map[string]any) { delete(instance, "private") })
		p.MustRun("apply", "-no-color", "-auto-approve")
		p.MustRun("apply", "-no-color", "-auto-approve")
		p.wantDeletions(2)
	})
	t.Run("resumed before it is planned", func(t *testing.T) {
		p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice, visitor}}, triggered)
		p.server.Inject(simulator.Fault{Operation: simulator.DeleteUserData, UserID: visitor, Status: 500, Times: 1})
		p.MustRun("apply", "-no-color", "-auto-approve")
		p.edit(func(instance map[string]any) { delete(instance, "private") })
		p.MustRun("apply", "-no-color", "-auto-approve")
		p.wantDeletions(3)
		p.MustRun("apply", "-no-color", "-auto-approve")
		p.wantDeletions(3)
	})
}

func TestAccCLI_LostAttributesEraseNothingAgain(t *testing.T) {
	for _, name := range []string{"identifiers", "runs", "expected_by", "identifier_digests"} {
		t.Run(name, func(t *testing.T) {
			p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice, visitor}}, oneCase)
			p.server.Log(alice, simulator.Search, 9)
			p.MustRun("apply", "-no-color", "-auto-approve")
			p.edit(func(instance map[string]any) { instance["attributes"].(map[string]any)[name] = nil })
			p.server.Inject(simulator.Fault{Operation: simulator.UserOverview, UserID: visitor, Status: 500})
			p.Run("apply", "-no-color", "-auto-approve")
			p.Run("apply", "-no-color", "-auto-approve")
			p.wantDeletions(2)
		})
	}
}

func TestAccCLI_ClosedRecordWithoutACaseIsNotErasedAgain(t *testing.T) {
	config := `
resource "coveo_user_data_deletion" "case" {
  user_ids                 = ["synthetic-1", "synthetic-2"]
  acknowledge_irreversible = true
}
`
	for name, spoil := range map[string]func(p *pipeline){
		"taint": func(p *pipeline) { p.MustRun("taint", address) },
		"renamed without moved": func(p *pipeline) {
			main, err := os.ReadFile(filepath.Join(p.Dir, "main.tf"))
			if err != nil {
				p.t.Fatal(err)
			}
			p.Write("main.tf", strings.Replace(string(main), `"case"`, `"renamed"`, 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPipeline(t, simulator.Options{}, map[string][]string{}, config)
			p.MustRun("apply", "-no-color", "-auto-approve")
			spoil(p)
			p.wantText(p.Run("apply", "-no-color", "-auto-approve"), "Case already has a record")
			p.wantDeletions(2)
		})
	}
}

func TestAccUserDataDeletion_RenamedRecordStandsForItsNewCase(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.vault["DSR-2"] = w.vault["DSR-1"]
	renamed := strings.Replace(w.config(""), `"DSR-1"
`, `"DSR-2"
`, 1)
	second := `
resource "coveo_user_data_deletion" "second" {
  subject                  = "DSR-2"
  acknowledge_irreversible = true
}
`
	w.run(
		w.step(w.config(""), 2, create),
		w.step(w.config(""), 0, func() { w.clock.Advance(2 * day) }, state("status", text("zero_observed"))),
		w.refused(renamed+second, "Case (named twice|already has a record): DSR-2"),
	)
	w.deletions(2)
}

func TestAccUserDataDeletion_A404ClaimsNothing(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	unknown := simulator.Fault{Operation: simulator.DeleteUserData, Status: 404, ContentType: "application/json", Body: `{"statusCode":404,"type":"NotFound","message":"x"}`}
	w.run(w.step(w.config(""), 2, func() { w.Inject(unknown) }, create,
		state("status", text("submitted")), state("events_remaining", number(16)), state("verification_receipt", knownvalue.Null())))
}

func TestAccUserDataDeletion_WithdrawnRequestBringsBackItsReview(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	base := "approvals_expire_at = \"2026-12-01T12:00:00Z\"\n"
	first := w.config(base + "max_events = 100\ntriggers = { a = \"1\" }")
	executed := w.statement(func(s *approvalStatement) { s.MaxEvents = new(int64(100)) }, alice, visitor)
	w.run(
		w.step(first, 2, create, state("approval_statement", text(executed))),
		w.step(w.config(base+"max_events = 5\ntriggers = { a = \"2\" }\nnot_before = \"2027-01-01T00:00:00Z\""), 0, update, state("status", text("waiting"))),
		w.step(first, 0, update, state("status", text("submitted")), state("request_number", number(1)), state("approval_statement", text(executed))),
	)
	w.deletions(2)
}

func TestAccUserDataDeletion_RehearsalTellsOnlyWhatWasRehearsed(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.erasure = "simulate = true"
	first := w.config("max_events = 50")
	w.vault["DSR-1"] = []string{alice, visitor, bob}
	blocked := w.config("max_events = 50\nnot_before = \"2027-01-01T00:00:00Z\"")
	open := w.config("max_events = 50")
	names := func(n int) any {
		return recordCheck(func(attributes map[string]any) error {
			var document struct {
				MaxEvents   int              `json:"max_events"`
				Identifiers []map[string]any `json:"identifiers"`
			}
			if err := json.Unmarshal([]byte(attributes["receipt"].(string)), &document); err != nil {
				return err
			}
			if document.MaxEvents != 50 || len(document.Identifiers) != n {
				return fmt.Errorf("the rehearsal names %d identifiers under a ceiling of %d, want %d and 50", len(document.Identifiers), document.MaxEvents, n)
			}
			return nil
		})
	}
	w.run(
		w.step(first, 0, create, names(2)),
		w.step(blocked, 0, update, state("blocked_by", gates("not_before")), names(2)),
		w.step(open, 0, update, names(3)),
	)
	w.deletions(0)
}

func TestAccUserDataDeletion_WaitingForALaterRequestIsWatched(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	waiting := w.config("triggers = { a = \"2\" }\nnot_before = \"2027-06-01T00:00:00Z\"")
	w.run(
		w.step(w.config(`triggers = { a = "1" }`), 2, create),
		w.step(waiting, 0, update, state("status", text("waiting"))),
		w.step(waiting, 0, func() { w.clock.Advance(11 * day) }, noop, state("status", text("waiting")), state("events_remaining", number(0)),
			recordCheck(func(attributes map[string]any) error {
				if document, _ := attributes["verification_receipt"].(string); !strings.Contains(document, `"status": "zero_observed"`) {
					return fmt.Errorf("what was seen of the executed request is not written down: %s", document)
				}
				return nil
			})),
		// Withdrawn, the record shows what was seen meanwhile.
		w.step(w.config(`triggers = { a = "1" }`), 0, update, state("status", text("zero_observed"))),
	)
	w.deletions(2)
}
