// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export_test

import (
	"archive/zip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestAccCLI_NoIdentifierNoFilterAndNoLinkInAnyArtefact(t *testing.T) {
	t.Parallel()
	const (
		canary = "canary.person@example.com-google"
		token  = "xxcanary-token-4f1c"
	)
	server := simulator.Start(t, simulator.Options{ExportAfter: time.Second})
	at := time.Now().AddDate(0, 0, -10)
	server.LogEvents(simulator.EventSpec{UserID: canary, Kind: simulator.Search, Count: 5, Time: at}, simulator.EventSpec{UserID: "bob", Kind: simulator.Search, Count: 5, Time: at})
	var privileges []simulator.Privilege
	for _, level := range []string{"VIEW", "EDIT", "CREATE"} {
		privileges = append(privileges, simulator.Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "EXPORTS", Type: level, TargetID: "*"})
	}
	server.AddToken(token, privileges...)
	cli := acctest.NewCLI(t, `
provider "coveo" {
  requests_per_second           = 5000
  analytics_requests_per_second = 5000
}

variable "again" {
  type    = string
  default = "1"
}

resource "coveo_user_data_export" "case" {
  subject     = "DSR-1"
  from        = "`+at.AddDate(0, 0, -30).Format(time.DateOnly)+`"
  to          = "`+at.AddDate(0, 0, 5).Format(time.DateOnly)+`"
  description = "Access request"
  triggers    = { again = var.again }
}

data "coveo_exports" "all" {
  subject    = "DSR-1"
  depends_on = [coveo_user_data_export.case]
}

data "coveo_export_estimate" "case" {
  subject = "DSR-1"
  from    = "`+at.AddDate(0, 0, -30).Format(time.DateOnly)+`"
  to      = "`+at.AddDate(0, 0, 5).Format(time.DateOnly)+`"
}

output "exports" {
  value = data.coveo_exports.all
}
`)
	vault, err := json.Marshal(map[string][]string{"DSR-1": {canary, browser}})
	if err != nil {
		t.Fatal(err)
	}
	cli.Write("subjects.json", string(vault))
	cli.Env = []string{
		"COVEO_ORGANIZATION_ID=" + server.ID(), "COVEO_ACCESS_TOKEN=" + token, "COVEO_PLATFORM_URL=" + server.URL, "TF_LOG=TRACE",
		"COVEO_SUBJECTS_FILE=" + filepath.Join(cli.Dir, "subjects.json"), `COVEO_DIGEST_KEYS={"2026":"` + acctest.DigestKey + `"}`,
	}
	var output strings.Builder
	run := func(args ...string) { output.WriteString(cli.Run(args...).All()) }
	// Refused, cut and malformed answers are what error texts are made of.
	server.Inject(simulator.Fault{Operation: simulator.EstimateExport, Status: 400, Times: 1})
	run("plan", "-no-color")
	run("plan", "-no-color", "-out=reviewed.tfplan")
	run("show", "-no-color", "reviewed.tfplan")
	run("show", "-json", "reviewed.tfplan")
	server.Inject(simulator.Fault{Operation: simulator.CreateExport, Status: 400, Times: 1})
	run("apply", "-no-color", "reviewed.tfplan")
	server.Inject(simulator.Fault{Operation: simulator.CreateExport, CutAfter: true, Times: 1})
	run("apply", "-no-color", "-auto-approve")
	server.Inject(simulator.Fault{Operation: simulator.CreateExport, Truncate: true, Times: 1})
	run("apply", "-no-color", "-auto-approve", "-var=again=2")
	server.Inject(simulator.Fault{Operation: simulator.ListExports, HTML: true, Times: 1})
	run("plan", "-no-color", "-var=again=2")
	run("apply", "-no-color", "-auto-approve", "-var=again=2", "-refresh-only")
	run("show", "-json")
	exports := server.Exports()
	if len(exports) != 1 || !strings.Contains(strings.Join(exports[0].Filters, ""), canary) {
		t.Fatalf("the story did not come to its end: %+v\n%s", exports, output.String()[max(0, output.Len()-3000):])
	}
	run("destroy", "-no-color", "-auto-approve")
	if n := len(server.Exports()); n != 0 {
		t.Errorf("%d exports are left", n)
	}
	if !server.Saw(canary) || !server.Saw(browser) || !server.Saw(token) || !server.Saw(exports[0].Filters[0]) {
		t.Fatal("the canaries never reached the organization, so this test shows nothing")
	}
	search := func(where, text string) {
		for _, form := range []string{canary, "canary.person", "canary.person%40", browser, token, acctest.DigestKey, "userid==", "userid%3D%3D", "redirect=true", "terraform-control-"} {
			if i := strings.Index(text, form); i >= 0 {
				t.Errorf("%q stands in %s: …%s…", form, where, text[max(0, i-120):min(len(text), i+120)])
			}
		}
	}
	search("the output or the log", output.String())
	for _, shown := range []string{"/v15/exports/estimate", "/v15/exports/create", "Waiting for an export", "Personal data is exported: DSR-1", "Answer lost, export found", "names_subject"} {
		if !strings.Contains(output.String(), shown) {
			t.Errorf("the output does not show %q, so its silence about identifiers shows little", shown)
		}
	}
	err = filepath.WalkDir(cli.Dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "subjects.json" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		search(entry.Name(), string(data))
		if strings.HasSuffix(path, ".tfplan") {
			archive, err := zip.OpenReader(path)
			if err != nil {
				return err
			}
			defer func() { _ = archive.Close() }()
			for _, member := range archive.File {
				reader, err := member.Open()
				if err != nil {
					return err
				}
				content, err := io.ReadAll(reader)
				if err != nil {
					return err
				}
				search(entry.Name()+"/"+member.Name, string(content))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A vault that names others at apply than the reviewed plan did is stopped before any call that makes something.
func TestAccCLI_VaultThatNamesOthersAtApplyIsStopped(t *testing.T) {
	t.Parallel()
	server := simulator.Start(t, simulator.Options{})
	cli := acctest.NewCLI(t, `
resource "coveo_user_data_export" "case" {
  subject = "DSR-1"
  from    = "2026-01-01"
  to      = "2026-02-01"
}
`)
	cli.Env = []string{
		"COVEO_ORGANIZATION_ID=" + server.ID(), "COVEO_ACCESS_TOKEN=" + simulator.AdminToken, "COVEO_PLATFORM_URL=" + server.URL,
		"COVEO_SUBJECTS_FILE=" + filepath.Join(cli.Dir, "subjects.json"), `COVEO_DIGEST_KEYS={"2026":"` + acctest.DigestKey + `"}`,
	}
	cli.Write("subjects.json", `{"DSR-1": ["`+alice+`"]}`)
	cli.MustRun("plan", "-no-color", "-out=reviewed.tfplan")
	cli.Write("subjects.json", `{"DSR-1": ["bob-saml"]}`)
	result := cli.Run("apply", "-no-color", "reviewed.tfplan")
	if result.Code == 0 || !strings.Contains(result.Unwrapped(), "Provider produced inconsistent final plan") ||
		!strings.Contains(result.Unwrapped(), "the vault names others than the reviewed plan did") {
		t.Errorf("ended with %d:\n%s", result.Code, result.All())
	}
	if n := server.TotalCalls(); n != 0 {
		t.Errorf("%d calls", n)
	}
}
