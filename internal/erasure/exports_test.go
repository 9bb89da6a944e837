// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure_test

import (
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const noExports = "require_no_exports = true"

func TestAccUserDataDeletion_ExportsLeftHoldTheCaseBack(t *testing.T) {
	w := newWorld(t, simulator.Options{IgnoreContract: true}) // for a state that no document knows
	w.AddExport(simulator.ExportSpec{Filters: []string{"userid=='" + bob + "'"}})
	w.AddExport(simulator.ExportSpec{}) // everybody, and nobody by name
	failed := w.AddExport(simulator.ExportSpec{Filters: []string{"userid=='" + alice + "'"}})
	w.SetExportStatus(failed, "FAILED")
	expired := w.AddExport(simulator.ExportSpec{Filters: []string{"userid=='" + alice + "'"}})
	w.SetExportStatus(expired, "EXPIRED")
	left := []string{
		w.AddExport(simulator.ExportSpec{Filters: []string{"(userid=='" + alice + "' OR visitorid=='" + alice + "')"}}),
		w.AddExport(simulator.ExportSpec{Filters: []string{`visitorid=="` + visitor + `"`}}),
	}
	w.SetExportStatus(left[1], "REINDEXING")
	w.run(
		w.step(w.config(noExports), 0, create, plannedValue("runs", number(0)), plannedValue("blocked_by", gates("exports_left")), state("status", text("waiting"))),
		w.step(w.config(noExports), 0, noop),
		w.step(w.config(noExports), 0, func() { w.RemoveExport(left[0]) }, noop),
		w.step(w.config(noExports), 2, func() { w.RemoveExport(left[1]) }, update, plannedValue("runs", number(1)), plannedValue("blocked_by", gates()), state("status", text("submitted"))),
		w.step(w.config(noExports), 0, noop),
	)
	w.deletions(2)
}

func TestAccUserDataDeletion_ExportsLeftSaysHowManyAndWhyNot(t *testing.T) {
	for name, tc := range map[string]struct {
		exports int
		token   bool
		says    string
	}{
		"one":        {1, false, "1 export is left of this case"},
		"three":      {3, false, "3 exports are left of this case"},
		"blindfold":  {0, true, "the token may not read exports"},
		"blind, one": {1, true, "Analytics – Data exports: View"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			for range tc.exports {
				w.AddExport(simulator.ExportSpec{Filters: []string{"userid=='" + alice + "'"}})
			}
			if tc.token {
				w.token = "xxeraser"
				w.AddToken(w.token, simulator.ErasurePrivilege(), simulator.OverviewPrivilege())
			}
			w.erasure = `blocked = "error"`
			w.run(w.refused(w.config(noExports), tc.says))
			w.deletions(0)
		})
	}
}

func TestAccUserDataDeletion_ExportsWhoseFiltersAreHiddenKeepTheGateShut(t *testing.T) {
	w := newWorld(t, simulator.Options{Readings: simulator.Readings{ExplicitNulls: true}})
	w.AddExport(simulator.ExportSpec{Description: "[terraform:abc]", Filters: []string{"userid=='" + alice + "'"}})
	w.erasure = `blocked = "error"`
	w.run(w.refused(w.config(noExports), "of 1 exports that Terraform made, Coveo does not show whom they name"))
	w.deletions(0)
}

func TestAccUserDataDeletion_ExportsAreNotAskedForUnlessWanted(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	w.AddExport(simulator.ExportSpec{Filters: []string{"userid=='" + alice + "'"}})
	w.run(
		w.step(w.config(noExports+"\nnot_before = \"2026-12-01T00:00:00Z\""), 0, create, plannedValue("blocked_by", gates("not_before"))),
		w.step(w.config(""), 2, update, state("status", text("submitted"))),
	)
	if n := w.Calls(simulator.ListExports); n != 0 {
		t.Errorf("%d requests for exports", n)
	}
}
