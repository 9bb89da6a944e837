// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// TestAccCLI_StateOfAnEarlierBuildSendsNothing drops from a saved state all that a later build could have added.
func TestAccCLI_StateOfAnEarlierBuildSendsNothing(t *testing.T) {
	p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice, visitor}}, oneCase)
	p.MustRun("apply", "-no-color", "-auto-approve")
	p.wantDeletions(2)
	path := filepath.Join(p.Dir, "terraform.tfstate")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(instance map[string]any){
		"attributes added later are absent": func(instance map[string]any) {
			attributes := instance["attributes"].(map[string]any)
			for _, name := range []string{"unerased_identifier_count", "request_number", "blocked_by", "verified_at", "verify_for", "events_remaining", "timeouts", "first_requested_at"} {
				delete(attributes, name)
			}
		},
		"private state is absent": func(instance map[string]any) { delete(instance, "private") },
		"attributes of a later build are present": func(instance map[string]any) {
			instance["attributes"].(map[string]any)["hold_status"] = "clear"
		},
	} {
		var state map[string]any
		if err := json.Unmarshal(data, &state); err != nil {
			t.Fatal(err)
		}
		resource := state["resources"].([]any)[0].(map[string]any)
		edit(resource["instances"].([]any)[0].(map[string]any))
		edited, err := json.Marshal(state)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, edited, 0o600); err != nil {
			t.Fatal(err)
		}
		result := p.Run("apply", "-no-color", "-auto-approve")
		if result.Code != 0 {
			t.Errorf("%s: the apply ended with %d:\n%s", name, result.Code, result.All())
		}
		p.record("submitted", "zero_observed")
		p.wantDeletions(2)
	}
}

func TestAccCLI_BadInputIsRefusedBeforeAnythingIsSent(t *testing.T) {
	block := func(arguments string) string {
		return "\nresource \"coveo_user_data_deletion\" \"case\" {\n" + arguments + "\n}\n"
	}
	for name, tc := range map[string]struct {
		config   string
		env      string
		sentence []string
		secret   string
	}{
		"no acknowledgement":    {block(`subject = "DSR-1"`), "", []string{`The argument "acknowledge_irreversible" is required`}, ""},
		"not acknowledged":      {block("subject = \"DSR-1\"\nacknowledge_irreversible = false"), "", []string{"acknowledge_irreversible = true"}, ""},
		"nobody":                {block(`acknowledge_irreversible = true`), "", []string{"Nobody named", "Set subject to a case reference"}, ""},
		"twice":                 {block("subject = \"DSR-1\"\nuser_ids = [\"x\"]\nacknowledge_irreversible = true"), "", []string{"Named twice"}, ""},
		"an e-mail as a case":   {block("subject = var.case\nacknowledge_irreversible = true") + "\nvariable \"case\" {\n  default = \"carol@example.com\"\n}\n", "", []string{"Case reference cannot be used", "it names a case, never a person"}, "carol@example.com"},
		"a UUID as a case":      {block("subject = \"3c2f5f0e-7c0e-4e5b-9a57-1d0b3ad3f3a1\"\nacknowledge_irreversible = true"), "", []string{"it is a UUID"}, ""},
		"unknown case":          {block("subject = \"DSR-9\"\nacknowledge_irreversible = true"), "", []string{"Case not in the vault: DSR-9"}, ""},
		"empty identifier":      {block("user_ids = [\"\"]\nacknowledge_irreversible = true"), "", []string{"Identifier cannot be used", "it is empty"}, ""},
		"no identifier":         {block("user_ids = []\nacknowledge_irreversible = true"), "", []string{"No identifier"}, ""},
		"a dot":                 {block("user_ids = [\"..\"]\nacknowledge_irreversible = true"), "", []string{"every proxy on the way would read as a folder"}, ""},
		"overlong identifier":   {block("user_ids = [\"" + strings.Repeat("x", 129) + "\"]\nacknowledge_irreversible = true"), "", []string{"it has 129 characters, more than the 128 that are sent"}, ""},
		"malformed instant":     {block("subject = \"DSR-1\"\nnot_before = \"tomorrow\"\nacknowledge_irreversible = true"), "", []string{"Instant cannot be used", "2026-12-01T00:00:00Z"}, ""},
		"malformed interval":    {block("subject = \"DSR-1\"\nverify_interval = \"daily\"\nacknowledge_irreversible = true"), "", []string{"Duration cannot be used", "24h"}, ""},
		"malformed period":      {block("subject = \"DSR-1\"\nverify_for = \"60 days\"\nacknowledge_irreversible = true"), "", []string{"Duration cannot be used", "P90D"}, ""},
		"negative ceiling":      {block("subject = \"DSR-1\"\nmax_events = -1\nacknowledge_irreversible = true"), "", []string{"max_events"}, ""},
		"no digest key":         {block("subject = \"DSR-1\"\nacknowledge_irreversible = true"), "COVEO_DIGEST_KEYS=", []string{"Digest key missing", "COVEO_DIGEST_KEYS"}, ""},
		"short digest key":      {block("subject = \"DSR-1\"\nacknowledge_irreversible = true"), `COVEO_DIGEST_KEYS={"2026":"hunter2hunter2"}`, []string{"digest_keys", "key 2026 has 14 bytes; at least 32 are needed"}, "hunter2hunter2"},
		"two keys, none chosen": {block("subject = \"DSR-1\"\nacknowledge_irreversible = true"), `COVEO_DIGEST_KEYS={"2026":"` + acctest.DigestKey + `","2027":"` + acctest.DigestKey + `"}`, []string{"say with digest_key_id which of them new records use"}, acctest.DigestKey},
		"unreadable vault":      {block("subject = \"DSR-1\"\nacknowledge_irreversible = true"), "COVEO_SUBJECTS_FILE=absent.json", []string{"Case cannot be resolved: DSR-1", "absent.json", "no such file"}, ""},
		"malformed vault":       {block("subject = \"DSR-1\"\nacknowledge_irreversible = true"), "COVEO_SUBJECTS_FILE=malformed.json", []string{"Case cannot be resolved: DSR-1", "must be one JSON object"}, "dave@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice}}, tc.config)
			p.Write("malformed.json", `{"DSR-1": "dave@example.com"}`)
			if tc.env != "" {
				p.Env = append(p.Env, tc.env)
			}
			result := p.Run("plan", "-no-color")
			if result.Code != 1 {
				t.Errorf("the plan ended with %d:\n%s", result.Code, result.All())
			}
			p.wantText(result, tc.sentence...)
			if tc.secret != "" && strings.Contains(result.Unwrapped(), tc.secret) {
				t.Errorf("the output repeats what it must not:\n%s", result.All())
			}
			if n := p.server.TotalCalls(); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}
