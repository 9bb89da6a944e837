// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package overview_test

import (
	"fmt"
	"os"
	"path/filepath"
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
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const (
	address = "data.coveo_user_overview.person"
	alice   = "alice.smith@example.com-google"
	visitor = "3c2f5f0e-7c0e-4e5b-9a57-1d0b3ad3f3a1"
	// The digests of both under acctest.DigestKey as key 2026 in the simulator's organization.
	aliceDigest = "2026:1c0225d4660d0493b127ec3da06953229db65538278ab687e372e7de69d891fe"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// organization holds 12 events of alice and 4 of the visitor.
func organization(t *testing.T, options simulator.Options) *simulator.Server {
	t.Helper()
	server := simulator.Start(t, options)
	server.Log(alice, simulator.Search, 9)
	server.Log(alice, simulator.Click, 3)
	server.Log(visitor, simulator.Search, 1)
	server.Log(visitor, simulator.Custom, 3)
	return server
}

func person(arguments string) string {
	return "data \"coveo_user_overview\" \"person\" {\n  " + arguments + "\n}\n"
}

func vault() string { return acctest.Subjects(map[string][]string{"DSR-1": {alice, visitor}}) }

func run(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(provider.WithClock(acctest.NewClock(start))), Steps: steps,
	})
}

func state(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), value)
}

func refused(config, sentence string) resource.TestStep {
	return resource.TestStep{Config: config, ExpectError: regexp.MustCompile(strings.Join(strings.Fields(regexp.QuoteMeta(sentence)), `[\s│]+`))}
}

func number(n int64) knownvalue.Check { return knownvalue.Int64Exact(n) }
func flag(b bool) knownvalue.Check    { return knownvalue.Bool(b) }

func identifier(digest, userID knownvalue.Check, found bool, total int64, stats map[string]knownvalue.Check) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"digest": digest, "user_id": userID, "found": flag(found), "total_events": number(total), "stats": knownvalue.MapExact(stats),
	})
}

func TestAccUserOverview_BySubjectSumsItsIdentifiersAndNamesNone(t *testing.T) {
	server := organization(t, simulator.Options{})
	run(t, resource.TestStep{
		Config: acctest.ProviderConfig(server, acctest.Digests(), vault()) + person(`subject = "DSR-1"`),
		ConfigStateChecks: []statecheck.StateCheck{
			state("in_vault", flag(true)), state("found", flag(true)), state("total_events", number(16)), state("user_ids", knownvalue.Null()),
			state("stats", knownvalue.MapExact(map[string]knownvalue.Check{"search": number(10), "click": number(3), "custom": number(3)})),
			state("identifiers", knownvalue.SetSizeExact(2)),
			state("identifiers", knownvalue.SetPartial([]knownvalue.Check{identifier(knownvalue.StringExact(aliceDigest), knownvalue.Null(), true, 12,
				map[string]knownvalue.Check{"search": number(9), "click": number(3), "custom": number(0)})})),
		},
		Check: func(s *terraform.State) error {
			if text := fmt.Sprint(s); strings.Contains(text, alice) || strings.Contains(text, visitor) {
				return fmt.Errorf("an identifier is in state: %s", text)
			}
			return nil
		},
	})
}

func TestAccUserOverview_ByUserIDsWithoutDigestKeys(t *testing.T) {
	server := organization(t, simulator.Options{})
	run(t, resource.TestStep{
		Config: acctest.ProviderConfig(server) + person(fmt.Sprintf("user_ids = [%q, %q]", alice, "a/b c?d#e%")),
		ConfigStateChecks: []statecheck.StateCheck{
			state("in_vault", knownvalue.Null()), state("found", flag(true)), state("total_events", number(12)), state("subject", knownvalue.Null()),
			state("identifiers", knownvalue.SetExact([]knownvalue.Check{
				identifier(knownvalue.Null(), knownvalue.StringExact(alice), true, 12, map[string]knownvalue.Check{"search": number(9), "click": number(3), "custom": number(0)}),
				identifier(knownvalue.Null(), knownvalue.StringExact("a/b c?d#e%"), false, 0, map[string]knownvalue.Check{"search": number(0), "click": number(0), "custom": number(0)}),
			})),
		},
	})
}

func TestAccUserOverview_UnknownPersonIsNotFoundUnderEveryReading(t *testing.T) {
	for name, readings := range map[string]simulator.Readings{
		"zeros": {}, "empty": {UnknownUserEmptyStats: true}, "404": {UnknownUserNotFound: true}, "nulls": {ExplicitNulls: true},
	} {
		t.Run(name, func(t *testing.T) {
			server := organization(t, simulator.Options{Readings: readings})
			run(t, resource.TestStep{
				Config:            acctest.ProviderConfig(server, acctest.Digests()) + person(`user_ids = ["nobody"]`),
				ConfigStateChecks: []statecheck.StateCheck{state("found", flag(false)), state("total_events", number(0)), state("identifiers", knownvalue.SetSizeExact(1))},
			})
		})
	}
}

func TestAccUserOverview_CaseThatLeftTheVault(t *testing.T) {
	server := organization(t, simulator.Options{})
	run(t, resource.TestStep{
		Config: acctest.ProviderConfig(server, acctest.Digests(), vault()) + person(`subject = "DSR-2"`),
		ConfigStateChecks: []statecheck.StateCheck{
			state("in_vault", flag(false)), state("found", knownvalue.Null()), state("total_events", knownvalue.Null()),
			state("stats", knownvalue.Null()), state("identifiers", knownvalue.Null()),
		},
	})
	if server.TotalCalls() != 0 {
		t.Errorf("%d requests", server.TotalCalls())
	}
}

func TestAccUserOverview_Refusals(t *testing.T) {
	server := organization(t, simulator.Options{})
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("subjects_file = %q", path)
	}
	with := func(arguments ...string) string {
		return acctest.ProviderConfig(server, append(arguments, acctest.Digests())...)
	}
	bySubject := person(`subject = "DSR-1"`)
	run(t,
		refused(with(vault())+person(""), `Set subject to a case reference`),
		refused(with(vault())+person(`subject = "DSR-1"
			user_ids = ["a"]`), "Both subject and user_ids are set"),
		refused(with(vault())+person(`subject = "alice@example.com"`), "The case reference cannot be used: it must start with a letter or digit"),
		refused(with(vault())+person(fmt.Sprintf(`subject = %q`, visitor)), "The case reference cannot be used: it is a UUID"),
		refused(with(vault())+person(`user_ids = []`), "user_ids holds no identifier"),
		refused(with(vault())+person(`user_ids = ["a", ".."]`), "One of the identifiers cannot be used"),
		refused(with(vault())+person(`user_ids = ["a", ""]`), "One of the identifiers cannot be used: it is empty"),
		refused(with(vault())+person(fmt.Sprintf(`user_ids = [%q]`, strings.Repeat("é", 129))), "it has 129 characters, more than the 128"),
		refused(with(vault())+person(`user_ids = ["a"]
			timeouts = { read = "soon" }`), "Invalid Attribute Value Time Duration"),
		refused(with()+bySubject, "DSR-1 cannot be looked up: the provider has no vault; set subjects_file"),
		refused(acctest.ProviderConfig(server, vault())+bySubject, "DSR-1 cannot be looked up: the provider has no digest key"),
		refused(with(fmt.Sprintf("subjects_file = %q", filepath.Join(dir, "missing.json")))+bySubject, "cannot be used: it cannot be read: no such file or directory"),
		refused(with(fmt.Sprintf("subjects_file = %q", dir))+bySubject, "it is a folder"),
		refused(with(file("text.json", "alice"))+bySubject, "it holds no JSON object"),
		refused(with(file("twice.json", `{"DSR-1":["a"],"DSR-1":["b"]}`))+bySubject, "the case reference DSR-1 stands there twice"),
		refused(with(`subjects = { "DSR-1" = [] }`)+bySubject, "the vault subjects cannot be used: entry 1"),
	)
	if server.TotalCalls() != 0 {
		t.Errorf("%d requests were sent for what was refused", server.TotalCalls())
	}
}

func TestAccUserOverview_MissingPrivilegeIsNamed(t *testing.T) {
	for _, status := range []int{401, 403} {
		server := organization(t, simulator.Options{Readings: simulator.Readings{MissingPrivilegeStatus: status}})
		server.AddToken("eraser", simulator.ErasurePrivilege())
		run(t, refused(acctest.ProviderConfigWith(server, "eraser", acctest.Digests(), vault())+person(`subject = "DSR-1"`),
			`"Analytics – Administrate: Allowed" (USAGE_ANALYTICS/ADMINISTRATE *). An API key's privileges cannot be changed: make a key that holds it`))
	}
}

func TestAccUserOverview_WrongOrganizationIsAnErrorAndNoUnknownPerson(t *testing.T) {
	server := organization(t, simulator.Options{Readings: simulator.Readings{UnknownUserNotFound: true}})
	config := strings.Replace(acctest.ProviderConfig(server), server.ID(), "mistyped", 1)
	run(t, refused(config+person(`user_ids = ["nobody"]`), "Check organization_id"))
}

func TestAccUserOverview_VariablesOfAModuleMayBeNull(t *testing.T) {
	server := organization(t, simulator.Options{})
	variables := `
variable "subject" {
  type    = string
  default = null
}
variable "user_ids" {
  type    = set(string)
  default = null
}
`
	config := acctest.ProviderConfig(server) + variables + person("subject  = var.subject\n  user_ids = var.user_ids")
	run(t, refused(config, "Set subject to a case reference"))
	given := strings.Replace(config, "type    = set(string)\n  default = null", "type    = set(string)\n  default = [\"nobody\"]", 1)
	run(t, resource.TestStep{Config: given, ConfigStateChecks: []statecheck.StateCheck{state("found", flag(false))}})
}

func TestAccUserOverview_OneRequestForEachIdentifier(t *testing.T) {
	server := organization(t, simulator.Options{})
	cli := acctest.NewCLI(t, acctest.ProviderConfig(server, acctest.Digests(), vault())+person(`subject = "DSR-1"`))
	cli.MustRun("plan", "-no-color")
	requests := server.Requests()
	if len(requests) != 2 || server.Calls(simulator.UserOverview) != 2 || requests[0].UserID == requests[1].UserID {
		t.Errorf("a plan sent %v", requests)
	}
	server.ResetCalls()
	cli.MustRun("apply", "-no-color", "-auto-approve")
	if server.TotalCalls() != 2 {
		t.Errorf("an apply sent %v", server.Requests())
	}
}

func TestAccUserOverview_WhatAPersonReadsNamesNobody(t *testing.T) {
	server := organization(t, simulator.Options{})
	server.AddToken("powerless")
	config := acctest.ProviderConfigWith(server, "powerless", acctest.Digests(), vault()) + person(`subject = "DSR-1"`)
	for name, prepare := range map[string]func(){
		"refused": func() {},
		"a page":  func() { server.Inject(simulator.Fault{Operation: simulator.UserOverview, HTML: true, Status: 403}) },
		"cut": func() {
			server.ClearFaults()
			server.Inject(simulator.Fault{Status: 500, Operation: simulator.UserOverview})
		},
	} {
		prepare()
		cli := acctest.NewCLI(t, config)
		cli.Env = []string{"TF_LOG=TRACE"}
		result := cli.Run("plan", "-no-color")
		if result.Code == 0 || !strings.Contains(result.All(), "What Coveo holds on DSR-1 cannot be read") {
			t.Errorf("%s: %s", name, result.Stdout)
		}
		// The configuration itself is not logged by the provider, and only it holds the identifiers here.
		for line := range strings.Lines(result.All()) {
			if strings.Contains(line, "Coveo call") && (strings.Contains(line, "alice") || strings.Contains(line, visitor)) {
				t.Errorf("%s: %s", name, line)
			}
		}
		if !server.Saw(visitor) {
			t.Error("nobody was looked up")
		}
	}
}

func TestAccUserOverview_WarningsForIdentifiersInTheOpenAndClosedCases(t *testing.T) {
	server := organization(t, simulator.Options{})
	open := acctest.NewCLI(t, acctest.ProviderConfig(server)+person(`user_ids = ["nobody"]`)).MustRun("plan", "-no-color").Unwrapped()
	if !strings.Contains(open, "Warning: Identifiers in the open") || !strings.Contains(open, "a person is named by subject") {
		t.Error(open)
	}
	closed := acctest.NewCLI(t, acctest.ProviderConfig(server, acctest.Digests(), vault())+person(`subject = "DSR-2"`)).MustRun("plan", "-no-color").Unwrapped()
	if !strings.Contains(closed, "Warning: Case not in the vault: DSR-2") || !strings.Contains(closed, "Remove this data source") {
		t.Error(closed)
	}
}

const keyOfThisRun = `
resource "coveo_api_key" "dsr" {
  display_name = "dsr"
  duties       = ["overview"]
}
`

// aliases are an administrator's provider and one whose token is a key of this very run.
func aliases(server *simulator.Server) string {
	return acctest.ProviderConfig(server) + fmt.Sprintf(`
provider "coveo" {
  alias           = "dsr"
  organization_id = %q
  access_token    = coveo_api_key.dsr.value
  platform_url    = %q
  %s
  %s
}
`, server.ID(), server.URL, acctest.Digests(), vault())
}

func TestAccUserOverview_TokenOfThisRunNamesTheWaysOut(t *testing.T) {
	server := organization(t, simulator.Options{})
	cli := acctest.NewCLI(t, aliases(server)+keyOfThisRun+person("provider = coveo.dsr\n  subject  = \"DSR-1\""))
	// The environment must not step in for a token that is only unknown.
	cli.Env = []string{"COVEO_ACCESS_TOKEN=" + simulator.AdminToken}
	result := cli.Run("plan", "-no-color")
	for _, part := range []string{"access_token comes from something that does not exist yet", "separate configurations", "depends_on"} {
		if result.Code == 0 || !strings.Contains(result.Unwrapped(), part) {
			t.Errorf("it does not say %q: %s", part, result.All())
		}
	}
	if server.Calls(simulator.UserOverview) != 0 {
		t.Error("somebody was looked up")
	}
}

func TestAccUserOverview_DependsOnPostponesTheLook(t *testing.T) {
	server := organization(t, simulator.Options{})
	cli := acctest.NewCLI(t, aliases(server)+keyOfThisRun+
		person("provider   = coveo.dsr\n  subject    = \"DSR-1\"\n  depends_on = [coveo_api_key.dsr]")+
		"output \"total\" {\n  value = data.coveo_user_overview.person.total_events\n}\n")
	if out := cli.MustRun("apply", "-no-color", "-auto-approve").All(); !strings.Contains(out, "total = 16") {
		t.Error(out)
	}
	for _, r := range server.Requests() {
		if r.Operation == simulator.UserOverview && r.Token != simulator.APIKey {
			t.Errorf("%s was asked by %s", r.Operation, r.Token)
		}
	}
	if result := cli.Run("plan", "-no-color", "-detailed-exitcode"); result.Code != 0 {
		t.Errorf("the next plan ended with %d: %s", result.Code, result.All())
	}
}
