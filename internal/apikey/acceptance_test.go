// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const address = "coveo_api_key.test"

// began is when the clock of every test starts.
var began = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world is one organization, one clock, and a provider whose diagnostics are overheard.
type world struct {
	*simulator.Server

	t     *testing.T
	clock *acctest.Clock
	heard *ear
}

func newWorld(t *testing.T, options simulator.Options) *world {
	t.Helper()
	t.Parallel()
	w := &world{t: t, clock: acctest.NewClock(began), heard: &ear{}}
	options.Now = w.clock.Now
	w.Server = simulator.Start(t, options)
	return w
}

// key is a configuration with one key of these arguments.
func (w *world) key(arguments ...string) string {
	return acctest.ProviderConfig(w.Server) + keyNamed("test", arguments...)
}

func keyNamed(name string, arguments ...string) string {
	return "resource \"coveo_api_key\" \"" + name + "\" {\n  " + strings.Join(arguments, "\n  ") + "\n}\n"
}

// run runs the steps with the command line.
func (w *world) run(steps ...resource.TestStep) {
	w.t.Helper()
	inner := acctest.Factories(provider.WithClock(w.clock))["coveo"]
	resource.UnitTest(w.t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"coveo": func() (tfprotov6.ProviderServer, error) {
				server, err := inner()
				return overheard{server, w.heard}, err
			},
		},
		Steps: steps,
	})
}

// runNewer runs steps that take a command line with actions and queries. Nobody overhears their diagnostics.
func (w *world) runNewer(steps ...resource.TestStep) {
	w.t.Helper()
	resource.UnitTest(w.t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		ProtoV6ProviderFactories: acctest.Factories(provider.WithClock(w.clock)),
		Steps:                    steps,
	})
}

// fresh forgets calls and diagnostics and then does what comes next in the world outside of Terraform.
func (w *world) fresh(then ...func()) func() {
	return func() {
		w.ResetCalls()
		w.heard.reset()
		for _, f := range then {
			f()
		}
	}
}

// only is the one key of the organization.
func (w *world) only() simulator.KeyView {
	w.t.Helper()
	keys := w.Keys()
	if len(keys) != 1 {
		w.t.Fatalf("the organization has %d keys, want one", len(keys))
	}
	return keys[0]
}

// calls checks how often operations were asked for since the last fresh; those that are not named and change keys must not
// have been asked for at all.
func (w *world) calls(want map[simulator.Operation]int) resource.TestCheckFunc {
	return func(*terraform.State) error { return w.checkCalls(want) }
}

func (w *world) checkCalls(want map[simulator.Operation]int) error {
	for _, write := range []simulator.Operation{
		simulator.CreateAPIKey, simulator.UpdateAPIKey, simulator.DeleteAPIKey, simulator.ActivateAPIKey, simulator.DisableAPIKey,
	} {
		if _, ok := want[write]; !ok && w.Calls(write) != 0 {
			return fmt.Errorf("%d calls of %s, want none", w.Calls(write), write)
		}
	}
	for operation, n := range want {
		if got := w.Calls(operation); got != n {
			return fmt.Errorf("%d calls of %s, want %d", got, operation, n)
		}
	}
	return nil
}

// inOrganization checks the one key of the organization.
func (w *world) inOrganization(check func(simulator.KeyView) error) resource.TestCheckFunc {
	return func(*terraform.State) error { return check(w.only()) }
}

// planWarns is a plan check that wants a warning with all of these words.
func (w *world) planWarns(words ...string) plancheck.PlanCheck {
	return planCheck(func() error { return w.heard.warned(words...) })
}

// planIsQuiet is a plan check that wants no diagnostics.
func (w *world) planIsQuiet() plancheck.PlanCheck { return planCheck(w.heard.quiet) }

func (w *world) warns(words ...string) resource.TestCheckFunc {
	return func(*terraform.State) error { return w.heard.warned(words...) }
}

type planCheck func() error

func (c planCheck) CheckPlan(_ context.Context, _ plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = c()
}

// ear remembers the diagnostics of a provider.
type ear struct {
	mu    sync.Mutex
	heard []*tfprotov6.Diagnostic
	// validated is what was said about configurations.
	validated []validated
}

// validated is a configuration as the protocol carries it, and what was said about it.
type validated struct {
	config      []byte
	diagnostics []*tfprotov6.Diagnostic
}

// about is what was said about configurations that hold a text.
func (e *ear) about(text string) *ear {
	e.mu.Lock()
	defer e.mu.Unlock()
	only := &ear{}
	for _, v := range e.validated {
		if bytes.Contains(v.config, []byte(text)) {
			only.heard = append(only.heard, v.diagnostics...)
		}
	}
	return only
}

func (e *ear) hear(diagnostics []*tfprotov6.Diagnostic) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, diagnostics...)
}

func (e *ear) reset() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = nil
}

func (e *ear) all() []*tfprotov6.Diagnostic {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]*tfprotov6.Diagnostic(nil), e.heard...)
}

func (e *ear) find(severity tfprotov6.DiagnosticSeverity, words ...string) error {
	var texts []string
	for _, d := range e.all() {
		text := fmt.Sprintf("%s (%s): %s", d.Summary, d.Attribute, d.Detail)
		texts = append(texts, text)
		matches := d.Severity == severity
		for _, word := range words {
			matches = matches && strings.Contains(text, word)
		}
		if matches {
			return nil
		}
	}
	return fmt.Errorf("no diagnostic of severity %s with %q among:\n%s", severity, words, strings.Join(texts, "\n"))
}

func (e *ear) warned(words ...string) error {
	return e.find(tfprotov6.DiagnosticSeverityWarning, words...)
}

func (e *ear) quiet() error {
	if all := e.all(); len(all) > 0 {
		return fmt.Errorf("unexpected diagnostic: %s: %s", all[0].Summary, all[0].Detail)
	}
	return nil
}

// overheard is a provider whose diagnostics are remembered.
type overheard struct {
	tfprotov6.ProviderServer
	ear *ear
}

func (o overheard) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	resp, err := o.ProviderServer.ValidateResourceConfig(ctx, req)
	if resp != nil {
		o.ear.mu.Lock()
		o.ear.validated = append(o.ear.validated, validated{req.Config.MsgPack, resp.Diagnostics})
		o.ear.mu.Unlock()
		o.ear.hear(resp.Diagnostics)
	}
	return resp, err
}

func (o overheard) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := o.ProviderServer.ReadResource(ctx, req)
	if resp != nil {
		o.ear.hear(resp.Diagnostics)
	}
	return resp, err
}

func (o overheard) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := o.ProviderServer.PlanResourceChange(ctx, req)
	if resp != nil {
		o.ear.hear(resp.Diagnostics)
	}
	return resp, err
}

func (o overheard) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := o.ProviderServer.ApplyResourceChange(ctx, req)
	if resp != nil {
		o.ear.hear(resp.Diagnostics)
	}
	return resp, err
}

func (o overheard) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	resp, err := o.ProviderServer.ImportResourceState(ctx, req)
	if resp != nil {
		o.ear.hear(resp.Diagnostics)
	}
	return resp, err
}

// eraser is the recommended key of who erases.
var eraser = []string{
	`display_name = "dsr-eraser"`,
	`duties       = ["overview", "erasure"]`,
	`allowed_ips  = ["203.0.113.0/24", "2001:db8::/48"]`,
	`lifetime     = "P90D"`,
}

func is(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), value)
}

func strs(values ...string) knownvalue.Check {
	checks := make([]knownvalue.Check, 0, len(values))
	for _, value := range values {
		checks = append(checks, knownvalue.StringExact(value))
	}
	return knownvalue.SetExact(checks)
}

// empty wants no change at the end of a step.
func empty() []plancheck.PlanCheck { return []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()} }

// does is what the plan of a step is to do.
func does(action plancheck.ResourceActionType, more ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{
		PreApply:             append([]plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}, more...),
		PostApplyPostRefresh: empty(),
	}
}

// wrapped matches words in what the command line prints, whatever line breaks stand between.
func wrapped(words string) *regexp.Regexp {
	return regexp.MustCompile(strings.Join(strings.Fields(regexp.QuoteMeta(words)), `[\s│]+`))
}
