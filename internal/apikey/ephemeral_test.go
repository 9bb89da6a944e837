// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/apikey"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const apiKey = "coveo_api_key"

// anEraser is what the configuration of a key for one run says.
func anEraser(more map[string]tftypes.Value) map[string]tftypes.Value {
	arguments := map[string]tftypes.Value{
		"display_name": str("one run"), "duties": setOf("overview", "erasure"), "allowed_ips": setOf("203.0.113.0/24"),
	}
	maps.Copy(arguments, more)
	return arguments
}

func (p *protocol) open(ctx context.Context, arguments map[string]tftypes.Value) *tfprotov6.OpenEphemeralResourceResponse {
	p.t.Helper()
	resp, err := p.OpenEphemeralResource(ctx, &tfprotov6.OpenEphemeralResourceRequest{
		TypeName: apiKey, Config: p.config(p.described.EphemeralResourceSchemas[apiKey], arguments),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp
}

func (p *protocol) close(private []byte) []*tfprotov6.Diagnostic {
	p.t.Helper()
	resp, err := p.CloseEphemeralResource(context.Background(), &tfprotov6.CloseEphemeralResourceRequest{TypeName: apiKey, Private: private})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

func TestEphemeral_openAndClose(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	p := w.speak(provider.WithKeeper(apikey.NewKeeper(func() string { return "ABCDEFGHIJKLMNOPQRSTUVWXYZ" })))
	resp := p.open(t.Context(), anEraser(map[string]tftypes.Value{"description": str("for a test"), "denied_ips": setOf("203.0.113.77")}))
	if len(resp.Diagnostics) != 0 {
		t.Fatal(inWords(resp.Diagnostics))
	}
	key := w.only()
	if key.DisplayName != "one run-abcdefghijklmnopqrstuvwxyz" || key.Description != "for a test" || !key.Enabled ||
		len(key.Privileges) != 2 || len(key.AllowedIPs) != 1 || len(key.DeniedIPs) != 1 {
		t.Errorf("made %+v", key)
	}
	if lives := key.ExpirationDate.Sub(key.CreatedDate); lives != time.Hour {
		t.Errorf("it lives for %s", lives)
	}
	got := p.decoded(p.described.EphemeralResourceSchemas[apiKey], resp.Result)
	for name, want := range map[string]string{
		"id": key.ID, "value": key.Value, "unique_display_name": key.DisplayName, "display_name": "one run",
		"expiration_date": key.ExpirationDate.UTC().Format(time.RFC3339),
	} {
		if text := textOf(t, got[name]); text != want {
			t.Errorf("%s is %q, want %q", name, text, want)
		}
	}
	var privileges []tftypes.Value
	if err := got["effective_privileges"].As(&privileges); err != nil || len(privileges) != 2 {
		t.Errorf("%d effective privileges, %v", len(privileges), err)
	}
	if strings.Contains(string(resp.Private), key.Value) {
		t.Error("the value is in what Terraform keeps for closing")
	}
	for range 2 { // closing what is gone is no problem
		if diagnostics := p.close(resp.Private); len(diagnostics) != 0 {
			t.Error(inWords(diagnostics))
		}
	}
	if len(w.Keys()) != 0 {
		t.Error("the key is still there")
	}
}

// A POST is sent once. The name was made up for it, so what bears the name is ours, and is deleted at once.
func TestEphemeral_lostAnswer(t *testing.T) {
	const (
		lost    = "Answer lost while a key for one run was made: one run-"
		deleted = "Coveo had made the key, and it is deleted again"
		nothing = "most likely nothing was made"
		open    = "could not be deleted, and opens what it may open until it ends"
	)
	for name, tc := range map[string]struct {
		fault simulator.Fault
		also  *simulator.Fault
		left  int
		words []string
	}{
		"503":             {fault: simulator.Fault{Status: 503}, words: []string{lost, nothing, "about 2026-03-02T10:00:00Z"}},
		"cut before":      {fault: simulator.Fault{CutBefore: true}, words: []string{lost, nothing}},
		"cut after":       {fault: simulator.Fault{CutAfter: true}, words: []string{lost, deleted}},
		"truncated":       {fault: simulator.Fault{Truncate: true}, words: []string{lost, deleted}},
		"HTML":            {fault: simulator.Fault{HTML: true}, words: []string{lost, deleted}},
		"empty":           {fault: simulator.Fault{Empty: true}, words: []string{lost, deleted}},
		"no ID":           {fault: without("id"), words: []string{lost, deleted}},
		"no value":        {fault: without("value"), words: []string{lost, deleted}},
		"list refused":    {fault: simulator.Fault{CutAfter: true}, also: &simulator.Fault{Operation: simulator.ListAPIKeys, Status: 403}, left: 1, words: []string{lost, open, "Organization > API Keys", "whose ID is not known"}},
		"delete refused":  {fault: without("value"), also: &simulator.Fault{Operation: simulator.DeleteAPIKey, Status: 403}, left: 1, words: []string{lost, open, "(ID "}},
		"refused":         {fault: simulator.Fault{Status: 403}, words: []string{"No key for one run made: one run-", "Organization – API keys: Create"}},
		"value not taken": {fault: simulator.Fault{Status: 412}, words: []string{"No key for one run made: one run-"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			other := w.AddKey(simulator.KeySpec{DisplayName: "one run", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
			w.Inject(of(simulator.CreateAPIKey, tc.fault))
			if tc.also != nil {
				w.Inject(*tc.also)
			}
			keeper := apikey.NewKeeper(func() string { return "ABCDEFGHIJKLMNOPQRSTUVWXYZ" })
			resp := w.speak(provider.WithKeeper(keeper)).open(t.Context(), anEraser(nil))
			if err := said(resp.Diagnostics, tfprotov6.DiagnosticSeverityError, tc.words...); err != nil {
				t.Error(err)
			}
			if n := w.Calls(simulator.CreateAPIKey); n != 1 {
				t.Errorf("%d requests for a key", n)
			}
			if keys := w.Keys(); len(keys) != 1+tc.left || keys[0].ID != other.ID {
				t.Errorf("%d keys are left, want %d", len(keys), 1+tc.left)
			}
			// What could not be deleted then is deleted when the provider stops.
			w.ClearFaults()
			if err := keeper.Stop(t.Context()); err != nil {
				t.Error(err)
			}
			if keys := w.Keys(); len(keys) != 1 || keys[0].ID != other.ID {
				t.Errorf("%d keys are left in the end", len(keys))
			}
		})
	}
}

// A key that shows only later is found when the provider stops.
func TestEphemeral_lostAnswerOfAKeyThatShowsLater(t *testing.T) {
	w := newWorld(t, simulator.Options{CreateLag: 1})
	w.Inject(simulator.Fault{Operation: simulator.CreateAPIKey, CutAfter: true, Times: 1})
	keeper := apikey.NewKeeper(func() string { return "x" })
	p := w.speak(provider.WithKeeper(keeper))
	resp := p.open(t.Context(), anEraser(nil))
	if err := said(resp.Diagnostics, tfprotov6.DiagnosticSeverityError, "looks again when it stops"); err != nil {
		t.Error(err)
	}
	w.show(w.only().ID)
	if err := keeper.Stop(t.Context()); err != nil || len(w.Keys()) != 0 {
		t.Errorf("%d keys are left, %v", len(w.Keys()), err)
	}
	if resp := p.open(t.Context(), anEraser(nil)); said(resp.Diagnostics, tfprotov6.DiagnosticSeverityError, "provider is being stopped") != nil || w.Calls(simulator.CreateAPIKey) != 1 {
		t.Errorf("a key was opened after the stop: %s", inWords(resp.Diagnostics))
	}
}

// show uses up the lag of a key.
func (w *world) show(id string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.URL+"/rest/organizations/"+w.ID()+"/apikeys/"+id, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+simulator.AdminToken)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = response.Body.Close()
}

func TestEphemeral_notVisibleAtOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		lag  int
		warn bool
	}{"for a moment": {3, false}, "for long": {30, true}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{CreateLag: tc.lag})
			resp := w.speak().open(t.Context(), anEraser(nil))
			if failed(resp.Diagnostics) || tc.warn != (said(resp.Diagnostics, tfprotov6.DiagnosticSeverityWarning, "New key not read back: one run-") == nil) {
				t.Error(inWords(resp.Diagnostics))
			}
			if len(w.Keys()) != 1 || w.clock.Waited() == 0 {
				t.Errorf("%d keys, waited %s", len(w.Keys()), w.clock.Waited())
			}
		})
	}
}

func TestEphemeral_warnsOfAKeyThatIsNotAsAskedFor(t *testing.T) {
	for name, tc := range map[string]struct {
		fault simulator.Fault
		words []string
	}{
		"no end":           {simulator.Fault{Mutate: func(key map[string]any) { delete(key, "expirationDate") }}, []string{"Key for one run without an end: one run-"}},
		"other privileges": {simulator.Fault{Mutate: func(key map[string]any) { key["privileges"] = []any{} }}, []string{"Key without exactly the privileges asked for", "DELETE_USER_ANALYTICS_DATA"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{IgnoreContract: true})
			w.Inject(of(simulator.CreateAPIKey, tc.fault))
			w.Inject(of(simulator.GetAPIKey, tc.fault))
			resp := w.speak().open(t.Context(), anEraser(nil))
			if err := said(resp.Diagnostics, tfprotov6.DiagnosticSeverityWarning, tc.words...); err != nil || failed(resp.Diagnostics) {
				t.Error(err)
			}
		})
	}
}

// Interrupted while the answer is under way, the provider waits for it and revokes the key that it names.
func TestEphemeral_interrupted(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.Inject(simulator.Fault{Operation: simulator.CreateAPIKey, Delay: time.Second})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		acctest.Until(t, "the request for a key", func() bool { return w.Calls(simulator.CreateAPIKey) > 0 })
	}()
	p := w.speak()
	resp := p.open(ctx, anEraser(nil))
	if err := said(resp.Diagnostics, tfprotov6.DiagnosticSeverityError, "Interrupted while a key for one run was made: one run-", "deleted again"); err != nil {
		t.Error(err)
	}
	if len(w.Keys()) != 0 || w.Calls(simulator.ListAPIKeys) != 0 || w.Calls(simulator.CreateAPIKey) != 1 {
		t.Errorf("%d keys are left, calls: %v", len(w.Keys()), w.CallCounts())
	}
	// Interrupted before, it asks for none.
	resp = p.open(ctx, anEraser(nil))
	if err := said(resp.Diagnostics, tfprotov6.DiagnosticSeverityError, "No key for one run made", "Nothing was asked for"); err != nil || w.Calls(simulator.CreateAPIKey) != 1 {
		t.Error(err, w.CallCounts())
	}
}

func TestEphemeral_tokenUnknown(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	p := w.speakWith(unknown(tftypes.String))
	resp := p.open(t.Context(), anEraser(nil))
	if err := said(resp.Diagnostics, tfprotov6.DiagnosticSeverityError, "Key for one run cannot be opened yet: one run", "separate configurations", "description of this block"); err != nil {
		t.Error(err)
	}
	deferred, err := p.OpenEphemeralResource(t.Context(), &tfprotov6.OpenEphemeralResourceRequest{
		TypeName: apiKey, Config: p.config(p.described.EphemeralResourceSchemas[apiKey], anEraser(nil)),
		ClientCapabilities: &tfprotov6.OpenEphemeralResourceClientCapabilities{DeferralAllowed: true},
	})
	if err != nil || len(deferred.Diagnostics) != 0 || deferred.Deferred == nil || deferred.Deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown {
		t.Errorf("%v, %+v", err, deferred)
	}
	if w.TotalCalls() != 0 {
		t.Errorf("%d calls", w.TotalCalls())
	}
}

func TestEphemeral_closeFails(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	keeper := apikey.NewKeeper(func() string { return "x" })
	p := w.speak(provider.WithKeeper(keeper))
	resp := p.open(t.Context(), anEraser(nil))
	key := w.only()
	w.Inject(simulator.Fault{Operation: simulator.DeleteAPIKey, Status: 403})
	diagnostics := p.close(resp.Private)
	if err := said(diagnostics, tfprotov6.DiagnosticSeverityWarning, "Key for one run not revoked: one run-x", key.ID, "ends at 2026-03-02T10:00:00Z",
		"Organization > API Keys", "Organization – API keys: Edit"); err != nil || failed(diagnostics) {
		t.Error(err)
	}
	err := keeper.Stop(t.Context())
	if err == nil || !strings.Contains(err.Error(), key.ID) || !strings.Contains(err.Error(), "2026-03-02T10:00:00Z") || strings.Contains(err.Error(), key.Value) {
		t.Errorf("the stop says %v", err)
	}
	w.ClearFaults()
	if err := keeper.Stop(t.Context()); err != nil || len(w.Keys()) != 0 {
		t.Errorf("%d keys are left, %v", len(w.Keys()), err)
	}
}

// Where hours are refused, days are the way out.
func TestEphemeral_lifetimeInDays(t *testing.T) {
	w := newWorld(t, simulator.Options{Readings: simulator.Readings{WholeDayLifetimes: true}})
	p := w.speak()
	resp := p.open(t.Context(), anEraser(nil))
	if err := said(resp.Diagnostics, tfprotov6.DiagnosticSeverityError, "No key for one run made: one run-", "whole days", "lifetime of PT1H, write P1D"); err != nil {
		t.Error(err)
	}
	if resp = p.open(t.Context(), anEraser(map[string]tftypes.Value{"lifetime": str("P1D")})); len(resp.Diagnostics) != 0 {
		t.Error(inWords(resp.Diagnostics))
	}
	if key := w.only(); key.ExpirationDate.Sub(key.CreatedDate) != 24*time.Hour {
		t.Errorf("it ends %s", key.ExpirationDate)
	}
}

// In the two seconds that the command line leaves for stopping, nothing waits for a gate that Coveo's refusal has closed.
func TestEphemeral_stopWaitsForNoGate(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	keeper := apikey.NewKeeper(func() string { return "x" })
	p := w.speak(provider.WithKeeper(keeper))
	resp := p.open(t.Context(), anEraser(nil))
	w.Inject(simulator.Fault{Operation: simulator.DeleteAPIKey, Status: 429, RetryAfter: "3600", Times: 1})
	if err := said(p.close(resp.Private), tfprotov6.DiagnosticSeverityWarning, "Key for one run not revoked: one run-x"); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := keeper.Stop(ctx); err != nil || len(w.Keys()) != 0 {
		t.Errorf("%d keys are left, %v", len(w.Keys()), err)
	}
}

func TestEphemeral_validation(t *testing.T) {
	const ok = ""
	for name, tc := range map[string]struct {
		change map[string]tftypes.Value
		want   string
	}{
		"as it should be":          {nil, ok},
		"overview from anywhere":   {map[string]tftypes.Value{"duties": setOf("overview"), "allowed_ips": tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, nil)}, ok},
		"erasure from anywhere":    {map[string]tftypes.Value{"allowed_ips": tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, nil)}, "Key that may erase can be used from anywhere"},
		"erasure from all ranges":  {map[string]tftypes.Value{"allowed_ips": setOf("0.0.0.0/0")}, "Key that may erase can be used from anywhere"},
		"said aloud":               {map[string]tftypes.Value{"allowed_ips": tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, nil), "unrestricted_erasure": tftypes.NewValue(tftypes.Bool, true)}, ok},
		"no duty":                  {map[string]tftypes.Value{"duties": tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, nil)}, "Nothing said about what the key may do"},
		"unknown duty":             {map[string]tftypes.Value{"duties": setOf("everything")}, "Invalid Attribute Value Match"},
		"longest name":             {map[string]tftypes.Value{"display_name": str(strings.Repeat("x", 98))}, ok},
		"name that is too long":    {map[string]tftypes.Value{"display_name": str(strings.Repeat("x", 99))}, "Invalid Attribute Value Length"},
		"five minutes":             {map[string]tftypes.Value{"lifetime": str("PT5M")}, ok},
		"seven days":               {map[string]tftypes.Value{"lifetime": str("P7D")}, ok},
		"a week":                   {map[string]tftypes.Value{"lifetime": str("P1W")}, ok},
		"a moment":                 {map[string]tftypes.Value{"lifetime": str("PT4M59S")}, "Lifetime cannot be used"},
		"longer than any run":      {map[string]tftypes.Value{"lifetime": str("P8D")}, "Lifetime cannot be used"},
		"a month":                  {map[string]tftypes.Value{"lifetime": str("P1M")}, "Lifetime cannot be used"},
		"no duration":              {map[string]tftypes.Value{"lifetime": str("1h")}, "Duration cannot be used"},
		"lifetime known later":     {map[string]tftypes.Value{"lifetime": unknown(tftypes.String)}, ok},
		"address that is no range": {map[string]tftypes.Value{"denied_ips": setOf("everywhere")}, "Address cannot be used"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			p := w.speak()
			resp, err := p.ValidateEphemeralResourceConfig(t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{
				TypeName: apiKey, Config: p.config(p.described.EphemeralResourceSchemas[apiKey], anEraser(tc.change)),
			})
			if err != nil {
				t.Fatal(err)
			}
			if tc.want == ok && len(resp.Diagnostics) != 0 {
				t.Error(inWords(resp.Diagnostics))
			}
			if tc.want != ok && said(resp.Diagnostics, tfprotov6.DiagnosticSeverityError, tc.want) != nil {
				t.Errorf("%q is not in: %s", tc.want, inWords(resp.Diagnostics))
			}
		})
	}
}
