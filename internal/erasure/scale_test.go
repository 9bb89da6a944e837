// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// forEach erases the cases of the variable.
const forEach = `
variable "cases" {
  type = set(string)
}

resource "coveo_user_data_deletion" "case" {
  for_each                 = var.cases
  subject                  = each.key
  acknowledge_irreversible = true
}
`

func (p *pipeline) setCases(cases []string) {
	p.t.Helper()
	data, err := json.Marshal(map[string]any{"cases": cases})
	if err != nil {
		p.t.Fatal(err)
	}
	p.Write("terraform.tfvars.json", string(data))
}

// allow raises the number of cases that a run may erase.
func (p *pipeline) allow(arguments string) {
	p.t.Helper()
	main, err := os.ReadFile(filepath.Join(p.Dir, "main.tf"))
	if err != nil {
		p.t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(main), "provider \"coveo\" {")
	if before, after, found := strings.Cut(rest, "  erasure = {"); found {
		_, after, _ = strings.Cut(after, "}\n")
		rest = before + after
	}
	p.Write("main.tf", head+"provider \"coveo\" {\n  erasure = { "+arguments+" }"+rest)
}

// atScale skips a test of thousands of records under the race detector, which watches this process and not the provider's.
func atScale(t *testing.T) {
	t.Helper()
	if underRaceDetector {
		t.Skip("thousands of records take minutes, and the race detector does not see the provider's own process")
	}
}

// TestAccCLI_ThousandCases erases 1,000 cases of three identifiers each, named by a vault of 10,000, while Coveo fails now and
// then and somebody presses Ctrl-C. Nothing that was seen to be accepted is sent again, and nothing is left out.
func TestAccCLI_ThousandCases(t *testing.T) {
	atScale(t)
	const named, erased, each = 10000, 1000, 3
	vault := make(map[string][]string, named)
	var cases []string
	for i := range named {
		reference := fmt.Sprintf("DSR-%05d", i)
		for n := range each {
			vault[reference] = append(vault[reference], fmt.Sprintf("person%d-%d@example.com-google", i, n))
		}
		if i < erased {
			cases = append(cases, reference)
		}
	}
	p := newPipeline(t, simulator.Options{}, vault, forEach)
	p.allow("max_per_run = 1000")
	p.setCases(cases)
	p.server.Inject(simulator.Fault{Operation: simulator.DeleteUserData, Every: 97, Status: 503})
	p.server.Inject(simulator.Fault{Operation: simulator.DeleteUserData, Every: 101, Status: 429, RetryAfter: "0"})

	result := p.RunInterrupted(func() bool { return p.server.Calls(simulator.DeleteUserData) > erased*each/2 }, "apply", "-no-color", "-auto-approve")
	if result.Code == 0 {
		t.Fatal("the interrupted apply ended with 0")
	}
	before := p.accepted()
	if len(before) == 0 || len(before) == erased*each {
		t.Fatalf("%d identifiers are recorded as accepted after the interruption, want some and not all", len(before))
	}
	processed := p.server.TotalDeletions()
	p.MustRun("apply", "-no-color", "-auto-approve")
	after := p.accepted()
	if len(after) != erased*each {
		t.Errorf("%d identifiers are recorded as accepted, want %d", len(after), erased*each)
	}
	// What was cut off by Ctrl-C may have been accepted unseen; everything else is sent once.
	if sent, missing := p.server.TotalDeletions()-processed, erased*each-len(before); sent != missing {
		t.Errorf("the second apply had %d deletions carried out, want the %d that were not seen to be accepted", sent, missing)
	}
	for _, reference := range cases {
		for _, id := range vault[reference] {
			if p.server.Deletions(id) == 0 {
				t.Fatalf("an identifier of %s was never erased", reference)
			}
		}
	}
	if p.server.Deletions(vault["DSR-05000"][0]) != 0 {
		t.Error("a case that nobody declared was erased")
	}
}

// accepted maps each accepted digest of the state to its case.
func (p *pipeline) accepted() map[string]string {
	p.t.Helper()
	accepted := map[string]string{}
	for _, instance := range p.instances() {
		attributes := instance["attributes"].(map[string]any)
		identifiers, _ := attributes["identifiers"].(map[string]any)
		for digest, identifier := range identifiers {
			if identifier.(map[string]any)["status"] != "failed" {
				accepted[digest] = attributes["subject"].(string)
			}
		}
	}
	return accepted
}

// instances are those of the one resource in the state file.
func (p *pipeline) instances() []map[string]any {
	p.t.Helper()
	var instances []map[string]any
	for _, r := range p.state()["resources"].([]any) {
		for _, instance := range r.(map[string]any)["instances"].([]any) {
			instances = append(instances, instance.(map[string]any))
		}
	}
	return instances
}

func (p *pipeline) state() map[string]any {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.Dir, "terraform.tfstate"))
	if err != nil {
		p.t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(data, &state); err != nil {
		p.t.Fatal(err)
	}
	return state
}

// TestAccCLI_ThousandsOfClosedRecords adds 2,000 closed records to a state with 20 open ones.
func TestAccCLI_ThousandsOfClosedRecords(t *testing.T) {
	atScale(t)
	const open, closed = 20, 2000
	vault := map[string][]string{}
	var cases []string
	for i := range open {
		reference := fmt.Sprintf("DSR-%05d", i)
		vault[reference] = []string{reference + "@example.com-google", reference + "-visitor", reference + "@example.com-saml"}
		cases = append(cases, reference)
	}
	p := newPipeline(t, simulator.Options{SettleAfter: time.Hour}, vault, strings.Replace(forEach, "acknowledge_irreversible = true", "acknowledge_irreversible = true\n  verify_interval = \"0s\"", 1))
	for _, ids := range vault {
		p.server.Log(ids[0], simulator.Search, 5)
	}
	p.setCases(cases)
	p.MustRun("apply", "-no-color", "-auto-approve")
	p.wantDeletions(open * 3)

	state := p.state()
	resource := state["resources"].([]any)[0].(map[string]any)
	instances := resource["instances"].([]any)
	for i := range closed {
		reference := fmt.Sprintf("OLD-%05d", i)
		cases = append(cases, reference)
		instance := maps.Clone(instances[0].(map[string]any))
		attributes := maps.Clone(instance["attributes"].(map[string]any))
		digest := fmt.Sprintf("2026:%064x", i)
		attributes["subject"], attributes["status"] = reference, "zero_observed"
		attributes["requested_at"], attributes["expected_by"] = "2026-01-01T00:00:00Z", "2026-01-29T00:00:00Z"
		attributes["identifier_digests"], attributes["identifier_count"] = []any{digest}, 1
		attributes["identifiers"] = map[string]any{digest: map[string]any{"status": "zero_observed", "requested_at": "2026-01-01T00:00:00Z", "verified_at": nil, "events_at_request": 3, "events_remaining": 0, "last_error": nil}}
		instance["index_key"], instance["attributes"] = reference, attributes
		delete(instance, "private")
		instances = append(instances, instance)
	}
	resource["instances"] = instances
	state["serial"] = state["serial"].(float64) + 1
	data, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	p.Write("terraform.tfstate", string(data))
	p.setCases(cases)
	p.server.ResetCalls()
	p.MustRun("plan", "-no-color", "-detailed-exitcode")
	if got := p.server.TotalCalls(); got > 60 {
		t.Errorf("a plan of %d closed and %d open records took %d requests, want at most 60", closed, open, got)
	}
}

func TestAccCLI_OneHeldCaseAmongAHundredWaits(t *testing.T) {
	vault := map[string][]string{}
	var cases []string
	for i := range 100 {
		reference := fmt.Sprintf("DSR-%03d", i)
		vault[reference] = []string{reference + "@example.com-google"}
		cases = append(cases, reference)
	}
	p := newPipeline(t, simulator.Options{}, vault, forEach)
	p.setCases(cases)
	p.allow("simulate = true, max_per_run = 100")
	p.MustRun("apply", "-no-color", "-auto-approve")
	digest := ""
	for held, reference := range p.accepted() {
		if reference == "DSR-042" {
			digest = held
		}
	}
	p.allow(fmt.Sprintf("max_per_run = 100, legal_holds = [%q]", digest))
	result := p.MustRun("apply", "-no-color", "-auto-approve")
	p.wantText(result, "Erasure waits: DSR-042")
	p.wantDeletions(99)
	p.allow("max_per_run = 100, legal_holds = []")
	result = p.MustRun("plan", "-no-color", "-out=lifted.tfplan")
	p.wantText(result, "Plan: 0 to add, 1 to change, 0 to destroy.", "Irreversible erasure: DSR-042")
	p.MustRun("apply", "-no-color", "lifted.tfplan")
	p.wantDeletions(100)
}

func TestAccCLI_WaysRoundTheRegister(t *testing.T) {
	t.Run("a failing provisioner taints, and the tainted record is not erased again", func(t *testing.T) {
		p := newPipeline(t, simulator.Options{SettleAfter: time.Hour}, map[string][]string{"DSR-1": {alice}}, strings.Replace(oneCase, "verify_interval          = \"0s\"", `
  provisioner "local-exec" {
    command = "exit 1"
  }`, 1))
		if p.Run("apply", "-no-color", "-auto-approve").Code == 0 {
			t.Fatal("the provisioner did not fail")
		}
		p.wantDeletions(1)
		p.wantText(p.Run("apply", "-no-color", "-auto-approve"), "Case already has a record: DSR-1")
		p.wantDeletions(1)
	})
	t.Run("-target does not open a gate", func(t *testing.T) {
		p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice}}, strings.Replace(oneCase, "verify_interval", "require_found = true\n  verify_interval", 1))
		p.wantText(p.MustRun("apply", "-no-color", "-auto-approve", "-target=coveo_user_data_deletion.case"), "Erasure waits: DSR-1")
		p.wantDeletions(0)
	})
	t.Run("moved keeps the record", func(t *testing.T) {
		p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice}, "DSR-2": {bob}}, oneCase)
		p.MustRun("apply", "-no-color", "-auto-approve")
		main, err := os.ReadFile(filepath.Join(p.Dir, "main.tf"))
		if err != nil {
			t.Fatal(err)
		}
		moved := strings.NewReplacer(`"coveo_user_data_deletion" "case"`, `"coveo_user_data_deletion" "other"`, `"DSR-1"`, `"DSR-2"`).Replace(string(main))
		p.Write("main.tf", moved+"\nmoved {\n  from = coveo_user_data_deletion.case\n  to   = coveo_user_data_deletion.other\n}\n")
		p.wantText(p.Run("apply", "-no-color", "-auto-approve"), "Record names someone else now: DSR-2")
		p.wantDeletions(1)
	})
	// Terraform asks the provider about none of the following, so each erases again. The policy pack catches what a plan shows
	// of them, and the guide says so.
	t.Run("state rm forgets, and a new record erases again", func(t *testing.T) {
		p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice}}, oneCase)
		p.MustRun("apply", "-no-color", "-auto-approve")
		p.MustRun("state", "rm", "coveo_user_data_deletion.case")
		p.wantText(p.MustRun("plan", "-no-color"), "Irreversible erasure: DSR-1")
		p.wantDeletions(1)
	})
	t.Run("a second alias has a register of its own", func(t *testing.T) {
		p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice}}, oneCase+`
provider "coveo" {
  alias                         = "second"
  analytics_requests_per_second = 5000
}

resource "coveo_user_data_deletion" "again" {
  provider                 = coveo.second
  subject                  = "DSR-1"
  acknowledge_irreversible = true
}
`)
		p.wantText(p.MustRun("plan", "-no-color"), "Plan: 2 to add")
		p.wantDeletions(0)
	})
}
