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
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func at(address string, check knownvalue.Check, root string, steps ...any) statecheck.StateCheck {
	path := tfjsonpath.New(root)
	for _, step := range steps {
		switch s := step.(type) {
		case int:
			path = path.AtSliceIndex(s)
		case string:
			path = path.AtMapKey(s)
		}
	}
	return statecheck.ExpectKnownValue(address, path, check)
}

func cases(references ...string) knownvalue.Check {
	var checks []knownvalue.Check
	for _, reference := range references {
		checks = append(checks, exact(reference))
	}
	return knownvalue.SetExact(checks)
}

func TestAccExports_flagsLeftovers(t *testing.T) {
	w := newWorld(t, simulator.Options{Readings: simulator.Readings{ReorderLists: true}})
	w.vault["DSR-2026-0200"] = []string{"bob-saml"}
	later := func(spec simulator.ExportSpec) string {
		w.clock.Advance(time.Minute)
		return w.AddExport(spec)
	}
	ids := []string{
		later(simulator.ExportSpec{Description: "weekly", Tables: []string{"SEARCHES"}}),
		later(simulator.ExportSpec{Description: "for alice.smith@example.com", Filters: []string{"userid=='" + alice + "'"}}),
		later(simulator.ExportSpec{Description: "bobby", Filters: []string{"userid=='bob-saml-2'"}}),
		later(simulator.ExportSpec{Filters: []string{`userid IN ["bob-saml", 'x']`, "visitorid=='" + strings.ToUpper(browser) + "'"}}),
	}
	const d = "data.coveo_exports.all"
	w.SetExportStatus(ids[1], "EXPIRED")
	w.run(
		resource.TestStep{
			Config:      w.config("data \"coveo_exports\" \"all\" {\n  subject = \"DSR-1\"\n  user_ids = [\"a\"]\n}\n"),
			ExpectError: regexp.MustCompile("Named twice"),
		},
		resource.TestStep{
			Config: w.config(fmt.Sprintf("data \"coveo_exports\" \"all\" {\n  subject = %q\n}\n", caseOne)),
			ConfigStateChecks: []statecheck.StateCheck{
				at(d, knownvalue.Int64Exact(4), "total"), at(d, knownvalue.Int64Exact(2), "naming_people"),
				at(d, exact(ids[0]), "exports", 0, "id"), at(d, knownvalue.Bool(false), "exports", 0, "filtered"), at(d, exact("weekly"), "exports", 0, "description"),
				at(d, cases(), "exports", 0, "cases"), at(d, knownvalue.Bool(false), "exports", 0, "names_subject"), at(d, cases("SEARCHES"), "exports", 0, "tables"),
				at(d, knownvalue.Bool(true), "exports", 1, "names_subject"), at(d, knownvalue.Null(), "exports", 1, "description"), at(d, knownvalue.Bool(false), "exports", 1, "has_file"),
				at(d, cases(caseOne), "exports", 1, "cases"), at(d, cases(), "exports", 2, "cases"), at(d, exact("bobby"), "exports", 2, "description"),
				at(d, cases(caseOne, "DSR-2026-0200"), "exports", 3, "cases"), at(d, knownvalue.Bool(true), "exports", 3, "filtered"),
			},
			Check: func(s *terraform.State) error {
				if state := fmt.Sprint(s); strings.Contains(strings.ToLower(state), "alice.smith") || strings.Contains(strings.ToLower(state), browser) || strings.Contains(state, "userid") {
					return fmt.Errorf("an identifier or a filter is in state: %s", state)
				}
				return nil
			},
		},
		resource.TestStep{
			Config: acctest.ProviderConfig(w.Server) + "data \"coveo_exports\" \"all\" {\n  user_ids = [\"bob-saml\"]\n}\n",
			ConfigStateChecks: []statecheck.StateCheck{
				at(d, knownvalue.Int64Exact(1), "naming_people"), at(d, knownvalue.Null(), "exports", 3, "cases"), at(d, knownvalue.Bool(true), "exports", 3, "names_subject"),
			},
		},
		resource.TestStep{
			Config: w.config("data \"coveo_exports\" \"all\" {\n  subject = \"DSR-closed\"\n}\n"),
			ConfigStateChecks: []statecheck.StateCheck{
				at(d, knownvalue.Int64Exact(2), "naming_people"), at(d, knownvalue.Null(), "exports", 1, "names_subject"),
			},
		},
	)
}

func TestAccExports_refused(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.Inject(simulator.Fault{Operation: simulator.ListExports, Status: 403})
	w.run(resource.TestStep{Config: w.config("data \"coveo_exports\" \"all\" {}\n"), ExpectError: regexp.MustCompile(`Data\s+exports:\s+View`)})
}

func TestAccEstimate(t *testing.T) {
	w := newWorld(t, simulator.Options{ExportRowLimit: 100})
	const d = "data.coveo_export_estimate.e"
	config := func(arguments ...string) string {
		return w.config("data \"coveo_export_estimate\" \"e\" {\n  " + period + "\n  " + strings.Join(arguments, "\n  ") + "\n}\n")
	}
	w.run(
		resource.TestStep{
			Config: config(fmt.Sprintf("subject = %q", caseOne), `tables = ["SEARCHES", "CUSTOM_EVENTS"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				at(d, knownvalue.Int64Exact(9), "rows"), at(d, knownvalue.Int64Exact(29), "total_rows"), at(d, knownvalue.Int64Exact(3), "rows_by_table", "custom_events"),
				at(d, knownvalue.Int64Exact(100), "row_limit"), at(d, knownvalue.Bool(true), "within_row_limit"), at(d, exact("visitorid"), "visitor_dimension"),
			},
		},
		resource.TestStep{
			Config: config(),
			ConfigStateChecks: []statecheck.StateCheck{
				at(d, knownvalue.Int64Exact(83), "rows"), at(d, knownvalue.Int64Exact(83), "total_rows"), at(d, knownvalue.Null(), "user_dimension"),
			},
		},
		resource.TestStep{
			Config:            config(`subject = "DSR-closed"`),
			ConfigStateChecks: []statecheck.StateCheck{at(d, knownvalue.Null(), "rows"), at(d, knownvalue.Int64Exact(83), "total_rows")},
		},
		resource.TestStep{Config: config(fmt.Sprintf("subject = %q", caseOne), `user_dimension = "nosuch"`), ExpectError: regexp.MustCompile(`can\s+export\s+no\s+dimension`)},
		resource.TestStep{Config: config(`user_ids = ["o'neil"]`), ExpectError: regexp.MustCompile("Unusual identifiers")},
	)
}

func TestAccEstimate_aFilterThatIsIgnoredIsAnError(t *testing.T) {
	w := newWorld(t, simulator.Options{Readings: simulator.Readings{IgnoreFilters: true}})
	w.run(resource.TestStep{
		Config:      w.config(fmt.Sprintf("data \"coveo_export_estimate\" \"e\" {\n  %s\n  subject = %q\n}\n", period, caseOne)),
		ExpectError: regexp.MustCompile(`made\s+up`),
	})
}

func TestAccDimensions(t *testing.T) {
	for name, want := range map[string]string{"": "userid", simulator.UserNameDimension: "username"} {
		t.Run(want, func(t *testing.T) {
			w := newWorld(t, simulator.Options{Readings: simulator.Readings{UserDimension: name, ReorderLists: true}})
			const d = "data.coveo_analytics_dimensions.all"
			w.run(resource.TestStep{
				Config: w.config("data \"coveo_analytics_dimensions\" \"all\" {}\n"),
				ConfigStateChecks: []statecheck.StateCheck{
					at(d, exact(want), "user_dimension"), at(d, exact("visitorid"), "visitor_dimension"),
					at(d, exact("Click Rank"), "dimensions", 0, "display_name"), at(d, cases("clickrank"), "dimensions", 0, "api_names"), at(d, exact("SHORT"), "dimensions", 0, "type"),
				},
			})
		})
	}
}
