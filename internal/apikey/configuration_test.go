// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

var pinned = []string{
	`display_name = "logger"`,
	`privileges = [{ owner = "USAGE_ANALYTICS", target_domain = "ANALYTICS_DATA", type = "EDIT" }]`,
}

const (
	pseudonym = `additional_configuration = { analytics = { event = { user_id = "kiosk", user_display_name = "Kiosk" } } }`
	searching = `additional_configuration = {
	  search = {
	    api_key_query_authentication = [{ name = "svc", provider = "Email Security Provider", type = "User" }]
	    enforced_query_pipeline      = { search_hub = "hub" }
	    impersonation_restrictions   = { allowed_user_ids = [{ name = "b" }, { name = "a" }] }
	  }
	}`
)

func eventIs(user knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New("additional_configuration").AtMapKey("analytics").AtMapKey("event").AtMapKey("user_id"), user)
}

// configured checks the additional configuration of the one key, as JSON.
func (w *world) configured(want string) resource.TestCheckFunc {
	return w.inOrganization(func(key simulator.KeyView) error {
		got, err := json.Marshal(key.AdditionalConfiguration)
		if err == nil && string(got) != want {
			err = fmt.Errorf("the additional configuration is %s, want %s", got, want)
		}
		return err
	})
}

func TestAccAPIKey_additionalConfiguration(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	update := map[simulator.Operation]int{simulator.UpdateAPIKey: 1}
	w.run(
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.key(append(pinned, pseudonym)...),
			ConfigPlanChecks: does(plancheck.ResourceActionCreate, plancheck.ExpectKnownValue(address,
				tfjsonpath.New("additional_configuration").AtMapKey("analytics").AtMapKey("event").AtMapKey("user_id"), knownvalue.StringExact("kiosk"))),
			ConfigStateChecks: []statecheck.StateCheck{eventIs(knownvalue.StringExact("kiosk"))},
			Check:             w.configured(`{"analytics":{"event":{"userDisplayName":"Kiosk","userId":"kiosk"}}}`),
		},
		resource.TestStep{
			// Who events are attributed to was changed outside, beside what this provider does not know.
			PreConfig: w.fresh(func() {
				w.SetKeyConfiguration(w.only().ID, map[string]any{
					"analytics": map[string]any{"event": map[string]any{"userId": "alice", "later": 1}}, "commerce": map[string]any{"catalogId": "c"}, "new": true,
				})
			}),
			Config:            w.key(append(pinned, pseudonym)...),
			ConfigPlanChecks:  does(plancheck.ResourceActionUpdate, append(unchanged(), w.planIsQuiet())...),
			ConfigStateChecks: []statecheck.StateCheck{eventIs(knownvalue.StringExact("kiosk"))},
			Check: resource.ComposeTestCheckFunc(w.calls(update),
				w.configured(`{"analytics":{"event":{"later":1,"userDisplayName":"Kiosk","userId":"kiosk"}},"commerce":{"catalogId":"c"},"new":true}`)),
		},
		resource.TestStep{
			// Nothing said about it leaves it as it is, also when something else is put.
			PreConfig: w.fresh(), Config: w.key(append(pinned, `description = "new"`)...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, append(unchanged(), plancheck.ExpectKnownValue(address,
				tfjsonpath.New("additional_configuration").AtMapKey("analytics").AtMapKey("event").AtMapKey("user_id"), knownvalue.StringExact("kiosk")))...),
			Check: resource.ComposeTestCheckFunc(w.calls(update),
				w.configured(`{"analytics":{"event":{"later":1,"userDisplayName":"Kiosk","userId":"kiosk"}},"commerce":{"catalogId":"c"},"new":true}`)),
		},
		resource.TestStep{
			// What is written is whole.
			PreConfig: w.fresh(), Config: w.key(append(pinned, searching)...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, append(unchanged(), w.planIsQuiet())...),
			Check: resource.ComposeTestCheckFunc(w.calls(update),
				w.configured(`{"analytics":{"event":{"later":1}},"commerce":{"catalogId":"c"},"new":true,"search":{"apiKeyQueryAuthentication":[{"name":"svc","provider":"Email Security Provider","type":"User"}],`+
					`"enforcedQueryPipelineConfiguration":{"searchHub":"hub"},"impersonationRestrictions":{"allowedUserIds":[{"name":"a"},{"name":"b"}]}}}`)),
		},
		resource.TestStep{
			// Another order, and the other spelling of Coveo's own client, are no difference.
			PreConfig: w.fresh(func() {
				w.SetKeyConfiguration(w.only().ID, map[string]any{"search": map[string]any{
					"apiKeyQueryAuthentication":          []any{map[string]any{"name": "svc", "provider": "Email Security Provider", "type": "User"}},
					"enforcedQueryPipelineConfiguration": map[string]any{"searchHub": "hub"},
					"impersonationRestriction":           map[string]any{"allowedUserIds": []any{map[string]any{"name": "b"}, map[string]any{"name": "a"}}},
				}})
			}),
			Config:           w.key(append(pinned, searching)...),
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planIsQuiet()),
			Check:            w.calls(nil),
		},
		resource.TestStep{
			// An empty one clears both parts, and other words for nothing are no difference.
			PreConfig: w.fresh(), Config: w.key(append(pinned, `additional_configuration = {}`)...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
			Check:            resource.ComposeTestCheckFunc(w.calls(update), w.configured(`{}`)),
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.key(append(pinned, `additional_configuration = { analytics = { event = {} } }`)...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
			Check:            w.calls(nil),
		},
	)
}

func TestAccAPIKey_editors(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	editors := func(keys, groups string) resource.TestCheckFunc {
		return w.inOrganization(func(key simulator.KeyView) error {
			if got := strings.Join(slices.Sorted(slices.Values(key.APIKeysThatCanEdit)), ","); got != keys {
				return fmt.Errorf("keys that can edit: %s, want %s", got, keys)
			}
			if got := strings.Join(slices.Sorted(slices.Values(key.GroupsThatCanEdit)), ","); got != groups {
				return fmt.Errorf("groups that can edit: %s, want %s", got, groups)
			}
			return nil
		})
	}
	update := map[simulator.Operation]int{simulator.UpdateAPIKey: 1}
	w.run(
		resource.TestStep{
			Config: w.key(append(pinned, `api_keys_that_can_edit = ["k1"]`, `groups_that_can_edit = ["g1", "g2"]`)...),
			ConfigStateChecks: []statecheck.StateCheck{
				is("api_keys_that_can_edit", strs("k1")), is("groups_that_can_edit", strs("g1", "g2")),
			},
			ConfigPlanChecks: does(plancheck.ResourceActionCreate),
			Check:            editors("k1", "g1,g2"),
		},
		resource.TestStep{
			// Those of whom nothing is said stay, whoever they are now.
			PreConfig:         w.fresh(func() { w.SetKeyEditors(w.only().ID, []string{"k1", "k9"}, []string{"g9"}) }),
			Config:            w.key(append(pinned, `groups_that_can_edit = ["g1", "g9"]`)...),
			ConfigPlanChecks:  does(plancheck.ResourceActionUpdate, append(unchanged(), w.planIsQuiet())...),
			ConfigStateChecks: []statecheck.StateCheck{is("api_keys_that_can_edit", strs("k1", "k9"))},
			Check:             resource.ComposeTestCheckFunc(w.calls(update), editors("k1,k9", "g1,g9")),
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.key(append(pinned, `api_keys_that_can_edit = []`)...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, append(unchanged(), w.planIsQuiet())...),
			Check:            resource.ComposeTestCheckFunc(w.calls(update), editors("", "g1,g9")),
		},
	)
}

// The names that a configuration holds are in no message, whatever Coveo says about them.
func TestAccAPIKey_refusedConfigurationNamesNobody(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	const person = "alice.smith@example.com-google"
	w.Inject(simulator.Fault{Operation: simulator.CreateAPIKey, Status: 412, Body: `{"errorCode":"INVALID_PARAMETER","message":"The user ` + person + ` is unknown."}`})
	w.run(resource.TestStep{
		Config:      w.key(append(pinned, `additional_configuration = { analytics = { event = { user_id = "`+person+`" } } }`)...),
		ExpectError: wrapped("The user … is unknown"),
	})
	for _, d := range w.heard.all() {
		if strings.Contains(d.Summary+d.Detail, person) {
			t.Errorf("a person is named: %s", d.Detail)
		}
	}
}

// Importing a key and planning its natural configuration changes nothing, for all that a key can be told to be.
func TestAccAPIKey_importOfEverything(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	key := w.AddKey(simulator.KeySpec{
		DisplayName: "logger", Privileges: []simulator.Privilege{simulator.LoggingPrivilege()},
		APIKeysThatCanEdit: []string{"k1"}, GroupsThatCanEdit: []string{"g1"},
		AdditionalConfiguration: map[string]any{
			"analytics": map[string]any{"event": map[string]any{"userId": "kiosk", "userDisplayName": "Kiosk"}}, "commerce": map[string]any{"catalogId": "c"},
		},
	})
	w.run(resource.TestStep{
		PreConfig:        w.fresh(),
		Config:           w.importing(key.ID, append(pinned, pseudonym, `api_keys_that_can_edit = ["k1"]`, `groups_that_can_edit = ["g1"]`)...),
		ConfigPlanChecks: does(plancheck.ResourceActionNoop),
		Check:            w.calls(nil),
	})
}

// Nothing that state does not know of an imported key forces a new one: what counts only when a key is made is taken as written.
func TestAccAPIKey_importTakesOverWhatOnlyStateKnows(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	key := w.AddKey(simulator.KeySpec{DisplayName: "logger", Privileges: []simulator.Privilege{simulator.LoggingPrivilege()}, Lifetime: "P90D"})
	natural := append(slices.Clone(pinned), `lifetime = "P90D"`, `renew_before = "P14D"`, `rotation_triggers = { quarter = "2026-1" }`, toThese(newReader(t)))
	w.run(
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.importing(key.ID, natural...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, append(unchanged(), w.planWarns("Imported key without its value: logger", "value_recipients counts only"))...),
			ConfigStateChecks: []statecheck.StateCheck{
				is("value", knownvalue.Null()), is("encrypted_value", knownvalue.Null()), is("renew_before", knownvalue.StringExact("P14D")),
			},
			Check: w.calls(map[simulator.Operation]int{simulator.GetAPIKey: 0}),
		},
		resource.TestStep{
			// From then on they are known.
			PreConfig: w.fresh(), Config: strings.Replace(w.key(natural...), "2026-1", "2026-2", 1),
			ConfigPlanChecks:  does(plancheck.ResourceActionDestroyBeforeCreate),
			ConfigStateChecks: []statecheck.StateCheck{is("value", knownvalue.Null()), is("encrypted_value", knownvalue.NotNull())},
			Check:             w.calls(replaced()),
		},
	)
}
