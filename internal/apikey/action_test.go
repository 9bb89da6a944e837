// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const extendKey = "coveo_extend_api_key"

// extend invokes the action and gives what it said on the way and in the end.
func (p *protocol) extend(arguments map[string]tftypes.Value) (progress []string, diagnostics []*tfprotov6.Diagnostic) {
	p.t.Helper()
	server := p.ProviderServer.(tfprotov6.ActionServer)
	config := p.config(p.described.ActionSchemas[extendKey].Schema, arguments)
	planned, err := server.PlanAction(p.t.Context(), &tfprotov6.PlanActionRequest{ActionType: extendKey, Config: config})
	if err != nil || len(planned.Diagnostics) != 0 {
		p.t.Fatalf("%v, %s", err, inWords(planned.Diagnostics))
	}
	stream, err := server.InvokeAction(p.t.Context(), &tfprotov6.InvokeActionRequest{ActionType: extendKey, Config: config})
	if err != nil {
		p.t.Fatal(err)
	}
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			diagnostics = append(diagnostics, event.Diagnostics...)
		}
	}
	return progress, diagnostics
}

const fortnight = 14 * 24 * time.Hour

func TestAction_extendsAKeyThatIsToBeDisabled(t *testing.T) {
	w := newWorld(t, simulator.Options{InactivityAfter: fortnight})
	key := w.AddKey(simulator.KeySpec{DisplayName: "dsr", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
	w.clock.Advance(12 * 24 * time.Hour)
	p := w.speak()
	progress, diagnostics := p.extend(map[string]tftypes.Value{"id": str(key.ID)})
	if len(diagnostics) != 0 {
		t.Error(inWords(diagnostics))
	}
	want := []string{"dsr (ID " + key.ID + ") is SOON_TO_BE_DISABLED; asking Coveo to postpone its deactivation", "dsr (ID " + key.ID + ") was extended, and is ENABLED"}
	if strings.Join(progress, "\n") != strings.Join(want, "\n") {
		t.Errorf("it said %q, want %q", progress, want)
	}
	if w.Calls(simulator.ExtendAPIKey) != 1 || w.TotalCalls() != 3 {
		t.Errorf("calls: %v", w.CallCounts())
	}
	// It counts as a sign of life.
	w.clock.Advance(12 * 24 * time.Hour)
	if _, diagnostics := w.speak().extend(map[string]tftypes.Value{"id": str(key.ID)}); len(diagnostics) != 0 {
		t.Error(inWords(diagnostics))
	}
}

func TestAction_whatCannotBeExtended(t *testing.T) {
	for name, tc := range map[string]struct {
		prepare func(w *world, id string)
		words   []string
	}{
		"gone":                  {func(w *world, id string) { w.RemoveKey(id) }, []string{"No such API key", "acmeprod1a2b3c has no API key with the ID"}},
		"expired":               {func(w *world, _ string) { w.clock.Advance(31 * 24 * time.Hour) }, []string{"API key cannot be extended: dsr", "expired (2026-04-01T09:00:00Z)", "new key"}},
		"disabled for idleness": {func(w *world, id string) { w.DisableKeyForInactivity(id) }, []string{"API key cannot be extended: dsr", "for lack of use already", "Activate it"}},
		"disabled by hand":      {func(w *world, id string) { w.DisableKey(id) }, []string{"API key cannot be extended: dsr", "disabled (DISABLED)", "enabled = true"}},
		"exposed":               {func(w *world, id string) { w.ExposeKey(id) }, []string{"API key cannot be extended: dsr", "somewhere public", "new key"}},
		"refused":               {func(w *world, _ string) { w.Inject(simulator.Fault{Operation: simulator.ExtendAPIKey, Status: 403}) }, []string{"API key not extended: dsr", "Organization – API keys: Edit"}},
		"list refused":          {func(w *world, _ string) { w.Inject(simulator.Fault{Operation: simulator.ListAPIKeys, Status: 401}) }, []string{"API key not extended: ", "Organization – API keys: View"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			key := w.AddKey(simulator.KeySpec{DisplayName: "dsr", Lifetime: "P30D", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
			tc.prepare(w, key.ID)
			_, diagnostics := w.speak().extend(map[string]tftypes.Value{"id": str(key.ID)})
			if err := said(diagnostics, tfprotov6.DiagnosticSeverityError, tc.words...); err != nil {
				t.Error(err)
			}
			want := 0
			if name == "refused" {
				want = 1
			}
			if got := w.Calls(simulator.ExtendAPIKey); got != want {
				t.Errorf("%d requests to extend, want %d", got, want)
			}
		})
	}
}

func TestAction_warnings(t *testing.T) {
	for name, tc := range map[string]struct {
		lifetime string
		fault    simulator.Fault
		words    []string
	}{
		"read fails":      {"", simulator.Fault{Operation: simulator.GetAPIKey, Status: 403}, []string{"Extended API key not read back: dsr", "accepted the extension"}},
		"no effect":       {"", simulator.Fault{Operation: simulator.GetAPIKey, Mutate: func(key map[string]any) { key["status"] = "SOON_TO_BE_DISABLED" }}, []string{"is still to be disabled: dsr"}},
		"about to expire": {"P3D", simulator.Fault{Operation: simulator.Unknown}, []string{"Extended API key expires soon: dsr", "2026-03-05T09:00:00Z", "make a new key"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			key := w.AddKey(simulator.KeySpec{DisplayName: "dsr", Lifetime: tc.lifetime, Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
			w.Inject(tc.fault)
			_, diagnostics := w.speak().extend(map[string]tftypes.Value{"id": str(key.ID)})
			if err := said(diagnostics, tfprotov6.DiagnosticSeverityWarning, tc.words...); err != nil || failed(diagnostics) {
				t.Error(err)
			}
			if w.Calls(simulator.ExtendAPIKey) != 1 {
				t.Errorf("%d requests to extend", w.Calls(simulator.ExtendAPIKey))
			}
		})
	}
}

func TestAction_tokenUnknown(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	_, diagnostics := w.speakWith(unknown(tftypes.String)).extend(map[string]tftypes.Value{"id": str("x")})
	if err := said(diagnostics, tfprotov6.DiagnosticSeverityError, "API key not extended: x", "does not exist yet"); err != nil || w.TotalCalls() != 0 {
		t.Error(err)
	}
}

func TestAccAction_extend(t *testing.T) {
	w := newWorld(t, simulator.Options{InactivityAfter: fortnight})
	config := w.key(append(eraser, `
  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.coveo_extend_api_key.keep]
    }
  }`)...) + `
action "coveo_extend_api_key" "keep" {
  config {
    id = coveo_api_key.test.id
  }
}
`
	w.runNewer(
		resource.TestStep{Config: config, Check: func(*terraform.State) error {
			return w.checkCalls(map[simulator.Operation]int{simulator.CreateAPIKey: 1, simulator.ExtendAPIKey: 0})
		}},
		resource.TestStep{
			PreConfig: w.fresh(), Config: strings.Replace(config, "dsr-eraser", "dsr-eraser-2", 1),
			Check: func(*terraform.State) error {
				return w.checkCalls(map[simulator.Operation]int{simulator.UpdateAPIKey: 1, simulator.ExtendAPIKey: 1})
			},
		},
	)
}
