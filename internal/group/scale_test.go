// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// Groups are refreshed by lists, not one by one, also where some were changed or deleted meanwhile.
// TestServiceReadsAThousandGroupsWithOneList is the same at full size.
func TestAccGroup_manyGroups(t *testing.T) {
	const n = 60
	w := newWorld(t, simulator.Options{})
	config := w.group(`display_name = "dsr-${count.index}"`, `duties = ["overview"]`, `members = [{ email = "ann@example.com" }]`, fmt.Sprintf("count = %d", n))
	few := func(limit int) plancheck.PlanCheck {
		return planCheck(func() error {
			if total := w.TotalCalls(); total > limit {
				return fmt.Errorf("%d requests to plan %d groups: %v", total, n, w.CallCounts())
			}
			return nil
		})
	}
	w.run(
		resource.TestStep{Config: config, Check: w.calls(map[simulator.Operation]int{simulator.CreateGroup: n})},
		resource.TestStep{
			PreConfig: w.fresh(), Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), few(5)}},
		},
		resource.TestStep{
			PreConfig: w.fresh(func() {
				w.RemoveGroup(w.Groups()[10].ID)
				w.RenameGroup(w.Groups()[20].ID, "other")
				w.JoinGroup(w.Groups()[30].ID, bob)
			}),
			Config: config,
			// One single read more: nobody is called gone before he was asked for by himself.
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{few(6), w.planWarns("Group gone: dsr-")}},
			Check:            w.calls(map[simulator.Operation]int{simulator.CreateGroup: 1, simulator.UpdateGroup: 2}),
		},
	)
}

// Two resources may manage parts of one group. Each writes the whole, and none undoes what the other did in the same run.
func TestAccGroup_twoResourcesOfOneGroup(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	group := w.existing()
	config := acctest.ProviderConfig(w.Server) + fmt.Sprintf(`
		resource "coveo_group" "test" {
		  display_name = "by hand"
		  members      = [{ email = "ann@example.com" }]
		}
		resource "coveo_group" "may" {
		  display_name = "by hand"
		  duties       = ["export"]
		}
		import {
		  to = coveo_group.test
		  id = %[1]q
		}
		import {
		  to = coveo_group.may
		  id = %[1]q
		}
	`, group.ID)
	w.run(
		resource.TestStep{Config: config, Check: resource.ComposeTestCheckFunc(w.inGroup("ann | carl"), func(*terraform.State) error {
			if held := len(w.made().Privileges); held != 3 {
				return fmt.Errorf("the group holds %d privileges, want those of export", held)
			}
			return nil
		}), ExpectNonEmptyPlan: true},
		// What one left to the other is forgotten in the next run, and then all is quiet.
		resource.TestStep{PreConfig: w.fresh(), Config: config, Check: w.calls(nil)},
		resource.TestStep{Config: acctest.ProviderConfig(w.Server) + "removed {\n  from = coveo_group.may\n  lifecycle {\n    destroy = false\n  }\n}\n" +
			"removed {\n  from = coveo_group.test\n  lifecycle {\n    destroy = false\n  }\n}\n"},
	)
}

// Values that are not known at plan are settled at apply.
func TestAccGroup_unknownValues(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	config := func(email, duty string) string {
		return w.group(`display_name = "DSR team"`, `duties = [terraform_data.duty.output]`, `members = [{ email = terraform_data.email.output }]`) +
			fmt.Sprintf("resource \"terraform_data\" \"email\" {\n  input = %q\n}\nresource \"terraform_data\" \"duty\" {\n  input = %q\n}\n", email, duty)
	}
	w.run(
		resource.TestStep{
			Config:            config("ann@example.com", "overview"),
			ConfigPlanChecks:  does(plancheck.ResourceActionCreate, plancheck.ExpectUnknownValue(address, path("effective_privileges"))),
			ConfigStateChecks: []statecheck.StateCheck{is("effective_privileges", knownvalue.SetSizeExact(1))},
			Check:             w.inGroup("ann | "),
		},
		resource.TestStep{
			Config: config("bob@example.com", "erasure"), ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
			Check: resource.ComposeTestCheckFunc(w.inGroup("bob | "), w.holds(simulator.ErasurePrivilege())),
		},
	)
}

// People are in the configuration and in state, and in no log and no message, whatever fails.
func TestAccGroup_logsNameNobody(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	const canary = "canary.dupont"
	config := w.group(`display_name = "DSR team"`, `duties = ["erasure"]`,
		`members = [{ email = "`+canary+`@example.com", provider = "SAML" }]`, `invites = [{ username = "`+canary+`2@example.com-google" }]`)
	cli := acctest.NewCLI(t, config)
	cli.Env = append(cli.Env, "TF_LOG=TRACE")
	var log strings.Builder
	for _, fault := range []*simulator.Fault{nil, {Operation: simulator.CreateGroup, CutAfter: true, Times: 1}, {Operation: simulator.GetGroup, Status: 412, Times: 9}} {
		if fault != nil {
			w.Inject(*fault)
		}
		// The first is refused by Coveo, which quotes the username that it does not know.
		result := cli.Run("apply", "-auto-approve", "-no-color")
		log.WriteString(result.Stderr)
		if fault == nil {
			if !strings.Contains(result.All(), "The user '…' was not found") {
				t.Errorf("the refusal was not as expected:\n%s", result.All())
			}
			w.AddUser(simulator.PersonView{Username: canary + "2@example.com-google"}, "")
		}
	}
	logs := log.String()
	if !strings.Contains(logs, "create a group") {
		t.Error("there is no log to look into")
	}
	reached := false
	for _, group := range w.Groups() {
		reached = reached || strings.Contains(fmt.Sprint(group.Invites), canary)
	}
	if !reached {
		t.Error("the canary never reached Coveo")
	}
	if strings.Contains(logs, canary) {
		for line := range strings.Lines(logs) {
			if strings.Contains(line, canary) {
				t.Fatalf("a person is in the log: %s", line)
			}
		}
	}
}
