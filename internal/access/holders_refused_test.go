// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access_test

import (
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestHolders_ASourceThatDoesNotAnswer(t *testing.T) {
	for name, fault := range map[string]simulator.Fault{
		"refused": {Status: 403}, "not there": {Status: 404}, "bad parameter": {Status: 412}, "a page": {HTML: true}, "broken": {Status: 500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := simulator.Start(t, simulator.Options{})
			server.AddKey(simulator.KeySpec{DisplayName: "eraser", Privileges: erasure()})
			fault.Operation = simulator.ListAPIKeyAccess
			server.Inject(fault)
			seen := succeeds(t, acctest.Look(t, server, nil, holdersKind, erases))
			equal(t, "keys", names(t, seen.State["api_keys"]), "eraser")
			equal(t, "seen by", elements(t, seen.State["api_keys"])[0]["seen_by"], []any{"privileges"})
			equal(t, "complete", seen.State["complete"], false)
			contains(t, notes(seen), "API keys with access to USAGE_ANALYTICS/DELETE_USER_ANALYTICS_DATA did not answer")
			contains(t, seen.Says, "WARNING: Holders seen by one source only: API keys")
		})
	}
}

// A token that may view groups, and not the domain, gets the groups by their own privileges.
func TestHolders_GroupsOfADomainThatTheTokenCannotView(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	server.AddToken("viewer", privilege("PLATFORM", "GROUP", "VIEW", "*"))
	server.AddGroup(simulator.GroupSpec{DisplayName: "Privacy", Privileges: erasure(), Members: []simulator.PersonView{dana}})
	seen := succeeds(t, acctest.Look(t, server, map[string]any{"access_token": "viewer"}, holdersKind, map[string]any{"duty": "erasure", "kinds": []any{"groups"}}))
	one(t, seen.State["groups"], "display_name", "Privacy")
	equal(t, "complete", seen.State["complete"], false)
	contains(t, seen.Says, "WARNING", "view the domain itself")
}

func TestHolders_RefusalsNameThePrivilegeAndTheWayOut(t *testing.T) {
	for _, status := range []int{401, 403} {
		server := simulator.Start(t, simulator.Options{Readings: simulator.Readings{MissingPrivilegeStatus: status}})
		server.AddToken("keys-only", simulator.KeyPrivilege("VIEW"))
		server.AddToken("powerless")
		block := map[string]any{"access_token": "keys-only"}
		seen := acctest.Look(t, server, map[string]any{"access_token": "powerless"}, holdersKind, erases)
		contains(t, seen.Says, "ERROR: Holders cannot be listed: api_keys", `"Organization – API keys: View"`, `kinds = ["groups"]`)
		seen = acctest.Look(t, server, block, holdersKind, erases)
		contains(t, seen.Says, "ERROR: Holders cannot be listed: groups", `"Organization – Groups: View"`, `kinds = ["api_keys"]`)
		seen = succeeds(t, acctest.Look(t, server, block, holdersKind, map[string]any{"duty": "erasure", "kinds": []any{"api_keys"}}))
		equal(t, "complete", seen.State["complete"], true)
	}
}

func TestHolders_WhatCannotBeReadIsAnError(t *testing.T) {
	for _, operation := range []simulator.Operation{simulator.ListAPIKeys, simulator.ListGroups} {
		server := simulator.Start(t, simulator.Options{})
		server.Inject(simulator.Fault{Operation: operation, Status: 500})
		contains(t, acctest.Look(t, server, nil, holdersKind, erases).Says, "ERROR: Holders cannot be listed", "500")
	}
	server := simulator.Start(t, simulator.Options{Readings: simulator.Readings{LeanGroupList: true}})
	server.AddGroup(simulator.GroupSpec{DisplayName: "Privacy", Privileges: erasure()})
	server.Inject(simulator.Fault{Operation: simulator.GetGroup, Status: 500})
	contains(t, acctest.Look(t, server, nil, holdersKind, erases).Says, "ERROR: Holders cannot be listed", "Who is in the groups that hold it cannot be read")

	server = simulator.Start(t, simulator.Options{})
	seen := acctest.Look(t, server, map[string]any{"access_token": acctest.Unknown{}}, holdersKind, erases)
	contains(t, strings.ToLower(seen.Says), "error: holders cannot be listed", "access_token comes from something that does not exist yet", "separate configurations", "depends_on")
	equal(t, "calls", server.TotalCalls(), 0)
	for name, test := range map[string]struct {
		arguments map[string]any
		says      string
	}{
		"nothing":  {nil, "Neither duty nor privilege is set"},
		"both":     {map[string]any{"duty": "erasure", "privilege": map[string]any{"owner": "A", "target_domain": "B"}}, "Keep one"},
		"no duty":  {map[string]any{"duty": "erase"}, "overview"},
		"no kind":  {map[string]any{"duty": "erasure", "kinds": []any{"people"}}, "api_keys"},
		"no kinds": {map[string]any{"duty": "erasure", "kinds": []any{}}, "at least 1"},
	} {
		contains(t, name+": "+acctest.Look(t, server, nil, holdersKind, test.arguments).Says, "ERROR", test.says)
	}
}
