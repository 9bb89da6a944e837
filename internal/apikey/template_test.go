// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// withEraser adds a template whose keys may erase.
func (w *world) withEraser() {
	w.AddTemplate(simulator.TemplateSpec{ID: "Eraser", DisplayName: "Eraser", Privileges: []simulator.Privilege{simulator.ErasurePrivilege()}})
}

func TestAccAPIKey_template(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	name, template := `display_name = "search"`, `template_id = "AuthenticatedSearch"`
	w.run(
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.key(name, template),
			ConfigPlanChecks: does(plancheck.ResourceActionCreate, w.planIsQuiet()),
			ConfigStateChecks: []statecheck.StateCheck{
				is("template_id", knownvalue.StringExact("AuthenticatedSearch")), is("duties", knownvalue.Null()), is("privileges", knownvalue.Null()),
				is("effective_privileges", knownvalue.SetSizeExact(2)), is("value", knownvalue.NotNull()), is("encrypted_value", knownvalue.Null()),
			},
			Check: resource.ComposeTestCheckFunc(
				w.calls(map[simulator.Operation]int{simulator.CreateAPIKey: 1}),
				func(*terraform.State) error { return w.heard.quiet() },
				w.inOrganization(func(key simulator.KeyView) error {
					if key.TemplateID != "AuthenticatedSearch" {
						return fmt.Errorf("the key was made of %q", key.TemplateID)
					}
					return nil
				})),
		},
		resource.TestStep{
			// A template that gives something else today changes no key, and an unchanged key does not read it.
			PreConfig: w.fresh(func() {
				w.AddTemplate(simulator.TemplateSpec{ID: "AuthenticatedSearch", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
			}),
			Config:           w.key(name, template, `description = "new"`),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate, append(unchanged(), w.planIsQuiet())...),
			Check:            w.calls(map[simulator.Operation]int{simulator.UpdateAPIKey: 1, simulator.GetAPIKeyTemplate: 0}),
		},
		resource.TestStep{
			// What was changed behind its back is drift.
			PreConfig: w.fresh(func() { w.SetKeyPrivileges(w.only().ID, simulator.LoggingPrivilege()) }),
			Config:    w.key(name, template),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate,
				w.planWarns("Key with other privileges than asked for: search", "lacks what was asked for: SEARCH_API/IMPERSONATE")),
			Check: w.calls(replaced()),
		},
		resource.TestStep{
			PreConfig:        w.fresh(),
			Config:           w.key(name, `template_id = "AnonymousSearch"`),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate),
			Check:            w.calls(replaced()),
		},
		resource.TestStep{
			// The same privileges in other words are the same key.
			PreConfig: w.fresh(),
			Config: w.key(name, `privileges = [
			  { owner = "SEARCH_API", target_domain = "EXECUTE_QUERY" },
			  { owner = "USAGE_ANALYTICS", target_domain = "ANALYTICS_DATA", type = "EDIT" },
			]`),
			ConfigPlanChecks:  does(plancheck.ResourceActionUpdate, append(unchanged(), w.planIsQuiet())...),
			ConfigStateChecks: []statecheck.StateCheck{is("template_id", knownvalue.Null())},
			Check:             w.calls(nil),
		},
		resource.TestStep{
			PreConfig:        w.fresh(),
			Config:           w.key(name, `duties = ["overview"]`),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate),
			Check:            w.calls(replaced()),
		},
		resource.TestStep{
			PreConfig:        w.fresh(w.withEraser),
			Config:           w.key(name, `template_id = "Eraser"`, `allowed_ips = ["203.0.113.7"]`, `lifetime = "P30D"`),
			ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate, plancheck.ExpectUnknownValue(address, tfjsonpath.New("value"))),
			Check:            w.calls(replaced()),
		},
		resource.TestStep{
			// A limit cannot be taken away from it either.
			PreConfig: w.fresh(), PlanOnly: true,
			Config:      w.key(name, `template_id = "Eraser"`, `lifetime = "P30D"`),
			ExpectError: wrapped("can be used from anywhere"),
		},
	)
}

// A key that may erase is limited, whoever chose its privileges: this is found out before a key is made.
func TestAccAPIKey_templateThatErases(t *testing.T) {
	name, template := `display_name = "eraser"`, `template_id = "Eraser"`
	for title, tc := range map[string]struct {
		arguments []string
		attribute string
		words     string
	}{
		"from anywhere":        {[]string{`lifetime = "P30D"`}, "allowed_ips", "can be used from anywhere"},
		"from every address":   {[]string{`lifetime = "P30D"`, `allowed_ips = ["0.0.0.0/0"]`}, "allowed_ips", "holds every address"},
		"without end":          {[]string{`allowed_ips = ["203.0.113.7"]`}, "lifetime", "has no end"},
		"unlimited on purpose": {[]string{`unrestricted_erasure = true`}, "", ""},
	} {
		t.Run(title, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			w.withEraser()
			config := w.key(append(tc.arguments, name, template)...)
			if tc.words == "" {
				w.run(resource.TestStep{Config: config, ConfigPlanChecks: does(plancheck.ResourceActionCreate, w.planIsQuiet())})
				return
			}
			w.run(resource.TestStep{PreConfig: w.fresh(), Config: config, PlanOnly: true, ExpectError: wrapped(tc.words)})
			if err := w.heard.find(tfprotov6.DiagnosticSeverityError, tc.words, tc.attribute); err != nil {
				t.Error(err)
			}
			if err := w.checkCalls(nil); err != nil {
				t.Error(err)
			}
		})
	}
}

// What a plan cannot find out, the apply does, before it makes a key.
func TestAccAPIKey_templateCheckedLate(t *testing.T) {
	name := `display_name = "eraser"`
	refused := simulator.Fault{Operation: simulator.GetAPIKeyTemplate, Status: 403}
	for title, tc := range map[string]struct {
		before    func(w *world)
		arguments []string
		plan      string // warning of the plan
		fails     string // empty: the key is made
		words     []string
		keys      int
	}{
		"unreadable, and not limited": {
			before:    func(w *world) { w.Inject(refused) },
			arguments: []string{`template_id = "AnonymousSearch"`},
			plan:      "API key template not checked: AnonymousSearch", fails: "No API key made: eraser",
			words: []string{"must have allowed_ips and a lifetime"},
		},
		"unreadable, and limited": {
			before:    func(w *world) { w.Inject(refused) },
			arguments: []string{`template_id = "Eraser"`, `allowed_ips = ["203.0.113.7"]`, `lifetime = "P1D"`},
			keys:      1,
		},
		"unknown at plan": {
			arguments: []string{`template_id = terraform_data.later.output`, `lifetime = "P1D"`},
			fails:     "can be used from anywhere",
		},
		"no such template": {
			arguments: []string{`template_id = "Typo"`},
			fails:     "No such API key template",
			words:     []string{`no API key template "Typo"`, "It has: AnonymousSearch, AuthenticatedSearch, Eraser", "template_id"},
		},
	} {
		t.Run(title, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			w.withEraser()
			if tc.before != nil {
				tc.before(w)
			}
			step := resource.TestStep{
				PreConfig: w.fresh(),
				Config:    "resource \"terraform_data\" \"later\" {\n  input = \"Eraser\"\n}\n" + w.key(append(tc.arguments, name)...),
			}
			if tc.fails != "" {
				step.ExpectError = wrapped(tc.fails)
			}
			w.run(step)
			if tc.plan != "" {
				if err := w.heard.warned(tc.plan, "The apply looks again"); err != nil {
					t.Error(err)
				}
			}
			if tc.fails != "" {
				if err := w.heard.find(tfprotov6.DiagnosticSeverityError, append(tc.words, tc.fails)...); err != nil {
					t.Error(err)
				}
			}
			if n := w.Calls(simulator.CreateAPIKey); n != tc.keys {
				t.Errorf("%d keys were made, want %d", n, tc.keys)
			}
		})
	}
}

// A template may give more than it lists. The key exists by then, so this is said, and the next plan is refused.
func TestAccAPIKey_templateGivesMoreThanItLists(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.withEraser()
	w.Inject(simulator.Fault{Operation: simulator.GetAPIKeyTemplate, Mutate: func(template map[string]any) {
		template["privileges"] = []any{map[string]any{"owner": "USAGE_ANALYTICS", "targetDomain": "ADMINISTRATE", "targetId": "*"}}
	}})
	config := w.key(`display_name = "eraser"`, `template_id = "Eraser"`)
	w.run(
		resource.TestStep{
			PreConfig: w.fresh(), Config: config,
			ExpectError: wrapped("can be used from anywhere"),
		},
		resource.TestStep{
			PreConfig: func() {
				w.only()
				for _, words := range [][]string{
					{"Key may erase people without limits: eraser", "used from anywhere", "no end", "live"},
					{"Key without exactly the privileges asked for: eraser", "DELETE_USER_ANALYTICS_DATA"},
				} {
					if err := w.heard.warned(words...); err != nil {
						t.Error(err)
					}
				}
				w.fresh()()
			},
			Config: w.key(`display_name = "eraser"`, `template_id = "Eraser"`, `unrestricted_erasure = true`),
			ConfigPlanChecks: does(plancheck.ResourceActionUpdate,
				w.planWarns("Key without exactly the privileges asked for", "a new key would most likely be the same")),
			Check: w.calls(nil),
		},
	)
}

func TestAccAPIKey_importOfATemplate(t *testing.T) {
	for title, tc := range map[string]struct {
		told      bool
		arguments string
		warning   string
		action    plancheck.ResourceActionType
	}{
		"in its words":          {true, `template_id = "AnonymousSearch"`, "", plancheck.ResourceActionNoop},
		"in privileges":         {true, `privileges = [{ owner = "USAGE_ANALYTICS", target_domain = "ANALYTICS_DATA", type = "EDIT" }]`, "", plancheck.ResourceActionUpdate},
		"where Coveo is silent": {false, `template_id = "AnonymousSearch"`, "Template of an imported key taken as written", plancheck.ResourceActionUpdate},
		"of another template":   {true, `template_id = "AuthenticatedSearch"`, "", plancheck.ResourceActionDestroyBeforeCreate},
	} {
		t.Run(title, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			spec := simulator.KeySpec{DisplayName: "by hand", Privileges: []simulator.Privilege{simulator.LoggingPrivilege()}}
			if tc.told {
				spec.TemplateID = "AnonymousSearch"
			}
			key := w.AddKey(spec)
			checks := does(tc.action)
			if tc.warning != "" {
				checks = does(tc.action, w.planWarns(tc.warning, "template_id"))
			}
			var calls map[simulator.Operation]int
			if strings.Contains(title, "another") {
				calls = replaced()
			}
			w.run(resource.TestStep{
				PreConfig: w.fresh(), Config: w.importing(key.ID, `display_name = "by hand"`, tc.arguments),
				ConfigPlanChecks: checks, Check: w.calls(calls),
			})
		})
	}
}

// What the warning about a key that may erase without limits says of later plans holds.
func TestAccCLI_KeyThatMayEraseWithoutLimits(t *testing.T) {
	t.Parallel()
	gives := map[string]any{"owner": "USAGE_ANALYTICS", "targetDomain": "DELETE_USER_ANALYTICS_DATA", "targetId": "*"}
	for spelled, refused := range map[string]bool{`template_id = "AuthenticatedSearch"`: true, `duties = ["overview"]`: false} {
		t.Run(spelled, func(t *testing.T) {
			t.Parallel()
			server := simulator.Start(t, simulator.Options{IgnoreContract: true})
			for _, answer := range []simulator.Operation{simulator.CreateAPIKey, simulator.GetAPIKey} {
				server.Inject(simulator.Fault{Operation: answer, Mutate: func(key map[string]any) {
					held, _ := key["privileges"].([]any)
					key["privileges"] = append(held, gives)
				}})
			}
			// So that the refresh shows it as well: a list cannot be changed by a fault, and a single key can.
			server.Inject(simulator.Fault{Operation: simulator.ListAPIKeys, Body: "[]"})
			config := keyNamed("test", `display_name = "more"`, spelled)
			cli := newKeyCLI(t, server, config)
			made := cli.MustRun("apply", "-no-color", "-auto-approve").Unwrapped()
			const sentence = "Until then every other plan is refused, and so is terraform destroy"
			if !strings.Contains(made, "Key may erase people without limits: more") || strings.Contains(made, sentence) != refused {
				t.Errorf("the apply said:\n%s", made)
			}
			for _, command := range [][]string{{"plan"}, {"destroy", "-auto-approve"}} {
				if refused == (cli.Run(append(command, "-no-color")...).Code == 0) {
					t.Errorf("%s: want refused: %v", command[0], refused)
				}
			}
			if !refused {
				return
			}
			cli.Write("main.tf", strings.Replace(mustRead(t, filepath.Join(cli.Dir, "main.tf")), config, "", 1))
			cli.MustRun("apply", "-no-color", "-auto-approve")
			if keys := server.Keys(); len(keys) != 0 {
				t.Errorf("%d keys are left", len(keys))
			}
		})
	}
}
