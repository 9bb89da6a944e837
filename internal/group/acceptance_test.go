// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// team is a group of one whom Coveo knows and one whom it does not.
var team = []string{
	`display_name = "DSR team"`,
	`duties       = ["overview"]`,
	`members      = [{ email = "ann@example.com", provider = "GOOGLE" }, { email = "carl@example.com", provider = "SAML" }]`,
}

func TestAccGroup_livesFromCreationToDeletion(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	id := statecheck.CompareValue(same{})
	w.run(
		resource.TestStep{
			Config: w.group(team...),
			ConfigPlanChecks: does(plancheck.ResourceActionCreate, w.planIsQuiet(),
				plancheck.ExpectKnownValue(address, path("effective_privileges"), knownvalue.SetExact([]knownvalue.Check{effective("ADMINISTRATE")}))),
			ConfigStateChecks: []statecheck.StateCheck{
				id.AddStateValue(address, path("id")),
				is("group_type", knownvalue.StringExact("CUSTOM")), is("deletable", knownvalue.Bool(true)),
				is("invites", knownvalue.Null()), is("realms", knownvalue.Null()), is("privileges", knownvalue.Null()),
				is("send_invitation_emails", knownvalue.Bool(false)), is("members", knownvalue.SetSizeExact(2)),
			},
			Check: resource.ComposeTestCheckFunc(w.inGroup("ann | carl"), w.holds(simulator.OverviewPrivilege()),
				w.calls(map[simulator.Operation]int{simulator.CreateGroup: 1})),
		},
		resource.TestStep{
			// Privileges change in place, and nobody's invitation is sent again.
			PreConfig: w.fresh(),
			Config:    w.group(`display_name = "erasers"`, `duties = ["overview", "erasure"]`, team[2]),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, w.planWarns("Group that may erase people: erasers", "2 people whom the configuration names"),
				plancheck.ExpectKnownValue(address, path("effective_privileges"), knownvalue.SetSizeExact(2))),
			ConfigStateChecks: []statecheck.StateCheck{id.AddStateValue(address, path("id"))},
			Check: resource.ComposeTestCheckFunc(w.inGroup("ann | carl"), w.holds(simulator.OverviewPrivilege(), simulator.ErasurePrivilege()),
				w.calls(map[simulator.Operation]int{simulator.UpdateGroup: 1})),
		},
		resource.TestStep{
			// Accepting an invitation is no drift, and the erasers are not warned about again.
			PreConfig:        w.fresh(func() { w.AcceptInvite(w.made().ID, "carl@example.com") }),
			Config:           w.group(`display_name = "erasers"`, `duties = ["overview", "erasure"]`, team[2]),
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planIsQuiet()),
			Check:            resource.ComposeTestCheckFunc(w.inGroup("ann carl | "), w.calls(nil)),
		},
		resource.TestStep{
			PreConfig: w.fresh(),
			Config:    w.group(`display_name = "erasers"`, `duties = ["overview", "erasure"]`, `members = [{ username = "carl@example.com-saml" }, { email = "Bob@example.com" }]`),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate,
				w.planWarns("Group that may erase people: erasers", "2 people whom the configuration names", "which cannot be undone")),
			Check: resource.ComposeTestCheckFunc(w.inGroup("carl bob | "), w.calls(map[simulator.Operation]int{simulator.UpdateGroup: 1})),
		},
		resource.TestStep{
			PreConfig:        w.fresh(),
			Config:           w.group(`display_name = "erasers"`, `privileges = []`, `members = []`),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, w.planIsQuiet()),
			Check:            resource.ComposeTestCheckFunc(w.inGroup(" | "), w.holds()),
		},
	)
	if left := len(w.Groups()); left != 3 {
		t.Errorf("%d groups are left, want the 3 built-in ones", left)
	}
}

func TestAccGroup_whatIsNotSetIsNotManaged(t *testing.T) {
	for name, readings := range map[string]simulator.Readings{
		"likeliest": {}, "PUT keeps omitted": {PutKeepsOmitted: true}, "lean list": {LeanGroupList: true}, "explicit nulls": {ExplicitNulls: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{Readings: readings})
			key := w.AddKey(simulator.KeySpec{DisplayName: "editor"})
			w.run(
				resource.TestStep{
					Config: w.group(`display_name = "DSR team"`),
					ConfigStateChecks: []statecheck.StateCheck{
						is("members", knownvalue.Null()), is("duties", knownvalue.Null()), is("effective_privileges", knownvalue.SetSizeExact(0)),
					},
				},
				resource.TestStep{
					PreConfig: w.fresh(func() {
						id := w.made().ID
						w.JoinGroup(id, ann)
						w.SetGroupPrivileges(id, simulator.LoggingPrivilege())
						w.SetGroupField(id, "notes", map[string]any{"by": "hand", "since": 1763802000000})
						if err := w.edit(id, fmt.Sprintf(`{"displayName":"DSR team","members":[{"username":"ann@example.com-google"}],"invites":[{"email":"carl@example.com","provider":"SAML"}],
							"privileges":[{"owner":"USAGE_ANALYTICS","targetDomain":"ANALYTICS_DATA","type":"EDIT","targetId":"*"}],"realms":[{"provider":"SALESFORCE"}],
							"apiKeysThatCanEdit":[{"id":%q}],"groupsThatCanEdit":[{"id":%q}],"notes":{"by":"hand","since":1763802000000}}`, key.ID, id)); err != nil {
							t.Fatal(err)
						}
						w.ResetCalls()
					}),
					Config: w.group(`display_name = "renamed"`),
					// Nothing of what came by hand is drift.
					ConfigPlanChecks:  does(plancheck.ResourceActionUpdate, w.planIsQuiet()),
					ConfigStateChecks: []statecheck.StateCheck{is("members", knownvalue.Null()), is("groups_that_can_edit", knownvalue.Null())},
					Check: resource.ComposeTestCheckFunc(w.calls(map[simulator.Operation]int{simulator.UpdateGroup: 1}),
						w.inGroup("ann | carl"), w.holds(simulator.LoggingPrivilege()),
						func(*terraform.State) error {
							made := w.made()
							if made.DisplayName != "renamed" || fmt.Sprint(made.Providers) != "[SALESFORCE]" || fmt.Sprint(made.APIKeysThatCanEdit) != fmt.Sprint([]string{key.ID}) ||
								fmt.Sprint(made.GroupsThatCanEdit) != fmt.Sprint([]string{made.ID}) || fmt.Sprint(made.Extra["notes"]) != "map[by:hand since:1.763802e+12]" {
								return fmt.Errorf("the group is now %+v", made)
							}
							return nil
						}),
				},
			)
		})
	}
}

func TestAccGroup_listsAreManagedOneByOne(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	key := w.AddKey(simulator.KeySpec{DisplayName: "editor"})
	other := w.Groups()[1]
	everything := []string{
		`display_name = "DSR team"`,
		`privileges   = [{ owner = "USAGE_ANALYTICS", target_domain = "ADMINISTRATE", type = "ENABLE" }]`,
		`members      = [{ username = "ann@example.com-google" }]`,
		`invites      = [{ email = "carl@example.com", provider = "SAML" }]`,
		`realms       = [{ provider = "SAML", saml_identity_provider_id = "okta" }]`,
		fmt.Sprintf(`api_keys_that_can_edit = [%q]`, key.ID),
		fmt.Sprintf(`groups_that_can_edit = [%q]`, other.ID),
	}
	w.run(
		resource.TestStep{
			Config: w.group(everything...), ConfigPlanChecks: does(plancheck.ResourceActionCreate),
			Check: resource.ComposeTestCheckFunc(w.inGroup("ann | carl"), func(*terraform.State) error {
				if made := w.made(); fmt.Sprint(made.Providers, made.APIKeysThatCanEdit, made.GroupsThatCanEdit) != fmt.Sprintf("[SAML] [%s] [%s]", key.ID, other.ID) {
					return fmt.Errorf("the group is %+v", made)
				}
				return nil
			}),
		},
		resource.TestStep{
			// Who accepts stays in invites, and in the group.
			PreConfig: w.fresh(func() { w.AcceptInvite(w.made().ID, "carl@example.com") }), Config: w.group(everything...),
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planIsQuiet()), Check: w.calls(nil),
		},
		resource.TestStep{
			// Drift in a managed list is undone, and the rest stays.
			PreConfig: w.fresh(func() {
				w.JoinGroup(w.made().ID, bob)
				w.LeaveGroup(w.made().ID, "ann@example.com")
			}),
			Config: w.group(everything...), ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
			Check: resource.ComposeTestCheckFunc(w.inGroup("carl ann | "), w.calls(map[simulator.Operation]int{simulator.UpdateGroup: 1})),
		},
		resource.TestStep{
			PreConfig: w.fresh(),
			Config: w.group(`display_name = "DSR team"`, `privileges = []`, `members = []`, `invites = []`, `realms = []`, `api_keys_that_can_edit = []`,
				`groups_that_can_edit = []`),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
			Check: resource.ComposeTestCheckFunc(w.inGroup(" | "), func(*terraform.State) error {
				if made := w.made(); fmt.Sprint(made.Providers, made.APIKeysThatCanEdit, made.GroupsThatCanEdit) != "[] [] []" {
					return fmt.Errorf("the group is %+v", made)
				}
				return nil
			}),
		},
	)
}

func TestAccGroup_emailsAreSentOnlyWhereAskedFor(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.emails = 1
	w.run(
		resource.TestStep{Config: w.group(team...), Check: func(*terraform.State) error {
			if sent := w.InvitationEmails(); sent != 0 {
				return fmt.Errorf("%d e-mails were sent", sent)
			}
			return nil
		}},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.group(append(team, `send_invitation_emails = true`)...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate), Check: w.calls(map[simulator.Operation]int{simulator.GetGroup: 0}),
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.group(append(team, `send_invitation_emails = true`, `invites = [{ email = "dora@example.com" }]`)...),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, w.planWarns("were not managed so far")), Check: w.inGroup("ann | carl dora"),
		},
	)
}

// Who is named by address alone is whoever Coveo knows by it. Naming the provider as well can mean another account, which must not
// be taken for a rewording.
func TestAccGroup_namingTheProviderIsNoRewording(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	byAddress := w.group(`display_name = "DSR team"`, `members = [{ email = "ann@example.com" }, { email = "bob@example.com" }]`)
	w.run(
		resource.TestStep{Config: byAddress, Check: w.inGroup("ann bob | ")},
		resource.TestStep{
			PreConfig: w.fresh(),
			Config: w.group(`display_name = "DSR team"`,
				`members = [{ email = "ann@example.com", provider = "GOOGLE" }, { email = "bob@example.com", provider = "SAML" }]`),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
			Check:            resource.ComposeTestCheckFunc(w.inGroup("ann | bob"), w.calls(map[simulator.Operation]int{simulator.UpdateGroup: 1})),
		},
		resource.TestStep{PreConfig: w.fresh(), Config: byAddress, ConfigPlanChecks: does(plancheck.ResourceActionNoop), Check: w.calls(nil)},
	)
}
