// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package disclosure_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestAccPackage_MadeOnceAndRemoved(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.aliceOnly()
	config := s.config(id, "plaintext = true", `contact = "privacy@acme.example"`)
	s.run(
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectKnownValue(address, tfjsonpath.New("identifier_digests"), knownvalue.SetSizeExact(2)),
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("sha256")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				state("rows", knownvalue.MapExact(map[string]knownvalue.Check{"searches": number(6), "clicks": number(3), "custom_events": number(0)})),
				state("neutralized_cells", knownvalue.MapPartial(map[string]knownvalue.Check{"searches": number(1)})),
				state("packaged_at", knownvalue.StringExact("2026-11-22T09:00:00Z")),
				state("sha256", knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f]{64}$`))),
				statecheck.CompareValuePairs(address, tfjsonpath.New("sha256"), address, tfjsonpath.New("content_sha256"), compare.ValuesSame()),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		resource.TestStep{
			PreConfig: func() {
				files := s.files()
				if !strings.Contains(files["searches.csv"], alice) || !strings.Contains(files["summary.html"], "privacy@acme.example") || !strings.Contains(files["searches.csv"], "'=1+1") {
					t.Errorf("the package holds %v", files)
				}
				if s.Downloads() != 1 || s.Calls(simulator.CreateExport)+s.Calls(simulator.DeleteExport) > 0 {
					t.Errorf("%d downloads, calls %v", s.Downloads(), s.CallCounts())
				}
				// Handed over and removed: no drift.
				if err := os.Remove(s.path("DSR-1.zip")); err != nil {
					t.Fatal(err)
				}
			},
			Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		resource.TestStep{
			Config: s.config(id, "plaintext = true", `contact = "privacy@acme.example"`, `triggers = { lost = "1" }`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate), plancheck.ExpectUnknownValue(address, tfjsonpath.New("sha256")),
			}},
			Check: func(*terraform.State) error {
				s.wantListed("DSR-1.zip")
				return nil
			},
		},
	)
	s.wantListed()
}
