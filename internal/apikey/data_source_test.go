// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func shows(address string, path tfjsonpath.Path, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, path, value)
}

// data is a configuration with data sources.
func (w *world) data(blocks ...string) string {
	return acctest.ProviderConfig(w.Server) + strings.Join(blocks, "\n")
}

func TestAccDataSource_keys(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	keys := w.assorted()
	eraser, overview, off := keys["c eraser"], keys["b overview"], keys["d off"]
	firstOff := 0
	if off.ID > overview.ID {
		firstOff = 1
	}
	one := tfjsonpath.New[string]
	w.run(resource.TestStep{
		PreConfig: w.fresh(),
		Config: w.data(fmt.Sprintf(`
data "coveo_api_key" "by_id" {
  id = %q
}

data "coveo_api_key" "by_name" {
  display_name = "logger"
}

data "coveo_api_keys" "all" {}

data "coveo_api_keys" "dsr" {
  display_name_prefix = "dsr"
  duties              = ["overview"]
}

data "coveo_api_keys" "off" {
  statuses = ["DISABLED"]
}

data "coveo_api_keys" "erasers" {
  privileges = [{ owner = "USAGE_ANALYTICS", target_domain = "DELETE_USER_ANALYTICS_DATA" }]
}

data "coveo_api_keys" "none" {
  display_name_prefix = "nobody"
}
`, eraser.ID)),
		ConfigStateChecks: []statecheck.StateCheck{
			shows("data.coveo_api_key.by_id", one("display_name"), knownvalue.StringExact("dsr eraser")),
			shows("data.coveo_api_key.by_id", one("description"), knownvalue.Null()),
			shows("data.coveo_api_key.by_id", one("enabled"), knownvalue.Bool(true)),
			shows("data.coveo_api_key.by_id", one("duties"), strs("overview", "erasure")),
			shows("data.coveo_api_key.by_id", one("effective_privileges"), knownvalue.SetExact([]knownvalue.Check{effective("ADMINISTRATE"), effective("DELETE_USER_ANALYTICS_DATA")})),
			shows("data.coveo_api_key.by_id", one("allowed_ips"), strs("203.0.113.0/24")),
			shows("data.coveo_api_key.by_id", one("denied_ips"), knownvalue.Null()),
			shows("data.coveo_api_key.by_id", one("status"), knownvalue.StringExact("ENABLED")),
			shows("data.coveo_api_key.by_id", one("created_date"), knownvalue.StringExact("2026-03-02T09:00:00Z")),
			shows("data.coveo_api_key.by_id", one("expiration_date"), knownvalue.StringExact("2026-05-31T09:00:00Z")),
			shows("data.coveo_api_key.by_id", one("last_used_date"), knownvalue.Null()),
			shows("data.coveo_api_key.by_id", one("privacy_level"), knownvalue.StringExact("PRIVATE")),
			shows("data.coveo_api_key.by_id", one("exposure"), knownvalue.Null()),
			shows("data.coveo_api_key.by_name", one("id"), knownvalue.StringExact(keys["a logger"].ID)),
			shows("data.coveo_api_key.by_name", one("duties"), knownvalue.Null()),
			shows("data.coveo_api_keys.all", one("keys"), knownvalue.ListSizeExact(5)),
			shows("data.coveo_api_keys.all", one("keys").AtSliceIndex(2).AtMapKey("id"), knownvalue.StringExact(eraser.ID)),
			shows("data.coveo_api_keys.all", one("keys").AtSliceIndex(4).AtMapKey("display_name"), knownvalue.StringExact("narrow")),
			shows("data.coveo_api_keys.dsr", one("keys"), knownvalue.ListSizeExact(3)),
			shows("data.coveo_api_keys.dsr", one("keys").AtSliceIndex(firstOff).AtMapKey("id"), knownvalue.StringExact(off.ID)),
			shows("data.coveo_api_keys.off", one("keys"), knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"id": knownvalue.StringExact(off.ID), "enabled": knownvalue.Bool(false), "status": knownvalue.StringExact("DISABLED"),
			})})),
			shows("data.coveo_api_keys.erasers", one("keys").AtSliceIndex(0).AtMapKey("id"), knownvalue.StringExact(eraser.ID)),
			shows("data.coveo_api_keys.erasers", one("keys"), knownvalue.ListSizeExact(1)),
			shows("data.coveo_api_keys.none", one("keys"), knownvalue.ListSizeExact(0)),
		},
		Check: func(state *terraform.State) error {
			// Neither whole nor masked.
			for _, key := range keys {
				if text := state.String(); strings.Contains(text, key.Value) || strings.Contains(text, "xx*****") {
					return fmt.Errorf("a value is in state: %s", text)
				}
			}
			// Each walk of the command line asks once for all seven.
			if lists := w.Calls(simulator.ListAPIKeys); lists != w.TotalCalls() || lists > 4 {
				return fmt.Errorf("calls: %v", w.CallCounts())
			}
			return nil
		},
	})
}

// A key that a resource of the same run made is found, since every write makes the shared list obsolete.
func TestAccDataSource_seesWhatTheRunWrites(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(resource.TestStep{
		Config: w.key(eraser...) + `
data "coveo_api_keys" "before" {}

data "coveo_api_key" "made" {
  display_name = coveo_api_key.test.display_name
  depends_on   = [coveo_api_key.test]
}
`,
		ConfigStateChecks: []statecheck.StateCheck{shows("data.coveo_api_key.made", tfjsonpath.New("duties"), strs("overview", "erasure"))},
		// The first data source is read again, and then shows the key.
		ExpectNonEmptyPlan: false,
	})
}

func TestAccDataSource_problems(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	keys := w.assorted()
	first, second := keys["b overview"].ID, keys["d off"].ID
	if second < first {
		first, second = second, first
	}
	w.run(
		resource.TestStep{Config: w.data(`data "coveo_api_key" "x" { id = "nosuchkey" }`), ExpectError: wrapped(`The organization acmeprod1a2b3c has no API key with the ID "nosuchkey"`)},
		resource.TestStep{Config: w.data(`data "coveo_api_key" "x" { display_name = "DSR" }`), ExpectError: wrapped(`has no API key named "DSR". Upper and lower case count`)},
		resource.TestStep{Config: w.data(`data "coveo_api_key" "x" { display_name = "dsr" }`), ExpectError: wrapped(fmt.Sprintf("2 API keys are named %q, with the IDs %s, %s", "dsr", first, second))},
		resource.TestStep{Config: w.data(`data "coveo_api_key" "x" {}`), ExpectError: wrapped("Neither id nor display_name is set")},
		resource.TestStep{Config: w.data(fmt.Sprintf(`data "coveo_api_key" "x" {
  id           = %q
  display_name = "dsr"
}`, first)), ExpectError: wrapped("Both id and display_name are set")},
		resource.TestStep{
			PreConfig:   func() { w.Inject(simulator.Fault{Operation: simulator.ListAPIKeys, Status: 403}) },
			Config:      w.data(`data "coveo_api_keys" "x" {}`),
			ExpectError: wrapped("Organization – API keys: View"),
		},
	)
}

func TestAccDataSource_templates(t *testing.T) {
	w := newWorld(t, simulator.Options{Readings: simulator.Readings{ReorderLists: true}})
	w.AddTemplate(simulator.TemplateSpec{ID: "Weekly", DisplayName: "Weekly reports", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}, LongestLifetime: "P7D"})
	w.AddToken("limited", simulator.Privilege{Owner: "PLATFORM", TargetDomain: "API_KEY", Type: "CREATE", TargetID: "*"}, simulator.OverviewPrivilege())
	const address = "data.coveo_api_key_templates.all"
	at := func(i int, name string) tfjsonpath.Path {
		return tfjsonpath.New("templates").AtSliceIndex(i).AtMapKey(name)
	}
	w.run(
		resource.TestStep{
			PreConfig: w.fresh(),
			Config:    acctest.ProviderConfigWith(w.Server, "limited") + `data "coveo_api_key_templates" "all" {}`,
			ConfigStateChecks: []statecheck.StateCheck{
				shows(address, tfjsonpath.New("templates"), knownvalue.ListSizeExact(3)),
				shows(address, at(0, "id"), knownvalue.StringExact("AnonymousSearch")),
				shows(address, at(0, "privacy_level"), knownvalue.StringExact("PUBLIC")),
				shows(address, at(0, "can_generate"), knownvalue.Bool(false)),
				shows(address, at(0, "missing_privileges"), knownvalue.SetSizeExact(2)),
				shows(address, at(0, "enforced_lifetime"), knownvalue.Null()),
				shows(address, at(1, "id"), knownvalue.StringExact("AuthenticatedSearch")),
				shows(address, at(2, "display_name"), knownvalue.StringExact("Weekly reports")),
				shows(address, at(2, "can_generate"), knownvalue.Bool(true)),
				shows(address, at(2, "missing_privileges"), knownvalue.SetSizeExact(0)),
				shows(address, at(2, "enforced_lifetime"), knownvalue.StringExact("P7D")),
				shows(address, at(2, "privileges"), knownvalue.SetExact([]knownvalue.Check{effective("ADMINISTRATE")})),
			},
		},
		resource.TestStep{
			PreConfig: w.fresh(func() { w.Inject(simulator.Fault{Operation: simulator.APIKeyTemplateEligibility, Status: 404}) }),
			Config:    acctest.ProviderConfig(w.Server) + `data "coveo_api_key_templates" "all" {}`,
			ConfigStateChecks: []statecheck.StateCheck{
				shows(address, at(2, "can_generate"), knownvalue.Null()),
				shows(address, at(2, "missing_privileges"), knownvalue.Null()),
			},
		},
		resource.TestStep{
			PreConfig: func() {
				w.ClearFaults()
				w.Inject(simulator.Fault{Operation: simulator.ListAPIKeyTemplates, Status: 403})
			},
			Config:      acctest.ProviderConfig(w.Server) + `data "coveo_api_key_templates" "all" {}`,
			ExpectError: wrapped("Organization – API keys: Create"),
		},
	)
}
