// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const wantedFilter = "(userid=='" + browser + "' OR userid=='" + alice + "' OR visitorid=='" + browser + "' OR visitorid=='" + alice + "')"

func TestAccExport_createTriggerClose(t *testing.T) {
	w := newWorld(t, simulator.Options{ExportAfter: time.Minute})
	id := statecheck.CompareValue(differ{})
	w.run(
		resource.TestStep{
			PreConfig: w.fresh(),
			Config:    w.export(`description = "Access request"`, `filename = "dsr-0142"`, `tables = ["SEARCHES", "CLICKS"]`),
			ConfigPlanChecks: does(plancheck.ResourceActionCreate,
				plancheck.ExpectKnownValue(address, tfjsonpath.New("identifier_digests"), knownvalue.SetSizeExact(2)),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("identifier_count"), knownvalue.Int64Exact(2))),
			ConfigStateChecks: []statecheck.StateCheck{
				is("status", exact("AVAILABLE")), is("user_dimension", exact("userid")), is("visitor_dimension", exact("visitorid")),
				is("effective_from", exact("2026-01-01T00:00:00Z")), is("effective_to", exact("2026-02-28T23:59:59Z")),
				is("estimated_rows", knownvalue.Int64Exact(8)), is("format", exact("EXCEL")), is("description", exact("Access request")),
				is("author", exact("admin@example.com-google")), is("started_at", exact("2026-03-02T09:00:00Z")),
				id.AddStateValue(address, tfjsonpath.New("id")),
			},
			Check: resource.ComposeTestCheckFunc(w.calls(map[simulator.Operation]int{simulator.CreateExport: 1, simulator.EstimateExport: 7, simulator.ExportRowLimit: 1}),
				w.inOrganization(func(exports []simulator.ExportView) error {
					e := exports[0]
					if len(exports) != 1 || strings.Join(e.Filters, "") != wantedFilter || e.Filename != "dsr-0142" ||
						!regexp.MustCompile(`^Access request \[terraform:[a-z2-7]{26}\]$`).MatchString(e.Description) || len(e.Tables) != 2 {
						return fmt.Errorf("got %+v", exports)
					}
					return nil
				})),
		},
		resource.TestStep{
			PreConfig: w.fresh(),
			Config:    w.export(`description = "Access request"`, `filename = "dsr-0142"`, `tables = ["CLICKS", "SEARCHES"]`, `triggers = { again = "1" }`),
			ConfigPlanChecks: does(plancheck.ResourceActionReplace, plancheck.ExpectUnknownValue(address, tfjsonpath.New("id")),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("identifier_digests"), knownvalue.SetSizeExact(2))),
			ConfigStateChecks: []statecheck.StateCheck{id.AddStateValue(address, tfjsonpath.New("id"))},
			Check:             resource.ComposeTestCheckFunc(w.count(1), w.calls(map[simulator.Operation]int{simulator.CreateExport: 1, simulator.DeleteExport: 1})),
		},
		resource.TestStep{
			// The case is closed, and the trigger taken away: nothing happens.
			PreConfig: func() { w.fresh()(); w.vault = map[string][]string{} },
			Config: acctest.ProviderConfig(w.Server, acctest.Digests(), "subjects = {}") +
				exportBlock(fmt.Sprintf("subject = %q", caseOne), period, `description = "Access request"`, `filename = "dsr-0142"`, `tables = ["CLICKS", "SEARCHES"]`),
			// Removing the argument is an update of nothing but itself.
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, plancheck.ExpectKnownValue(address, tfjsonpath.New("status"), exact("AVAILABLE"))),
			Check:            resource.ComposeTestCheckFunc(w.count(1), w.calls(map[simulator.Operation]int{simulator.CreateExport: 0, simulator.DeleteExport: 0})),
		},
		resource.TestStep{
			Config: acctest.ProviderConfig(w.Server, acctest.Digests(), "subjects = {}") +
				exportBlock(fmt.Sprintf("subject = %q", caseOne), period, `description = "Access request"`, `filename = "dsr-0142"`, `triggers = { again = "2" }`),
			ExpectError: regexp.MustCompile("Case not in the vault"),
		},
		resource.TestStep{
			Config: acctest.ProviderConfig(w.Server),
			Check:  w.count(0),
		},
	)
}

// differ is a comparer that wants another value each time.
type differ struct{}

func (differ) CompareValues(values ...any) error {
	seen := map[any]bool{}
	for _, value := range values {
		if seen[value] {
			return fmt.Errorf("%v is seen again", value)
		}
		seen[value] = true
	}
	return nil
}
