// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const checkKind = "coveo_privilege_check"

func TestCheck_DutiesUnderEverySpellingAndReport(t *testing.T) {
	for name, readings := range spellings() {
		for _, bare := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				readings.EvaluationReportString = bare
				server := simulator.Start(t, simulator.Options{Readings: readings})
				server.AddToken("eraser", simulator.ErasurePrivilege())
				seen := succeeds(t, acctest.Look(t, server, map[string]any{"access_token": "eraser"}, checkKind, map[string]any{"duties": []any{"overview", "erasure"}}))
				equal(t, "granted", seen.State["granted"], false)
				equal(t, "missing", seen.State["missing"], []any{object(simulator.OverviewPrivilege())})
				erasure := one(t, seen.State["results"], "target_domain", "DELETE_USER_ANALYTICS_DATA")
				equal(t, "approved", erasure["approved"], true)
				equal(t, "codes", erasure["codes"], []any{"OPERATION_GRANTED"})
				equal(t, "console name", erasure["console_name"], "Analytics – Delete user data: Allowed")
				overview := one(t, seen.State["results"], "target_domain", "ADMINISTRATE")
				equal(t, "approved", overview["approved"], false)
				equal(t, "codes", overview["codes"], []any{"OPERATION_NOT_ALLOWED"})
				equal(t, "calls", server.TotalCalls(), 2)
				equal(t, "says", seen.Says, "")
			})
		}
	}
}

func TestCheck_PrivilegesAreAskedOnceEach(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	erasure := map[string]any{"owner": "USAGE_ANALYTICS", "target_domain": "DELETE_USER_ANALYTICS_DATA"}
	enable := map[string]any{"owner": "USAGE_ANALYTICS", "target_domain": "DELETE_USER_ANALYTICS_DATA", "type": "ENABLE", "target_id": "*"}
	seen := succeeds(t, acctest.Look(t, server, nil, checkKind, map[string]any{"privileges": []any{erasure, enable}}))
	equal(t, "granted", seen.State["granted"], true)
	equal(t, "missing", seen.State["missing"], []any{})
	equal(t, "calls", server.Calls(simulator.EvaluatePrivilege), 1)
	for _, target := range []string{"", "group1"} {
		p := map[string]any{"owner": "PLATFORM", "target_domain": "GROUP", "type": "EDIT", "target_id": "group1"}
		if target == "" {
			delete(p, "target_id")
		}
		server.AddToken("editor", privilege("PLATFORM", "GROUP", "EDIT", "group1"))
		seen = succeeds(t, acctest.Look(t, server, map[string]any{"access_token": "editor"}, checkKind, map[string]any{"privileges": []any{p}}))
		equal(t, "granted on "+target, seen.State["granted"], target == "group1")
	}
}

func TestCheck_MayThisTokenManageKeys(t *testing.T) {
	arguments := map[string]any{"privileges": []any{map[string]any{"owner": "PLATFORM", "target_domain": "API_KEY", "type": "CREATE", "target_id": "*"}}}
	for _, may := range []bool{false, true} {
		server := simulator.Start(t, simulator.Options{Readings: simulator.Readings{KeysMayManageKeys: may}})
		key := server.AddKey(simulator.KeySpec{Privileges: []simulator.Privilege{simulator.KeyPrivilege("CREATE")}})
		seen := succeeds(t, acctest.Look(t, server, map[string]any{"access_token": key.Value}, checkKind, arguments))
		equal(t, "a key", seen.State["granted"], may)
		equal(t, "console name", one(t, seen.State["results"], "owner", "PLATFORM")["console_name"], "Organization – API keys: Create")
		equal(t, "the administrator", succeeds(t, acctest.Look(t, server, nil, checkKind, arguments)).State["granted"], true)
	}
}

func TestCheck_CodesSayWhyNot(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	far := server.AddKey(simulator.KeySpec{Privileges: []simulator.Privilege{simulator.ErasurePrivilege()}, AllowedIPs: []string{"198.51.100.0/24"}})
	arguments := map[string]any{"duties": []any{"erasure"}}
	why := func(block map[string]any) (bool, any) {
		seen := succeeds(t, acctest.Look(t, server, block, checkKind, arguments))
		return seen.State["granted"].(bool), one(t, seen.State["results"], "owner", "USAGE_ANALYTICS")["codes"]
	}
	granted, codes := why(map[string]any{"access_token": far.Value})
	equal(t, "from elsewhere", granted, false)
	equal(t, "from elsewhere", codes, []any{"OPERATION_FORBIDDEN_FROM_REQUEST_LOCATION"})
	server.SetReadOnly(true)
	granted, codes = why(nil)
	equal(t, "read-only", granted, false)
	equal(t, "read-only", codes, []any{"OPERATION_FORBIDDEN_FOR_ORGANIZATION_IN_READ_ONLY"})
	server.SetReadOnly(false)
	server.Inject(simulator.Fault{Operation: simulator.EvaluatePrivilege, Body: `{"approved":false,"evaluationReport":{"privilegeEvaluationResultCodes":["A_NEW_ONE","ANOTHER"]}}`})
	granted, codes = why(nil)
	equal(t, "new codes", granted, false)
	equal(t, "new codes", codes, []any{"ANOTHER", "A_NEW_ONE"})
	server.ClearFaults()
	server.Inject(simulator.Fault{Operation: simulator.EvaluatePrivilege, Body: `{"approved":true,"evaluationReport":null}`})
	granted, codes = why(nil)
	equal(t, "no codes", granted, true)
	equal(t, "no codes", codes, []any{})
}

func TestCheck_WhatIsNoAnswerIsAnError(t *testing.T) {
	for name, test := range map[string]struct {
		fault simulator.Fault
		says  string
	}{
		"neither yes nor no": {simulator.Fault{Body: `{"evaluationReport":"OPERATION_GRANTED"}`}, "does not say whether"},
		"refused":            {simulator.Fault{Status: 401}, "invalid or expired"},
		"a page":             {simulator.Fault{HTML: true}, "HTML page"},
		"broken":             {simulator.Fault{Status: 500}, "500"},
		"cut":                {simulator.Fault{CutAfter: true}, "changes nothing in Coveo, so run again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := simulator.Start(t, simulator.Options{})
			server.Inject(test.fault)
			seen := acctest.Look(t, server, nil, checkKind, map[string]any{"duties": []any{"erasure"}})
			contains(t, seen.Says, "ERROR: Privilege cannot be checked: Analytics – Delete user data: Allowed", test.says)
		})
	}
	server := simulator.Start(t, simulator.Options{})
	seen := acctest.Look(t, server, map[string]any{"access_token": acctest.Unknown{}}, checkKind, map[string]any{"duties": []any{"erasure"}})
	contains(t, seen.Says, "access_token comes from something that does not exist yet", "separate configurations", "depends_on")
	equal(t, "calls", server.TotalCalls(), 0)
}

func TestCheck_TakesExactlyOneQuestion(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	some := []any{map[string]any{"owner": "PLATFORM", "target_domain": "GROUP"}}
	for name, test := range map[string]struct {
		arguments map[string]any
		says      []string
	}{
		"none":            {nil, []string{"Nothing to ask for", "Neither duties nor privileges", "Set one"}},
		"both":            {map[string]any{"duties": []any{"erasure"}, "privileges": some}, []string{"Two questions at once", "Keep one"}},
		"no such duty":    {map[string]any{"duties": []any{"erase"}}, []string{"overview", "export", "erasure"}},
		"no duty":         {map[string]any{"duties": []any{}}, []string{"at least 1"}},
		"no such type":    {map[string]any{"privileges": []any{map[string]any{"owner": "A", "target_domain": "B", "type": "DELETE"}}}, []string{"VIEW"}},
		"an empty target": {map[string]any{"privileges": []any{map[string]any{"owner": "A", "target_domain": "B", "target_id": ""}}}, []string{"target_id"}},
	} {
		seen := acctest.Look(t, server, nil, checkKind, test.arguments)
		contains(t, name+": "+seen.Says, append(test.says, "ERROR")...)
	}
	equal(t, "calls", server.TotalCalls(), 0)
	// What is unknown may turn out to be absent.
	seen := acctest.Look(t, server, nil, checkKind, map[string]any{"duties": []any{"erasure"}, "privileges": acctest.Unknown{}})
	equal(t, "unknown", seen.Failed, false)
}

func TestAccFunction_DSRPrivilegesFitsTheOthers(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	run(t, resource.TestStep{
		Config: acctest.ProviderConfig(server) + `
locals {
  erasure = provider::coveo::dsr_privileges(["overview", "erasure"])
}

resource "coveo_api_key" "by_privileges" {
  display_name = "by privileges"
  privileges   = local.erasure
  allowed_ips  = ["203.0.113.0/24"]
  lifetime     = "P90D"
}

resource "coveo_api_key" "by_duties" {
  display_name = "by duties"
  duties       = ["overview", "erasure"]
  allowed_ips  = ["203.0.113.0/24"]
  lifetime     = "P90D"
}

data "coveo_privilege_check" "mine" {
  privileges = provider::coveo::dsr_privileges(["export"])
}

output "same" {
  value = coveo_api_key.by_duties.effective_privileges == local.erasure && coveo_api_key.by_privileges.effective_privileges == local.erasure
}

output "none" {
  value = length(provider::coveo::dsr_privileges([]))
}

output "types" {
  value = sort([for p in provider::coveo::dsr_privileges(["export"]) : p.type])
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("same", knownvalue.Bool(true)),
			statecheck.ExpectKnownOutputValue("none", knownvalue.Int64Exact(0)),
			statecheck.ExpectKnownOutputValue("types", knownvalue.ListExact([]knownvalue.Check{
				knownvalue.StringExact("CREATE"), knownvalue.StringExact("EDIT"), knownvalue.StringExact("VIEW"),
			})),
			statecheck.ExpectKnownValue("data.coveo_privilege_check.mine", tfjsonpath.New("granted"), knownvalue.Bool(true)),
			statecheck.ExpectKnownValue("data.coveo_privilege_check.mine", tfjsonpath.New("results"), knownvalue.SetSizeExact(3)),
		},
	})
}

func TestAccFunction_DSRPrivilegesNamesTheDuties(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	run(t, refused(acctest.ProviderConfig(server)+"output \"x\" {\n  value = provider::coveo::dsr_privileges([\"overview\", \"erase\"])\n}\n",
		`"erase" is no duty. The duties are "overview", "export", "erasure".`))
}
