// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestAccAPIKey_createUpdateDelete(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	value := statecheck.CompareValue(compareSame{})
	w.run(
		resource.TestStep{
			PreConfig: w.fresh(),
			Config:    w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionCreate,
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("value")),
				plancheck.ExpectSensitiveValue(address, tfjsonpath.New("value")),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("enabled"), knownvalue.Bool(true)), w.planIsQuiet()),
			ConfigStateChecks: []statecheck.StateCheck{
				is("display_name", knownvalue.StringExact("dsr-eraser")), is("description", knownvalue.Null()),
				is("duties", strs("overview", "erasure")), is("privileges", knownvalue.Null()),
				is("enabled", knownvalue.Bool(true)), is("status", knownvalue.StringExact("ENABLED")),
				is("expiration_date", knownvalue.StringExact("2026-05-31T09:00:00Z")),
				is("created_date", knownvalue.StringExact("2026-03-02T09:00:00Z")),
				is("created_by", knownvalue.StringExact("admin@example.com-google")),
				is("privacy_level", knownvalue.StringExact("PRIVATE")), is("exposure", knownvalue.Null()),
				is("effective_privileges", knownvalue.SetExact([]knownvalue.Check{
					effective("ADMINISTRATE"), effective("DELETE_USER_ANALYTICS_DATA"),
				})),
				value.AddStateValue(address, tfjsonpath.New("value")),
			},
			Check: resource.ComposeTestCheckFunc(
				w.calls(map[simulator.Operation]int{simulator.CreateAPIKey: 1, simulator.GetAPIKey: 1}),
				w.inOrganization(func(key simulator.KeyView) error {
					if !slices.Equal(key.AllowedIPs, []string{"2001:db8::/48", "203.0.113.0/24"}) || !key.Enabled {
						return fmt.Errorf("the key was made as %+v", key)
					}
					return nil
				})),
		},
		resource.TestStep{
			PreConfig: w.fresh(),
			Config: w.key(`display_name = "dsr eraser"`, `description = "Night shift"`, `duties = ["erasure", "overview"]`,
				`allowed_ips = ["203.0.113.7"]`, `denied_ips = ["203.0.113.8"]`, `lifetime = "P90D"`, `timeouts = { update = "1m" }`),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, append(unchanged(), w.planIsQuiet())...),
			ConfigStateChecks: []statecheck.StateCheck{
				is("display_name", knownvalue.StringExact("dsr eraser")), is("description", knownvalue.StringExact("Night shift")),
				is("allowed_ips", strs("203.0.113.7")), is("denied_ips", strs("203.0.113.8")),
				value.AddStateValue(address, tfjsonpath.New("value")),
			},
			Check: w.calls(map[simulator.Operation]int{simulator.UpdateAPIKey: 1, simulator.GetAPIKey: 1}),
		},
		resource.TestStep{
			PreConfig: w.fresh(),
			Config: w.key(`display_name = "dsr eraser"`, `duties = ["erasure", "overview"]`,
				`unrestricted_erasure = true`, `lifetime = "P90D"`, `enabled = false`),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, plancheck.ExpectUnknownValue(address, tfjsonpath.New("status"))),
			ConfigStateChecks: []statecheck.StateCheck{
				is("description", knownvalue.Null()), is("allowed_ips", knownvalue.Null()), is("denied_ips", knownvalue.Null()),
				is("enabled", knownvalue.Bool(false)), is("status", knownvalue.StringExact("DISABLED")),
				value.AddStateValue(address, tfjsonpath.New("value")),
			},
			Check: w.calls(map[simulator.Operation]int{simulator.UpdateAPIKey: 1, simulator.DisableAPIKey: 1, simulator.GetAPIKey: 2}),
		},
		resource.TestStep{
			PreConfig: w.fresh(),
			Config: w.key(`display_name = "dsr eraser"`, `duties = ["erasure", "overview"]`,
				`unrestricted_erasure = true`, `lifetime = "P90D"`, `enabled = true`),
			ConfigPlanChecks:  does(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{is("status", knownvalue.StringExact("ENABLED"))},
			Check:             w.calls(map[simulator.Operation]int{simulator.ActivateAPIKey: 1}),
		},
		resource.TestStep{
			// Only what state holds changes.
			PreConfig: w.fresh(),
			Config: w.key(`display_name = "dsr eraser"`, `duties = ["erasure", "overview"]`, `unrestricted_erasure = true`,
				`lifetime = "P90D"`, `timeouts = { read = "2m" }`, `allowed_ips = []`, `description = ""`),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, append(unchanged(), w.planIsQuiet())...),
			Check:            w.calls(map[simulator.Operation]int{simulator.GetAPIKey: 0}),
		},
		resource.TestStep{
			PreConfig:        w.fresh(),
			Config:           w.key(`display_name = "dsr eraser"`, `duties = ["overview"]`),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate, w.planIsQuiet()),
			Check:            w.calls(map[simulator.Operation]int{simulator.DeleteAPIKey: 1, simulator.CreateAPIKey: 1}),
		},
		resource.TestStep{
			PreConfig:        w.fresh(),
			Config:           w.key(`display_name = "dsr eraser"`, `duties = ["overview"]`, `lifetime = "P1M"`),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate, w.planIsQuiet()),
			Check:            w.calls(map[simulator.Operation]int{simulator.DeleteAPIKey: 1, simulator.CreateAPIKey: 1}),
		},
		resource.TestStep{
			PreConfig:        w.fresh(),
			Config:           w.key(`display_name = "dsr eraser"`, `duties = ["overview"]`, `lifetime = "P2M"`),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate),
			Check:            w.calls(map[simulator.Operation]int{simulator.DeleteAPIKey: 1, simulator.CreateAPIKey: 1}),
		},
	)
	if keys := w.Keys(); len(keys) != 0 {
		t.Errorf("%d keys are left after the destroy", len(keys))
	}
}

// effective is a typeless privilege of usage analytics on everything.
func effective(domain string) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"owner": knownvalue.StringExact("USAGE_ANALYTICS"), "target_domain": knownvalue.StringExact(domain),
		"type": knownvalue.Null(), "target_id": knownvalue.StringExact("*"),
	})
}

// unchanged wants the computed values of a key to stay known in a plan that changes something else.
func unchanged() []plancheck.PlanCheck {
	var checks []plancheck.PlanCheck
	for _, name := range []string{"id", "value", "status", "expiration_date", "created_date", "created_by", "privacy_level"} {
		checks = append(checks, plancheck.ExpectKnownValue(address, tfjsonpath.New(name), anything{}))
	}
	return checks
}

type anything struct{}

func (anything) CheckValue(any) error { return nil }
func (anything) String() string       { return "anything known" }

type compareSame struct{}

func (compareSame) CompareValues(values ...any) error {
	for _, value := range values[1:] {
		if value != values[0] || value == "" || value == nil {
			return fmt.Errorf("the value was not kept")
		}
	}
	return nil
}
