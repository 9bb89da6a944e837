// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure_test

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/approval"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// These tests run a real command line with the built provider: what they show needs several processes, or everything that a
// run leaves behind.

// pipeline is a working folder for an embedded organization, with the vault in a file, as a privacy team would have it.
type pipeline struct {
	*acctest.CLI
	server *simulator.Server
	t      *testing.T
}

func newPipeline(t *testing.T, options simulator.Options, vault map[string][]string, config string) *pipeline {
	t.Helper()
	t.Parallel()
	server := simulator.Start(t, options)
	p := &pipeline{server: server, t: t, CLI: acctest.NewCLI(t, `
provider "coveo" {
  requests_per_second           = 5000
  analytics_requests_per_second = 5000
}
`+config)}
	p.Env = []string{
		"COVEO_ORGANIZATION_ID=" + server.ID(), "COVEO_ACCESS_TOKEN=" + simulator.AdminToken, "COVEO_PLATFORM_URL=" + server.URL,
		"COVEO_SUBJECTS_FILE=" + filepath.Join(p.Dir, "subjects.json"), `COVEO_DIGEST_KEYS={"2026":"` + acctest.DigestKey + `"}`,
	}
	p.setVault(vault)
	return p
}

func (p *pipeline) setVault(vault map[string][]string) {
	p.t.Helper()
	data, err := json.Marshal(vault)
	if err != nil {
		p.t.Fatal(err)
	}
	p.Write("subjects.json", string(data))
}

func (p *pipeline) wantDeletions(n int) {
	p.t.Helper()
	if got := p.server.Calls(simulator.DeleteUserData); got != n {
		p.t.Errorf("%d deletions were sent, want %d", got, n)
	}
}

func (p *pipeline) wantText(result acctest.Result, sentences ...string) {
	p.t.Helper()
	text := result.Unwrapped()
	for _, sentence := range sentences {
		if !strings.Contains(text, sentence) {
			p.t.Errorf("%q is not in the output:\n%s", sentence, result.All())
		}
	}
}

const oneCase = `
resource "coveo_user_data_deletion" "case" {
  subject                  = "DSR-1"
  acknowledge_irreversible = true
  verify_interval          = "0s"
}
`

func TestAccCLI_VaultThatNamesOthersAtApplyIsStopped(t *testing.T) {
	for name, tc := range map[string]struct {
		vault map[string][]string
		text  string
	}{
		"another person":       {map[string][]string{"DSR-1": {bob, visitor}}, "Provider produced inconsistent final plan"},
		"one identifier fewer": {map[string][]string{"DSR-1": {alice}}, "Provider produced inconsistent final plan"},
		"one identifier more":  {map[string][]string{"DSR-1": {alice, bob, visitor}}, "Provider produced inconsistent final plan"},
		"case gone":            {map[string][]string{"DSR-2": {alice}}, "Case not in the vault: DSR-1"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice, visitor}}, oneCase)
			p.MustRun("plan", "-no-color", "-out=reviewed.tfplan")
			p.setVault(tc.vault)
			result := p.Run("apply", "-no-color", "reviewed.tfplan")
			if result.Code == 0 {
				t.Error("the apply succeeded")
			}
			p.wantText(result, tc.text)
			p.wantDeletions(0)
			if tc.text == "Provider produced inconsistent final plan" {
				p.wantText(result, "the vault names others than the reviewed plan did")
			}
		})
	}
}

func TestAccCLI_OnlyAnAppliedRunErases(t *testing.T) {
	p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice, visitor}}, oneCase)
	p.MustRun("validate")
	p.MustRun("plan", "-no-color")
	p.MustRun("plan", "-no-color", "-refresh=false", "-out=reviewed.tfplan")
	p.MustRun("show", "-json", "reviewed.tfplan")
	p.wantDeletions(0)
	p.MustRun("apply", "-no-color", "reviewed.tfplan")
	p.wantDeletions(2)

	p.MustRun("apply", "-no-color", "-auto-approve")
	p.MustRun("apply", "-no-color", "-auto-approve", "-refresh=false")
	p.MustRun("apply", "-no-color", "-auto-approve", "-refresh-only")
	p.MustRun("plan", "-no-color", "-destroy")
	result := p.Run("plan", "-no-color", "-replace=coveo_user_data_deletion.case")
	p.wantText(result, "DSR-1", "erase again")
	if result.Code != 1 {
		t.Errorf("-replace ended with %d, want 1", result.Code)
	}
	if p.Run("apply", "-no-color", "-auto-approve", "-replace=coveo_user_data_deletion.case").Code == 0 {
		t.Error("a replacement was applied")
	}
	p.MustRun("taint", "coveo_user_data_deletion.case")
	p.wantText(p.Run("apply", "-no-color", "-auto-approve"), "Case already has a record: DSR-1")
	p.MustRun("untaint", "coveo_user_data_deletion.case")
	imported := p.Run("import", "-no-color", "coveo_user_data_deletion.other", "DSR-1")
	if imported.Code == 0 {
		t.Error("an import succeeded")
	}
	result = p.MustRun("apply", "-no-color", "-auto-approve", "-destroy")
	p.wantText(result, "Erasure record removed: DSR-1", "what it was asked to erase stays erased")
	p.wantDeletions(2)
}

func TestAccCLI_ImportIsRefusedWithTheReason(t *testing.T) {
	p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice}}, oneCase)
	result := p.Run("import", "-no-color", "coveo_user_data_deletion.case", "DSR-1")
	if result.Code == 0 {
		t.Error("the import succeeded")
	}
	p.wantText(result, "Erasures cannot be imported", "evidence of calls that this provider made")
	p.wantDeletions(0)
}

func TestAccCLI_RemovedBlocksSendNothing(t *testing.T) {
	p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice}}, oneCase)
	p.MustRun("apply", "-no-color", "-auto-approve")
	config, err := os.ReadFile(filepath.Join(p.Dir, "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	p.Write("main.tf", strings.Replace(string(config), oneCase, "", 1)+`
removed {
  from = coveo_user_data_deletion.case
  lifecycle {
    destroy = false
  }
}
`)
	p.MustRun("apply", "-no-color", "-auto-approve")
	if result := p.MustRun("state", "list"); strings.Contains(result.Stdout, "case") {
		t.Errorf("the record is still in state: %s", result.Stdout)
	}
	p.wantDeletions(1)
}

func TestAccCLI_InterruptedErasureIsFinishedByTheNextApply(t *testing.T) {
	ids := []string{"a1@example.com-google", "a2@example.com-google", "a3@example.com-google", "a4@example.com-google", "a5@example.com-google", "a6@example.com-google"}
	p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": ids}, oneCase)
	p.server.Inject(simulator.Fault{Operation: simulator.DeleteUserData, Skip: 2, Delay: 20 * time.Second})
	accepted := func() (n int) {
		for _, id := range ids {
			n += p.server.Deletions(id)
		}
		return n
	}
	result := p.RunInterrupted(func() bool { return p.server.Calls(simulator.DeleteUserData) >= 3 }, "apply", "-no-color", "-auto-approve")
	if result.Code == 0 {
		t.Errorf("the interrupted apply ended with 0:\n%s", result.All())
	}
	seen := p.record("incomplete")
	if seen == 0 || seen == len(ids) {
		t.Fatalf("%d identifiers are recorded as accepted, want some and not all", seen)
	}
	before := p.server.Calls(simulator.DeleteUserData)
	p.server.ClearFaults()
	p.MustRun("apply", "-no-color", "-auto-approve")
	if got := p.server.Calls(simulator.DeleteUserData) - before; got != len(ids)-seen {
		t.Errorf("the second apply sent %d deletions, want the %d that were not seen to be accepted", got, len(ids)-seen)
	}
	if p.record("submitted", "zero_observed") != len(ids) || accepted() < len(ids) {
		t.Error("not every identifier was erased in the end")
	}
}

// record checks the status of the one record, and counts its accepted identifiers.
func (p *pipeline) record(statuses ...string) (accepted int) {
	p.t.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Tainted bool
					Values  struct {
						Status      string
						Identifiers map[string]struct{ Status string }
					}
				}
			} `json:"root_module"`
		}
	}
	if err := json.Unmarshal([]byte(p.MustRun("show", "-json").Stdout), &state); err != nil || len(state.Values.RootModule.Resources) != 1 {
		p.t.Fatalf("state cannot be read: %v", err)
	}
	record := state.Values.RootModule.Resources[0]
	if record.Tainted {
		p.t.Error("the record is tainted")
	}
	if !strings.Contains(strings.Join(statuses, " "), record.Values.Status) {
		p.t.Errorf("the status is %q, want %q", record.Values.Status, statuses)
	}
	for _, identifier := range record.Values.Identifiers {
		if identifier.Status != "failed" {
			accepted++
		}
	}
	return accepted
}

func TestAccCLI_NoIdentifierAndNoTokenInAnyArtefact(t *testing.T) {
	const (
		canary = "canary.person@example.com-google"
		token  = "xxcanary-token-4f1c"
	)
	dana, recorder := newSigner(t), newSigner(t)
	signing, err := os.ReadFile(filepath.Join(recorder.dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	reviewed := strings.Replace(oneCase, "verify_interval", `regulation               = "gdpr"
  received_at              = "2026-11-20"
  retain_until             = "2020-01-01"
  approvals_expire_at      = "2099-01-01T00:00:00Z"
  approvals                = fileexists("dana.sig") ? [{ approver = "dana", signature = file("dana.sig") }] : []
  verify_interval`, 1)
	p := newPipeline(t, simulator.Options{SettleAfter: time.Hour}, map[string][]string{"DSR-1": {canary, visitor}}, reviewed+`
output "statement" {
  value = coveo_user_data_deletion.case.approval_statement
}

output "receipt" {
  value = provider::coveo::verify_receipt(coveo_user_data_deletion.case.receipt == null ? "" : coveo_user_data_deletion.case.receipt, coveo_user_data_deletion.case.receipt_signature == null ? "" : coveo_user_data_deletion.case.receipt_signature, "`+recorder.public+`")
}

data "coveo_user_overview" "case" {
  subject = "DSR-1"
}

resource "coveo_api_key" "eraser" {
  display_name = "DSR eraser"
  duties       = ["overview", "erasure"]
  allowed_ips  = ["203.0.113.0/24"]
  lifetime     = "P30D"
}
`)
	p.server.AddToken(token, simulator.OverviewPrivilege(), simulator.ErasurePrivilege(), simulator.KeyPrivilege("VIEW"), simulator.KeyPrivilege("CREATE"), simulator.KeyPrivilege("EDIT"))
	p.server.Log(canary, simulator.Search, 5)
	p.Env[1] = "COVEO_ACCESS_TOKEN=" + token
	p.Write("policy.json", `{"required_approvals": 1, "approvers": {"dana": "`+dana.public+`"}, "legal_holds": [], "require_holds": true}`)
	p.Env = append(p.Env, "TF_LOG=TRACE", "COVEO_ERASURE_POLICY_FILE="+filepath.Join(p.Dir, "policy.json"), "COVEO_RECEIPT_SIGNING_KEY="+string(signing))
	var output strings.Builder
	run := func(args ...string) {
		output.WriteString(p.Run(args...).All())
	}
	// A refused, a cut and a malformed answer are what error texts are made of.
	p.server.Inject(simulator.Fault{Operation: simulator.UserOverview, Status: 400, Times: 1})
	run("plan", "-no-color")
	// Waiting for its approval, which is given then.
	run("apply", "-no-color", "-auto-approve")
	p.Write("dana.sig", dana.sign(approval.Namespace, p.MustRun("output", "-raw", "statement").Stdout))
	run("plan", "-no-color", "-out=reviewed.tfplan")
	run("show", "-no-color", "reviewed.tfplan")
	run("show", "-json", "reviewed.tfplan")
	p.server.Inject(simulator.Fault{Operation: simulator.DeleteUserData, UserID: visitor, Status: 400, Times: 1})
	run("apply", "-no-color", "reviewed.tfplan")
	p.server.Advance(2 * time.Hour)
	run("apply", "-no-color", "-auto-approve")
	run("apply", "-no-color", "-auto-approve", "-refresh-only")
	run("show", "-json")
	run("destroy", "-no-color", "-auto-approve")

	if !p.server.Saw(canary) || !p.server.Saw(token) {
		t.Fatal("the canaries never reached the organization, so this test shows nothing")
	}
	if p.server.Deletions(canary) != 1 {
		t.Errorf("the canary was erased %d times, want 1", p.server.Deletions(canary))
	}
	forms := []string{canary, "canary.person", visitor, token, acctest.DigestKey, strings.Split(string(signing), "\n")[2]}
	search := func(where, text string) {
		for _, form := range forms {
			if i := strings.Index(text, form); i >= 0 {
				t.Errorf("%q stands in %s: …%s…", form, where, text[max(0, i-120):min(len(text), i+120)])
			}
		}
	}
	search("the output or the log", output.String())
	if !strings.Contains(output.String(), "/v15/users/{user}/alldata") {
		t.Error("the log does not show the calls, so its silence about identifiers shows nothing")
	}
	if !strings.Contains(output.String(), `"valid":true`) || !strings.Contains(output.String(), "zero_observed") {
		t.Error("the story did not come to its end, so this test shows little")
	}
	err = filepath.WalkDir(p.Dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "subjects.json" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		search(entry.Name(), string(data))
		if strings.HasSuffix(path, ".tfplan") {
			return unzipped(path, func(name, content string) { search(entry.Name()+"/"+name, content) })
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func unzipped(path string, see func(name, content string)) error {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return fmt.Errorf("a saved plan is a ZIP file, and this one cannot be opened: %w", err)
	}
	defer func() { _ = archive.Close() }()
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			return err
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			return err
		}
		see(file.Name, string(content))
	}
	return nil
}

const madeKey = `
resource "coveo_api_key" "eraser" {
  display_name = "DSR eraser"
  duties       = ["overview", "erasure"]
  allowed_ips  = ["203.0.113.0/24"]
  lifetime     = "P30D"
}

provider "coveo" {
  alias                         = "dsr"
  access_token                  = coveo_api_key.eraser.value
  analytics_requests_per_second = 5000
}
`

func TestAccCLI_KeyMadeInTheSameRunErases(t *testing.T) {
	for name, tc := range map[string]struct {
		gate      string
		deletions int
		planText  string
	}{
		"without a counting gate":    {"", 2, "the provider's access_token is not known yet"},
		"a counting gate that opens": {"max_events = 10", 2, "Erasure decided at apply: DSR-1"},
		"a counting gate that shuts": {"max_events = 1", 0, "Erasure decided at apply: DSR-1"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPipeline(t, simulator.Options{SettleAfter: time.Hour}, map[string][]string{"DSR-1": {alice, visitor}}, madeKey+`
resource "coveo_user_data_deletion" "case" {
  provider                 = coveo.dsr
  subject                  = "DSR-1"
  acknowledge_irreversible = true
  verify_interval          = "0s"
  `+tc.gate+`
}
`)
			p.server.Log(alice, simulator.Search, 5)
			p.wantText(p.MustRun("plan", "-no-color"), tc.planText)
			p.MustRun("apply", "-no-color", "-auto-approve")
			p.wantDeletions(tc.deletions)
			p.MustRun("plan", "-no-color", "-detailed-exitcode")
			// Rotating the key brings the unknown back: what is recorded stays, and nothing is sent.
			result := p.MustRun("plan", "-no-color", "-replace=coveo_api_key.eraser")
			if tc.deletions > 0 {
				p.wantText(result, "Plan: 1 to add, 0 to change, 1 to destroy.")
			}
			p.MustRun("apply", "-no-color", "-auto-approve", "-replace=coveo_api_key.eraser")
			p.wantDeletions(tc.deletions)
			p.MustRun("destroy", "-no-color", "-auto-approve")
			p.wantDeletions(tc.deletions)
			if keys := p.server.Keys(); len(keys) != 0 {
				t.Errorf("%d keys are left", len(keys))
			}
		})
	}
}
