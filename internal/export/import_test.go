// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestAccExport_import(t *testing.T) {
	for name, test := range map[string]struct {
		filter string
		says   string
	}{
		"of this case": {wantedFilter, ""}, "of another": {"userid=='bob-saml'", "Imported export of others"}, "of half of it": {"userid=='" + alice + "'", "do\\s+not\\s+name\\s+1\\s+of\\s+the\\s+2"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			id := w.AddExport(simulator.ExportSpec{Description: "Access request", Filters: []string{test.filter}, Tables: []string{"SEARCHES"}})
			config := w.config(fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id) +
				exportBlock(fmt.Sprintf("subject = %q", caseOne), period, `description = "Access request"`, `tables = ["SEARCHES"]`, `triggers = { a = "1" }`))
			if test.says != "" {
				w.run(resource.TestStep{Config: config, ExpectError: regexp.MustCompile(test.says)})
				return
			}
			w.run(
				resource.TestStep{
					Config: config, ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
					ConfigStateChecks: []statecheck.StateCheck{is("identifier_digests", knownvalue.SetSizeExact(2)), is("status", exact("AVAILABLE")), is("estimated_rows", knownvalue.Null())},
					Check:             resource.ComposeTestCheckFunc(w.count(1), w.calls(map[simulator.Operation]int{simulator.CreateExport: 0})),
				},
				resource.TestStep{Config: config, ConfigPlanChecks: does(plancheck.ResourceActionNoop)},
			)
		})
	}
}

// An export that was made without a choice of tables is listed with the five that it holds.
func TestAccExport_importOfAllTables(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	id := w.AddExport(simulator.ExportSpec{Filters: []string{wantedFilter}})
	config := w.config(fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id) + exportBlock(fmt.Sprintf("subject = %q", caseOne), period))
	w.run(
		resource.TestStep{
			Config: config, ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
			Check: resource.ComposeTestCheckFunc(w.count(1), w.calls(map[simulator.Operation]int{simulator.CreateExport: 0, simulator.DeleteExport: 0})),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: does(plancheck.ResourceActionNoop)},
	)
}

// What somebody wrote about a person in the console stays out of state.
func TestAccExport_importOfATextThatNamesAPerson(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.vault["DSR-2"] = []string{"admin@example.com-google"} // who made it
	id := w.AddExport(simulator.ExportSpec{Description: "for alice.smith@example.com", Filters: []string{wantedFilter}, Tables: []string{"SEARCHES"}})
	config := w.config(fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id) + exportBlock(fmt.Sprintf("subject = %q", caseOne), period, `tables = ["SEARCHES"]`))
	w.run(
		resource.TestStep{
			Config: config, ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{is("description", knownvalue.Null()), is("author", knownvalue.Null()), is("status", exact("AVAILABLE"))},
			Check:             w.hears("Imported export whose description names a person"),
		},
		resource.TestStep{RefreshState: true},
		resource.TestStep{Config: config, ConfigPlanChecks: does(plancheck.ResourceActionNoop), ConfigStateChecks: []statecheck.StateCheck{is("author", knownvalue.Null())}},
	)
}

func TestAccExport_importOfNothing(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{
			Config:      w.config("import {\n  to = "+address+"\n  id = \"5c0ffee0\"\n}\n") + exportBlock(fmt.Sprintf("subject = %q", caseOne), period),
			ExpectError: regexp.MustCompile("No such export"),
		},
		resource.TestStep{
			Config:      w.config("import {\n  to = "+address+"\n  id = \"DSR 1\"\n}\n") + exportBlock(fmt.Sprintf("subject = %q", caseOne), period),
			ExpectError: regexp.MustCompile("ID cannot be used"),
		},
	)
}
