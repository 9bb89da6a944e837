// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const holdersKind = "coveo_privilege_holders"

var (
	dana = simulator.PersonView{Username: "dana@example.com-google", Email: "dana@example.com", Provider: "GOOGLE"}
	lee  = simulator.PersonView{Username: "lee@example.com", Email: "lee@example.com", Provider: "EMAIL"}
)

var erases = map[string]any{"duty": "erasure"}

func erasure() []simulator.Privilege { return []simulator.Privilege{simulator.ErasurePrivilege()} }

// elements are the elements of a list, as objects.
func elements(t *testing.T, list any) []map[string]any {
	t.Helper()
	var out []map[string]any
	for _, element := range list.([]any) {
		out = append(out, element.(map[string]any))
	}
	return out
}

func names(t *testing.T, list any) string {
	t.Helper()
	var out []string
	for _, element := range elements(t, list) {
		out = append(out, fmt.Sprint(element["display_name"]))
	}
	return strings.Join(out, ", ")
}

func notes(seen acctest.Seen) string { return fmt.Sprint(seen.State["notes"]) }

func TestHolders_KeysAndWhatAReviewAsksOfThem(t *testing.T) {
	for name, readings := range spellings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
			server := simulator.Start(t, simulator.Options{Readings: readings, Now: func() time.Time { return now }})
			add := func(spec simulator.KeySpec) simulator.KeyView {
				if spec.Privileges == nil {
					spec.Privileges = erasure()
				}
				return server.AddKey(spec)
			}
			add(simulator.KeySpec{DisplayName: "a good", Lifetime: "P90D", AllowedIPs: []string{"203.0.113.0/24"}})
			add(simulator.KeySpec{DisplayName: "b anywhere, for ever"})
			add(simulator.KeySpec{DisplayName: "c the whole internet", Lifetime: "P90D", AllowedIPs: []string{"203.0.113.0/24", "::/0"}})
			add(simulator.KeySpec{DisplayName: "d expired", Lifetime: "P1D"})
			add(simulator.KeySpec{DisplayName: "e disabled", Disabled: true})
			exposed := add(simulator.KeySpec{DisplayName: "f exposed"})
			used := add(simulator.KeySpec{DisplayName: "g used", DeniedIPs: []string{"198.51.100.0/24"}})
			add(simulator.KeySpec{DisplayName: "h looks only", Privileges: []simulator.Privilege{simulator.OverviewPrivilege(), exports("VIEW")}})
			server.ExposeKey(exposed.ID)
			succeeds(t, acctest.Look(t, server, map[string]any{"access_token": used.Value}, privilegesKind, map[string]any{"scope": "mine"}))
			server.Advance(48 * time.Hour)
			clock := acctest.NewClock(server.Now())

			seen := succeeds(t, acctest.Look(t, server, nil, holdersKind, erases, provider.WithClock(clock)))
			equal(t, "keys", names(t, seen.State["api_keys"]), "a good, b anywhere, for ever, c the whole internet, d expired, e disabled, f exposed, g used")
			type facts struct {
				status                                string
				enabled, canAct, expires, hasIPs, has any
			}
			for i, want := range []facts{
				{"ENABLED", true, true, true, true, nil},
				{"ENABLED", true, true, false, false, nil},
				{"ENABLED", true, true, true, false, nil},
				{"EXPIRED", true, false, true, false, nil},
				{"DISABLED", false, false, false, false, nil},
				{"DISABLED_EXPOSED", false, false, false, false, "CRITICAL"},
				{"ENABLED", true, true, false, false, nil},
			} {
				key := elements(t, seen.State["api_keys"])[i]
				got := facts{fmt.Sprint(key["status"]), key["enabled"], key["can_act"], key["expires"], key["has_ip_list"], key["exposure"]}
				equal(t, fmt.Sprint(key["display_name"]), got, want)
				equal(t, "covers", key["covers"], []any{object(simulator.ErasurePrivilege())})
				equal(t, "partial", key["partial"], false)
				equal(t, "seen by", key["seen_by"], []any{"access_listing", "privileges"})
				equal(t, "level", key["access_level"], "EDIT_ALL")
				equal(t, "created by", key["created_by"], "admin@example.com-google")
				equal(t, "created", key["created_date"], now.Format(time.RFC3339))
			}
			last := elements(t, seen.State["api_keys"])[6]
			equal(t, "last used", last["last_used_date"], now.Format(time.RFC3339))
			equal(t, "denied", last["denied_ips"], []any{"198.51.100.0/24"})
			equal(t, "allowed", last["allowed_ips"], []any{})
			equal(t, "complete", seen.State["complete"], true)
			if strings.Contains(fmt.Sprint(seen.State), used.Value) {
				t.Error("a key's value is in state")
			}
		})
	}
}

// A word for the status that nobody knows yet does not make a key that has ended able to act.
func TestHolders_AKeyThatHasEndedCannotActWhateverItsStatus(t *testing.T) {
	server := simulator.Start(t, simulator.Options{IgnoreContract: true})
	server.AddKey(simulator.KeySpec{DisplayName: "ended", Privileges: erasure(), Lifetime: "P1D"})
	server.AddKey(simulator.KeySpec{DisplayName: "ends later", Privileges: erasure(), Lifetime: "P9D"})
	server.Inject(simulator.Fault{Operation: simulator.ListAPIKeys, Mutate: func(body map[string]any) { body["status"] = "A_NEW_ONE" }})
	clock := acctest.NewClock(server.Now().Add(48 * time.Hour))
	seen := succeeds(t, acctest.Look(t, server, nil, holdersKind, erases, provider.WithClock(clock)))
	for i, want := range []bool{false, true} {
		key := elements(t, seen.State["api_keys"])[i]
		equal(t, fmt.Sprint(key["display_name"], " can act"), key["can_act"], want)
		equal(t, "status", key["status"], "A_NEW_ONE")
	}
}

func TestHolders_GroupsAndThePeopleInThem(t *testing.T) {
	for name, readings := range spellings() {
		for _, lean := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				readings := readings // which both runs share
				readings.LeanGroupList = lean
				server := simulator.Start(t, simulator.Options{Readings: readings})
				server.AddGroup(simulator.GroupSpec{DisplayName: "Privacy", Privileges: erasure(), Members: []simulator.PersonView{dana, lee},
					Invites: []simulator.PersonView{{Email: "kim@example.com", Provider: "EMAIL"}}, Providers: []string{"SAML"}})
				server.AddGroup(simulator.GroupSpec{DisplayName: "Readers", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}, Members: []simulator.PersonView{lee}})

				seen := succeeds(t, acctest.Look(t, server, nil, holdersKind, erases))
				group := one(t, seen.State["groups"], "display_name", "Privacy")
				equal(t, "members", group["members"], []any{dana.Username, lee.Username})
				equal(t, "member count", group["member_count"], int64(2))
				equal(t, "invite count", group["invite_count"], int64(1))
				equal(t, "realms", group["realms"], []any{"SAML"})
				equal(t, "type", group["group_type"], "CUSTOM")
				equal(t, "covers", group["covers"], []any{object(simulator.ErasurePrivilege())})
				equal(t, "seen by", group["seen_by"], []any{"access_listing", "privileges"})
				contains(t, notes(seen), "Everyone who signs in by an identity provider", "Privacy [")
				for _, g := range elements(t, seen.State["groups"]) {
					if g["display_name"] == "Readers" {
						t.Error("a group that may only look is counted")
					}
				}
				// Those that come with the organization hold everything.
				one(t, seen.State["groups"], "group_type", "ADMINISTRATOR")

				quiet := succeeds(t, acctest.Look(t, server, nil, holdersKind, map[string]any{"duty": "erasure", "include_people": false}))
				group = one(t, quiet.State["groups"], "display_name", "Privacy")
				equal(t, "members", group["members"], nil)
				equal(t, "member count", group["member_count"], int64(2))
				server.AddKey(simulator.KeySpec{DisplayName: "eraser", Privileges: erasure()})
				withKey := acctest.Look(t, server, nil, holdersKind, erases)
				quietKey := acctest.Look(t, server, nil, holdersKind, map[string]any{"duty": "erasure", "include_people": false})
				equal(t, "created by", []any{elements(t, withKey.State["api_keys"])[0]["created_by"], elements(t, quietKey.State["api_keys"])[0]["created_by"]},
					[]any{"admin@example.com-google", nil})
				if strings.Contains(fmt.Sprint(quietKey.State, quietKey.Says), "@") {
					t.Error("somebody is named although nobody is to be")
				}
				if !strings.Contains(fmt.Sprint(seen.State), "dana@") || strings.Contains(fmt.Sprint(quiet.State), "dana@") {
					t.Error("include_people does not decide whether people are named")
				}
				if strings.Contains(fmt.Sprint(seen.State), "kim@") {
					t.Error("somebody who is only invited is named")
				}
			})
		}
	}
}

// What a privilege without levels counts as in the listing is not documented: every reading finds the same holders.
func TestHolders_UnderEveryReadingOfTheListing(t *testing.T) {
	for _, level := range []string{"EDIT_ALL", "CUSTOM", "VIEW_ALL", "NONE"} {
		for name, readings := range spellings() {
			t.Run(level+" "+name, func(t *testing.T) {
				t.Parallel()
				readings.TypelessAccess = level
				server := simulator.Start(t, simulator.Options{Readings: readings})
				server.AddKey(simulator.KeySpec{DisplayName: "eraser", Privileges: erasure()})
				server.AddKey(simulator.KeySpec{DisplayName: "other", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
				server.AddGroup(simulator.GroupSpec{DisplayName: "Privacy", Privileges: erasure(), Members: []simulator.PersonView{dana}})
				seen := succeeds(t, acctest.Look(t, server, nil, holdersKind, erases))
				equal(t, "keys", names(t, seen.State["api_keys"]), "eraser")
				equal(t, "complete", seen.State["complete"], true)
				both, named := []any{"access_listing", "privileges"}, any(level)
				if level == "NONE" {
					both, named = []any{"privileges"}, nil
					contains(t, notes(seen), "does not name these API keys", "eraser [", "does not name these groups", "Privacy [", "not documented, so they are counted")
				} else {
					equal(t, "notes", seen.State["notes"], []any{})
				}
				for _, holder := range []map[string]any{elements(t, seen.State["api_keys"])[0], one(t, seen.State["groups"], "display_name", "Privacy")} {
					equal(t, "seen by", holder["seen_by"], both)
					equal(t, "level", holder["access_level"], named)
				}
				equal(t, "says", seen.Says, "")
			})
		}
	}
}

func TestHolders_OfWhomOnlyTheListingSpeaks(t *testing.T) {
	server := simulator.Start(t, simulator.Options{IgnoreContract: true})
	hidden := server.AddKey(simulator.KeySpec{DisplayName: "hidden", Privileges: erasure()})
	server.AddKey(simulator.KeySpec{DisplayName: "silent", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
	silence := func(body map[string]any) { delete(body, "privileges") }
	server.Inject(simulator.Fault{Operation: simulator.ListAPIKeys, Mutate: silence})
	server.Inject(simulator.Fault{Operation: simulator.ListAPIKeyAccess, Mutate: func(body map[string]any) {
		body["accessLevel"] = "SOME_NEW_LEVEL"
	}})
	server.Inject(simulator.Fault{Operation: simulator.ListGroupAccess, Body: `[{"id":"ghost","displayName":"Ghosts","accessLevel":"CUSTOM","createdDate":"2026-01-02T03:04:05Z"},` +
		`{"id":"none","displayName":"Nobody","accessLevel":"NONE"},{"displayName":"without an ID"}]`})

	seen := succeeds(t, acctest.Look(t, server, nil, holdersKind, erases))
	equal(t, "keys", names(t, seen.State["api_keys"]), "hidden")
	key := elements(t, seen.State["api_keys"])[0]
	for name, want := range map[string]any{
		"id": hidden.ID, "covers": nil, "partial": nil, "access_level": "SOME_NEW_LEVEL", "seen_by": []any{"access_listing"}, "enabled": true, "can_act": true,
	} {
		equal(t, name, key[name], want)
	}
	ghost := one(t, seen.State["groups"], "display_name", "Ghosts")
	for name, want := range map[string]any{
		"id": "ghost", "covers": nil, "members": nil, "member_count": nil, "group_type": nil, "seen_by": []any{"access_listing"}, "access_level": "CUSTOM",
	} {
		equal(t, name, ghost[name], want)
	}
	if strings.Contains(names(t, seen.State["groups"]), "Nobody") {
		t.Error("a level of NONE is counted")
	}
	// The key that is silent could hold it: this is said.
	equal(t, "complete", seen.State["complete"], false)
	contains(t, notes(seen), "privileges of 1 further API keys", "Only Coveo's listing of access names these API keys", "hidden [", "Only Coveo's listing of access names these groups", "Ghosts [ghost]")
}

// The listing speaks of a domain: what a key's own privileges on it explain is no claim to another type.
func TestHolders_PartsOfADuty(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	all := []simulator.Privilege{exports("VIEW"), exports("EDIT"), exports("CREATE")}
	server.AddKey(simulator.KeySpec{DisplayName: "whole", Privileges: all})
	server.AddKey(simulator.KeySpec{DisplayName: "viewer", Privileges: all[:1]})
	server.AddKey(simulator.KeySpec{DisplayName: "eraser", Privileges: erasure()})
	arguments := map[string]any{"duty": "export", "kinds": []any{"api_keys"}}
	seen := succeeds(t, acctest.Look(t, server, nil, holdersKind, arguments))
	equal(t, "keys", names(t, seen.State["api_keys"]), "viewer, whole")
	viewer := one(t, seen.State["api_keys"], "display_name", "viewer")
	equal(t, "partial", viewer["partial"], true)
	equal(t, "covers", viewer["covers"], []any{object(exports("VIEW"))})
	whole := one(t, seen.State["api_keys"], "display_name", "whole")
	equal(t, "partial", whole["partial"], false)
	equal(t, "covers", len(whole["covers"].([]any)), 3)
	contains(t, notes(seen), "hold a part of what was asked for: viewer [", "USAGE_ANALYTICS/EXPORTS VIEW *")
	equal(t, "groups", seen.State["groups"], nil)

	for name, test := range map[string]struct {
		privilege map[string]any
		want      string
	}{
		"one type":         {map[string]any{"owner": "USAGE_ANALYTICS", "target_domain": "EXPORTS", "type": "EDIT"}, "whole"},
		"any type":         {map[string]any{"owner": "USAGE_ANALYTICS", "target_domain": "EXPORTS"}, "viewer, whole"},
		"ENABLE":           {map[string]any{"owner": "USAGE_ANALYTICS", "target_domain": "DELETE_USER_ANALYTICS_DATA", "type": "ENABLE", "target_id": "*"}, "eraser"},
		"nobody":           {map[string]any{"owner": "PLATFORM", "target_domain": "API_KEY", "type": "CREATE"}, ""},
		"no such an owner": {map[string]any{"owner": "NEW_ONE", "target_domain": "NEW_DOMAIN"}, ""},
	} {
		seen := succeeds(t, acctest.Look(t, server, nil, holdersKind, map[string]any{"privilege": test.privilege, "kinds": []any{"api_keys"}}))
		equal(t, name, names(t, seen.State["api_keys"]), test.want)
	}
}

func TestHolders_OfOneResourceOfMany(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	server.AddGroup(simulator.GroupSpec{DisplayName: "Editors of one", Privileges: []simulator.Privilege{privilege("PLATFORM", "GROUP", "EDIT", "g1")}})
	ask := func(target any) []map[string]any {
		p := map[string]any{"owner": "PLATFORM", "target_domain": "GROUP", "type": "EDIT", "target_id": target}
		seen := succeeds(t, acctest.Look(t, server, nil, holdersKind, map[string]any{"privilege": p, "kinds": []any{"groups"}}))
		return slices.DeleteFunc(elements(t, seen.State["groups"]), func(g map[string]any) bool { return g["display_name"] != "Editors of one" })
	}
	equal(t, "another", len(ask("g2")), 0)
	equal(t, "that one is whole", ask("g1")[0]["partial"], false)
	equal(t, "of all it is a part", ask(nil)[0]["partial"], true)
}

func TestHolders_AFewRequestsHoweverManyKeys(t *testing.T) {
	for _, keys := range []int{1, 1000} {
		server := simulator.Start(t, simulator.Options{})
		for i := range keys {
			server.AddKey(simulator.KeySpec{DisplayName: fmt.Sprintf("key %04d", i), Privileges: erasure()})
		}
		seen := succeeds(t, acctest.Look(t, server, nil, holdersKind, erases))
		equal(t, "keys", len(seen.State["api_keys"].([]any)), keys)
		equal(t, "calls", server.CallCounts(), map[simulator.Operation]int{
			simulator.ListAPIKeys: 1, simulator.ListAPIKeyAccess: 1, simulator.ListGroups: 1, simulator.ListGroupAccess: 1,
		})
		server.ResetCalls()
		succeeds(t, acctest.Look(t, server, nil, holdersKind, map[string]any{"duty": "erasure", "kinds": []any{"groups"}}))
		equal(t, "calls for groups", server.TotalCalls(), 2)
	}
}

// The lists are shared by everything that one run reads.
func TestAccCLI_ThreeDutiesTakeEightRequests(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	server.AddKey(simulator.KeySpec{DisplayName: "eraser", Privileges: erasure()})
	cli := acctest.NewCLI(t, acctest.ProviderConfig(server)+`
data "coveo_privilege_holders" "duty" {
  for_each = toset(["overview", "export", "erasure"])
  duty     = each.key
}
`)
	cli.MustRun("plan", "-no-color")
	equal(t, "calls", server.CallCounts(), map[simulator.Operation]int{
		simulator.ListAPIKeys: 1, simulator.ListAPIKeyAccess: 3, simulator.ListGroups: 1, simulator.ListGroupAccess: 3,
	})
}

func TestHolders_AreReadInAReadOnlyOrganization(t *testing.T) {
	server := simulator.Start(t, simulator.Options{ReadOnly: true})
	server.AddKey(simulator.KeySpec{DisplayName: "eraser", Privileges: erasure()})
	seen := succeeds(t, acctest.Look(t, server, nil, holdersKind, erases))
	equal(t, "keys", names(t, seen.State["api_keys"]), "eraser")
	equal(t, "check", succeeds(t, acctest.Look(t, server, nil, checkKind, map[string]any{"duties": []any{"overview"}})).State["granted"], true)
}

// A key of the same run is among the holders where the data source waits for it, and no list is older than the last write.
func TestAccHolders_AfterAKeyOfTheSameRun(t *testing.T) {
	server := simulator.Start(t, simulator.Options{Readings: simulator.Readings{ReorderLists: true}})
	server.AddKey(simulator.KeySpec{DisplayName: "older", Privileges: erasure()})
	const address = "data.coveo_privilege_holders.erasure"
	run(t, resource.TestStep{
		Config: acctest.ProviderConfig(server) + `
resource "coveo_api_key" "eraser" {
  display_name = "new"
  duties       = ["overview", "erasure"]
  allowed_ips  = ["203.0.113.0/24"]
  lifetime     = "P90D"
}

data "coveo_privilege_holders" "erasure" {
  duty       = "erasure"
  depends_on = [coveo_api_key.eraser]
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, tfjsonpath.New("api_keys").AtSliceIndex(0).AtMapKey("display_name"), knownvalue.StringExact("new")),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("api_keys").AtSliceIndex(0).AtMapKey("has_ip_list"), knownvalue.Bool(true)),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("api_keys").AtSliceIndex(1).AtMapKey("display_name"), knownvalue.StringExact("older")),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("complete"), knownvalue.Bool(true)),
		},
		ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
	})
}
