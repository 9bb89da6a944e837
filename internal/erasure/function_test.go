// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestAccCLI_FunctionsSayWhatTheResourceSays(t *testing.T) {
	recorder, stranger := newSigner(t), newSigner(t)
	p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice}}, `
resource "coveo_user_data_deletion" "case" {
  subject                  = "DSR-1"
  acknowledge_irreversible = true
  max_events               = 100
  approvals_expire_at      = "2099-12-01T12:00:00Z"
  regulation               = "uk_gdpr"
  received_at              = "2026-01-31"
}

locals {
  case = coveo_user_data_deletion.case
}

output "same_statement" {
  value = local.case.approval_statement == provider::coveo::approval_statement("acmeprod1a2b3c", "DSR-1", 1, 100, "2099-12-01T12:00:00Z", local.case.identifier_digests)
}

output "same_dates" {
  value = provider::coveo::dsr_deadlines("uk_gdpr", "2026-01-31") == { due_at = local.case.due_at, submit_by = local.case.submit_by }
}

output "same_digest" {
  value = local.case.identifier_digests == toset([provider::coveo::identifier_digest("acmeprod1a2b3c", "2026", "`+acctest.DigestKey+`", "`+alice+`")])
}

output "due_at" {
  value = local.case.due_at
}

locals {
  genuine   = provider::coveo::verify_receipt(local.case.receipt, local.case.receipt_signature, "`+recorder.public+`")
  edited    = provider::coveo::verify_receipt(replace(local.case.receipt, "DSR-1", "DSR-2"), local.case.receipt_signature, "`+recorder.public+`")
  stranger  = provider::coveo::verify_receipt(local.case.receipt, local.case.receipt_signature, "`+stranger.public+`")
}

output "receipts" {
  value = join(" ", [local.genuine.valid, local.genuine.kind, local.genuine.case, local.edited.valid, local.edited.kind == null, local.stranger.valid])
}
`)
	key, err := os.ReadFile(filepath.Join(recorder.dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	p.Env = append(p.Env, "COVEO_RECEIPT_SIGNING_KEY="+string(key))
	p.MustRun("apply", "-no-color", "-auto-approve")
	for name, want := range map[string]string{
		"same_statement": "true", "same_dates": "true", "same_digest": "true", "due_at": "2026-02-28", "receipts": "true erasure DSR-1 false true false",
	} {
		if got := strings.TrimSpace(p.MustRun("output", "-no-color", "-raw", name).Stdout); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestAccCLI_FunctionsRefuseBadInput(t *testing.T) {
	for name, tc := range map[string]struct{ call, sentence string }{
		"an unknown regulation":   {`provider::coveo::dsr_deadlines("lgpdd", "2026-01-31")`, "The regulation cannot be used"},
		"no date":                 {`provider::coveo::dsr_deadlines("gdpr", "yesterday")`, "The date of receipt cannot be used"},
		"a statement of nobody":   {`provider::coveo::approval_statement("org", "DSR-1", 1, "none", "2099-12-01T12:00:00Z", [])`, "There is no such statement"},
		"a statement with a zone": {`provider::coveo::approval_statement("org", "DSR-1", 1, "none", "2099-12-01T12:00:00+01:00", ["2026:` + strings.Repeat("a", 64) + `"])`, "ends in Z"},
		"a ceiling that is none":  {`provider::coveo::approval_statement("org", "-", 1, "few", "2099-12-01T12:00:00Z", [])`, "The ceiling must be a whole number"},
		"a short digest key":      {`provider::coveo::identifier_digest("org", "2026", "short", "x")`, "at least 32 are needed"},
		"an empty identifier":     {`provider::coveo::identifier_digest("org", "2026", "` + acctest.DigestKey + `", "")`, "it is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice}}, "\noutput \"x\" {\n  value = "+tc.call+"\n}\n")
			result := p.Run("plan", "-no-color")
			if result.Code != 1 {
				t.Errorf("the plan ended with %d", result.Code)
			}
			p.wantText(result, tc.sentence)
		})
	}
}
