// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestAccProvider_ConfiguringMakesNoCall(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	cli := acctest.NewCLI(t, acctest.ProviderConfig(server, acctest.Digests(), acctest.Subjects(map[string][]string{"DSR-1": {"a"}})))
	cli.MustRun("validate", "-no-color")
	cli.MustRun("plan", "-no-color")
	cli.MustRun("apply", "-no-color", "-auto-approve")
	if server.TotalCalls() != 0 {
		t.Errorf("%d requests", server.TotalCalls())
	}
}

func TestAccProvider_ValidateNeedsNeitherTokenNorVault(t *testing.T) {
	cli := acctest.NewCLI(t, "provider \"coveo\" {\n  subjects_file = \"/nowhere/subjects.json\"\n}\n\ndata \"coveo_user_overview\" \"person\" {\n  subject = \"DSR-1\"\n}\n")
	cli.MustRun("validate", "-no-color")
	if result := cli.Run("plan", "-no-color"); result.Code == 0 || !strings.Contains(result.Unwrapped(), "COVEO_ACCESS_TOKEN") {
		t.Error(result.All())
	}
}

// An ephemeral variable is the form of the vault that stays out of every artefact, like a file.
func TestAccProvider_EphemeralSubjectsLeaveNoTrace(t *testing.T) {
	const canary = "canary.person@example.com-google"
	server := simulator.Start(t, simulator.Options{})
	server.Log(canary, simulator.Search, 7)
	cli := acctest.NewCLI(t, acctest.ProviderConfig(server, acctest.Digests(), "subjects = var.subjects")+`
variable "subjects" {
  type      = map(set(string))
  ephemeral = true
}

data "coveo_user_overview" "person" {
  subject = "DSR-1"
}

output "total" {
  value = data.coveo_user_overview.person.total_events
}
`)
	cli.Env = []string{`TF_VAR_subjects={"DSR-1":["` + canary + `"]}`, "TF_LOG=TRACE"}
	printed := cli.MustRun("plan", "-no-color", "-out=plan").All()
	printed += cli.MustRun("show", "-no-color", "-json", "plan").All()
	printed += cli.MustRun("apply", "-no-color", "plan").All()
	printed += cli.MustRun("show", "-no-color", "-json").All()
	if !server.Saw(canary) || !strings.Contains(printed, "total") {
		t.Error("nobody was looked up")
	}
	state, err := os.ReadFile(filepath.Join(cli.Dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"output or log": printed, "state": string(state)} {
		if i := strings.Index(text, "canary.person"); i >= 0 {
			t.Errorf("the identifier is in the %s: …%s…", what, text[max(i-300, 0):min(i+100, len(text))])
		}
	}
}
