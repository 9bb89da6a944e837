// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const day = 24 * time.Hour

func TestAccAPIKey_renewBefore(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	config := w.key(append(eraser, `renew_before = "P14D"`)...)
	quiet := func(after time.Duration) resource.TestStep {
		return resource.TestStep{
			PreConfig: w.fresh(func() { w.clock.Advance(after) }), Config: config,
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planIsQuiet()), Check: w.calls(nil),
		}
	}
	w.run(
		resource.TestStep{Config: config, ConfigPlanChecks: does(plancheck.ResourceActionCreate)},
		quiet(75*day),
		quiet(day-time.Minute),
		resource.TestStep{
			// 90 days less 14, to the minute.
			PreConfig: w.fresh(func() { w.clock.Advance(time.Minute) }), Config: config,
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate,
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("expiration_date")), plancheck.ExpectUnknownValue(address, tfjsonpath.New("value")),
				w.planWarns("Key is to be renewed: dsr-eraser", "expiration_date", "ends 2026-05-31T09:00:00Z", "renew_before (P14D)", "create_before_destroy")),
			ConfigStateChecks: []statecheck.StateCheck{is("expiration_date", knownvalue.StringExact("2026-08-15T09:00:00Z"))},
			Check:             w.calls(replaced()),
		},
		quiet(0),
		resource.TestStep{
			// A longer window takes hold in the plan that brings it.
			PreConfig: w.fresh(func() { w.clock.Advance(31 * day) }), Config: w.key(append(eraser, `renew_before = "P60D"`)...),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate, w.planWarns("Key is to be renewed: dsr-eraser")),
			Check:            w.calls(replaced()),
		},
		resource.TestStep{
			// Without a window the key lives to its end.
			PreConfig: w.fresh(func() { w.clock.Advance(89 * day) }), Config: w.key(eraser...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, w.planIsQuiet()),
			Check:            w.calls(nil),
		},
	)
}

func TestAccAPIKey_notRenewed(t *testing.T) {
	for title, tc := range map[string]struct {
		arguments []string
		before    func(w *world)
		action    plancheck.ResourceActionType
		warning   []string
	}{
		"without end": {
			[]string{`duties = ["overview"]`, `renew_before = "P14D"`}, func(w *world) { w.clock.Advance(5000 * day) }, plancheck.ResourceActionNoop,
			[]string{"Key does not end: dsr", "renew_before does nothing"},
		},
		"a life that is shorter than the window": {
			[]string{`template_id = "Short"`, `renew_before = "P14D"`}, func(w *world) { w.clock.Advance(6 * day) }, plancheck.ResourceActionNoop,
			[]string{"Key is not renewed before its end: dsr", "shorter than the time that Coveo lets a key live"},
		},
		"disabled by a person": {
			[]string{`duties = ["overview"]`, `lifetime = "P90D"`, `renew_before = "P14D"`},
			func(w *world) {
				w.DisableKey(w.only().ID)
				w.clock.Advance(80 * day)
			}, plancheck.ResourceActionNoop,
			[]string{"Disabled key is not renewed: dsr", "somebody may have stopped it"},
		},
	} {
		t.Run(title, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			w.AddTemplate(simulator.TemplateSpec{ID: "Short", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}, LongestLifetime: "P7D"})
			config := w.key(append(tc.arguments, `display_name = "dsr"`)...)
			w.run(
				resource.TestStep{Config: config},
				resource.TestStep{
					PreConfig: w.fresh(func() { tc.before(w) }), Config: config,
					ConfigPlanChecks: does(tc.action, w.planWarns(tc.warning...)), Check: w.calls(nil),
				},
			)
		})
	}
}

// Why a key goes is said once: one that is off, too, is not also said to stay off or to be switched on.
func TestAccAPIKey_whyAKeyIsReplacedIsSaidOnce(t *testing.T) {
	for title, tc := range map[string]struct {
		before  func(w *world)
		warning string
	}{
		"unused for long": {func(w *world) { w.DisableKeyForInactivity(w.only().ID) }, "Key is to be renewed: dsr-eraser"},
		"exposed":         {func(w *world) { w.ExposeKey(w.only().ID) }, "Exposed key is to be replaced: dsr-eraser"},
		"expired":         {func(w *world) { w.clock.Advance(20 * day) }, "Expired key is to be replaced: dsr-eraser"},
	} {
		t.Run(title, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			config := w.key(append(eraser, `renew_before = "P14D"`)...)
			w.run(
				resource.TestStep{Config: config},
				resource.TestStep{
					PreConfig: w.fresh(func() {
						w.clock.Advance(80 * day)
						tc.before(w)
					}),
					Config: config,
					ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate, w.planWarns(tc.warning), planCheck(func() error {
						if heard := w.heard.all(); len(heard) > 1 {
							return fmt.Errorf("%d diagnostics, want one; the last is %s", len(heard), heard[len(heard)-1].Summary)
						}
						return nil
					})),
					Check: w.calls(replaced()),
				},
			)
		})
	}
}

// A plan that was made before the window and is applied within it does what it said, and the next one renews.
func TestAccAPIKey_windowOpensBetweenPlanAndApply(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	arguments := append(eraser, `renew_before = "P14D"`)
	changed := w.key(append(arguments, `description = "new"`)...)
	w.run(
		resource.TestStep{Config: w.key(arguments...)},
		resource.TestStep{
			PreConfig: w.fresh(func() { w.clock.Advance(76*day - time.Minute) }), Config: changed,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
					planCheck(func() error { w.clock.Advance(time.Hour); return nil }),
				},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionDestroyBeforeCreate)},
			},
			Check:              w.calls(map[simulator.Operation]int{simulator.UpdateAPIKey: 1}),
			ExpectNonEmptyPlan: true,
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: changed, ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate), Check: w.calls(replaced()),
		},
	)
}

func TestAccAPIKey_rotationTriggers(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	triggers := func(written string) string { return w.key(append(eraser, `rotation_triggers = `+written)...) }
	replaces := func(config string) resource.TestStep {
		return resource.TestStep{
			PreConfig: w.fresh(), Config: config,
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate, w.planIsQuiet(), plancheck.ExpectUnknownValue(address, tfjsonpath.New("value"))),
			Check:            w.calls(replaced()),
		}
	}
	keeps := func(config string, action plancheck.ResourceActionType) resource.TestStep {
		return resource.TestStep{
			PreConfig: w.fresh(), Config: config,
			ConfigPlanChecks: does(action, append(unchanged(), w.planIsQuiet())...), Check: w.calls(nil),
		}
	}
	w.run(
		resource.TestStep{Config: triggers(`{ quarter = "1" }`), ConfigPlanChecks: does(plancheck.ResourceActionCreate)},
		keeps(triggers(`{ quarter = "1" }`), plancheck.ResourceActionNoop),
		replaces(triggers(`{ quarter = "2" }`)),
		replaces(triggers(`{ quarter = "2", incident = "INC-7" }`)),
		keeps(w.key(eraser...), plancheck.ResourceActionUpdate),
		replaces(triggers(`{ quarter = "3" }`)),
		resource.TestStep{
			// A person's stop is not undone unnoticed.
			PreConfig: w.fresh(func() { w.DisableKey(w.only().ID) }), Config: triggers(`{ quarter = "4" }`),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate,
				w.planWarns("Disabled key is to be replaced by one that works: dsr-eraser", "enabled = false"), planCheck(func() error {
					if err := w.heard.warned("stays disabled"); err == nil {
						return fmt.Errorf("a key that is replaced is said to stay disabled")
					}
					return nil
				})),
			Check: w.calls(replaced()),
		},
	)
}

// opensDoors says how an organization answers whoever holds a key.
func (w *world) opensDoors(value string) int {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.URL+"/rest/organizations/"+w.ID()+"/privileges/me", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+value)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// With create_before_destroy both keys work until whatever uses the key has the new one.
func TestAccAPIKey_bothKeysWorkDuringARotation(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	config := func(quarter string) string {
		return w.key(append(eraser, fmt.Sprintf("rotation_triggers = { quarter = %q }", quarter), "lifecycle {\n    create_before_destroy = true\n  }")...) + `
resource "coveo_api_key" "user" {
  display_name = "uses the other"
  description  = coveo_api_key.test.id
  duties       = ["overview"]
}
`
	}
	var mu sync.Mutex
	var old, during []int
	var values []string
	w.run(
		resource.TestStep{Config: config("1")},
		resource.TestStep{
			PreConfig: w.fresh(func() {
				for _, key := range w.Keys() {
					if key.DisplayName == "dsr-eraser" {
						values = append(values, key.Value)
					}
				}
				// While the dependent key is being changed, whoever holds either key is served.
				w.Inject(simulator.Fault{Operation: simulator.GetAPIKey, Times: 2, Mutate: func(map[string]any) {
					mu.Lock()
					defer mu.Unlock()
					for _, key := range w.Keys() {
						if key.DisplayName == "dsr-eraser" && !slices.Contains(values, key.Value) {
							during = append(during, w.opensDoors(key.Value))
							old = append(old, w.opensDoors(values[0]))
						}
					}
				}})
			}),
			Config:           config("2"),
			ConfigPlanChecks: does(plancheck.ResourceActionCreateBeforeDestroy),
			Check: resource.ComposeTestCheckFunc(
				w.calls(map[simulator.Operation]int{simulator.CreateAPIKey: 1, simulator.DeleteAPIKey: 1, simulator.UpdateAPIKey: 1})),
		},
	)
	if len(during) < 2 || slices.ContainsFunc(slices.Concat(old, during), func(status int) bool { return status != http.StatusOK }) {
		t.Errorf("during the rotation the new key was answered %v and the old one %v", during, old)
	}
	if len(values) != 1 || w.opensDoors(values[0]) != http.StatusUnauthorized {
		t.Error("the old key still works after the rotation")
	}
	var order []simulator.Operation
	for _, request := range w.Requests() {
		switch request.Operation {
		case simulator.CreateAPIKey, simulator.UpdateAPIKey, simulator.DeleteAPIKey:
			order = append(order, request.Operation)
		}
	}
	if want := []simulator.Operation{simulator.CreateAPIKey, simulator.UpdateAPIKey, simulator.DeleteAPIKey}; !slices.Equal(order[:min(3, len(order))], want) {
		t.Errorf("the calls were %v, want %v first", order, want)
	}
}
