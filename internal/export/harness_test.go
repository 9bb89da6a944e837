// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export_test

import (
	"context"
	"fmt"
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

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const (
	address = "coveo_user_data_export.test"
	alice   = "alice.smith@example.com-google"
	browser = "29fb0d0a-b5eb-4c20-aff0-9d282df11569"
	caseOne = "DSR-2026-0142"
)

var began = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world is one organization with two people, one clock, and a provider whose diagnostics are overheard.
type world struct {
	*simulator.Server

	t     *testing.T
	clock *acctest.Clock
	heard *ear
	vault map[string][]string
}

func newWorld(t *testing.T, options simulator.Options) *world {
	t.Helper()
	t.Parallel()
	w := &world{t: t, clock: acctest.NewClock(began), heard: &ear{}, vault: map[string][]string{caseOne: {alice, browser}}}
	options.Now = w.clock.Now
	w.Server = simulator.Start(t, options)
	at := time.Date(2026, 2, 10, 8, 0, 0, 0, time.UTC)
	w.LogEvents(
		simulator.EventSpec{UserID: alice, Kind: simulator.Search, Count: 5, Time: at}, simulator.EventSpec{UserID: alice, Kind: simulator.Click, Count: 2, Time: at},
		simulator.EventSpec{UserID: browser, Kind: simulator.Search, Time: at}, simulator.EventSpec{UserID: "bob-saml", Kind: simulator.Search, Count: 20, Time: at},
		simulator.EventSpec{UserID: "carol-saml", VisitorID: browser, Kind: simulator.Custom, Count: 3, Time: at},
	)
	return w
}

// config is a provider with the vault, and more.
func (w *world) config(more string) string {
	return acctest.ProviderConfig(w.Server, acctest.Digests(), acctest.Subjects(w.vault)) + more
}

const period = `from = "2026-01-01"
  to   = "2026-02-28"`

// export is a configuration with one export of the case and these arguments.
func (w *world) export(arguments ...string) string {
	return w.config(exportBlock(append([]string{fmt.Sprintf("subject = %q", caseOne), period}, arguments...)...))
}

func exportBlock(arguments ...string) string {
	return "resource \"coveo_user_data_export\" \"test\" {\n  " + strings.Join(arguments, "\n  ") + "\n}\n"
}

func (w *world) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	inner := acctest.Factories(provider.WithClock(w.clock))["coveo"]
	return map[string]func() (tfprotov6.ProviderServer, error){"coveo": func() (tfprotov6.ProviderServer, error) {
		server, err := inner()
		return &overheard{ProviderServer: server, ear: w.heard}, err
	}}
}

func (w *world) run(steps ...resource.TestStep) {
	w.t.Helper()
	resource.UnitTest(w.t, resource.TestCase{ProtoV6ProviderFactories: w.factories(), Steps: steps})
}

// ear collects diagnostics, as warnings cannot be looked at otherwise.
type ear struct {
	mu   sync.Mutex
	said []string
}

func (e *ear) hear(diagnostics []*tfprotov6.Diagnostic) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, d := range diagnostics {
		e.said = append(e.said, d.Severity.String()+": "+d.Summary+": "+d.Detail)
	}
}

func (e *ear) text() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.said, "\n")
}

func (e *ear) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.said = nil
}

// overheard is a provider whose diagnostics are heard.
type overheard struct {
	tfprotov6.ProviderServer
	ear *ear
}

func (o *overheard) PlanResourceChange(ctx context.Context, r *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := o.ProviderServer.PlanResourceChange(ctx, r)
	if resp != nil {
		o.ear.hear(resp.Diagnostics)
	}
	return resp, err
}

func (o *overheard) ApplyResourceChange(ctx context.Context, r *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := o.ProviderServer.ApplyResourceChange(ctx, r)
	if resp != nil {
		o.ear.hear(resp.Diagnostics)
	}
	return resp, err
}

func (o *overheard) ReadResource(ctx context.Context, r *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := o.ProviderServer.ReadResource(ctx, r)
	if resp != nil {
		o.ear.hear(resp.Diagnostics)
	}
	return resp, err
}

// hears fails where no diagnostic said a part.
func (w *world) hears(parts ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		for _, part := range parts {
			if !strings.Contains(w.heard.text(), part) {
				return fmt.Errorf("nobody said %q but:\n%s", part, w.heard.text())
			}
		}
		return nil
	}
}

// calls fails where another number of requests was sent.
func (w *world) calls(want map[simulator.Operation]int) resource.TestCheckFunc {
	return func(*terraform.State) error {
		for operation, n := range want {
			if got := w.Calls(operation); got != n {
				return fmt.Errorf("%s: %d calls, want %d; all: %v", operation, got, n, w.CallCounts())
			}
		}
		return nil
	}
}

// inOrganization looks at the exports themselves.
func (w *world) inOrganization(look func([]simulator.ExportView) error) resource.TestCheckFunc {
	return func(*terraform.State) error { return look(w.Exports()) }
}

func (w *world) count(n int) resource.TestCheckFunc {
	return w.inOrganization(func(exports []simulator.ExportView) error {
		if len(exports) != n {
			return fmt.Errorf("%d exports, want %d", len(exports), n)
		}
		return nil
	})
}

// fresh forgets calls and words before a step.
func (w *world) fresh() func() {
	return func() {
		w.ResetCalls()
		w.heard.forget()
	}
}

func is(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), check)
}

func does(action plancheck.ResourceActionType, more ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: append([]plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}, more...)}
}

func exact(value string) knownvalue.Check { return knownvalue.StringExact(value) }
