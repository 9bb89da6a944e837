// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// The groups of an organization that was made by hand come under Terraform by a query, and what it generates changes nothing.
func TestAccCLI_QueryOfGroupsGeneratesAConfigurationThatChangesNothing(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	cli := acctest.NewCLI(t, "provider \"coveo\" {}\n")
	if !cli.KnowsActionsAndQueries() {
		t.Skip("this command line has no queries")
	}
	cli.Env = []string{"COVEO_ORGANIZATION_ID=" + w.ID(), "COVEO_ACCESS_TOKEN=" + simulator.AdminToken, "COVEO_PLATFORM_URL=" + w.URL}
	erasers := w.AddGroup(simulator.GroupSpec{
		DisplayName: "DSR erasers", Privileges: []simulator.Privilege{simulator.OverviewPrivilege(), simulator.ErasurePrivilege()},
		Members: []simulator.PersonView{ann}, Invites: []simulator.PersonView{carl}, Providers: []string{"SAML"},
	})
	cli.Write("groups.tfquery.hcl", `
list "coveo_group" "all" {
  provider         = coveo
  include_resource = true
}
`)
	found := cli.MustRun("query", "-no-color", "-generate-config-out=groups.tf")
	generated, err := os.ReadFile(filepath.Join(cli.Dir, "groups.tf"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(found.Stdout, "DSR erasers") || !strings.Contains(string(generated), erasers.ID) {
		t.Errorf("the group was not found:\n%s\n%s", found.All(), generated)
	}
	w.ResetCalls()
	result := cli.MustRun("apply", "-no-color", "-auto-approve")
	if !strings.Contains(result.Unwrapped(), "4 imported, 0 added, 0 changed, 0 destroyed") {
		t.Errorf("the import is not empty:\n%s\n%s", generated, result.All())
	}
	if err := w.checkCalls(nil); err != nil {
		t.Error(err)
	}
	if result := cli.Run("plan", "-no-color", "-detailed-exitcode"); result.Code != 0 {
		t.Errorf("the next plan is not empty:\n%s", result.All())
	}
}
