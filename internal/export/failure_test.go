// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export_test

import (
	"context"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// What cannot be proved is not exported: no POST is sent.
func TestAccExport_nothingUnproved(t *testing.T) {
	for name, test := range map[string]struct {
		options   simulator.Options
		arguments []string
		vault     []string
		says      string
	}{
		"filters ignored":      {simulator.Options{Readings: simulator.Readings{IgnoreFilters: true}}, nil, nil, `made\s+up`},
		"unlisted dimension":   {simulator.Options{Readings: simulator.Readings{IgnoreUnknownDimensions: true}}, []string{`user_dimension = "nosuch"`}, nil, `can\s+export\s+no\s+dimension`},
		"unlisted column":      {simulator.Options{}, []string{`dimensions = ["userid", "nosuch"]`}, nil, `can\s+export\s+no\s+dimension`},
		"no room":              {simulator.Options{ExportLimit: 1}, nil, nil, `No room for another export`},
		"identifier in a file": {simulator.Options{}, []string{`filename = "alice.smith-export"`}, []string{"alice.smith"}, `Identifier in a text`},
		"address in a text":    {simulator.Options{}, []string{`description = "for Alice.Smith@example.com"`}, nil, `Identifier in a text`},
		"unusual identifier":   {simulator.Options{}, nil, []string{"o'neil@example.com"}, `Unusual identifiers`},
		"no digest key":        {simulator.Options{}, nil, nil, `Case cannot be resolved`},
		"estimate is refused":  {simulator.Options{}, nil, nil, `lacks\s+the\s+privilege`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.options)
			if test.vault != nil {
				w.vault = map[string][]string{caseOne: test.vault}
			}
			config := w.export(test.arguments...)
			switch name {
			case "no room":
				w.AddExport(simulator.ExportSpec{})
			case "no digest key":
				config = acctest.ProviderConfig(w.Server, acctest.Subjects(w.vault)) + exportBlock(fmt.Sprintf("subject = %q", caseOne), period)
			case "estimate is refused":
				w.Inject(simulator.Fault{Operation: simulator.EstimateExport, Status: 403})
			}
			before := len(w.Exports())
			w.run(resource.TestStep{Config: config, ExpectError: regexp.MustCompile(test.says)})
			if got := len(w.Exports()); got != before {
				t.Errorf("%d exports", got)
			}
			if name != "no room" && w.Calls(simulator.CreateExport) != 0 {
				t.Error("an export was asked for")
			}
		})
	}
}

func TestAccExport_unusualIDsWithLeave(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.vault = map[string][]string{caseOne: {`o'neil\x"@example.com`}}
	w.LogEvents(simulator.EventSpec{UserID: `o'neil\x"@example.com`, Kind: simulator.Search, Count: 4, Time: began.AddDate(0, 0, -20)})
	w.run(resource.TestStep{
		Config:            w.config(exportBlock(fmt.Sprintf("subject = %q", caseOne), period, "allow_unusual_ids = true", `tables = ["SEARCHES"]`)),
		ConfigStateChecks: []statecheck.StateCheck{is("estimated_rows", knownvalue.Int64Exact(4))},
	})
}

func TestAccExport_lostAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		faults []simulator.Fault
		says   string // of an error, "" where the export is found
		left   int
	}{
		"answer lost, export found": {[]simulator.Fault{{Operation: simulator.CreateExport, CutAfter: true}}, "", 1},
		"nothing was made":          {[]simulator.Fault{{Operation: simulator.CreateExport, CutBefore: true}}, `most\s+likely\s+none\s+was\s+made`, 0},
		"and no list either": {[]simulator.Fault{{Operation: simulator.CreateExport, CutAfter: true}, {Operation: simulator.ListExports, Status: 403}},
			`could\s+not\s+be\s+found\s+out`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{IgnoreContract: true})
			for _, fault := range test.faults {
				fault.Times = 1
				if fault.Operation == simulator.ListExports {
					fault.Times = 0
				}
				w.Inject(fault)
			}
			step := resource.TestStep{Config: w.export(), Check: w.hears("Answer lost, export found")}
			if test.says != "" {
				step.Check, step.ExpectError = nil, regexp.MustCompile(test.says)
			}
			sent := -1
			w.run(step, resource.TestStep{
				PreConfig: func() { sent = w.Calls(simulator.CreateExport); w.ClearFaults() },
				Config:    w.config(""),
			})
			if sent != 1 {
				t.Errorf("%d requests for an export", sent)
			}
			// What was found is removed with its resource; what nobody knows of stays and was named in the error.
			if left := len(w.Exports()); left != 0 && test.says == "" || test.says != "" && left != test.left {
				t.Errorf("%d exports left", left)
			}
		})
	}
}

func TestAccExport_failedIsTaintedAndMadeAgain(t *testing.T) {
	w := newWorld(t, simulator.Options{ExportsFail: true})
	w.run(
		resource.TestStep{Config: w.export(), ExpectError: regexp.MustCompile(`Export failed: DSR-2026-0142`)},
		resource.TestStep{
			PreConfig:        func() { w.SetExportStatus(w.Exports()[0].ID, "FAILED"); w.fresh()() },
			Config:           w.export(),
			ConfigPlanChecks: does(plancheck.ResourceActionReplace),
			ExpectError:      regexp.MustCompile(`Export failed`),
		},
	)
	if n := w.Calls(simulator.DeleteExport); n < 1 {
		t.Errorf("%d deletions", n)
	}
}

func TestAccExport_failedLaterIsReplaced(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(
		resource.TestStep{Config: w.export()},
		resource.TestStep{
			PreConfig:        func() { w.SetExportStatus(w.Exports()[0].ID, "FAILED") },
			Config:           w.export(),
			ConfigPlanChecks: does(plancheck.ResourceActionReplace),
			Check:            w.count(1),
		},
	)
}

func TestAccExport_underWayWhenTheTimeIsOver(t *testing.T) {
	for name, options := range map[string]simulator.Options{
		"in a state that nobody knows": {ExportAfter: time.Hour, Readings: simulator.Readings{UnknownEnums: true}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options)
			status := map[bool]string{true: "PROCESSING", false: "PENDING"}[options.Readings.UnknownEnums]
			w.run(
				resource.TestStep{
					PreConfig:          w.fresh(),
					Config:             w.export(`timeouts = { create = "10m", update = "2h" }`),
					ConfigStateChecks:  []statecheck.StateCheck{is("status", exact(status)), is("size_bytes", knownvalue.Int64Exact(0))},
					Check:              w.hears("Export still under way: DSR-2026-0142"),
					ExpectNonEmptyPlan: true,
				},
				resource.TestStep{
					PreConfig:         w.fresh(),
					Config:            w.export(`timeouts = { create = "10m", update = "2h" }`),
					ConfigPlanChecks:  does(plancheck.ResourceActionUpdate, plancheck.ExpectUnknownValue(address, tfjsonpath.New("status"))),
					ConfigStateChecks: []statecheck.StateCheck{is("status", exact("AVAILABLE"))},
					Check:             w.calls(map[simulator.Operation]int{simulator.CreateExport: 0, simulator.DeleteExport: 0}),
				},
			)
		})
	}
}

func TestAccExport_unseenWhileWaiting(t *testing.T) {
	w := newWorld(t, simulator.Options{ExportAfter: time.Minute})
	w.Inject(simulator.Fault{Operation: simulator.GetExport, Status: 404, Times: 3})
	w.run(
		resource.TestStep{Config: w.export(), ConfigStateChecks: []statecheck.StateCheck{is("status", exact("AVAILABLE"))}},
		resource.TestStep{
			PreConfig: func() { w.fresh()(); w.Inject(simulator.Fault{Operation: simulator.GetExport, Status: 403}) },
			Config:    w.export(`triggers = { a = "1" }`), ExpectNonEmptyPlan: true,
			Check: w.hears("Export not seen to its end: DSR-2026-0142"),
		},
	)
}

// Expiry and removal by somebody are facts, not drift.
func TestAccExport_expiredAndGone(t *testing.T) {
	w := newWorld(t, simulator.Options{ExportExpiresAfter: 24 * time.Hour, Readings: simulator.Readings{MissingExportStatus: 403}})
	w.run(
		resource.TestStep{Config: w.export()},
		resource.TestStep{
			PreConfig: func() { w.clock.Advance(25 * time.Hour) },
			Config:    w.export(), ConfigPlanChecks: does(plancheck.ResourceActionNoop),
		},
		resource.TestStep{RefreshState: true, Check: resource.TestCheckResourceAttr(address, "status", "EXPIRED")},
		resource.TestStep{
			PreConfig: func() { w.RemoveExport(w.Exports()[0].ID); w.fresh()() },
			Config:    w.export(), ConfigPlanChecks: does(plancheck.ResourceActionNoop), Check: w.hears("Export gone: DSR-2026-0142"),
		},
		resource.TestStep{RefreshState: true, Check: resource.TestCheckResourceAttr(address, "status", "GONE")},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.export(`triggers = { again = "1" }`), ConfigPlanChecks: does(plancheck.ResourceActionReplace),
			Check: resource.ComposeTestCheckFunc(w.count(1), w.calls(map[simulator.Operation]int{simulator.DeleteExport: 0})),
		},
	)
}

func TestAccExport_vaultMoves(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	others := func(ids ...string) string {
		return acctest.ProviderConfig(w.Server, acctest.Digests(), acctest.Subjects(map[string][]string{caseOne: ids})) + exportBlock(fmt.Sprintf("subject = %q", caseOne), period)
	}
	w.run(
		resource.TestStep{Config: w.export()},
		resource.TestStep{
			PreConfig: w.fresh(), Config: others(alice, browser, "third-google"), ConfigPlanChecks: does(plancheck.ResourceActionNoop),
			Check: resource.ComposeTestCheckFunc(w.hears("Further identifiers: DSR-2026-0142"), w.count(1)),
		},
		resource.TestStep{Config: others("bob-saml"), ExpectError: regexp.MustCompile("Vault names others: DSR-2026-0142")},
	)
}

// A digest that is made in the same run is not planned as absent.
func TestAccExport_digestKeyMadeInTheSameRun(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.run(resource.TestStep{
		Config: acctest.ProviderConfig(w.Server, `digest_keys = { "2026" = terraform_data.key.output }`) +
			"resource \"terraform_data\" \"key\" {\n  input = \"" + acctest.DigestKey + "\"\n}\n" + exportBlock(fmt.Sprintf("user_ids = [%q]", alice), period),
		ConfigPlanChecks:  does(plancheck.ResourceActionCreate, plancheck.ExpectUnknownValue(address, tfjsonpath.New("identifier_digests"))),
		ConfigStateChecks: []statecheck.StateCheck{is("identifier_digests", knownvalue.SetSizeExact(1))},
	})
}

func TestAccExport_tokenOfNoUse(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.AddToken("viewer", simulator.Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "EXPORTS", Type: "VIEW", TargetID: "*"})
	w.run(resource.TestStep{
		Config: acctest.ProviderConfigWith(w.Server, "viewer", acctest.Digests(), acctest.Subjects(w.vault)) + exportBlock(fmt.Sprintf("subject = %q", caseOne), period),
		// The console's name of what is missing.
		ExpectError: regexp.MustCompile(`Data\s+exports:\s+Create`),
	})
}

func TestAccExport_readings(t *testing.T) {
	for name, readings := range map[string]simulator.Readings{
		"some":   {WholeDays: true, UserDimension: simulator.UserNameDimension, ReorderLists: true, LateDownloadLink: true},
		"others": {ExportsWithoutCreate: true, ExplicitNulls: true, LegacyDownloadLink: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{Readings: readings})
			config := w.config(exportBlock(fmt.Sprintf("subject = %q", caseOne), `from = "2026-02-01T10:00:00Z"`, `to = "2026-02-20T10:00:00Z"`, `tables = ["SEARCHES", "CLICKS"]`))
			w.run(resource.TestStep{
				Config: config,
				Check: func(s *terraform.State) error {
					attributes := s.RootModule().Resources[address].Primary.Attributes
					if attributes["from"] != "2026-02-01T10:00:00Z" || attributes["status"] != "AVAILABLE" {
						return fmt.Errorf("got %v", attributes)
					}
					if want := map[bool]string{true: "2026-02-01T00:00:00Z", false: "2026-02-01T10:00:00Z"}[readings.WholeDays]; attributes["effective_from"] != want {
						return fmt.Errorf("from %s", attributes["effective_from"])
					}
					return nil
				},
			})
		})
	}
}

// stuck is a clock whose waits end as an interrupt ends them.
type stuck struct{ *acctest.Clock }

func (stuck) Wait(context.Context, time.Duration) error { return context.Canceled }

func TestAccExport_interruptedWhileWaiting(t *testing.T) {
	w := newWorld(t, simulator.Options{ExportAfter: time.Hour})
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(provider.WithClock(stuck{w.clock})),
		Steps: []resource.TestStep{{
			Config: w.export(), ExpectNonEmptyPlan: true,
			ConfigStateChecks: []statecheck.StateCheck{is("status", exact("PENDING"))},
			// It is not tainted: the plan after it goes on waiting.
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}},
		}},
	})
}
