// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// A creation is sent once, whatever becomes of it, and what it may have made is named.
func TestAccGroup_createFails(t *testing.T) {
	const lost = "Answer lost while a group was made: DSR team"
	for name, tc := range map[string]struct {
		fault simulator.Fault
		also  *simulator.Fault
		made  int
		words []string
	}{
		"503":        {fault: simulator.Fault{Status: 503}, words: []string{lost, `shows none named "DSR team"`}},
		"cut before": {fault: simulator.Fault{CutBefore: true}, words: []string{lost, `shows none named "DSR team"`}},
		"cut after":  {fault: simulator.Fault{CutAfter: true}, made: 1, words: []string{lost, `These groups named "DSR team" may be the one`, "1 members and 1 invites"}},
		"no ID":      {fault: simulator.Fault{Body: `{}`}, made: 1, words: []string{lost, `These groups named "DSR team" may be the one`}},
		"HTML":       {fault: simulator.Fault{HTML: true}, made: 1, words: []string{lost, "terraform import <resource address> "}},
		"list fails": {
			fault: simulator.Fault{CutAfter: true}, also: &simulator.Fault{Operation: simulator.ListGroups, Status: 403}, made: 1,
			words: []string{lost, "list of groups cannot be read either", "Organization > Groups"},
		},
		"refused":     {fault: simulator.Fault{Status: 403}, words: []string{"No group made: DSR team", "Organization – Groups: Create"}},
		"not allowed": {fault: simulator.Fault{Status: 412}, words: []string{"No group made: DSR team", "did not accept a value"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			tc.fault.Operation = simulator.CreateGroup
			w.Inject(tc.fault)
			if tc.also != nil {
				w.Inject(*tc.also)
			}
			w.run(
				resource.TestStep{PreConfig: w.fresh(), Config: w.group(team...), ExpectError: wrapped(tc.words[0])},
				resource.TestStep{
					PreConfig: func() {
						if err := w.checkCalls(map[simulator.Operation]int{simulator.CreateGroup: 1, simulator.GetGroup: 0}); err != nil {
							t.Error(err)
						}
						groups := w.Groups()
						if len(groups) != 3+tc.made {
							t.Errorf("%d groups were made, want %d", len(groups)-3, tc.made)
						}
						if tc.made == 1 && tc.also == nil {
							tc.words = append(tc.words, "  - "+groups[3].ID, "terraform import <resource address> "+groups[3].ID)
						}
						if err := w.heard.find(tfprotov6.DiagnosticSeverityError, tc.words...); err != nil {
							t.Error(err)
						}
						w.ClearFaults()
						w.fresh()()
					},
					// There is no state, so it is a new group and no tainted one.
					Config: w.group(team...), ConfigPlanChecks: does(plancheck.ResourceActionCreate),
					Check: w.calls(map[simulator.Operation]int{simulator.CreateGroup: 1}),
				},
			)
		})
	}
}

// A group that was made stays, whatever becomes of reading it back.
func TestAccGroup_readingBackFails(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.Inject(simulator.Fault{Operation: simulator.GetGroup, Status: 403, Times: 1})
	w.run(
		resource.TestStep{
			Config: w.group(team...), ConfigPlanChecks: does(plancheck.ResourceActionCreate),
			Check: resource.ComposeTestCheckFunc(w.warns("New group not read back: DSR team", "is saved"), w.calls(map[simulator.Operation]int{simulator.CreateGroup: 1})),
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.group(team...), ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planIsQuiet()),
			ConfigStateChecks: []statecheck.StateCheck{is("group_type", knownvalue.StringExact("CUSTOM"))},
		},
	)
}

func TestAccGroup_newGroupShowsLate(t *testing.T) {
	for _, lag := range []int{3, 8} {
		t.Run(fmt.Sprint(lag), func(t *testing.T) {
			w := newWorld(t, simulator.Options{CreateLag: lag})
			// With 8, reading back gives up, and the refreshes that follow believe in the group.
			w.run(resource.TestStep{
				Config: w.group(team...), ConfigPlanChecks: does(plancheck.ResourceActionCreate),
				Check: w.calls(map[simulator.Operation]int{simulator.CreateGroup: 1}),
			})
		})
	}
}

func TestAccGroup_updateFails(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	changed := w.group(team[0], `duties = ["export"]`, `members = []`)
	w.run(
		resource.TestStep{Config: w.group(team...)},
		resource.TestStep{
			PreConfig: w.fresh(func() { w.Inject(simulator.Fault{Operation: simulator.UpdateGroup, Status: 412, Times: 1}) }),
			Config:    changed, ExpectError: wrapped("Group not changed as planned: DSR team"),
		},
		resource.TestStep{
			// Nothing of it is in state, so all of it is planned again.
			PreConfig: w.fresh(), Config: changed, ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
			Check: resource.ComposeTestCheckFunc(w.inGroup(" | "), w.calls(map[simulator.Operation]int{simulator.UpdateGroup: 1})),
		},
	)
}

// Organizations differ in the privileges that they know. One that leaves some out is not asked for them for ever.
func TestAccGroup_coveoGrantsOtherPrivileges(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	exporter := []string{`display_name = "exporters"`, `duties = ["export"]`}
	w.Inject(simulator.Fault{Operation: simulator.GetGroup, Mutate: withoutCreate})
	w.Inject(simulator.Fault{Operation: simulator.ListGroups, Mutate: withoutCreate})
	w.run(
		resource.TestStep{
			Config: w.group(exporter...), ConfigPlanChecks: does(plancheck.ResourceActionCreate),
			Check: w.warns("Group without exactly the privileges asked for: exporters", "It lacks what was asked for: USAGE_ANALYTICS/EXPORTS CREATE *"),
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.group(exporter...),
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planWarns("Group without exactly the privileges asked for: exporters", "would bring no more")),
			Check:            w.calls(nil),
		},
	)
}

func withoutCreate(group map[string]any) {
	held, ok := group["privileges"].([]any)
	if !ok {
		return
	}
	var kept []any
	for _, p := range held {
		if p.(map[string]any)["type"] != "CREATE" {
			kept = append(kept, p)
		}
	}
	group["privileges"] = kept
}

func TestAccGroup_deletedOutside(t *testing.T) {
	for _, status := range []int{404, 410, 403} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			w := newWorld(t, simulator.Options{Readings: simulator.Readings{MissingGroupStatus: status}})
			w.run(
				resource.TestStep{Config: w.group(team...)},
				resource.TestStep{
					PreConfig: w.fresh(func() { w.RemoveGroup(w.made().ID) }), Config: w.group(team...),
					ConfigPlanChecks: does(plancheck.ResourceActionCreate, w.planWarns("Group gone: DSR team", "outside of Terraform")),
					Check:            w.calls(map[simulator.Operation]int{simulator.CreateGroup: 1}),
				},
			)
		})
	}
}

// A refusal, a page and an empty list say nothing about a group that is there.
func TestAccGroup_silenceIsNoAnswer(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.group(team...)},
		resource.TestStep{
			PreConfig: w.fresh(func() {
				w.Inject(simulator.Fault{Operation: simulator.ListGroups, Body: "[]", Times: 1})
				w.Inject(simulator.Fault{Operation: simulator.GetGroup, Status: 403, Times: 1})
			}),
			Config: w.group(team...), ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planIsQuiet()), Check: w.calls(nil),
		},
		resource.TestStep{
			PreConfig: w.fresh(func() { w.Inject(simulator.Fault{Operation: simulator.ListGroups, Status: 403, HTML: true, Times: 1}) }),
			Config:    w.group(team...), ExpectError: wrapped("Group cannot be read"),
		},
	)
}

// What came by hand into a managed list is planned away, and told of.
func TestAccGroup_drift(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.group(team...)},
		resource.TestStep{
			PreConfig: w.fresh(func() {
				w.SetGroupPrivileges(w.made().ID, simulator.OverviewPrivilege(), simulator.ErasurePrivilege())
				w.RenameGroup(w.made().ID, "other")
			}),
			Config: w.group(team...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate,
				w.planWarns("Group with other privileges than asked for: DSR team", "DELETE_USER_ANALYTICS_DATA", "Find out who")),
			Check: resource.ComposeTestCheckFunc(w.holds(simulator.OverviewPrivilege()), w.inGroup("ann | carl"), func(*terraform.State) error {
				if name := w.made().DisplayName; name != "DSR team" {
					return fmt.Errorf("the name is %s", name)
				}
				return nil
			}),
		},
		resource.TestStep{
			// An invitation that ran out is sent anew.
			PreConfig: w.fresh(func() {
				w.clock.Advance(60 * 24 * time.Hour)
				w.LeaveGroup(w.made().ID, "carl@example.com")
			}),
			Config: w.group(team...), ConfigPlanChecks: does(plancheck.ResourceActionUpdate), Check: w.inGroup("ann | carl"),
		},
	)
}
