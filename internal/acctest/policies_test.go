// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// These tests judge plans that a real command line makes by the policies under examples/policies.

const (
	policyPerson  = "alice.smith@example.com-google"
	policyVisitor = "3c2f5f0e-7c0e-4e5b-9a57-1d0b3ad3f3a1"
	policyCase    = `
resource "coveo_user_data_deletion" "case" {
  subject                  = "DSR-1"
  acknowledge_irreversible = true
  max_events               = 100
  verify_interval          = "0s"
}
`
	policyHolds = "erasure = { legal_holds = [] }"
)

// opaPath is the policy engine under test: COVEO_OPA, or what make has built.
func opaPath(t *testing.T) string {
	t.Helper()
	path, asked := os.LookupEnv("COVEO_OPA")
	if !asked || path == "" {
		path = filepath.Join(repository(t), ".bin", "opa")
		if _, err := os.Stat(path); err != nil {
			t.Skip("there is no .bin/opa: make policies builds it, and runs this test")
		}
	}
	if _, err := exec.LookPath(path); err != nil {
		t.Fatalf("COVEO_OPA names no program: %v; make policies builds OPA and sets it", err)
	}
	return path
}

// policyWorld is a configuration on an embedded organization whose vault is a file.
type policyWorld struct {
	*CLI
	server *simulator.Server
	opa    string
	// provider is the provider block's arguments, and config the rest.
	provider, config string
	// settings override the pack's, and args are further arguments of plan.
	settings map[string]any
	args     []string
}

func newPolicyWorld(t *testing.T) *policyWorld {
	t.Helper()
	t.Parallel()
	w := &policyWorld{
		opa: opaPath(t), server: simulator.Start(t, simulator.Options{}), CLI: NewCLI(t, ""),
		provider: policyHolds, config: policyCase,
		settings: map[string]any{"required_approvals": 0},
	}
	w.Env = []string{
		"COVEO_ORGANIZATION_ID=" + w.server.ID(), "COVEO_ACCESS_TOKEN=" + simulator.AdminToken, "COVEO_PLATFORM_URL=" + w.server.URL,
		"COVEO_SUBJECTS_FILE=" + filepath.Join(w.Dir, "vault.txt"), fmt.Sprintf(`COVEO_DIGEST_KEYS={"2026":%q}`, DigestKey),
	}
	w.server.Log(policyPerson, simulator.Search, 3)
	w.vault(map[string][]string{"DSR-1": {policyPerson, policyVisitor}})
	return w
}

func (w *policyWorld) vault(cases map[string][]string) {
	w.t.Helper()
	data, err := json.Marshal(cases)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Write("vault.txt", string(data))
}

// unset takes a variable out of the environment.
func (w *policyWorld) unset(name string) {
	w.Env = slices.DeleteFunc(w.Env, func(variable string) bool { return strings.HasPrefix(variable, name+"=") })
}

const policyRequired = "terraform {\n  required_providers {\n    coveo = { source = %q }\n  }\n}\n"

func (w *policyWorld) write() {
	w.t.Helper()
	w.Write("main.tf", fmt.Sprintf(policyRequired+"provider \"coveo\" {\n  requests_per_second = 5000\n  analytics_requests_per_second = 5000\n  %s\n}\n%s",
		Source, w.provider, w.config))
}

func (w *policyWorld) apply(args ...string) {
	w.t.Helper()
	w.write()
	w.MustRun(append([]string{"apply", "-no-color", "-input=false", "-auto-approve"}, args...)...)
}

// module writes a module that the configuration calls.
func (w *policyWorld) module(content string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Join(w.Dir, "inner"), 0o700); err != nil {
		w.t.Fatal(err)
	}
	w.Write("inner/main.tf", fmt.Sprintf(policyRequired, Source)+content)
	w.write()
	w.MustRun("get")
}

// plan makes a plan and returns its JSON. A plan that ends in errors is saved too.
func (w *policyWorld) plan() []byte {
	w.t.Helper()
	w.write()
	planned := w.Run(append([]string{"plan", "-no-color", "-input=false", "-out=reviewed.tfplan"}, w.args...)...)
	if _, err := os.Stat(filepath.Join(w.Dir, "reviewed.tfplan")); err != nil {
		w.t.Fatalf("there is no plan: %s", planned.All())
	}
	shown := w.MustRun("show", "-json", "reviewed.tfplan").Stdout
	for _, person := range []string{policyPerson, policyVisitor} {
		if strings.Contains(planned.All(), person) && !strings.Contains(w.config+w.provider, person) {
			w.t.Errorf("the plan prints %s", person)
		}
	}
	w.Write("plan.json", shown)
	settings, err := json.Marshal(map[string]any{"coveo": map[string]any{"overrides": w.settings}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Write("overrides.json", string(settings))
	return []byte(shown)
}

// eval asks a question of the plan, and returns the answer and the exit code.
func (w *policyWorld) eval(question string, flags ...string) (string, int) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	args := append([]string{
		"eval", "--data", filepath.Join(repository(w.t), "examples", "policies"),
		"--data", filepath.Join(w.Dir, "overrides.json"), "--input", filepath.Join(w.Dir, "plan.json"),
	}, flags...)
	command := exec.CommandContext(ctx, w.opa, append(args, question)...)
	var errOut strings.Builder
	command.Stderr = &errOut
	out, err := command.Output()
	if err != nil && command.ProcessState == nil {
		w.t.Fatal(err)
	}
	if errOut.Len() > 0 {
		w.t.Errorf("opa: %s", errOut.String())
	}
	return string(out), command.ProcessState.ExitCode()
}

type policyAnswer struct {
	Allow      bool
	Deny, Warn []string
}

func (w *policyWorld) answer() policyAnswer {
	w.t.Helper()
	out, code := w.eval("data.coveo.gate", "--format=json")
	var parsed struct {
		Result []struct {
			Expressions []struct{ Value policyAnswer }
		}
	}
	if err := json.Unmarshal([]byte(out), &parsed); err != nil || code != 0 || len(parsed.Result) != 1 {
		w.t.Fatalf("opa ended with %d: %s", code, out)
	}
	answer := parsed.Result[0].Expressions[0].Value
	if answer.Allow != (len(answer.Deny) == 0) {
		w.t.Errorf("allow is %t, with %q", answer.Allow, answer.Deny)
	}
	for _, message := range slices.Concat(answer.Deny, answer.Warn) {
		for _, secret := range []string{policyPerson, policyVisitor, DigestKey, simulator.AdminToken} {
			if strings.Contains(message, secret) {
				w.t.Errorf("a message tells a secret: %s", message)
			}
		}
	}
	return answer
}

// judge plans and wants these messages and no others, or, with "…" for one of them, these at least.
func (w *policyWorld) judge(want ...string) policyAnswer {
	w.t.Helper()
	w.plan()
	answer := w.answer()
	matched := func(text string) func(string) bool {
		return func(message string) bool { return strings.Contains(message, text) }
	}
	for _, text := range want {
		if text != "…" && !slices.ContainsFunc(answer.Deny, matched(text)) {
			w.t.Errorf("%q is not among what was denied: %q", text, answer.Deny)
		}
	}
	for _, message := range answer.Deny {
		if !slices.Contains(want, "…") && !slices.ContainsFunc(want, func(text string) bool { return matched(text)(message) }) {
			w.t.Errorf("denied without being wanted: %s", message)
		}
	}
	return answer
}

func TestPolicies_RealPlans(t *testing.T) {
	const address = "coveo_user_data_deletion.case"
	for name, test := range map[string]func(w *policyWorld){
		"a clean erasure": func(w *policyWorld) {
			if answer := w.judge(); len(answer.Warn) != 1 || !strings.Contains(answer.Warn[0], "no policy_digests are pinned") {
				w.t.Errorf("warned: %q", answer.Warn)
			}
			if got := w.server.Calls(simulator.DeleteUserData); got != 0 {
				w.t.Errorf("%d deletions were sent", got)
			}
		},
		"an executed record": func(w *policyWorld) {
			w.apply()
			w.settings = map[string]any{"max_cases": 0}
			w.judge()
		},
		"a case that waits": func(w *policyWorld) {
			w.config = strings.Replace(policyCase, "max_events", "not_before = \"2099-01-01T00:00:00Z\"\n  max_events", 1)
			w.settings = map[string]any{"max_cases": 0}
			w.judge()
		},
		"too many cases": func(w *policyWorld) {
			w.vault(map[string][]string{"DSR-1": {policyPerson}, "DSR-2": {policyVisitor}})
			w.config = strings.NewReplacer("subject  ", "for_each = toset([\"DSR-1\", \"DSR-2\"])\n  subject  ", `"DSR-1"`+"\n  ack", "each.key\n  ack").Replace(policyCase)
			w.settings["max_cases"] = 1
			w.judge(`case["DSR-1"], ` + address + `["DSR-2"]: the plan erases 2 cases, and one plan may erase 1`)
			w.settings["max_cases"] = 2
			w.judge()
		},
		"unknown runs": func(w *policyWorld) {
			w.apply()
			w.config = strings.Replace(policyCase, "max_events", "triggers = { again = terraform_data.now.output }\n  max_events", 1) +
				"\nresource \"terraform_data\" \"now\" {\n  input = \"now\"\n}\n"
			w.judge(address + ": runs is unknown")
		},
		"a token that is unknown": func(w *policyWorld) {
			w.provider += "\n  access_token = coveo_api_key.dsr.value\n"
			w.config = policyCase + `
provider "coveo" {
  alias = "admin"
}

resource "coveo_api_key" "dsr" {
  provider     = coveo.admin
  display_name = "DSR"
  duties       = ["overview", "erasure"]
  allowed_ips  = ["203.0.113.0/24"]
  lifetime     = "P90D"
}
`
			w.judge(address+": runs is unknown", "…")
		},
		"a plan with errors": func(w *policyWorld) {
			w.config = policyCase + strings.NewReplacer(`"case"`, `"gone"`, "DSR-1", "DSR-404").Replace(policyCase)
			w.judge("plan: it was made with errors")
		},
		"a part of the plan": func(w *policyWorld) {
			w.args = []string{"-target=" + address}
			w.plan()
			answer := w.answer()
			if strings.Contains(w.Run("version").Stdout, "OpenTofu") {
				return // OpenTofu's plans do not tell
			}
			if !slices.ContainsFunc(answer.Warn, func(text string) bool { return strings.Contains(text, "-target") }) {
				w.t.Errorf("warned: %q", answer.Warn)
			}
		},
		"a further request": func(w *policyWorld) {
			w.apply()
			w.config = strings.Replace(policyCase, "max_events", "triggers = { again = \"1\" }\n  max_events", 1)
			w.judge()
			w.settings["max_cases"] = 0
			w.judge(address + ": the plan erases 1 cases")
		},
		"nothing approved, nothing checked, no ceiling": func(w *policyWorld) {
			w.provider, w.settings = "", map[string]any{}
			w.config = strings.Replace(policyCase, "max_events               = 100", "", 1)
			w.judge(address+": approved by 0, and 1 are required", address+`: hold_status is "unchecked"`, address+": max_events is not set")
		},
		"the runner's policy file": func(w *policyWorld) {
			policy := `{"max_per_run": 5}`
			w.Write("policy.txt", policy)
			w.Env = append(w.Env, "COVEO_ERASURE_POLICY_FILE="+filepath.Join(w.Dir, "policy.txt"))
			sum := sha256.Sum256([]byte(policy))
			w.settings["policy_digests"] = []string{"sha256:" + hex.EncodeToString(sum[:])}
			w.judge()
			w.Write("policy.txt", policy+"\n")
			w.judge(address + `: erasure_policy_digest is "sha256:`)
			w.unset("COVEO_ERASURE_POLICY_FILE")
			w.judge(address + ": erasure_policy_digest is null")
		},
		"user_ids": func(w *policyWorld) {
			w.config = strings.Replace(policyCase, `subject                  = "DSR-1"`, `user_ids = ["`+policyPerson+`"]`, 1) +
				"\ndata \"coveo_user_overview\" \"seen\" {\n  user_ids = [\"" + policyVisitor + "\"]\n}\n"
			w.judge(address+": user_ids names people", "data.coveo_user_overview.seen: user_ids names people")
			w.settings["allow_user_ids"] = []string{address, "data.coveo_user_overview.*"}
			w.judge()
		},
		"constants in the provider block": func(w *policyWorld) {
			w.unset("COVEO_SUBJECTS_FILE")
			w.provider = fmt.Sprintf("access_token = %q\n  %s\n  %s\n  %s", simulator.AdminToken, Digests(),
				Subjects(map[string][]string{"DSR-1": {policyPerson}}), policyHolds)
			w.judge("provider coveo: access_token is written", "provider coveo: digest_keys is written", "provider coveo: subjects is written")
		},
		"an ordinary variable": func(w *policyWorld) {
			w.variable("")
			w.judge("provider coveo: subjects comes from var.vault, whose value stands in the plan")
		},
		"a sensitive variable": func(w *policyWorld) {
			w.variable("sensitive = true")
			w.judge("provider coveo: subjects comes from var.vault, whose value stands in the plan")
		},
		"an ephemeral variable": func(w *policyWorld) {
			w.variable("ephemeral = true")
			w.judge()
		},
		"an ephemeral variable with a default": func(w *policyWorld) {
			w.variable("ephemeral = true\n  default = { \"DSR-9\" = [\"" + policyVisitor + "\"] }")
			w.judge("provider coveo: subjects comes from var.vault, whose value stands in the plan")
		},
		"a local": func(w *policyWorld) {
			w.variable("")
			w.provider = strings.Replace(w.provider, "var.vault", "local.vault", 1)
			w.config += "\nlocals {\n  vault = var.vault\n}\n"
			w.judge("provider coveo: subjects comes from local.vault, and a plan does not tell")
		},
		"a variable of a child module": func(w *policyWorld) {
			w.variable("")
			w.unset("COVEO_SUBJECTS_FILE")
			w.provider = policyHolds
			w.config = strings.SplitAfter(w.config, "\n}\n")[0] + "\nmodule \"erasures\" {\n  source = \"./inner\"\n  people = var.vault\n}\n" + w.variableBlock("")
			w.module("variable \"people\" {\n  type = map(set(string))\n}\n\nprovider \"coveo\" {\n  subjects = var.people\n  " + policyHolds + "\n}\n" + policyCase)
			w.config = w.config[strings.Index(w.config, "module \"erasures\""):]
			w.judge("provider module.erasures:coveo: subjects comes from var.vault, whose value stands in the plan")
			w.config = strings.Replace(w.config, "type =", "ephemeral = true\n  type =", 1)
			w.module("variable \"people\" {\n  type = map(set(string))\n  ephemeral = true\n}\n\nprovider \"coveo\" {\n  subjects = var.people\n  " + policyHolds + "\n}\n" + policyCase)
			w.judge()
			w.config = strings.Replace(w.config, "people = var.vault", "people = { \"DSR-1\" = [\""+policyPerson+"\"] }", 1)
			w.judge("a constant given to var.people in module.erasures")
		},
		"a signing key in a sensitive variable": func(w *policyWorld) {
			_, private := policySigner(w.t)
			w.Env = append(w.Env, "TF_VAR_key="+private)
			w.provider = "erasure = {\n    legal_holds = []\n    receipt_signing_key = var.key\n  }"
			w.config += "\nvariable \"key\" {\n  type = string\n}\n"
			w.judge("provider coveo: erasure uses the secret var.key")
			w.config = strings.Replace(w.config, "type = string", "type = string\n  ephemeral = true", 1)
			w.judge()
		},
		"a tainted record that is not refreshed": func(w *policyWorld) {
			w.apply()
			w.MustRun("taint", address)
			w.args = []string{"-refresh=false"}
			w.judge(address+": the record is replaced", "…")
			w.args = nil
			w.judge("plan: it was made with errors", "…")
		},
		"a record that is forgotten": func(w *policyWorld) {
			w.apply()
			w.config = "\nremoved {\n  from = coveo_user_data_deletion.case\n  lifecycle {\n    destroy = false\n  }\n}\n"
			w.judge(address + ": the record is forgotten")
			w.settings["allow_loss"] = []string{address}
			w.judge()
			// Terraform does not show the provider what it forgets, so the new record looks like the first; OpenTofu does.
			w.config += strings.Replace(policyCase, `"case"`, `"again"`, 1)
			w.plan()
			if answer := w.answer(); !strings.Contains(strings.Join(answer.Deny, "\n"), address+" (forgotten by this plan)") &&
				!strings.Contains(strings.Join(answer.Deny, "\n"), "made with errors") {
				w.t.Errorf("denied: %q", answer.Deny)
			}
		},
		"a record that is deleted": func(w *policyWorld) {
			w.apply()
			w.config = ""
			w.judge(address + ": the record is deleted")
			w.settings["record_deletes"] = "warn"
			w.judge()
		},
		"a person who comes back under a new case": func(w *policyWorld) {
			w.apply()
			w.apply("-refresh-only") // nothing is visible any more, so the record is closed
			w.vault(map[string][]string{"DSR-2": {policyPerson}})
			w.config = policyCase + strings.NewReplacer(`"case"`, `"back"`, "DSR-1", "DSR-2").Replace(policyCase)
			w.judge("coveo_user_data_deletion.back: it names 1 identifiers that " + address + " (in state) was about already")
			w.settings["allow_repeats"] = []string{"coveo_user_data_deletion.back"}
			w.judge()
		},
		// What is no longer in state is invisible to any judgement of the plan alone: the documentation says what helps.
		"a record that was removed from state": func(w *policyWorld) {
			w.apply()
			w.MustRun("state", "rm", address)
			w.judge()
		},
		"keys": func(w *policyWorld) {
			w.config = policyKey("good", `["overview", "erasure"]`, `["203.0.113.0/24"]`, "") + policyKey("exporter", `["export"]`, `["203.0.113.0/24"]`, "")
			w.judge()
			w.config += policyKey("both", `["overview", "erasure", "export"]`, `["203.0.113.0/24"]`, "") + policyKey("wide", `["erasure"]`, `["128.0.0.0/1"]`, "") +
				strings.Replace(policyKey("open", `["erasure"]`, "null", "unrestricted_erasure = true"), `lifetime = "P90D"`, "", 1)
			w.judge("coveo_api_key.both: the key may both erase and export", "coveo_api_key.wide: the key may erase people, and allowed_ips holds 128.0.0.0/1",
				"coveo_api_key.open: unrestricted_erasure is true", "coveo_api_key.open: the key may erase people, and be used from anywhere", "coveo_api_key.open: the key may erase people, and has no end")
		},
		"a key that is replaced": func(w *policyWorld) {
			w.config = policyKey("good", `["overview", "erasure"]`, `["203.0.113.0/24"]`, "")
			w.apply()
			w.config = strings.Replace(w.config, "P90D", "P30D", 1)
			if plan := string(w.plan()); !strings.Contains(plan, `["delete","create"]`) {
				w.t.Error("the key is not replaced")
			}
			w.judge()
		},
	} {
		t.Run(name, func(t *testing.T) { test(newPolicyWorld(t)) })
	}
}

func policyKey(name, duties, addresses, more string) string {
	return fmt.Sprintf("\nresource \"coveo_api_key\" %q {\n  display_name = %q\n  duties = %s\n  allowed_ips = %s\n  lifetime = \"P90D\"\n  %s\n}\n", name, name, duties, addresses, more)
}

// variable feeds the vault from a variable whose value the environment has.
func (w *policyWorld) variable(arguments string) {
	w.unset("COVEO_SUBJECTS_FILE")
	w.Env = append(w.Env, fmt.Sprintf(`TF_VAR_vault={"DSR-1":[%q]}`, policyPerson))
	w.provider = "subjects = var.vault\n  " + policyHolds
	w.config = policyCase + w.variableBlock(arguments)
}

func (*policyWorld) variableBlock(arguments string) string {
	return "\nvariable \"vault\" {\n  type = map(set(string))\n  " + arguments + "\n}\n"
}

// policySigner makes an SSH key and returns both of its halves, the private one as the file's content.
func policySigner(t *testing.T) (public, private string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "key")
	policyKeygen(t, "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", name)
	var halves [2]string
	for n, file := range []string{name + ".pub", name} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		halves[n] = string(content)
	}
	return strings.TrimSpace(halves[0]), halves[1]
}

func policyKeygen(t *testing.T, args ...string) {
	t.Helper()
	path, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Fatal("ssh-keygen is not on PATH; Debian has it in openssh-client")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, path, args...).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
}

// TestPolicies_ApprovedErasure is the whole way under the pack's own settings: the plan says what to sign, it is signed, and
// the next plan passes. Exit codes are what a pipeline goes by.
func TestPolicies_ApprovedErasure(t *testing.T) {
	w := newPolicyWorld(t)
	w.settings = map[string]any{}
	public, private := policySigner(t)
	w.provider = fmt.Sprintf("erasure = {\n    legal_holds = []\n    required_approvals = 1\n    approvers = { dana = %q }\n  }", public)
	waiting := strings.Replace(policyCase, "max_events ", fmt.Sprintf("approvals_expire_at = %q\n  max_events ", time.Now().Add(time.Hour).UTC().Format(time.RFC3339)), 1)
	w.config = waiting
	plan := w.plan()
	w.judge() // it waits, and erases nothing
	var read struct {
		Changes []struct {
			Change struct {
				After struct {
					Runs      int
					Statement string `json:"approval_statement"`
				}
			}
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal(plan, &read); err != nil || len(read.Changes) != 1 || read.Changes[0].Change.After.Runs != 0 {
		t.Fatalf("the plan is not that of a waiting case: %v", err)
	}
	w.Write("key", private)
	w.Write("statement", read.Changes[0].Change.After.Statement)
	policyKeygen(t, "-q", "-Y", "sign", "-n", "erasure-approval@coveo-privacy", "-f", filepath.Join(w.Dir, "key"), filepath.Join(w.Dir, "statement"))
	w.config = strings.Replace(waiting, "max_events ", "approvals = [{ approver = \"dana\", signature = file(\"statement.sig\") }]\n  max_events ", 1)
	w.judge()
	if _, code := w.eval("data.coveo.gate.allow", "--fail"); code != 0 {
		t.Errorf("--fail ended with %d for a plan that is allowed", code)
	}
	if _, code := w.eval("data.coveo.gate.deny[_]", "--fail-defined"); code != 0 {
		t.Errorf("--fail-defined ended with %d for a plan that is allowed", code)
	}

	w.settings["required_approvals"] = 2
	w.judge("approved by 1, and 2 are required")
	if _, code := w.eval("data.coveo.gate.allow", "--fail"); code == 0 {
		t.Error("--fail ended with 0 for a plan that is denied")
	}
	if _, code := w.eval("data.coveo.gate.deny[_]", "--fail-defined"); code == 0 {
		t.Error("--fail-defined ended with 0 for a plan that is denied")
	}
	if _, code := w.eval("data.coveo.gait.allow", "--fail"); code == 0 {
		t.Error("--fail ended with 0 for a question that is misspelled")
	}
}
