// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access_test

import (
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const privilegesKind = "coveo_privileges"

func TestPrivileges_EveryScopeUnderEverySpelling(t *testing.T) {
	for name, readings := range spellings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := simulator.Start(t, simulator.Options{Readings: readings})
			server.AddToken("eraser", simulator.ErasurePrivilege(), exports("VIEW"))
			for scope, test := range map[string]struct {
				operation simulator.Operation
				duties    []any
				keys      bool // whether managing keys is among them
			}{
				"all":      {simulator.ListPrivileges, []any{"erasure", "export", "overview"}, true},
				"api_keys": {simulator.ListAPIKeyPrivileges, []any{"erasure", "export", "overview"}, false},
				"custom":   {simulator.ListAPIKeyPrivileges, []any{"erasure", "export", "overview"}, false},
				"mine":     {simulator.MyPrivileges, []any{"erasure"}, false},
			} {
				server.ResetCalls()
				block := map[string]any{}
				if scope == "mine" {
					block["access_token"] = "eraser"
				}
				seen := succeeds(t, acctest.Look(t, server, block, privilegesKind, map[string]any{"scope": scope}))
				equal(t, scope+" calls", server.TotalCalls(), 1)
				equal(t, scope+" calls", server.Calls(test.operation), 1)
				equal(t, scope+" duties", seen.State["duties"], test.duties)
				erasure := one(t, seen.State["privileges"], "target_domain", "DELETE_USER_ANALYTICS_DATA")
				equal(t, scope+" type", erasure["type"], nil)
				view := one(t, seen.State["privileges"], "target_domain", "EXPORTS")
				equal(t, scope+" level", view["level"], "GLOBAL")
				managing := false
				for _, p := range seen.State["privileges"].([]any) {
					managing = managing || p.(map[string]any)["target_domain"] == "API_KEY"
				}
				equal(t, scope+" holds API_KEY", managing, test.keys)
			}
		})
	}
}

func TestPrivileges_FilterReachesCoveo(t *testing.T) {
	for scope, filter := range map[string]string{"api_keys": "ALL", "custom": "CUSTOM"} {
		server := simulator.Start(t, simulator.Options{})
		succeeds(t, acctest.Look(t, server, nil, privilegesKind, map[string]any{"scope": scope}))
		if !server.Saw(filter) {
			t.Errorf("%s did not ask for %s", scope, filter)
		}
	}
}

func TestPrivileges_KeysThatMayManageKeys(t *testing.T) {
	server := simulator.Start(t, simulator.Options{Readings: simulator.Readings{KeysMayManageKeys: true}})
	seen := succeeds(t, acctest.Look(t, server, nil, privilegesKind, map[string]any{"scope": "custom"}))
	one(t, seen.State["privileges"], "target_domain", "API_KEY")
}

func TestPrivileges_RefusalsNameThePrivilege(t *testing.T) {
	for _, status := range []int{401, 403} {
		server := simulator.Start(t, simulator.Options{Readings: simulator.Readings{MissingPrivilegeStatus: status}})
		server.AddToken("powerless")
		block := map[string]any{"access_token": "powerless"}
		for _, scope := range []string{"all", "api_keys", "custom"} {
			seen := acctest.Look(t, server, block, privilegesKind, map[string]any{"scope": scope})
			contains(t, seen.Says, "ERROR: Privileges cannot be listed", `"Organization – Organization: View"`, "Organization > Groups")
		}
		succeeds(t, acctest.Look(t, server, block, privilegesKind, map[string]any{"scope": "mine"}))
	}
	server := simulator.Start(t, simulator.Options{})
	seen := acctest.Look(t, server, nil, privilegesKind, map[string]any{"scope": "everything"})
	contains(t, seen.Says, "ERROR", "scope", `"mine"`)
	seen = acctest.Look(t, server, map[string]any{"access_token": acctest.Unknown{}}, privilegesKind, map[string]any{"scope": "mine"})
	contains(t, seen.Says, "access_token comes from something that does not exist yet", "separate configurations", "depends_on")
	equal(t, "calls", server.TotalCalls(), 0)
}
