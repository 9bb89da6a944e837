// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/approval"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// signer is a person with an SSH key of their own, and the real ssh-keygen.
type signer struct {
	t      *testing.T
	dir    string
	public string
}

func newSigner(t *testing.T, kind ...string) *signer {
	t.Helper()
	s := &signer{t: t, dir: t.TempDir()}
	if len(kind) == 0 {
		kind = []string{"ed25519"}
	}
	s.run(append([]string{"-q", "-N", "", "-C", "test", "-f", "key", "-t"}, kind...)...)
	public, err := os.ReadFile(filepath.Join(s.dir, "key.pub"))
	if err != nil {
		t.Fatal(err)
	}
	s.public = strings.TrimSpace(string(public))
	return s
}

func (s *signer) run(args ...string) {
	s.t.Helper()
	command := exec.CommandContext(s.t.Context(), "ssh-keygen", args...)
	command.Dir = s.dir
	if out, err := command.CombinedOutput(); err != nil {
		s.t.Fatalf("ssh-keygen %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// sign signs a text as a file, as the guide says.
func (s *signer) sign(namespace, text string) string {
	s.t.Helper()
	// Tests that run side by side sign with one key.
	folder, err := os.MkdirTemp(s.dir, "statement-")
	if err != nil {
		s.t.Fatal(err)
	}
	name := filepath.Join(folder, "statement")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.run("-q", "-Y", "sign", "-n", namespace, "-f", "key", name)
	signature, err := os.ReadFile(name + ".sig")
	if err != nil {
		s.t.Fatal(err)
	}
	return string(signature)
}

const expires = "2026-12-01T12:00:00Z"

type approvalStatement = approval.Statement

// statement is what would be signed for a case of a world.
func (w *world) statement(edit func(*approval.Statement), ids ...string) string {
	w.t.Helper()
	keys, err := subject.NewKeyring(w.ID(), w.keys, w.keyID)
	if err != nil {
		w.t.Fatal(err)
	}
	s := approval.Statement{Organization: w.ID(), Case: "DSR-1", Request: 1, Expires: expires}
	for _, id := range ids {
		s.Digests = append(s.Digests, keys.Digest(keys.Current(), id))
	}
	if edit != nil {
		edit(&s)
	}
	text := s.Bytes()
	if text == nil {
		w.t.Fatal(s.Check())
	}
	return string(text)
}

// approvers writes the provider's arguments, and approvals those of the record.
func approvers(required int, of map[string]*signer) string {
	var b strings.Builder
	for name, s := range of {
		fmt.Fprintf(&b, "%q = %q, ", name, s.public)
	}
	return fmt.Sprintf("required_approvals = %d, approvers = { %s }", required, strings.TrimSuffix(b.String(), ", "))
}

type signed struct{ approver, signature string }

func approvals(expiry string, of ...signed) string {
	var b strings.Builder
	fmt.Fprintf(&b, "approvals_expire_at = %q\napprovals = [\n", expiry)
	for _, s := range of {
		fmt.Fprintf(&b, "{ approver = %q, signature = <<-EOT\n%s\nEOT\n},\n", s.approver, strings.TrimSpace(s.signature))
	}
	return b.String() + "]\n"
}

func TestAccUserDataDeletion_TwoPeopleApprove(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	dana, lee := newSigner(t), newSigner(t, "ecdsa", "-b", "256")
	w.erasure = approvers(2, map[string]*signer{"dana": dana, "lee": lee})
	text := w.statement(nil, alice, visitor)
	d, l := signed{"dana", dana.sign(approval.Namespace, text)}, signed{"lee", lee.sign(approval.Namespace, text)}
	w.run(
		w.step(w.config(""), 0, create, plannedValue("blocked_by", gates("approvals")), plannedValue("approval_statement", knownvalue.Null()), plannedValue("required_approvals", number(2))),
		w.step(w.config(approvals(expires)), 0, update, plannedValue("approval_statement", knownvalue.StringExact(text))),
		w.step(w.config(approvals(expires, d)), 0, update, plannedValue("approved_by", knownvalue.SetSizeExact(1)), plannedValue("blocked_by", gates("approvals"))),
		w.step(w.config(approvals(expires, d, l)), 2, update, plannedValue("approved_by", knownvalue.SetSizeExact(2)), plannedValue("runs", number(1)), state("status", knownvalue.StringExact("submitted"))),
		// Executed: an approver who leaves, and approvals that expire, rewrite nothing.
		w.step(w.config(approvals(expires, d, l)), 0, func() { w.clock.Advance(30 * day) }, noop),
	)
	w.deletions(2)
}

// TestAccUserDataDeletion_ApprovalsThatDoNotCount is an attacker's table: each would-be approval leaves the case waiting.
func TestAccUserDataDeletion_ApprovalsThatDoNotCount(t *testing.T) {
	dana, lee, mallory := newSigner(t), newSigner(t), newSigner(t)
	ceiling := func(n int64) func(*approval.Statement) { return func(s *approval.Statement) { s.MaxEvents = &n } }
	for name, tc := range map[string]struct {
		arguments string
		expiry    string
		now       time.Duration
		signed    func(w *world) []signed
	}{
		"replayed for another person": {signed: func(w *world) []signed {
			text := w.statement(nil, bob)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", lee.sign(approval.Namespace, text)}}
		}},
		"replayed for more people": {signed: func(w *world) []signed {
			text := w.statement(nil, alice)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", lee.sign(approval.Namespace, text)}}
		}},
		"replayed for another case": {signed: func(w *world) []signed {
			text := w.statement(func(s *approval.Statement) { s.Case = "DSR-2" }, alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", lee.sign(approval.Namespace, text)}}
		}},
		"replayed for another organization": {signed: func(w *world) []signed {
			text := w.statement(func(s *approval.Statement) { s.Organization = "otherorg" }, alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", lee.sign(approval.Namespace, text)}}
		}},
		"replayed for another request": {signed: func(w *world) []signed {
			text := w.statement(func(s *approval.Statement) { s.Request = 2 }, alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", lee.sign(approval.Namespace, text)}}
		}},
		"with a larger ceiling": {arguments: "max_events = 1000\n", signed: func(w *world) []signed {
			text := w.statement(ceiling(100), alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", lee.sign(approval.Namespace, text)}}
		}},
		"with the ceiling taken away": {signed: func(w *world) []signed {
			text := w.statement(ceiling(100), alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", lee.sign(approval.Namespace, text)}}
		}},
		"with a later expiry": {expiry: "2027-12-01T12:00:00Z", signed: func(w *world) []signed {
			text := w.statement(nil, alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", lee.sign(approval.Namespace, text)}}
		}},
		"expired": {now: 20 * day, signed: func(w *world) []signed {
			text := w.statement(nil, alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", lee.sign(approval.Namespace, text)}}
		}},
		"one person twice": {signed: func(w *world) []signed {
			text := w.statement(nil, alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"dana", dana.sign(approval.Namespace, text)}}
		}},
		"one key under two names": {signed: func(w *world) []signed {
			text := w.statement(nil, alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", dana.sign(approval.Namespace, text)}}
		}},
		"an unknown key": {signed: func(w *world) []signed {
			text := w.statement(nil, alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", mallory.sign(approval.Namespace, text)}}
		}},
		"an unknown person": {signed: func(w *world) []signed {
			text := w.statement(nil, alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"mallory", mallory.sign(approval.Namespace, text)}}
		}},
		"with the receipt's namespace": {signed: func(w *world) []signed {
			text := w.statement(nil, alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", lee.sign("erasure-receipt@coveo-privacy", text)}}
		}},
		"with a trailing byte more": {signed: func(w *world) []signed {
			text := w.statement(nil, alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", lee.sign(approval.Namespace, text+"\n")}}
		}},
		"with a trailing byte less": {signed: func(w *world) []signed {
			text := w.statement(nil, alice, visitor)
			return []signed{{"dana", dana.sign(approval.Namespace, text)}, {"lee", lee.sign(approval.Namespace, strings.TrimSuffix(text, "\n"))}}
		}},
		"no signature at all": {signed: func(w *world) []signed {
			return []signed{{"dana", "approved, dana"}, {"lee", ""}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			w.erasure = approvers(2, map[string]*signer{"dana": dana, "lee": lee})
			expiry := expires
			if tc.expiry != "" {
				expiry = tc.expiry
			}
			w.clock.Advance(tc.now)
			w.run(w.step(w.config(tc.arguments+approvals(expiry, tc.signed(w)...)), 0, create, plannedValue("runs", number(0)), plannedValue("blocked_by", gates("approvals"))))
			w.deletions(0)
		})
	}
}

func TestAccUserDataDeletion_ApprovalsCoverTheResumeAndNotTheNextRequest(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	dana := newSigner(t)
	w.erasure = approvers(1, map[string]*signer{"dana": dana})
	first := signed{"dana", dana.sign(approval.Namespace, w.statement(nil, alice, visitor))}
	second := signed{"dana", dana.sign(approval.Namespace, w.statement(func(s *approval.Statement) { s.Request = 2 }, alice, visitor))}
	w.run(
		w.step(w.config(approvals(expires, first)), 2, w.failing(), unfinished{}, create),
		w.step(w.config(approvals(expires, first)), 1, w.ClearFaults, update, state("status", knownvalue.StringExact("submitted"))),
		w.step(w.config(approvals(expires, first)+"triggers = { again = \"1\" }"), 0, update, plannedValue("blocked_by", gates("approvals")), plannedValue("status", knownvalue.StringExact("waiting"))),
		w.step(w.config(approvals(expires, second)+"triggers = { again = \"1\" }"), 2, update, plannedValue("runs", number(3)), plannedValue("request_number", number(2))),
	)
	w.deletions(5)
}

func TestAccUserDataDeletion_LegalHolds(t *testing.T) {
	digest := func(w *world, keyID, id string) string {
		keys, err := subject.NewKeyring(w.ID(), w.keys, keyID)
		if err != nil {
			t.Fatal(err)
		}
		return keys.Digest(keyID, id)
	}
	t.Run("a hold on one identifier holds the case, and lifting it erases", func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		w.erasure = fmt.Sprintf("legal_holds = [%q]", digest(w, "2026", visitor))
		held := w.config("")
		w.erasure = "legal_holds = []"
		w.run(
			w.step(held, 0, create, plannedValue("hold_status", knownvalue.StringExact("held")), plannedValue("blocked_by", gates("legal_hold")), plannedValue("runs", number(0))),
			w.step(w.config(""), 2, update, plannedValue("hold_status", knownvalue.StringExact("clear")), plannedValue("runs", number(1))),
			// An executed record keeps what it ran with.
			w.step(held, 0, noop),
		)
		w.deletions(2)
	})
	t.Run("a hold under an older key that is still there", func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		w.keys["2025"] = "ffffffffffffffffffffffffffffffff"
		w.keyID = "2026"
		w.erasure = fmt.Sprintf("legal_holds = [%q]", digest(w, "2025", alice))
		w.run(w.step(w.config(""), 0, create, plannedValue("blocked_by", gates("legal_hold"))))
		w.deletions(0)
	})
	t.Run("a hold under a key that is gone", func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		w.keys["2025"] = "ffffffffffffffffffffffffffffffff"
		hold := digest(w, "2025", alice)
		delete(w.keys, "2025")
		w.erasure = fmt.Sprintf("legal_holds = [%q], require_holds = true", hold)
		required := w.config("")
		w.erasure = fmt.Sprintf("legal_holds = [%q]", hold)
		w.run(
			w.step(required, 0, create, plannedValue("hold_status", knownvalue.StringExact("unchecked")), plannedValue("blocked_by", gates("hold_unchecked"))),
			w.step(w.config(""), 2, update, plannedValue("hold_status", knownvalue.StringExact("unchecked"))),
		)
		w.deletions(2)
	})
	t.Run("no holds declared, and required", func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		w.erasure = "require_holds = true"
		w.run(w.step(w.config(""), 0, create, plannedValue("hold_status", knownvalue.StringExact("unchecked")), plannedValue("blocked_by", gates("hold_unchecked"))))
		w.deletions(0)
	})
}

func TestAccUserDataDeletion_Deadlines(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	w.run(
		w.step(w.config("regulation = \"gdpr\"\nreceived_at = \"2026-11-20\""), 2, create,
			plannedValue("due_at", knownvalue.StringExact("2026-12-20")), plannedValue("submit_by", knownvalue.StringExact("2026-11-22"))),
		w.step(w.config("regulation = \"gdpr\"\nreceived_at = \"2026-11-20\""), 0, func() { w.clock.Advance(40 * day) }, noop),
		w.step(w.config("regulation = \"ccpa\"\nreceived_at = \"2026-11-20\""), 0, update, plannedValue("due_at", knownvalue.StringExact("2026-12-20"))),
	)
	w.deletions(2)
}

func TestAccUserDataDeletion_RetainedRecordsAreNotDestroyed(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	config := w.config(`retain_until = "2026-12-24"`)
	w.run(
		w.step(config, 2, create),
		w.refused(w.provider(), "Record must be kept: DSR-1"),
		w.step(config, 0, noop),
		w.step(config, 0, func() { w.clock.Advance(32 * day) }),
	)
	w.deletions(2)
}

// TestAccCLI_RunnersPolicyOnlyTightens gives the provider block what it wants, and the runner's file what it limits.
func TestAccCLI_RunnersPolicyOnlyTightens(t *testing.T) {
	dana, mallory := newSigner(t), newSigner(t)
	loose := strings.Replace(oneCase, "resource", "locals {}\n\nresource", 1)
	for name, tc := range map[string]struct {
		block  string
		policy string
		text   string
		sends  int
	}{
		"a larger limit in the block":           {`max_per_run = 1000`, `{"max_per_run": 0}`, "the provider allows 0", 0},
		"simulation in the file":                {`simulate = false`, `{"simulate": true}`, "Erasure simulated: DSR-1", 0},
		"approvals in the file":                 {`required_approvals = 0`, `{"required_approvals": 1, "approvers": {"dana": "` + dana.public + `"}}`, "The gate approvals is shut", 0},
		"the block brings its own approver":     {`approvers = { mallory = "` + mallory.public + `" }`, `{"required_approvals": 1, "approvers": {"dana": "` + dana.public + `"}}`, "The gate approvals is shut", 0},
		"holds must be checked":                 {`legal_holds = null`, `{"require_holds": true}`, "The gate hold_unchecked is shut", 0},
		"a shut gate is an error in the file":   {`blocked = "wait"`, `{"require_holds": true, "blocked": "error"}`, "Erasure blocked: DSR-1", 0},
		"an unknown key":                        {`max_per_run = 25`, `{"max_runs": 1}`, `it has the unknown key "max_runs"`, 0},
		"a key twice":                           {`max_per_run = 25`, `{"max_per_run": 0, "max_per_run": 100}`, "stands there twice", 0},
		"malformed":                             {`max_per_run = 25`, `{"max_per_run": 0`, "Runner's erasure policy cannot be used", 0},
		"a text for a number":                   {`max_per_run = 25`, `{"max_per_run": "none"}`, "it must be a whole number", 0},
		"null":                                  {`max_per_run = 25`, `{"require_holds": null}`, "it must be true or false", 0},
		"unreadable":                            {`max_per_run = 25`, ``, "it cannot be read", 0},
		"the file says that there are no holds": {`blocked = "wait"`, `{"legal_holds": [], "require_holds": true}`, "Irreversible erasure: DSR-1", 1},
		"nothing against it":                    {`legal_holds = []`, `{"max_per_run": 5, "require_holds": true}`, "Irreversible erasure: DSR-1", 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice}}, loose)
			main, err := os.ReadFile(filepath.Join(p.Dir, "main.tf"))
			if err != nil {
				t.Fatal(err)
			}
			p.Write("main.tf", strings.Replace(string(main), "provider \"coveo\" {", "provider \"coveo\" {\n  erasure = { "+tc.block+" }", 1))
			if tc.policy != "" {
				p.Write("policy.json", tc.policy)
			}
			p.Env = append(p.Env, "COVEO_ERASURE_POLICY_FILE="+filepath.Join(p.Dir, "policy.json"))
			p.wantText(p.Run("apply", "-no-color", "-auto-approve"), tc.text)
			p.wantDeletions(tc.sends)
			if tc.sends > 0 {
				p.wantText(p.MustRun("show", "-json"), `"erasure_policy_digest":"sha256:`)
			}
		})
	}
}

func TestAccCLI_ApprovalAsAPullRequestWould(t *testing.T) {
	dana := newSigner(t)
	p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice}}, fmt.Sprintf(`
variable "signature" {
  type    = string
  default = ""
}

resource "coveo_user_data_deletion" "case" {
  subject                  = "DSR-1"
  acknowledge_irreversible = true
  approvals_expire_at      = %q
  approvals                = var.signature == "" ? [] : [{ approver = "dana", signature = file(var.signature) }]
}

output "statement" {
  value = coveo_user_data_deletion.case.approval_statement
}
`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339)))
	p.Write("policy.json", `{"required_approvals": 1, "approvers": {"dana": "`+dana.public+`"}}`)
	p.Env = append(p.Env, "COVEO_ERASURE_POLICY_FILE="+filepath.Join(p.Dir, "policy.json"))
	p.wantText(p.MustRun("apply", "-no-color", "-auto-approve"), "Erasure waits: DSR-1")
	p.wantDeletions(0)
	statement := p.MustRun("output", "-raw", "statement").Stdout
	p.Write("dana.sig", dana.sign(approval.Namespace, statement))
	result := p.MustRun("apply", "-no-color", "-auto-approve", "-var=signature=dana.sig")
	p.wantText(result, "Irreversible erasure: DSR-1", "dana SHA256:")
	p.wantDeletions(1)
	if slices.Contains(p.Env, alice) || strings.Contains(statement, alice) || acctest.DigestKey == "" {
		t.Error("the statement names the person")
	}
}

func TestAccCLI_LateWarnsAndRefusesNothing(t *testing.T) {
	p := newPipeline(t, simulator.Options{}, map[string][]string{"DSR-1": {alice}},
		strings.Replace(oneCase, "verify_interval", "regulation = \"gdpr\"\n  received_at = \"2020-01-15\"\n  verify_interval", 1))
	p.wantText(p.MustRun("plan", "-no-color"), "Erasure is late: DSR-1", "had to be sent by 2020-01-18", "to be complete by 2020-02-15")
	p.MustRun("apply", "-no-color", "-auto-approve")
	p.wantDeletions(1)
	// Sent is sent: what follows is not late any more.
	if result := p.MustRun("plan", "-no-color", "-detailed-exitcode"); strings.Contains(result.All(), "late") {
		t.Errorf("an executed record warns of being late:\n%s", result.All())
	}
}
