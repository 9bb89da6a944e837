// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// listed checks the names that coveo_groups found.
func listed(data string, names ...string) statecheck.StateCheck {
	checks := make([]knownvalue.Check, 0, len(names))
	for _, name := range names {
		checks = append(checks, knownvalue.ObjectPartial(map[string]knownvalue.Check{"display_name": knownvalue.StringExact(name)}))
	}
	return statecheck.ExpectKnownValue("data.coveo_groups."+data, path("groups"), knownvalue.ListExact(checks))
}

func TestAccGroups_listsAndFilters(t *testing.T) {
	for name, readings := range map[string]simulator.Readings{
		"likeliest": {},
		"others":    {LeanGroupList: true, ExplicitNulls: true, ReorderLists: true, TypelessPrivilege: simulator.TypelessEnable, RFC3339Dates: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{Readings: readings})
			w.existing()
			eraser := w.AddGroup(simulator.GroupSpec{
				DisplayName: "dsr-erasers", Members: []simulator.PersonView{ann}, Invites: []simulator.PersonView{carl},
				Privileges: []simulator.Privilege{simulator.ErasurePrivilege(), simulator.OverviewPrivilege()},
			})
			w.run(resource.TestStep{
				Config: acctest.ProviderConfig(w.Server) + `
					data "coveo_groups" "all" {}
					data "coveo_groups" "prefix" { display_name_prefix = "DSR-" }
					data "coveo_groups" "type" { group_type = "ADMINISTRATOR" }
					data "coveo_groups" "overview" { duties = ["overview"] }
					data "coveo_groups" "erasers" {
					  duties      = ["erasure", "overview"]
					  with_people = true
					}
					data "coveo_groups" "none" { display_name_prefix = "none" }
				`,
				ConfigStateChecks: []statecheck.StateCheck{
					listed("all", "Administrators", "MCP Search Users", "Users", "by hand", "dsr-erasers"),
					listed("prefix", "dsr-erasers"), listed("type", "Administrators"),
					listed("overview", "Administrators", "by hand", "dsr-erasers"), listed("erasers", "Administrators", "dsr-erasers"), listed("none"),
					statecheck.ExpectKnownValue("data.coveo_groups.prefix", path("groups").AtSliceIndex(0), knownvalue.ObjectExact(map[string]knownvalue.Check{
						"id": knownvalue.StringExact(eraser.ID), "display_name": knownvalue.StringExact("dsr-erasers"), "group_type": knownvalue.StringExact("CUSTOM"),
						"deletable": knownvalue.Bool(true), "may_erase": knownvalue.Bool(true), "member_count": knownvalue.Int64Exact(1),
						"invite_count": knownvalue.Int64Exact(1), "members": knownvalue.Null(), "invites": knownvalue.Null(), "realms": knownvalue.SetSizeExact(0),
						"api_keys_that_can_edit": knownvalue.SetSizeExact(0), "groups_that_can_edit": knownvalue.SetSizeExact(0),
						"effective_privileges": knownvalue.SetExact([]knownvalue.Check{effective("ADMINISTRATE"), effective("DELETE_USER_ANALYTICS_DATA")}),
					})),
					statecheck.ExpectKnownValue("data.coveo_groups.erasers", path("groups").AtSliceIndex(1), knownvalue.ObjectPartial(map[string]knownvalue.Check{
						"members": knownvalue.SetExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{
							"username": knownvalue.StringExact(ann.Username), "email": knownvalue.StringExact(ann.Email), "provider": knownvalue.StringExact("GOOGLE"),
						})}),
						"invites": knownvalue.SetSizeExact(1),
					})),
				},
				Check: func(*terraform.State) error {
					// Plan, apply and the plan after it each list once, for six data sources.
					if lists := w.Calls(simulator.ListGroups); lists > 4 {
						return fmt.Errorf("%d lists", lists)
					}
					return nil
				},
			})
		})
	}
}

func TestAccGroups_refused(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.AddToken("viewer", simulator.OverviewPrivilege())
	w.run(resource.TestStep{
		Config:      acctest.ProviderConfigWith(w.Server, "viewer") + `data "coveo_groups" "all" {}`,
		ExpectError: wrapped("Organization – Groups: View"),
	})
}
