// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestAccAPIKey_disabledForInactivity(t *testing.T) {
	for written, action := range map[string]plancheck.ResourceActionType{
		"":                plancheck.ResourceActionUpdate,
		"enabled = true":  plancheck.ResourceActionUpdate,
		"enabled = false": plancheck.ResourceActionNoop,
	} {
		t.Run(written, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			config := w.key(append(eraser, written)...)
			step := resource.TestStep{
				PreConfig:        w.fresh(func() { w.DisableKeyForInactivity(w.only().ID) }),
				Config:           config,
				ConfigPlanChecks: does(action),
				Check:            w.calls(nil),
			}
			if action == plancheck.ResourceActionUpdate {
				step.ConfigPlanChecks = does(action, w.planWarns("Key disabled for lack of use: dsr-eraser", "switches it on"),
					plancheck.ExpectKnownValue(address, tfjsonpath.New("enabled"), knownvalue.Bool(true)),
					plancheck.ExpectUnknownValue(address, tfjsonpath.New("status")),
					plancheck.ExpectKnownValue(address, tfjsonpath.New("value"), anything{}))
				step.Check = w.calls(map[simulator.Operation]int{simulator.ActivateAPIKey: 1})
				step.ConfigStateChecks = []statecheck.StateCheck{is("status", knownvalue.StringExact("ENABLED"))}
			}
			w.run(resource.TestStep{Config: config}, step)
		})
	}
}

// The same by nothing but time, and what is said before it comes to that.
func TestAccAPIKey_unusedForLong(t *testing.T) {
	w := newWorld(t, simulator.Options{InactivityAfter: 30 * day})
	config := w.key(eraser...)
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: w.fresh(func() { w.clock.Advance(28 * day) }), Config: config,
			ConfigPlanChecks:  does(plancheck.ResourceActionNoop, w.planIsQuiet()),
			ConfigStateChecks: []statecheck.StateCheck{is("status", knownvalue.StringExact("SOON_TO_BE_DISABLED"))},
			Check:             w.calls(nil),
		},
		resource.TestStep{
			PreConfig: w.fresh(func() { w.clock.Advance(3 * day) }), Config: config,
			ConfigPlanChecks:  does(plancheck.ResourceActionUpdate, w.planWarns("Key disabled for lack of use: dsr-eraser")),
			ConfigStateChecks: []statecheck.StateCheck{is("status", knownvalue.StringExact("ENABLED"))},
			Check:             w.calls(map[simulator.Operation]int{simulator.ActivateAPIKey: 1}),
		},
	)
}
