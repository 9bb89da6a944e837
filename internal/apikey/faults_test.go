// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestAccAPIKey_createAfterTooManyRequests(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.Inject(simulator.Fault{Operation: simulator.CreateAPIKey, Status: 429, RetryAfter: "2", Times: 2})
	w.run(resource.TestStep{
		Config:           w.key(eraser...),
		ConfigPlanChecks: does(plancheck.ResourceActionCreate),
		Check: resource.ComposeTestCheckFunc(
			w.calls(map[simulator.Operation]int{simulator.CreateAPIKey: 3}),
			w.inOrganization(func(simulator.KeyView) error { return nil })),
	})
}

// A POST is sent once, whatever becomes of it, and what it may have made is named.
func TestAccAPIKey_createFails(t *testing.T) {
	const (
		made    = "Answer lost while an API key was made: dsr-eraser"
		nothing = "shows none named \"dsr-eraser\""
		named   = "These keys named \"dsr-eraser\" may be the one"
	)
	for name, tc := range map[string]struct {
		fault simulator.Fault
		also  *simulator.Fault
		keys  int
		lists int
		words []string
		// id says that the error names the key that was made.
		id bool
	}{
		"503":         {fault: simulator.Fault{Status: 503}, lists: 1, words: []string{made, nothing, "503"}},
		"500":         {fault: simulator.Fault{Status: 500}, lists: 1, words: []string{made, nothing}},
		"cut before":  {fault: simulator.Fault{CutBefore: true}, lists: 1, words: []string{made, nothing}},
		"cut after":   {fault: simulator.Fault{CutAfter: true}, keys: 1, lists: 1, words: []string{made, named, "created 2026-03-02T10:0"}, id: true},
		"truncated":   {fault: simulator.Fault{Truncate: true}, keys: 1, lists: 1, words: []string{made, named}, id: true},
		"HTML":        {fault: simulator.Fault{HTML: true}, keys: 1, lists: 1, words: []string{made, named, "HTML"}, id: true},
		"empty":       {fault: simulator.Fault{Empty: true}, keys: 1, lists: 1, words: []string{made, named}, id: true},
		"other JSON":  {fault: simulator.Fault{Body: `["xxsecret"]`}, keys: 1, lists: 1, words: []string{made, named}, id: true},
		"no ID":       {fault: without("id"), keys: 1, lists: 1, words: []string{made, named}, id: true},
		"no value":    {fault: without("value"), keys: 1, words: []string{"API key made without its value: dsr-eraser"}, id: true},
		"masked":      {fault: simulator.Fault{Mutate: func(key map[string]any) { key["value"] = "xx*****1b3e" }}, keys: 1, words: []string{"API key made without its value"}, id: true},
		"no dates":    {fault: simulator.Fault{CutAfter: true}, also: new(of(simulator.ListAPIKeys, without("createdDate"))), keys: 1, lists: 1, words: []string{made, named, "creation date not told", "terraform import <resource address> <ID>"}, id: true},
		"list fails":  {fault: simulator.Fault{CutAfter: true}, also: &simulator.Fault{Operation: simulator.ListAPIKeys, Status: 403}, keys: 1, lists: 1, words: []string{made, "list of keys cannot be read either", "Organization > API Keys"}},
		"refused":     {fault: simulator.Fault{Status: 403}, words: []string{"No API key made: dsr-eraser", "Organization – API keys: Create"}},
		"not allowed": {fault: simulator.Fault{Status: 412}, words: []string{"No API key made: dsr-eraser"}},
		"too many":    {fault: simulator.Fault{Status: 429, RetryAfter: "3600"}, words: []string{"No API key made: dsr-eraser"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			old := w.AddKey(simulator.KeySpec{DisplayName: "dsr-eraser", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
			w.AddKey(simulator.KeySpec{DisplayName: "other", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
			w.clock.Advance(time.Hour)
			w.Inject(of(simulator.CreateAPIKey, tc.fault))
			if tc.also != nil {
				w.Inject(*tc.also)
			}
			w.run(
				resource.TestStep{PreConfig: w.fresh(), Config: w.key(eraser...), ExpectError: wrapped(tc.words[0])},
				resource.TestStep{
					PreConfig: func() {
						if err := w.checkCalls(map[simulator.Operation]int{simulator.CreateAPIKey: 1, simulator.GetAPIKey: 0, simulator.ListAPIKeys: tc.lists}); err != nil {
							t.Error(err)
						}
						keys := w.Keys()
						if len(keys) != 2+tc.keys {
							t.Errorf("%d keys were made, want %d", len(keys)-2, tc.keys)
						}
						if tc.id && len(keys) == 3 {
							tc.words = append(tc.words, keys[2].ID)
							if tc.also == nil {
								tc.words = append(tc.words, "terraform import <resource address> "+keys[2].ID)
							}
						}
						if err := w.heard.find(tfprotov6.DiagnosticSeverityError, tc.words...); err != nil {
							t.Error(err)
						}
						for _, d := range w.heard.all() {
							if strings.Contains(d.Detail, old.ID) && tc.also == nil {
								t.Errorf("a key that is an hour older is named: %s", d.Detail)
							}
							for _, key := range keys {
								if strings.Contains(d.Summary+d.Detail, key.Value) || strings.Contains(d.Summary+d.Detail, "xxsecret") {
									t.Errorf("a value is in a diagnostic: %s", d.Detail)
								}
							}
						}
						w.ClearFaults()
						w.fresh()()
					},
					// There is no state, so it is a new key and no tainted one.
					Config:           w.key(eraser...),
					ConfigPlanChecks: does(plancheck.ResourceActionCreate),
					Check:            w.calls(map[simulator.Operation]int{simulator.CreateAPIKey: 1}),
				},
			)
		})
	}
}

// The search for a key that a lost answer may have made has time of its own.
func TestAccAPIKey_createRunsOutOfTime(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.Inject(simulator.Fault{Operation: simulator.CreateAPIKey, Delay: time.Minute})
	w.run(resource.TestStep{
		Config:      w.key(append(eraser, `timeouts = { create = "1s" }`)...),
		ExpectError: wrapped("Answer lost while an API key was made: dsr-eraser"),
	})
	if err := w.heard.find(tfprotov6.DiagnosticSeverityError, "the time allowed for it ended", w.only().ID); err != nil {
		t.Error(err)
	}
}

func of(operation simulator.Operation, fault simulator.Fault) simulator.Fault {
	fault.Operation = operation
	return fault
}

func without(field string) simulator.Fault {
	return simulator.Fault{Mutate: func(key map[string]any) { delete(key, field) }}
}

func TestAccAPIKey_notFoundRightAfterCreate(t *testing.T) {
	w := newWorld(t, simulator.Options{CreateLag: 3})
	w.run(resource.TestStep{
		PreConfig: w.fresh(), Config: w.key(eraser...),
		ConfigPlanChecks: does(plancheck.ResourceActionCreate),
		Check: resource.ComposeTestCheckFunc(
			w.calls(map[simulator.Operation]int{simulator.CreateAPIKey: 1, simulator.GetAPIKey: 4}),
			func(*terraform.State) error { return w.heard.quiet() },
			func(*terraform.State) error {
				if waited := w.clock.Waited(); waited <= 0 || waited > 10*time.Second {
					return fmt.Errorf("waited %s", waited)
				}
				return nil
			}),
	})
}

// A key that is made and cannot be read back is kept and not tainted: destroying it would take its value from whoever has it.
func TestAccAPIKey_readBackFails(t *testing.T) {
	for name, fault := range map[string]simulator.Fault{
		"500": {Status: 500}, "503": {Status: 503}, "403": {Status: 403}, "HTML": {HTML: true}, "cut": {CutAfter: true}, "404": {Status: 404},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			w.Inject(of(simulator.GetAPIKey, fault))
			w.run(
				resource.TestStep{
					PreConfig: w.fresh(), Config: w.key(eraser...),
					ConfigPlanChecks: does(plancheck.ResourceActionCreate),
					ConfigStateChecks: []statecheck.StateCheck{
						is("value", knownvalue.StringFunc(func(value string) error {
							if value != w.only().Value {
								return fmt.Errorf("the value in state is not the key's")
							}
							return nil
						})),
						is("status", knownvalue.StringExact("ENABLED")),
					},
					Check: resource.ComposeTestCheckFunc(
						w.calls(map[simulator.Operation]int{simulator.CreateAPIKey: 1}),
						w.warns("New API key not read back: dsr-eraser", "saved with its value")),
				},
				resource.TestStep{
					PreConfig: w.fresh(w.ClearFaults), Config: w.key(eraser...),
					ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planIsQuiet()),
					Check:            w.calls(nil),
				},
			)
		})
	}
}

// A key that shows late is not made twice.
func TestAccAPIKey_showsLate(t *testing.T) {
	w := newWorld(t, simulator.Options{CreateLag: 1000})
	w.run(
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionCreate),
			Check:            w.warns("New API key not read back: dsr-eraser"),
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planWarns("New API key not visible yet: dsr-eraser", "stays in state")),
			Check:            w.calls(nil),
		},
		resource.TestStep{
			// Not for ever: a key that never shows is gone.
			PreConfig: w.fresh(func() { w.clock.Advance(11 * time.Minute) }), Config: w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionCreate, w.planWarns("API key gone")),
			Check:            w.calls(map[simulator.Operation]int{simulator.CreateAPIKey: 1}),
		},
	)
}

func TestAccAPIKey_updateFails(t *testing.T) {
	changed := append(eraser, `description = "new"`)
	for name, tc := range map[string]struct {
		fault  simulator.Fault
		config []string
		calls  map[simulator.Operation]int
		again  map[simulator.Operation]int
	}{
		"PUT refused": {
			simulator.Fault{Operation: simulator.UpdateAPIKey, Status: 403}, changed,
			map[simulator.Operation]int{simulator.UpdateAPIKey: 1, simulator.GetAPIKey: 1},
			map[simulator.Operation]int{simulator.UpdateAPIKey: 1},
		},
		"PUT done and its answer lost for good": {
			simulator.Fault{Operation: simulator.UpdateAPIKey, CutAfter: true}, changed,
			map[simulator.Operation]int{simulator.UpdateAPIKey: 6, simulator.GetAPIKey: 1},
			map[simulator.Operation]int{},
		},
		"PUT done, activation refused": {
			simulator.Fault{Operation: simulator.ActivateAPIKey, Status: 500}, append(changed, "enabled = true"),
			map[simulator.Operation]int{simulator.UpdateAPIKey: 1, simulator.ActivateAPIKey: 1},
			map[simulator.Operation]int{simulator.ActivateAPIKey: 1},
		},
		"gone meanwhile": {
			simulator.Fault{Operation: simulator.GetAPIKey, Status: 404}, changed,
			map[simulator.Operation]int{simulator.UpdateAPIKey: 0, simulator.GetAPIKey: 1},
			map[simulator.Operation]int{simulator.UpdateAPIKey: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			first := eraser
			if strings.Contains(strings.Join(tc.config, ""), "enabled") {
				first = append(eraser, "enabled = false")
			}
			w.run(
				resource.TestStep{Config: w.key(first...)},
				resource.TestStep{
					PreConfig: w.fresh(func() { w.Inject(tc.fault) }), Config: w.key(tc.config...),
					ExpectError: wrapped("API key not changed as planned: dsr-eraser"),
				},
				resource.TestStep{
					// What the failure left behind is found out, and only what is missing is done.
					PreConfig: func() {
						if err := w.checkCalls(tc.calls); err != nil {
							t.Error(err)
						}
						w.ClearFaults()
						w.fresh()()
					},
					Config:            w.key(tc.config...),
					ConfigStateChecks: []statecheck.StateCheck{is("description", knownvalue.StringExact("new"))},
					ConfigPlanChecks:  resource.ConfigPlanChecks{PostApplyPostRefresh: empty()},
					Check:             w.calls(tc.again),
				},
			)
		})
	}
}

func TestAccAPIKey_statusReadFailsAfterASwitch(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.key(eraser...)},
		resource.TestStep{
			PreConfig:         w.fresh(func() { w.Inject(simulator.Fault{Operation: simulator.GetAPIKey, Status: 500}) }),
			Config:            w.key(append(eraser, "enabled = false")...),
			ConfigPlanChecks:  does(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{is("status", knownvalue.StringExact("DISABLED"))},
			Check: resource.ComposeTestCheckFunc(
				w.calls(map[simulator.Operation]int{simulator.DisableAPIKey: 1}), w.warns("API key not read back")),
		},
	)
}

func TestAccAPIKey_deleteFails(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.key(eraser...)},
		resource.TestStep{
			PreConfig: w.fresh(func() { w.Inject(simulator.Fault{Operation: simulator.DeleteAPIKey, Status: 403}) }),
			Config:    w.key(eraser...), Destroy: true, ExpectError: wrapped("API key not deleted: dsr-eraser"),
		},
		resource.TestStep{
			// Cut after it was done, so that the second attempt finds nothing: that is a success.
			PreConfig: w.fresh(w.ClearFaults, func() { w.Inject(simulator.Fault{Operation: simulator.DeleteAPIKey, CutAfter: true, Times: 1}) }),
			Config:    w.key(eraser...), Destroy: true,
		},
	)
	if err := w.checkCalls(map[simulator.Operation]int{simulator.DeleteAPIKey: 2}); err != nil {
		t.Error(err)
	}
	if n := len(w.Keys()); n != 0 {
		t.Errorf("%d keys are left", n)
	}
}

func TestAccAPIKey_listFails(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.key(eraser...)},
		resource.TestStep{
			PreConfig: w.fresh(func() { w.Inject(simulator.Fault{Operation: simulator.ListAPIKeys, HTML: true}) }),
			Config:    w.key(eraser...), PlanOnly: true, ExpectError: wrapped("API key cannot be read"),
		},
		resource.TestStep{
			PreConfig: w.fresh(w.ClearFaults), Config: w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planIsQuiet()),
		},
	)
}
