// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access_test

import (
	"encoding/json"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const reviewed = `
data "coveo_privilege_holders" "erasure" {
  duty = "erasure"
}
`

const reviewCheck = `
check "erasing_keys_are_limited" {
  assert {
    condition     = alltrue([for k in data.coveo_privilege_holders.erasure.api_keys : k.has_ip_list == true && k.expires == true])
    error_message = "Without an IP list or an end: ${join(", ", [for k in data.coveo_privilege_holders.erasure.api_keys : k.display_name if k.has_ip_list != true || k.expires != true])}."
  }
}
`

const reviewCondition = `
data "coveo_privilege_holders" "erasure" {
  duty = "erasure"

  lifecycle {
    postcondition {
      condition     = alltrue([for k in self.api_keys : k.has_ip_list == true && k.expires == true])
      error_message = "Without an IP list or an end: ${join(", ", [for k in self.api_keys : k.display_name if k.has_ip_list != true || k.expires != true])}."
    }
  }
}
`

const reviewTest = `
run "erasing_keys_are_limited" {
  command = plan

  assert {
    condition     = alltrue([for k in data.coveo_privilege_holders.erasure.api_keys : k.has_ip_list == true && k.expires == true])
    error_message = "A key that can erase has no IP list or no end."
  }
}
`

// What the guide promises of each way to look at the holders: a check warns and never stops, the others turn a pipeline red.
func TestAccCLI_ReviewWarnsOrTurnsRed(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	server.AddKey(simulator.KeySpec{DisplayName: "limited", Privileges: erasure(), Lifetime: "P90D", AllowedIPs: []string{"203.0.113.0/24"}})
	warns := acctest.NewCLI(t, acctest.ProviderConfig(server)+reviewed+reviewCheck)
	red := acctest.NewCLI(t, acctest.ProviderConfig(server)+reviewCondition)
	tested := acctest.NewCLI(t, acctest.ProviderConfig(server)+reviewed)
	tested.Write("review.tftest.hcl", reviewTest)

	status := func() (string, int) {
		result := warns.Run("plan", "-no-color", "-detailed-exitcode", "-out=plan")
		var plan struct {
			Checks []struct {
				Address struct {
					Name string `json:"name"`
				} `json:"address"`
				Status string `json:"status"`
			} `json:"checks"`
		}
		if err := json.Unmarshal([]byte(warns.MustRun("show", "-json", "plan").Stdout), &plan); err != nil || len(plan.Checks) != 1 {
			t.Fatal(plan, err)
		}
		equal(t, "check", plan.Checks[0].Address.Name, "erasing_keys_are_limited")
		return plan.Checks[0].Status, result.Code
	}
	if got, code := status(); got != "pass" || code != 0 {
		t.Errorf("with a limited key the check is %q, and the plan ends with %d", got, code)
	}
	red.MustRun("plan", "-no-color")
	tested.MustRun("test", "-no-color")

	server.AddKey(simulator.KeySpec{DisplayName: "anywhere, for ever", Privileges: erasure()})
	if got, code := status(); got != "fail" || code != 0 {
		t.Errorf("with an unlimited key the check is %q, and the plan ends with %d", got, code)
	}
	contains(t, warns.MustRun("plan", "-no-color").Unwrapped(), "Warning: Check block assertion failed", "Without an IP list or an end: anywhere, for ever.")
	result := red.Run("plan", "-no-color")
	equal(t, "exit code of a postcondition", result.Code, 1)
	contains(t, result.Unwrapped(), "Without an IP list or an end: anywhere, for ever.")
	result = tested.Run("test", "-no-color")
	equal(t, "exit code of a test", result.Code, 1)
	contains(t, result.Unwrapped(), "A key that can erase has no IP list or no end.")
}
