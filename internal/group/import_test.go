// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// existing is a group of Ann's, to which Carl is invited.
func (w *world) existing() simulator.GroupView {
	return w.AddGroup(simulator.GroupSpec{
		DisplayName: "by hand", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()},
		Members: []simulator.PersonView{ann, bob}, Invites: []simulator.PersonView{carl}, Providers: []string{"SALESFORCE"},
	})
}

// Each of these configurations describes the group that there is, so importing it changes nothing.
func TestAccGroup_importOfWhatIsDescribedChangesNothing(t *testing.T) {
	const name = `display_name = "by hand"`
	const duties = `duties = ["overview"]`
	for title, tc := range map[string]struct {
		readings  simulator.Readings
		arguments []string
	}{
		"name only":    {arguments: []string{name}},
		"duties":       {arguments: []string{name, duties}},
		"with members": {arguments: []string{name, duties, `members = [{ email = "ann@example.com" }, { username = "bob@example.com-google" }]`}},
		"everything": {
			readings: simulator.Readings{LeanGroupList: true, ExplicitNulls: true, ReorderLists: true, TypelessPrivilege: simulator.TypelessNull},
			arguments: []string{name, duties, `members = [{ email = "BOB@example.com", provider = "GOOGLE" }, { email = "ann@example.com", provider = "GOOGLE" }]`,
				`invites = [{ email = "carl@example.com", provider = "SAML" }]`, `realms = [{ provider = "SALESFORCE" }]`, `api_keys_that_can_edit = []`,
				`groups_that_can_edit = []`, `send_invitation_emails = false`},
		},
	} {
		t.Run(title, func(t *testing.T) {
			w := newWorld(t, simulator.Options{Readings: tc.readings})
			group := w.existing()
			w.run(resource.TestStep{
				PreConfig: w.fresh(), Config: w.importing(group.ID, tc.arguments...),
				ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planIsQuiet()),
				ConfigStateChecks: []statecheck.StateCheck{
					is("duties", strs("overview")), is("members", knownvalue.SetSizeExact(2)), is("invites", knownvalue.SetSizeExact(1)),
					is("deletable", knownvalue.Bool(true)),
				},
				Check: resource.ComposeTestCheckFunc(w.calls(nil), w.inGroup("ann bob | carl")),
			})
		})
	}
}

func TestAccGroup_importedThenChanged(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	group := w.existing()
	w.run(
		resource.TestStep{
			// What the import brought is known, so the plan shows who leaves.
			PreConfig: w.fresh(), Config: w.importing(group.ID, `display_name = "by hand"`, `privileges = []`, `members = [{ email = "ann@example.com" }]`),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, w.planIsQuiet(),
				plancheck.ExpectKnownValue(address, path("members"), knownvalue.SetSizeExact(1))),
			ConfigStateChecks: []statecheck.StateCheck{is("duties", knownvalue.Null()), is("realms", knownvalue.SetSizeExact(1))},
			Check:             resource.ComposeTestCheckFunc(w.inGroup("ann | carl"), w.holds(), w.calls(map[simulator.Operation]int{simulator.UpdateGroup: 1})),
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"members", "privileges"}, // as the configuration spells them
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateId: "nosuchgroup",
			ExpectError: wrapped(`The organization acmeprod1a2b3c has no group with the ID "nosuchgroup"`),
		},
	)
}

// Who was not managed is not known to the first plan that manages them, so nobody leaves before a plan has shown it.
func TestAccGroup_nobodyLeavesUnseen(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	managed := w.group(`display_name = "DSR team"`, `members = [{ email = "ann@example.com" }]`)
	w.run(
		resource.TestStep{Config: w.group(`display_name = "DSR team"`)},
		resource.TestStep{
			PreConfig: w.fresh(func() { w.JoinGroup(w.made().ID, bob) }), Config: managed,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{w.planWarns("People of a group were not managed so far: DSR team", "removes nobody")},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectNonEmptyPlan()},
			},
			Check: w.inGroup("bob ann | "), ExpectNonEmptyPlan: true,
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: managed, ConfigPlanChecks: does(plancheck.ResourceActionUpdate, w.planIsQuiet()), Check: w.inGroup("ann | "),
		},
	)
}

// A plan in which nothing is taken away must not look as if the right to erase were.
func TestAccGroup_dutiesThatAreLeftOutStayAndAreSaid(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.group(`display_name = "DSR team"`, `duties = ["erasure"]`)},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.group(`display_name = "DSR team"`),
			ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planWarns("Group keeps the right to erase people: DSR team", "privileges = []")),
			Check:            w.calls(map[simulator.Operation]int{simulator.UpdateGroup: 0}),
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.group(`display_name = "DSR team"`, `privileges = []`), ConfigPlanChecks: does(plancheck.ResourceActionUpdate, w.planIsQuiet()),
		},
		resource.TestStep{PreConfig: w.fresh(), Config: w.group(`display_name = "DSR team"`), ConfigPlanChecks: does(plancheck.ResourceActionNoop, w.planIsQuiet())},
	)
}

func TestAccGroup_builtInGroups(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	users := w.Groups()[1]
	adopted := `display_name = "Users"`
	w.run(
		resource.TestStep{
			Config:            w.importing(users.ID, adopted, `members = []`),
			ConfigPlanChecks:  does(plancheck.ResourceActionNoop),
			ConfigStateChecks: []statecheck.StateCheck{is("deletable", knownvalue.Bool(false))},
		},
		resource.TestStep{
			Config:           w.group(adopted, `members = [{ email = "ann@example.com" }]`),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
			Check: func(*terraform.State) error {
				if group, _ := w.Group(users.ID); people(group) != "ann | " || len(group.Privileges) != 1 {
					return fmt.Errorf("the group is %+v", group)
				}
				return nil
			},
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: acctest.ProviderConfig(w.Server), PlanOnly: true,
			ExpectError: wrapped("Built-in group cannot be deleted: Users"),
		},
		resource.TestStep{
			// OpenTofu replaces already when what triggers it is made, so that comes first.
			PreConfig: w.fresh(), Config: w.group(adopted, `members = [{ email = "ann@example.com" }]`) + "resource \"terraform_data\" \"now\" {\n  input = 1\n}\n",
		},
		resource.TestStep{
			// A replacement is planned without a deletion, and found when it is carried out.
			PreConfig: w.fresh(), Config: w.group(adopted, `members = [{ email = "ann@example.com" }]`, `lifecycle {
			  replace_triggered_by = [terraform_data.now]
			}`) + "resource \"terraform_data\" \"now\" {\n  input = 2\n}\n",
			ExpectError: wrapped("Built-in group cannot be deleted: Users"),
		},
		resource.TestStep{
			// The way out that the error names.
			PreConfig: w.fresh(), Config: acctest.ProviderConfig(w.Server) + "removed {\n  from = coveo_group.test\n  lifecycle {\n    destroy = false\n  }\n}\n",
			Check: w.calls(nil),
		},
	)
	if group, exists := w.Group(users.ID); !exists || people(group) != "ann | " {
		t.Errorf("the group is now %+v", group)
	}
}

// The identity is imported from without a command line, since the older ones do not know identities.
func TestAccGroup_importByIdentity(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	group := w.existing()
	server := w.inProcess()
	for name, tc := range map[string]struct {
		organization any
		wrong        bool
	}{
		"with the organization":    {w.ID(), false},
		"without the organization": {nil, false},
		"another organization":     {"other", true},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := tfprotov6.NewDynamicValue(identityType(), tftypes.NewValue(identityType(), map[string]tftypes.Value{
				"organization_id": tftypes.NewValue(tftypes.String, tc.organization), "id": tftypes.NewValue(tftypes.String, group.ID),
			}))
			if err != nil {
				t.Fatal(err)
			}
			imported, err := server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{
				TypeName: "coveo_group", Identity: &tfprotov6.ResourceIdentityData{IdentityData: &data},
			})
			if err != nil {
				t.Fatal(err)
			}
			if tc.wrong {
				if len(imported.Diagnostics) != 1 || imported.Diagnostics[0].Summary != "Group of another organization" {
					t.Errorf("diagnostics: %+v", imported.Diagnostics)
				}
				return
			}
			one := imported.ImportedResources[0]
			read, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
				TypeName: "coveo_group", CurrentState: one.State, Private: one.Private, CurrentIdentity: one.Identity,
			})
			if err != nil || len(read.Diagnostics) != 0 {
				t.Fatalf("%v, diagnostics: %+v", err, read.Diagnostics)
			}
			got, err := read.NewIdentity.IdentityData.Unmarshal(identityType())
			if err != nil {
				t.Fatal(err)
			}
			want := tftypes.NewValue(identityType(), map[string]tftypes.Value{
				"organization_id": tftypes.NewValue(tftypes.String, w.ID()), "id": tftypes.NewValue(tftypes.String, group.ID),
			})
			if !got.Equal(want) {
				t.Errorf("identity %s, want %s", got, want)
			}
		})
	}
}

func TestAccGroup_configurationsThatCannotBe(t *testing.T) {
	for name, tc := range map[string]struct{ arguments, want string }{
		"two answers":       {`duties = ["overview"]` + "\n" + `privileges = []`, "Two answers to what the group may do"},
		"nobody":            {`members = [{ provider = "SAML" }]`, "1 entry of members has neither username nor email"},
		"no address":        {`invites = [{ email = "canary" }]`, "1 entry of invites has an email that is no e-mail address"},
		"no such provider":  {`members = [{ email = "canary@example.com", provider = "Okta" }]`, "1 entry of members has a provider that is none of Coveo's names"},
		"twice":             {`members = [{ email = "canary@example.com" }, { email = "Canary@example.com", provider = "SAML" }]`, "describes somebody whom another entry describes"},
		"member and invite": {`members = [{ email = "canary@example.com" }]` + "\n" + `invites = [{ email = "canary@example.com" }]`, "People in both members and invites"},
		"realm":             {`realms = [{ provider = "saml" }]`, "A realm's provider is one of Coveo's names"},
		"no such duty":      {`duties = ["erase"]`, "duties"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			cli := acctest.NewCLI(t, w.group(`display_name = "DSR team"`, tc.arguments))
			result := cli.Run("validate", "-no-color")
			if result.Code == 0 || !strings.Contains(result.Unwrapped(), tc.want) {
				t.Errorf("got %s, want %s", result.All(), tc.want)
			}
			if strings.Contains(result.All(), "anary") {
				t.Errorf("a person is named:\n%s", result.All())
			}
		})
	}
}

// The configuration that Terraform writes from an import describes the group, so that planning it changes nothing.
func TestAccGroup_generatedConfigurationPlansNothing(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	group := w.existing()
	administrators := w.Groups()[0]
	cli := acctest.NewCLI(t, acctest.ProviderConfig(w.Server)+fmt.Sprintf("import {\n  to = coveo_group.hand\n  id = %q\n}\nimport {\n  to = coveo_group.admins\n  id = %q\n}\n",
		group.ID, administrators.ID))
	if generated := cli.MustRun("plan", "-no-color", "-generate-config-out=generated.tf"); !strings.Contains(generated.All(), "2 to import, 0 to add, 0 to change, 0 to destroy") {
		t.Errorf("the plan is\n%s", generated.All())
	}
	if applied := cli.MustRun("apply", "-auto-approve", "-no-color"); !strings.Contains(applied.All(), "2 imported, 0 added, 0 changed, 0 destroyed") {
		t.Errorf("the apply is\n%s", applied.All())
	}
	if again := cli.Run("plan", "-no-color", "-detailed-exitcode"); again.Code != 0 {
		t.Errorf("the plan after it is\n%s", again.All())
	}
	if err := w.checkCalls(nil); err != nil {
		t.Error(err)
	}
}

// A token that is not known yet postpones the refresh and keeps what is in state.
func TestAccGroup_tokenNotKnownYet(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	group := w.existing()
	known := w.inProcess()
	imported, err := known.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: "coveo_group", ID: group.ID})
	if err != nil {
		t.Fatal(err)
	}
	read, err := known.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: "coveo_group", CurrentState: imported.ImportedResources[0].State, Private: imported.ImportedResources[0].Private,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.RemoveGroup(group.ID)
	w.ResetCalls()
	unknown := w.inProcessWith(tftypes.UnknownValue)
	again, err := unknown.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: "coveo_group", CurrentState: read.NewState, Private: read.Private})
	if err != nil || len(again.Diagnostics) != 1 || again.Diagnostics[0].Summary != "Groups not refreshed" {
		t.Fatalf("%v, %+v", err, again.Diagnostics)
	}
	if string(again.NewState.MsgPack) != string(read.NewState.MsgPack) {
		t.Error("the state changed")
	}
	if n := w.TotalCalls(); n != 0 {
		t.Errorf("%d calls", n)
	}
}

func TestAccGroup_readings(t *testing.T) {
	for name, readings := range map[string]simulator.Readings{
		"one side":   {MembersJoinAtOnce: true, UnknownEnums: true, TypelessPrivilege: simulator.TypelessEnable, RFC3339Dates: true},
		"other side": {ExplicitNulls: true, ReorderLists: true, TypelessPrivilege: simulator.TypelessNull, LeanGroupList: true, PutKeepsOmitted: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{Readings: readings})
			changed := append(team[:2:2], `members = [{ email = "carl@example.com" }]`, `invites = [{ email = "dora@example.com", provider = "EMAIL" }]`)
			w.run(
				resource.TestStep{Config: w.group(team...), ConfigPlanChecks: does(plancheck.ResourceActionCreate)},
				resource.TestStep{
					PreConfig: w.fresh(), Config: w.group(changed...), ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
					Check: resource.ComposeTestCheckFunc(w.calls(map[simulator.Operation]int{simulator.UpdateGroup: 1}), func(*terraform.State) error {
						if made := w.made(); strings.ReplaceAll(people(made), "| ", "") != "carl dora" && people(made) != " | carl dora" {
							return fmt.Errorf("in the group are %q", people(made))
						}
						return nil
					}),
				},
			)
		})
	}
}
