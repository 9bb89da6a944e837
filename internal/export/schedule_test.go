// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const schedule = "coveo_export_schedule.test"

func (w *world) schedule(arguments ...string) string {
	return w.config("resource \"coveo_export_schedule\" \"test\" {\n  " + strings.Join(arguments, "\n  ") + "\n}\n")
}

func scheduleDoes(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(schedule, action)}}
}

func TestAccSchedule_createUpdateDriftImport(t *testing.T) {
	w := newWorld(t, simulator.Options{Readings: simulator.Readings{ReorderLists: true}})
	weekly := []string{
		`frequency = "WEEKLY"`, `day_of_week = "MONDAY"`, `timezone = "Europe/Berlin"`, `description = "Search quality"`, `tables = ["SEARCHES", "CLICKS"]`,
		`dimensions = ["datetime", "queryexpression"]`, `common_filters = ["country=='Canada'", "language=='en'"]`, `format = "NO_NEWLINE"`,
		`notification_emails = ["analytics@example.com"]`,
	}
	daily := append([]string{`frequency = "DAILY"`}, weekly[2:]...)
	sent := func(format, frequency string, filters int) resource.TestCheckFunc {
		return func(*terraform.State) error {
			s := w.ExportSchedules()
			if len(s) != 1 || s[0].ExportFormat != format || s[0].Frequency != frequency || len(s[0].CommonFilters) != filters {
				return fmt.Errorf("got %+v", s)
			}
			return nil
		}
	}
	w.run(
		resource.TestStep{
			Config: w.schedule(weekly...), ConfigPlanChecks: scheduleDoes(plancheck.ResourceActionCreate), Check: sent("NO_NEWLINE", "WEEKLY", 2),
			ConfigStateChecks: []statecheck.StateCheck{at(schedule, knownvalue.Bool(false), "use_display_names"), at(schedule, exact("admin@example.com-google"), "author")},
		},
		resource.TestStep{Config: w.schedule(weekly...), ConfigPlanChecks: scheduleDoes(plancheck.ResourceActionNoop)},
		resource.TestStep{Config: w.schedule(daily...), ConfigPlanChecks: scheduleDoes(plancheck.ResourceActionUpdate), Check: sent("NO_NEWLINE", "DAILY", 2)},
		resource.TestStep{
			PreConfig: func() { w.EditExportSchedule(w.ExportSchedules()[0].ID, "changed", "WEEKLY", "FRIDAY"); w.fresh()() },
			Config:    w.schedule(daily...), ConfigPlanChecks: scheduleDoes(plancheck.ResourceActionUpdate),
			Check: resource.ComposeTestCheckFunc(sent("NO_NEWLINE", "DAILY", 2), w.calls(map[simulator.Operation]int{simulator.UpdateExportSchedule: 1})),
		},
		resource.TestStep{
			ResourceName: schedule, ImportState: true, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"format", "common_filters"}, // which Coveo does not tell
		},
		resource.TestStep{
			PreConfig: func() { w.RemoveExportSchedule(w.ExportSchedules()[0].ID) },
			Config:    w.schedule(daily...), ConfigPlanChecks: scheduleDoes(plancheck.ResourceActionCreate), Check: sent("NO_NEWLINE", "DAILY", 2),
		},
		resource.TestStep{
			PreConfig: w.fresh(), Config: w.schedule(append(daily, `timeouts = { update = "1m" }`)...),
			Check: w.calls(map[simulator.Operation]int{simulator.UpdateExportSchedule: 0}),
		},
		resource.TestStep{Config: w.schedule(`frequency = "MONTHLY"`, `timezone = "UTC"`), Check: sent("EXCEL", "MONTHLY", 0)},
		resource.TestStep{Config: w.schedule(`frequency = "MONTHLY"`, `timezone = "UTC"`), ConfigPlanChecks: scheduleDoes(plancheck.ResourceActionNoop)},
	)
	if n := len(w.ExportSchedules()); n != 0 {
		t.Errorf("%d schedules are left", n)
	}
}

// Coveo may write words in another case, and a day that a frequency has no use for.
func TestAccSchedule_anotherSpellingIsNoDrift(t *testing.T) {
	w := newWorld(t, simulator.Options{IgnoreContract: true})
	spell := func(frequency, day string) func() {
		return func() { w.EditExportSchedule(w.ExportSchedules()[0].ID, "d", frequency, day) }
	}
	daily := w.schedule(`frequency = "DAILY"`, `timezone = "UTC"`, `description = "d"`)
	weekly := w.schedule(`frequency = "WEEKLY"`, `day_of_week = "FRIDAY"`, `timezone = "UTC"`, `description = "d"`)
	w.run(
		resource.TestStep{Config: daily},
		resource.TestStep{PreConfig: spell("daily", "MONDAY"), Config: daily, ConfigPlanChecks: scheduleDoes(plancheck.ResourceActionNoop)},
		resource.TestStep{Config: weekly},
		resource.TestStep{PreConfig: spell("weekly", "friday"), Config: weekly, ConfigPlanChecks: scheduleDoes(plancheck.ResourceActionNoop)},
	)
}

func TestAccSchedule_refusals(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	for _, test := range []struct {
		arguments []string
		says      string
	}{
		{[]string{`frequency = "WEEKLY"`, `timezone = "UTC"`}, `Day\s+of\s+the\s+week\s+misplaced`},
		{[]string{`frequency = "DAILY"`, `day_of_week = "MONDAY"`, `timezone = "UTC"`}, `Day\s+of\s+the\s+week\s+misplaced`},
		{[]string{`frequency = "DAILY"`, `timezone = "Nowhere"`}, `Time\s+zone\s+cannot\s+be\s+used`},
		{[]string{`frequency = "DAILY"`, `timezone = "UTC"`, `common_filters = ["userid=='` + alice + `'"]`}, `Schedule\s+that\s+names\s+a\s+person`},
		{[]string{`frequency = "DAILY"`, `timezone = "UTC"`, `description = "of ` + browser + `"`}, `Schedule\s+that\s+names\s+a\s+person`},
		{[]string{`frequency = "DAILY"`, `timezone = "UTC"`, `common_filters = ["nosuch=='x'"]`}, `No\s+export\s+schedule\s+made`},
	} {
		w.run(resource.TestStep{Config: w.schedule(test.arguments...), ExpectError: regexp.MustCompile(test.says)})
	}
	if n := w.Calls(simulator.CreateExportSchedule); n != 1 || len(w.ExportSchedules()) != 0 {
		t.Errorf("%d schedules were asked for", n)
	}
	if heard := w.heard.text(); strings.Contains(heard, alice) || !strings.Contains(heard, "of DSR-2026-0142") {
		t.Errorf("somebody is named:\n%s", w.heard.text())
	}
}

func TestAccSchedule_lostAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		fault simulator.Fault
		says  string
	}{
		"found": {simulator.Fault{Operation: simulator.CreateExportSchedule, CutAfter: true, Times: 1}, ""},
		"none":  {simulator.Fault{Operation: simulator.CreateExportSchedule, CutBefore: true, Times: 1}, `0\s+new\s+schedules`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			w.Inject(test.fault)
			step := resource.TestStep{Config: w.schedule(`frequency = "DAILY"`, `timezone = "UTC"`, `description = "d"`)}
			if test.says != "" {
				step.ExpectError = regexp.MustCompile(test.says)
			}
			w.run(step)
			if n := w.Calls(simulator.CreateExportSchedule); n != 1 || len(w.ExportSchedules()) != 0 {
				t.Errorf("%d requests, %d left", n, len(w.ExportSchedules()))
			}
		})
	}
}
