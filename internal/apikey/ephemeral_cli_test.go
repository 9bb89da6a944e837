// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// These tests run a real command line with the built provider, since they are about what becomes of a key when a process ends.

const subjectID = "one.run@example.com-google"

// oneRun is a configuration that erases a person with a key that exists for one run only.
const oneRun = `
provider "coveo" {
  requests_per_second = 5000
  max_retries         = 1
}

ephemeral "coveo_api_key" "dsr" {
  display_name = "one run"
  duties       = ["overview", "erasure"]
  allowed_ips  = ["203.0.113.0/24"]
}

provider "coveo" {
  alias                         = "dsr"
  access_token                  = ephemeral.coveo_api_key.dsr.value
  analytics_requests_per_second = 5000
  max_retries                   = 0
}

resource "coveo_user_data_deletion" "case" {
  provider                 = coveo.dsr
  user_ids                 = ["` + subjectID + `"]
  acknowledge_irreversible = true
}
`

// run is a working folder with that configuration, and an organization that remembers every key it ever made.
type run struct {
	*acctest.CLI
	*simulator.Server

	t *testing.T

	mu   sync.Mutex
	made []simulator.KeyView
}

func newRun(t *testing.T, config string) *run {
	t.Helper()
	t.Parallel()
	r := &run{t: t, CLI: acctest.NewCLI(t, config), Server: simulator.Start(t, simulator.Options{})}
	r.Log(subjectID, simulator.Search, 3)
	r.setEnv()
	return r
}

func (r *run) setEnv() {
	r.Env = []string{
		"COVEO_ORGANIZATION_ID=" + r.ID(), "COVEO_ACCESS_TOKEN=" + simulator.AdminToken, "COVEO_PLATFORM_URL=" + r.URL,
		`COVEO_DIGEST_KEYS={"2026":"` + acctest.DigestKey + `"}`,
	}
}

// remember makes the organization remember the value of each key that it makes from now on.
func (r *run) remember() {
	r.Inject(simulator.Fault{Operation: simulator.CreateAPIKey, Mutate: func(body map[string]any) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.made = append(r.made, simulator.KeyView{ID: body["id"].(string), DisplayName: body["displayName"].(string), Value: body["value"].(string)})
	}})
}

// none wants no key to be left, and n keys to have been made.
func (r *run) none(n int) {
	r.t.Helper()
	if keys := r.Keys(); len(keys) != 0 {
		r.t.Errorf("%d keys are left, the first is %s (%s)", len(keys), keys[0].DisplayName, keys[0].ID)
	}
	if got := r.Calls(simulator.CreateAPIKey); got != n {
		r.t.Errorf("%d keys were made, want %d", got, n)
	}
}

func (r *run) fails(result acctest.Result, sentences ...string) {
	r.t.Helper()
	if result.Code == 0 {
		r.t.Error("the command succeeded")
	}
	r.says(result, sentences...)
}

func (r *run) says(result acctest.Result, sentences ...string) {
	r.t.Helper()
	for _, sentence := range sentences {
		if !strings.Contains(result.Unwrapped(), sentence) {
			r.t.Errorf("%q is not in the output:\n%s", sentence, result.All())
		}
	}
}

func TestAccCLI_KeyForOneRun(t *testing.T) {
	r := newRun(t, oneRun)
	r.remember()
	r.MustRun("validate", "-no-color")
	r.none(0)
	r.MustRun("plan", "-no-color", "-out=plan")
	r.none(1)
	r.MustRun("show", "-no-color", "-json", "plan")
	r.MustRun("apply", "-no-color", "plan")
	r.none(2)
	if r.Deletions(subjectID) != 1 {
		t.Error("nobody was erased")
	}
	r.MustRun("state", "list")
	r.none(2)
	r.MustRun("destroy", "-no-color", "-auto-approve")
	r.none(5) // three for a destroy
	names := map[string]bool{}
	for _, key := range r.made {
		names[key.DisplayName] = true
		if !strings.HasPrefix(key.DisplayName, "one run-") {
			t.Errorf("a key was called %s", key.DisplayName)
		}
	}
	for _, key := range r.made[:2] {
		if !r.Saw(key.Value) {
			t.Errorf("the key %s was never used", key.ID)
		}
	}
	if len(names) != 5 {
		t.Errorf("5 keys had %d names", len(names))
	}
	for _, request := range r.Requests() {
		if want := request.Operation == simulator.UserOverview || request.Operation == simulator.DeleteUserData; want != (request.Token == simulator.APIKey) {
			t.Errorf("%s was called with the token of: %s", request.Operation, request.Token)
		}
	}
}

func TestAccCLI_KeyForOneRunIsRevokedAfterAnError(t *testing.T) {
	r := newRun(t, oneRun)
	r.Inject(simulator.Fault{Operation: simulator.DeleteUserData, Status: 403})
	r.fails(r.Run("apply", "-no-color", "-auto-approve"), "403")
	r.none(2)

	r.Write("more.tf", `
data "coveo_user_overview" "person" {
  provider = coveo.dsr
  user_ids = ["someone.else@example.com-google"]
}
`)
	r.Inject(simulator.Fault{Operation: simulator.UserOverview, UserID: "someone.else@example.com-google", Status: 403})
	r.fails(r.Run("plan", "-no-color"), "403")
	r.none(3)
}

func TestAccCLI_KeyForOneRunIsRevokedAfterCtrlC(t *testing.T) {
	r := newRun(t, oneRun)
	r.Inject(simulator.Fault{Operation: simulator.UserOverview, Delay: time.Hour})
	r.fails(r.RunInterrupted(func() bool { return r.Calls(simulator.UserOverview) > 0 }, "plan", "-no-color"))
	r.none(1)
	r.ClearFaults()
	r.Inject(simulator.Fault{Operation: simulator.DeleteUserData, Delay: time.Hour})
	r.fails(r.RunInterrupted(func() bool { return r.Calls(simulator.DeleteUserData) > 0 }, "apply", "-no-color", "-auto-approve"))
	r.none(3)
	r.ClearFaults()
	// The key is made, and the answer is not there yet.
	r.Inject(simulator.Fault{Operation: simulator.CreateAPIKey, Delay: 2 * time.Second})
	r.fails(r.RunInterrupted(func() bool { return len(r.Keys()) > 0 }, "plan", "-no-color"))
	r.none(4)
}

func TestAccCLI_KeyForOneRunIsRevokedWhenTheCLIIsKilled(t *testing.T) {
	for _, logs := range []string{"off", "TRACE"} {
		t.Run("logs "+logs, func(t *testing.T) {
			r := newRun(t, oneRun)
			r.Env = append(r.Env, "TF_LOG="+logs)
			r.Inject(simulator.Fault{Operation: simulator.UserOverview, Delay: time.Hour})
			// Even where revoking takes longer than a command line that ends in peace would wait.
			r.Inject(simulator.Fault{Operation: simulator.DeleteAPIKey, Status: 503, Times: 1})
			running := r.Start("plan", "-no-color")
			acctest.Until(t, "the look at a person", func() bool { return r.Calls(simulator.UserOverview) > 0 })
			providers := running.Providers()
			running.Kill()
			running.Wait()
			acctest.Until(t, "the key's end", func() bool { return len(r.Keys()) == 0 })
			acctest.Until(t, "the providers' end", func() bool { return !acctest.AnyAlive(t, providers) })
			r.none(1)
		})
	}
}

// A provider that is killed can do nothing any more. Its key ends by itself.
func TestAccCLI_KeyForOneRunOfAKilledProviderExpires(t *testing.T) {
	r := newRun(t, oneRun)
	r.Inject(simulator.Fault{Operation: simulator.UserOverview, Delay: time.Hour})
	running := r.Start("plan", "-no-color")
	acctest.Until(t, "the look at a person", func() bool { return r.Calls(simulator.UserOverview) > 0 })
	if running.KillProviders() == 0 {
		t.Error("there was no provider")
	}
	r.fails(running.Wait())
	r.leftOneThatExpires(1)
}

// leftOneThatExpires wants at most one key for each of n openings, each with an end.
func (r *run) leftOneThatExpires(n int) {
	r.t.Helper()
	keys := r.Keys()
	if len(keys) != n || r.Calls(simulator.CreateAPIKey) != n {
		r.t.Fatalf("%d keys are left of %d, want %d", len(keys), r.Calls(simulator.CreateAPIKey), n)
	}
	for _, key := range keys {
		if lives := key.ExpirationDate.Sub(key.CreatedDate); lives != time.Hour {
			r.t.Errorf("the key %s lives for %s", key.ID, lives)
		}
	}
	r.Advance(time.Hour)
	for _, key := range r.Keys() {
		if key.Status != "EXPIRED" {
			r.t.Errorf("the key %s is %s", key.ID, key.Status)
		}
	}
}

func TestAccCLI_KeyForOneRunThatCannotBeRevokedExpires(t *testing.T) {
	r := newRun(t, oneRun)
	r.Inject(simulator.Fault{Operation: simulator.DeleteAPIKey, Status: 503})
	begun := time.Now()
	result := r.MustRun("plan", "-no-color")
	if took := time.Since(begun); took > time.Minute {
		t.Errorf("the plan took %s", took)
	}
	key := r.Keys()[0]
	r.says(result, "Key for one run not revoked: "+key.DisplayName, fmt.Sprintf("%q (ID %s), which ends at %s", key.DisplayName, key.ID,
		key.ExpirationDate.UTC().Format(time.RFC3339)), "Organization > API Keys")
	r.leftOneThatExpires(1)
}

// A provider that is asked to end, as a machine that shuts down asks everything, deletes its keys first.
func TestAccCLI_KeyForOneRunIsRevokedWhenTheProviderIsAskedToEnd(t *testing.T) {
	r := newRun(t, oneRun)
	r.Inject(simulator.Fault{Operation: simulator.UserOverview, Delay: time.Hour})
	running := r.Start("plan", "-no-color")
	acctest.Until(t, "the look at a person", func() bool { return r.Calls(simulator.UserOverview) > 0 })
	running.EndProviders()
	r.fails(running.Wait())
	acctest.Until(t, "the key's end", func() bool { return len(r.Keys()) == 0 })
	r.none(1)
}

// The value of a key for one run is in nothing that a run leaves behind.
func TestAccCLI_KeyForOneRunLeavesNoTrace(t *testing.T) {
	r := newRun(t, oneRun+`
data "coveo_user_overview" "person" {
  provider = coveo.dsr
  user_ids = ["`+subjectID+`"]
}

output "total" {
  value = data.coveo_user_overview.person.total_events
}
`)
	r.remember()
	r.Env = append(r.Env, "TF_LOG=TRACE")
	artefacts := map[string]string{}
	keep := func(name string, result acctest.Result) { artefacts[name] = result.All() }
	keep("plan", r.MustRun("plan", "-no-color", "-out=plan"))
	keep("show plan", r.MustRun("show", "-no-color", "plan"))
	keep("plan JSON", r.MustRun("show", "-no-color", "-json", "plan"))
	keep("apply", r.MustRun("apply", "-no-color", "plan"))
	keep("state JSON", r.MustRun("show", "-no-color", "-json"))
	keep("output", r.MustRun("output", "-no-color", "-json"))
	keep("plan as JSON", r.MustRun("plan", "-json"))
	r.Inject(simulator.Fault{Operation: simulator.UserOverview, Status: 401})
	keep("a refusal", r.Run("plan", "-no-color"))
	r.ClearFaults()
	r.Inject(simulator.Fault{Operation: simulator.DeleteAPIKey, Status: 500, Times: 1})
	keep("destroy", r.MustRun("destroy", "-no-color", "-auto-approve"))
	for _, name := range []string{"plan", "terraform.tfstate", "terraform.tfstate.backup"} {
		if name == "plan" {
			artefacts["plan file"] = acctest.Unzipped(t, filepath.Join(r.Dir, name))
			continue
		}
		content, err := os.ReadFile(filepath.Join(r.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		artefacts[name] = string(content)
	}
	if len(r.made) < 4 || !r.Saw(r.made[0].Value) || !r.Saw(r.made[1].Value) {
		t.Fatalf("%d keys were made and not all were used", len(r.made))
	}
	if !strings.Contains(artefacts["plan"], "OpenEphemeralResource") {
		t.Error("the log holds nothing of the opening")
	}
	for name, content := range artefacts {
		if len(content) == 0 {
			t.Errorf("%s is empty", name)
		}
		for _, key := range r.made {
			if strings.Contains(content, key.Value) {
				t.Errorf("a key's value is in: %s", name)
			}
		}
	}
	for _, name := range []string{"terraform.tfstate", "state JSON", "plan JSON", "plan file"} {
		for _, key := range r.made {
			if strings.Contains(artefacts[name], key.ID) {
				t.Errorf("a key's ID is in: %s", name)
			}
		}
	}
}

// Where the token of the provider that mints is made in the same run, the block can wait for apply by mentioning what makes it.
func TestAccCLI_KeyForOneRunWaitsForItsProvidersToken(t *testing.T) {
	t.Parallel()
	config := `
provider "coveo" {
  requests_per_second = 5000
}

resource "coveo_api_key" "minter" {
  display_name = "minter"
  privileges = concat([for type in ["VIEW", "EDIT", "CREATE"] : { owner = "PLATFORM", target_domain = "API_KEY", type = type }], [
    { owner = "USAGE_ANALYTICS", target_domain = "ADMINISTRATE", type = null },
    { owner = "USAGE_ANALYTICS", target_domain = "DELETE_USER_ANALYTICS_DATA", type = null },
  ])
  unrestricted_erasure = true
}

provider "coveo" {
  alias               = "minter"
  access_token        = coveo_api_key.minter.value
  requests_per_second = 5000
}

ephemeral "coveo_api_key" "dsr" {
  provider     = coveo.minter
  display_name = "one run"
  duties       = ["overview", "erasure"]
  allowed_ips  = ["203.0.113.0/24"]
}

provider "coveo" {
  alias        = "dsr"
  access_token = ephemeral.coveo_api_key.dsr.value
}

resource "coveo_user_data_deletion" "case" {
  provider                 = coveo.dsr
  user_ids                 = ["` + subjectID + `"]
  acknowledge_irreversible = true
}
`
	r := &run{t: t, CLI: acctest.NewCLI(t, config), Server: simulator.Start(t, simulator.Options{Readings: simulator.Readings{KeysMayManageKeys: true}})}
	r.setEnv()
	r.fails(r.Run("plan", "-no-color"), "Key for one run cannot be opened yet: one run", "separate configurations are the simplest way")
	r.none(0)
	main, err := os.ReadFile(filepath.Join(r.Dir, "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	r.Write("main.tf", strings.Replace(string(main), `display_name = "one run"`, `display_name = "one run"`+"\n  description = \"made with ${coveo_api_key.minter.id}\"", 1))
	r.MustRun("apply", "-no-color", "-auto-approve")
	if keys := r.Keys(); len(keys) != 1 || keys[0].DisplayName != "minter" {
		t.Errorf("the keys that are left: %+v", keys)
	}
	if r.Calls(simulator.CreateAPIKey) != 2 || r.Calls(simulator.DeleteAPIKey) != 1 || r.Deletions(subjectID) != 1 {
		t.Errorf("calls: %v", r.CallCounts())
	}
}
