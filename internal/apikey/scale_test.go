// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// Unchanged keys are refreshed by lists, not one by one. TestServiceReadsAThousandKeysWithOneList is the same at full size.
func TestAccAPIKey_manyUnchangedKeys(t *testing.T) {
	const n = 100
	w := newWorld(t, simulator.Options{})
	config := strings.Replace(w.key(`display_name = "dsr-${count.index}"`, `duties = ["overview"]`, fmt.Sprintf("count = %d", n)), "5000", "10000", 1)
	w.run(
		resource.TestStep{Config: config, Check: w.calls(map[simulator.Operation]int{simulator.CreateAPIKey: n})},
		resource.TestStep{
			PreConfig: w.fresh(), Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectEmptyPlan(),
				planCheck(func() error {
					if total := w.TotalCalls(); total > 5 {
						return fmt.Errorf("%d requests to plan %d unchanged keys: %v", total, n, w.CallCounts())
					}
					return nil
				}),
			}},
		},
	)
}
