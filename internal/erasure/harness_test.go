// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const (
	address = "coveo_user_data_deletion.case"
	alice   = "alice.smith@example.com-google"
	visitor = "3c2f5f0e-7c0e-4e5b-9a57-1d0b3ad3f3a1"
	third   = "alice@example.com-saml"
	bob     = "bob@example.com-google"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// world is an embedded organization, a clock that both sides share, and a vault.
type world struct {
	t     *testing.T
	clock *acctest.Clock
	*simulator.Server
	// vault and the rest make up the provider block of the next configuration.
	vault   map[string][]string
	keys    map[string]string
	keyID   string
	erasure string
	token   string
}

func newWorld(t *testing.T, options simulator.Options) *world {
	t.Helper()
	t.Parallel()
	clock := acctest.NewClock(start)
	options.Now = clock.Now
	w := &world{
		t: t, clock: clock, Server: simulator.Start(t, options),
		vault: map[string][]string{"DSR-1": {alice, visitor}},
		keys:  map[string]string{"2026": acctest.DigestKey},
		token: simulator.AdminToken,
	}
	w.Log(alice, simulator.Search, 9)
	w.Log(alice, simulator.Click, 3)
	w.Log(visitor, simulator.Custom, 4)
	return w
}

func (w *world) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return acctest.Factories(provider.WithClock(w.clock))
}

// provider is the provider block as the world stands now.
func (w *world) provider() string {
	arguments := []string{acctest.Subjects(w.vault)}
	if len(w.keys) > 0 {
		var keys strings.Builder
		for id, secret := range w.keys {
			fmt.Fprintf(&keys, "    %q = %q\n", id, secret)
		}
		arguments = append(arguments, "digest_keys = {\n"+keys.String()+"  }")
	}
	if w.keyID != "" {
		arguments = append(arguments, fmt.Sprintf("digest_key_id = %q", w.keyID))
	}
	if w.erasure != "" {
		arguments = append(arguments, "erasure = { "+w.erasure+" }")
	}
	return acctest.ProviderConfigWith(w.Server, w.token, arguments...)
}

// config is the provider block and the record of DSR-1 with these arguments more.
func (w *world) config(arguments string) string {
	return w.provider() + fmt.Sprintf(`
resource "coveo_user_data_deletion" "case" {
  subject                  = "DSR-1"
  acknowledge_irreversible = true
  %s
}
`, arguments)
}

// step applies a configuration, after the world has been changed by before, and counts the deletions that it sends. It uses
// the world as it stands when the step is written down, so a changed vault or key has to be set before.
func (w *world) step(config string, deletions int, checks ...any) resource.TestStep {
	var sent int
	step := resource.TestStep{
		Config:    config,
		PreConfig: func() { sent = w.Calls(simulator.DeleteUserData) },
		Check: func(*terraform.State) error {
			if got := w.Calls(simulator.DeleteUserData) - sent; got != deletions {
				return fmt.Errorf("%d deletions were sent, want %d", got, deletions)
			}
			return nil
		},
	}
	for _, check := range checks {
		switch c := check.(type) {
		case plancheck.PlanCheck:
			step.ConfigPlanChecks.PreApply = append(step.ConfigPlanChecks.PreApply, c)
		case statecheck.StateCheck:
			step.ConfigStateChecks = append(step.ConfigStateChecks, c)
		case unfinished:
			step.ExpectNonEmptyPlan = true
		case func():
			before := step.PreConfig
			step.PreConfig = func() { c(); before() }
		default:
			w.t.Fatalf("a step takes no %T", check)
		}
	}
	return step
}

// unfinished marks a step after which the next plan still has something to do.
type unfinished struct{}

// refused is a step whose plan is an error, which sends nothing.
func (w *world) refused(config, pattern string, before ...func()) resource.TestStep {
	return resource.TestStep{
		Config:      config,
		ExpectError: regexp.MustCompile(spaced(pattern)),
		PreConfig: func() {
			for _, f := range before {
				f()
			}
		},
	}
}

// spaced lets a sentence match however Terraform breaks its lines.
func spaced(sentence string) string {
	return strings.Join(strings.Fields(sentence), `[\s│]+`)
}

// run runs steps, and then destroys what is left, which sends nothing.
func (w *world) run(steps ...resource.TestStep) {
	w.t.Helper()
	resource.UnitTest(w.t, resource.TestCase{ProtoV6ProviderFactories: w.factories(), Steps: steps})
}

// deletions fails the test unless exactly this many deletions were sent in all, the final destroy included.
func (w *world) deletions(want int) {
	w.t.Helper()
	if got := w.Calls(simulator.DeleteUserData); got != want {
		w.t.Errorf("%d deletions were sent in all, want %d", got, want)
	}
}

// failing makes Coveo refuse to erase the visitor until it is told otherwise.
func (w *world) failing() func() {
	return func() { w.Inject(simulator.Fault{Operation: simulator.DeleteUserData, UserID: visitor, Status: 500}) }
}

func planned(action plancheck.ResourceActionType) plancheck.PlanCheck {
	return plancheck.ExpectResourceAction(address, action)
}

func plannedValue(name string, value knownvalue.Check) plancheck.PlanCheck {
	return plancheck.ExpectKnownValue(address, tfjsonpath.New(name), value)
}

func plannedUnknown(name string) plancheck.PlanCheck {
	return plancheck.ExpectUnknownValue(address, tfjsonpath.New(name))
}

func state(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), value)
}

func number(n int64) knownvalue.Check { return knownvalue.Int64Exact(n) }

func text(s string) knownvalue.Check { return knownvalue.StringExact(s) }

func gates(names ...string) knownvalue.Check {
	checks := make([]knownvalue.Check, 0, len(names))
	for _, name := range names {
		checks = append(checks, text(name))
	}
	return knownvalue.SetExact(checks)
}
