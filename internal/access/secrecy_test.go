// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// Neither the token nor a key's value is anywhere; people are in state where they were asked for, and never in a log line or a
// message of the provider.
func TestAccCLI_TokensAndPeopleStayWhereTheyBelong(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	key := server.AddKey(simulator.KeySpec{DisplayName: "eraser", Privileges: erasure()})
	server.AddGroup(simulator.GroupSpec{DisplayName: "Privacy", Privileges: erasure(), Members: []simulator.PersonView{dana}})
	// The listing fails, so that there is something to say.
	server.Inject(simulator.Fault{Operation: simulator.ListGroupAccess, Status: 403})
	config := fmt.Sprintf(`
provider "coveo" {
  organization_id = %q
  platform_url    = %q
}

data "coveo_privilege_holders" "erasure" {
  duty = "erasure"
}

data "coveo_privilege_check" "mine" {
  duties = ["overview", "erasure"]
}

data "coveo_privileges" "mine" {
  scope = "mine"
}

data "coveo_organization" "this" {}
`, server.ID(), server.URL)
	cli := acctest.NewCLI(t, config)
	cli.Env = []string{"COVEO_ACCESS_TOKEN=" + simulator.AdminToken, "TF_LOG=TRACE"}
	result := cli.MustRun("apply", "-no-color", "-auto-approve")
	state, err := os.ReadFile(filepath.Join(cli.Dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	if !server.Saw(simulator.AdminToken) || !strings.Contains(string(state), dana.Username) || !strings.Contains(result.All(), "Coveo call") {
		t.Fatal("the canaries were not in use")
	}
	for _, secret := range []string{simulator.AdminToken, key.Value} {
		if strings.Contains(result.All(), secret) || strings.Contains(string(state), secret) {
			t.Errorf("%s… is in the output or in state", secret[:6])
		}
	}
	if !strings.Contains(result.Stdout, "Holders seen by one source only: groups") {
		t.Error("the failed listing is not said")
	}
	if strings.Contains(result.Stdout, "dana@") {
		t.Error("what a person reads names a member")
	}
	for line := range strings.Lines(result.All()) {
		if strings.Contains(line, "Coveo call") && strings.Contains(line, "dana@") {
			t.Error(line)
		}
	}
}
