// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// replaced is what the calls of a replacement are.
func replaced() map[simulator.Operation]int {
	return map[simulator.Operation]int{simulator.CreateAPIKey: 1, simulator.DeleteAPIKey: 1}
}

func TestAccAPIKey_deletedOutside(t *testing.T) {
	for _, status := range []int{404, 410, 403} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			w := newWorld(t, simulator.Options{Readings: simulator.Readings{MissingKeyStatus: status}})
			w.AddKey(simulator.KeySpec{DisplayName: "of somebody else", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
			w.run(
				resource.TestStep{Config: w.key(eraser...)},
				resource.TestStep{
					PreConfig:        w.fresh(func() { w.RemoveKey(w.Keys()[1].ID) }),
					Config:           w.key(eraser...),
					ConfigPlanChecks: does(plancheck.ResourceActionCreate, w.planWarns("API key gone: dsr-eraser", "does not exist", "outside of Terraform")),
					Check:            w.calls(map[simulator.Operation]int{simulator.CreateAPIKey: 1}),
				},
			)
		})
	}
}

// A GET that is refused says nothing about a key that a later list still shows.
func TestAccAPIKey_refusedReadOfAKeyThatExists(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.key(eraser...)},
		resource.TestStep{
			PreConfig: w.fresh(func() {
				w.Inject(simulator.Fault{Operation: simulator.ListAPIKeys, Body: "[]", Times: 1})
				w.Inject(simulator.Fault{Operation: simulator.GetAPIKey, Status: 403, Times: 1})
			}),
			Config:           w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planIsQuiet()),
			Check:            w.calls(nil),
		},
	)
}

// One answer that lacks a key is not the end of it: a list that does is checked by a read, and a read that does is not asked
// for while the list shows the key.
func TestAccAPIKey_transientlyNotFound(t *testing.T) {
	for name, fault := range map[string]simulator.Fault{
		"by a list": {Operation: simulator.ListAPIKeys, Body: "[]", Times: 1},
		"by a read": {Operation: simulator.GetAPIKey, Status: 404, Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			w.run(
				resource.TestStep{Config: w.key(eraser...)},
				resource.TestStep{
					PreConfig: w.fresh(func() { w.Inject(fault) }), Config: w.key(eraser...),
					ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planIsQuiet()), Check: w.calls(nil),
				},
			)
		})
	}
}

func TestAccAPIKey_expired(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.key(eraser...)},
		resource.TestStep{
			PreConfig: w.fresh(func() { w.clock.Advance(91 * 24 * time.Hour) }),
			Config:    w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate, plancheck.ExpectUnknownValue(address, tfjsonpath.New("value")),
				w.planWarns("Expired key is to be replaced: dsr-eraser", "status", "has expired")),
			ConfigStateChecks: []statecheck.StateCheck{is("status", knownvalue.StringExact("ENABLED"))},
			Check:             w.calls(replaced()),
		},
	)
}

func TestAccAPIKey_exposed(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.key(eraser...)},
		resource.TestStep{
			PreConfig: w.fresh(func() { w.ExposeKey(w.only().ID) }),
			Config:    w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate,
				w.planWarns("Exposed key is to be replaced: dsr-eraser", "severity CRITICAL")),
			ConfigStateChecks: []statecheck.StateCheck{is("exposure", knownvalue.Null())},
			Check:             w.calls(replaced()),
		},
	)
}

// report makes every list say that a key was exposed, without what the platform does about it.
func report(id, status string) simulator.Fault {
	return simulator.Fault{Operation: simulator.ListAPIKeys, Mutate: func(key map[string]any) {
		if key["id"] == id {
			key["exposureReport"], key["status"] = map[string]any{"severity": "HIGH"}, status
		}
	}}
}

func TestAccAPIKey_exposedAndStillEnabled(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.key(eraser...)},
		resource.TestStep{
			PreConfig: w.fresh(func() { w.Inject(report(w.only().ID, "ENABLED")) }),
			Config:    w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionNoop,
				w.planWarns("Key found somewhere public: dsr-eraser", "exposure", "severity HIGH", "still works")),
			Check: w.calls(nil),
		},
	)
}

func TestAccAPIKey_exposedAndDisabledByAPerson(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.key(eraser...)},
		resource.TestStep{
			// The stop of a person stays.
			PreConfig: w.fresh(func() {
				id := w.only().ID
				w.DisableKey(id)
				w.Inject(report(id, "DISABLED"))
			}),
			Config:           w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planWarns("Key is disabled: dsr-eraser")),
			Check:            w.calls(nil),
		},
		resource.TestStep{
			// And such a key is not switched on, whatever is written.
			PreConfig:        w.fresh(),
			Config:           w.key(append(eraser, "enabled = true")...),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate, w.planWarns("Exposed key is to be replaced", "not switched on again")),
			Check:            w.calls(replaced()),
		},
	)
}

func TestAccAPIKey_disabledByAPerson(t *testing.T) {
	for _, tc := range []struct {
		written string
		action  plancheck.ResourceActionType
		warning string
		calls   map[simulator.Operation]int
		enabled bool
	}{
		{"", plancheck.ResourceActionNoop, "so it stays disabled", nil, false},
		{"enabled = false", plancheck.ResourceActionNoop, "", nil, false},
		{"enabled = true", plancheck.ResourceActionUpdate, "Disabled key is to be activated", map[simulator.Operation]int{simulator.ActivateAPIKey: 1}, true},
	} {
		t.Run(tc.written, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			config := w.key(append(eraser, tc.written)...)
			check := w.planIsQuiet()
			if tc.warning != "" {
				check = w.planWarns(tc.warning, "enabled")
			}
			w.run(
				resource.TestStep{Config: config},
				resource.TestStep{
					PreConfig:         w.fresh(func() { w.DisableKey(w.only().ID) }),
					Config:            config,
					ConfigPlanChecks:  does(tc.action, check),
					ConfigStateChecks: []statecheck.StateCheck{is("enabled", knownvalue.Bool(tc.enabled))},
					Check:             w.calls(tc.calls),
				},
			)
		})
	}
}

// A plan that changes something else leaves a person's stop alone.
func TestAccAPIKey_disabledByAPersonSurvivesAnUpdate(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.key(eraser...)},
		resource.TestStep{
			PreConfig: w.fresh(func() { w.DisableKey(w.only().ID) }),
			Config:    w.key(append(eraser, `description = "new"`)...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate,
				plancheck.ExpectKnownValue(address, tfjsonpath.New("enabled"), knownvalue.Bool(false))),
			Check: w.calls(map[simulator.Operation]int{simulator.UpdateAPIKey: 1}),
		},
	)
}

func TestAccAPIKey_otherPrivileges(t *testing.T) {
	logging := simulator.LoggingPrivilege()
	for name, tc := range map[string]struct {
		shown []simulator.Privilege
		words []string
	}{
		"surplus": {
			[]simulator.Privilege{simulator.OverviewPrivilege(), simulator.ErasurePrivilege(), logging},
			[]string{"holds what was not asked for: USAGE_ANALYTICS/ANALYTICS_DATA EDIT *"},
		},
		"missing": {
			[]simulator.Privilege{simulator.OverviewPrivilege()},
			[]string{"lacks what was asked for: USAGE_ANALYTICS/DELETE_USER_ANALYTICS_DATA *"},
		},
		"both": {
			[]simulator.Privilege{simulator.OverviewPrivilege(), logging},
			[]string{"holds what was not asked for", "lacks what was asked for"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			w.run(
				resource.TestStep{Config: w.key(eraser...)},
				resource.TestStep{
					PreConfig: w.fresh(func() { w.SetKeyPrivileges(w.only().ID, tc.shown...) }),
					Config:    w.key(eraser...),
					ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate,
						w.planWarns(append(tc.words, "Key with other privileges than asked for: dsr-eraser", "effective_privileges")...)),
					Check: w.calls(replaced()),
				},
			)
		})
	}
}

// An organization that does not know a privilege leaves it out. A new key would be the same, so none is planned.
func TestAccAPIKey_grantedOtherwise(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.Inject(simulator.Fault{Mutate: func(key map[string]any) {
		var kept []any
		held, _ := key["privileges"].([]any)
		for _, p := range held {
			if p.(map[string]any)["type"] != "CREATE" {
				kept = append(kept, p)
			}
		}
		key["privileges"] = kept
	}})
	config := w.key(`display_name = "exporter"`, `duties = ["export"]`)
	words := []string{"Key without exactly the privileges asked for: exporter", "lacks what was asked for: USAGE_ANALYTICS/EXPORTS CREATE *"}
	w.run(
		resource.TestStep{Config: config, Check: w.warns(words...)},
		resource.TestStep{
			PreConfig: w.fresh(), Config: config,
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planWarns(words...)),
			Check:            w.calls(nil),
		},
	)
}

func TestAccAPIKey_changedOutside(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.key(eraser...)},
		resource.TestStep{
			PreConfig: w.fresh(func() {
				w.RenameKey(w.only().ID, "renamed")
				w.SetKeyIPs(w.only().ID, nil, []string{"198.51.100.1"})
			}),
			Config: w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, append(unchanged(), w.planIsQuiet(),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("denied_ips"), knownvalue.Null()))...),
			Check: resource.ComposeTestCheckFunc(
				w.calls(map[simulator.Operation]int{simulator.UpdateAPIKey: 1}),
				w.inOrganization(func(key simulator.KeyView) error {
					if key.DisplayName != "dsr-eraser" || len(key.AllowedIPs) != 2 || len(key.DeniedIPs) != 0 {
						return fmt.Errorf("the key is left as %+v", key)
					}
					return nil
				})),
		},
	)
}

// Other words for the same addresses are no difference.
func TestAccAPIKey_addressesSpelledOtherwise(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	config := w.key(`display_name = "dsr"`, `duties = ["overview"]`, `allowed_ips = ["203.0.113.7", "2001:db8:0:0::/48"]`)
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig:         w.fresh(func() { w.SetKeyIPs(w.only().ID, []string{"2001:db8::/48", "203.0.113.7/32"}, nil) }),
			Config:            config,
			ConfigPlanChecks:  does(plancheck.ResourceActionNoop, w.planIsQuiet()),
			ConfigStateChecks: []statecheck.StateCheck{is("allowed_ips", strs("203.0.113.7", "2001:db8:0:0::/48"))},
			Check:             w.calls(nil),
		},
	)
}

func TestAccAPIKey_tokenUnknown(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	later := func(changed string) string {
		return fmt.Sprintf(`
resource "terraform_data" "token" {
  input            = %q
  triggers_replace = %q
}
provider "coveo" {
  organization_id = %q
  access_token    = terraform_data.token.output
  platform_url    = %q
}
`, simulator.AdminToken, changed, w.ID(), w.URL)
	}
	key := "resource \"coveo_api_key\" \"test\" {\n  display_name = \"dsr\"\n  duties = [\"overview\"]\n}\n"
	w.run(
		resource.TestStep{
			// A new key plans without a token.
			PreConfig: w.fresh(), Config: later("1") + key,
			ConfigPlanChecks: does(plancheck.ResourceActionCreate),
			Check:            w.calls(map[simulator.Operation]int{simulator.CreateAPIKey: 1}),
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: later("2") + key,
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planWarns("API keys not refreshed", "taken as they were last seen"),
				planCheck(func() error {
					if n := w.TotalCalls(); n != 0 {
						return fmt.Errorf("%d calls without a token", n)
					}
					return nil
				})),
		},
	)
}

func TestAccAPIKey_otherOrganization(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	config := w.key(eraser...)
	elsewhere := "resource \"coveo_api_key\" \"test\" {\n" + strings.Join(eraser, "\n") + "\n}\n" + fmt.Sprintf("provider \"coveo\" {\n  organization_id = \"other\"\n  access_token = \"t\"\n  platform_url = %q\n}\n", w.URL)
	w.run(
		resource.TestStep{Config: config},
		resource.TestStep{PreConfig: w.fresh(), Config: elsewhere, PlanOnly: true, ExpectError: wrapped("belongs to the organization acmeprod1a2b3c")},
		resource.TestStep{
			Config: config, ConfigPlanChecks: does(plancheck.ResourceActionNoop),
			Check: func(*terraform.State) error {
				w.only()
				return nil
			},
		},
	)
}

// A configuration that is changed to what Coveo shows needs no new key.
func TestAccAPIKey_adoptsWhatCoveoShows(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.key(eraser...)},
		resource.TestStep{
			PreConfig:        w.fresh(func() { w.SetKeyPrivileges(w.only().ID, simulator.OverviewPrivilege()) }),
			Config:           w.key(eraser[0], `duties = ["overview"]`, eraser[2], eraser[3]),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, w.planIsQuiet()),
			Check:            w.calls(nil),
		},
	)
}
