// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// An organization that was made by hand comes under Terraform by a query, and what it generates changes nothing.
func TestAccCLI_QueryGeneratesAConfigurationThatChangesNothing(t *testing.T) {
	t.Parallel()
	server := simulator.Start(t, simulator.Options{})
	cli := acctest.NewCLI(t, "provider \"coveo\" {}\n")
	if !cli.KnowsActionsAndQueries() {
		t.Skip("this command line has no queries")
	}
	cli.Env = []string{"COVEO_ORGANIZATION_ID=" + server.ID(), "COVEO_ACCESS_TOKEN=" + simulator.AdminToken, "COVEO_PLATFORM_URL=" + server.URL}
	desk := server.AddKey(simulator.KeySpec{DisplayName: "DSR desk", Description: "counts", Privileges: []simulator.Privilege{simulator.OverviewPrivilege()}})
	logger := server.AddKey(simulator.KeySpec{DisplayName: "logger", Lifetime: "P1Y", DeniedIPs: []string{"203.0.113.7"}, Privileges: []simulator.Privilege{simulator.LoggingPrivilege()}})
	eraser := server.AddKey(simulator.KeySpec{DisplayName: "DSR eraser", Lifetime: "P90D", AllowedIPs: []string{"203.0.113.0/24"},
		Privileges: []simulator.Privilege{simulator.OverviewPrivilege(), simulator.ErasurePrivilege()}})
	cli.Write("keys.tfquery.hcl", `
list "coveo_api_key" "all" {
  provider         = coveo
  include_resource = true
}
`)
	found := cli.MustRun("query", "-no-color", "-generate-config-out=keys.tf")
	generated, err := os.ReadFile(filepath.Join(cli.Dir, "keys.tf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []simulator.KeyView{desk, logger, eraser} {
		if !strings.Contains(found.Stdout, key.DisplayName) || !strings.Contains(string(generated), key.ID) {
			t.Errorf("%s was not found:\n%s\n%s", key.DisplayName, found.All(), generated)
		}
		if strings.Contains(found.All()+string(generated), key.Value) || strings.Contains(string(generated), "xx*****") {
			t.Errorf("a value is in what was generated:\n%s", generated)
		}
	}
	// A key that may erase takes a lifetime, which Coveo does not tell.
	result := cli.Run("plan", "-no-color")
	if result.Code == 0 || !strings.Contains(result.Unwrapped(), "Key that may erase has no end") {
		t.Errorf("a key without a lifetime was planned:\n%s", result.All())
	}
	before, after, isThere := strings.Cut(string(generated), `display_name         = "DSR eraser"`)
	if !isThere {
		t.Fatalf("the eraser is not in the configuration:\n%s", generated)
	}
	cli.Write("keys.tf", before+`display_name         = "DSR eraser"`+strings.Replace(after, "= null\n  privileges", "= \"P90D\"\n  privileges", 1))
	server.ResetCalls()
	result = cli.MustRun("apply", "-no-color", "-auto-approve")
	// The lifetime is only taken into state.
	if !strings.Contains(result.Stdout, "3 imported, 0 added, 1 changed, 0 destroyed") {
		t.Error(result.All())
	}
	if result := cli.Run("plan", "-no-color", "-detailed-exitcode"); result.Code != 0 {
		t.Errorf("the plan after the import ended with %d:\n%s", result.Code, result.All())
	}
	if reads := server.Calls(simulator.ListAPIKeys) + server.Calls(simulator.GetAPIKey); reads != server.TotalCalls() {
		t.Errorf("something was changed: %v", server.CallCounts())
	}
}
