// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// An erasure that waited its turn is not let through by a list from the beginning of the run.
func TestLeft_TheListGrowsOld(t *testing.T) {
	server, service, clock := serving(t, simulator.Options{})
	if left, err := service.Left(t.Context(), []string{ann}); err != nil || left != 0 {
		t.Fatal(left, err)
	}
	server.AddExport(simulator.ExportSpec{Filters: []string{"userid=='" + ann + "'"}})
	clock.now = clock.now.Add(10 * time.Second)
	if left, err := service.Left(t.Context(), []string{ann}); err != nil || left != 0 || server.Calls(simulator.ListExports) != 1 {
		t.Errorf("got %d %v with %d requests, and the cases of one moment share one", left, err, server.Calls(simulator.ListExports))
	}
	clock.now = clock.now.Add(10 * time.Minute)
	if left, err := service.Left(t.Context(), []string{ann}); err != nil || left != 1 {
		t.Errorf("got %d %v", left, err)
	}
}

// Filters may come back as null. What Terraform exported was filtered by somebody, and that it is not told whom opens no gate.
func TestLeft_FiltersThatAreNotShown(t *testing.T) {
	server, service, clock := serving(t, simulator.Options{Readings: simulator.Readings{ExplicitNulls: true}})
	server.AddExport(simulator.ExportSpec{Description: "by hand", Filters: []string{"userid=='" + ann + "'"}})
	if left, err := service.Left(t.Context(), []string{ann}); err != nil || left != 0 {
		t.Errorf("got %d %v", left, err)
	}
	id := server.AddExport(simulator.ExportSpec{Description: "Access request [terraform:x]", Filters: []string{"userid=='" + ann + "'"}})
	clock.now = clock.now.Add(time.Hour)
	if left, err := service.Left(t.Context(), []string{ann}); err == nil || left != 0 {
		t.Errorf("got %d %v", left, err)
	}
	server.SetExportStatus(id, "EXPIRED")
	clock.now = clock.now.Add(time.Hour)
	if left, err := service.Left(t.Context(), []string{ann}); err != nil || left != 0 {
		t.Errorf("got %d %v", left, err)
	}
}
