// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package disclosure_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestAccPackage_MadeOnceAndRemoved(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.aliceOnly()
	config := s.config(id, "plaintext = true", `contact = "privacy@acme.example"`)
	s.run(
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectKnownValue(address, tfjsonpath.New("identifier_digests"), knownvalue.SetSizeExact(2)),
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("sha256")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				state("rows", knownvalue.MapExact(map[string]knownvalue.Check{"searches": number(6), "clicks": number(3), "custom_events": number(0)})),
				state("neutralized_cells", knownvalue.MapPartial(map[string]knownvalue.Check{"searches": number(1)})),
				state("packaged_at", knownvalue.StringExact("2026-11-22T09:00:00Z")),
				state("sha256", knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f]{64}$`))),
				statecheck.CompareValuePairs(address, tfjsonpath.New("sha256"), address, tfjsonpath.New("content_sha256"), compare.ValuesSame()),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		resource.TestStep{
			PreConfig: func() {
				files := s.files()
				if !strings.Contains(files["searches.csv"], alice) || !strings.Contains(files["summary.html"], "privacy@acme.example") || !strings.Contains(files["searches.csv"], "'=1+1") {
					t.Errorf("the package holds %v", files)
				}
				if s.Downloads() != 1 || s.Calls(simulator.CreateExport)+s.Calls(simulator.DeleteExport) > 0 {
					t.Errorf("%d downloads, calls %v", s.Downloads(), s.CallCounts())
				}
				// Handed over and removed: no drift.
				if err := os.Remove(s.path("DSR-1.zip")); err != nil {
					t.Fatal(err)
				}
			},
			Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		resource.TestStep{
			Config: s.config(id, "plaintext = true", `contact = "privacy@acme.example"`, `triggers = { lost = "1" }`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate), plancheck.ExpectUnknownValue(address, tfjsonpath.New("sha256")),
			}},
			Check: func(*terraform.State) error {
				s.wantListed("DSR-1.zip")
				return nil
			},
		},
	)
	s.wantListed()
}

func TestAccPackage_Refusals(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.aliceOnly()
	for _, test := range []struct{ arguments, want string }{
		{``, "A package is encrypted to recipients"},
		{"plaintext = false", "A package is encrypted to recipients"},
		{"plaintext = true\n recipients = [\"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\"]", "Encrypted and not"},
		{`recipients = ["AGE-SECRET-KEY-1QQQQ"]`, "recipient 1 of 1 cannot be used: it is a private key"},
		{`recipients = []`, "recipients is empty"},
		{"plaintext = true\n columns = { keep = [\"a\"], drop = [\"b\"] }", "Both keep and drop are set"},
		{"plaintext = true\n columns = { mask = [{ columns = [\"a\"], pattern = \"(?=x)\" }] }", "no regular expression in RE2 syntax"},
		{"plaintext = true\n columns = { mask = [{ columns = [\"a\"], pattern = \"x*\" }] }", "The pattern matches the empty text"},
		{"plaintext = true\n format = \"xlsx\"", "value must be one of"},
		{"plaintext = true\n limits = { max_field_bytes = 99999999 }", "must be between 1 and 16777216"},
		{"plaintext = true\n user_ids = [\"x\"]", "Named twice"},
	} {
		s.run(resource.TestStep{Config: s.config(id, test.arguments), PlanOnly: true, ExpectError: said(test.want)})
	}
	at := func(path string) string {
		return strings.Replace(s.config(id, "plaintext = true"), s.path("DSR-1.zip"), path, 1)
	}
	for path, want := range map[string]string{
		s.path(alice + ".zip"): "The path holds an identifier of the person", s.folder + "/": "path must name a file", s.folder: "it is a folder or a device",
	} {
		s.run(resource.TestStep{Config: at(path), PlanOnly: true, ExpectError: said(want)})
	}
	s.run(refused(at(s.path("missing/DSR-1.zip")), "No part of a package was left behind"))
	s.run(refused(strings.Replace(s.config(id, "plaintext = true"), `subject   = "DSR-1"`, `subject   = "DSR-2"`, 1), "The vault does not know DSR-2"))
	if s.Downloads() != 0 {
		t.Errorf("%d downloads", s.Downloads())
	}
	s.wantListed()
}

func TestAccPackage_ExistingFileAndLinkAreRefusedAtPlan(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	config := s.config(s.aliceOnly(), "plaintext = true")
	if err := os.WriteFile(s.path("DSR-1.zip"), []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(resource.TestStep{Config: config, PlanOnly: true, ExpectError: said("a file of that name is there, and it is not this package. Choose another path")})
	if err := os.Rename(s.path("DSR-1.zip"), s.path("other.zip")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(s.path("other.zip"), s.path("DSR-1.zip")); err != nil {
		t.Fatal(err)
	}
	s.run(resource.TestStep{Config: config, PlanOnly: true, ExpectError: said("it is a symbolic link")})
	if content, _ := os.ReadFile(s.path("other.zip")); string(content) != "precious" {
		t.Error("the file was changed")
	}
}

// Whatever is wrong with an export, there is no file, no record, and no word of its content.
func TestAccPackage_ExportsThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.aliceOnly()
	config := s.config(id, "plaintext = true")
	for status, want := range map[string]string{
		"EXPIRED": "Coveo has removed its file", "FAILED": "Coveo could not make the export", "PENDING": "Coveo says PENDING",
	} {
		s.SetExportStatus(id, status)
		s.run(refused(config, want))
	}
	s.SetExportStatus(id, "")
	for content, want := range map[string]string{
		"PK\x03\x04cut": "it is a damaged or cut ZIP",
		"datetime,userId\n2026-11-20," + alice + "\n2026-11-20," + bob + "\n": "Table export, row 2: it holds none of the person's identifiers in the columns 2, so it is somebody else's. Nothing of the row is shown here",
		"query\nx\n": "Table export has none of the columns userId, userName, visitorId, clientId",
	} {
		s.serve(content)
		s.run(refused(config, want))
	}
	s.ServeDownloads(nil)
	s.run(refused(s.config(s.export(), "plaintext = true"), "so it is somebody else's"))
	s.run(refused(s.config("00000000-0000-0000-0000-000000000000", "plaintext = true"), "Coveo knows no such object"))
	s.wantListed()
}

func TestAccPackage_MadeAgainInPlace(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.aliceOnly()
	rules := `columns = {
    drop   = ["visitorId", "country"]
    reason = "not asked for"
    mask   = [{ columns = ["queryExpression"], pattern = "pass(word)", replacement = "***$1", reason = "test" }]
  }`
	var before []byte
	s.run(
		resource.TestStep{Config: s.config(id, "plaintext = true")},
		resource.TestStep{
			Config: s.config(id, "plaintext = true", `format = "jsonl"`, "summary = false", rules),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("identifier_digests"), knownvalue.SetSizeExact(2)),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				state("removed_columns", knownvalue.MapExact(map[string]knownvalue.Check{"searches": number(2), "clicks": number(2), "custom_events": number(2)})),
				state("masked_cells", knownvalue.MapPartial(map[string]knownvalue.Check{"searches": number(1)})),
				state("neutralized_cells", knownvalue.MapPartial(map[string]knownvalue.Check{"searches": number(0)})),
			},
		},
		resource.TestStep{
			PreConfig: func() {
				files := s.files()
				if _, there := files["summary.html"]; there || !strings.Contains(files["searches.jsonl"], `"how to reset a ***word"`) || strings.Contains(files["searches.jsonl"], visitor) {
					t.Errorf("the package holds %v", files)
				}
				before, _ = os.ReadFile(s.path("DSR-1.zip"))
				s.SetExportStatus(id, "EXPIRED")
			},
			// The new one cannot be made: the former one stays, and so does its record.
			Config: s.config(id, "plaintext = true"), ExpectError: said("Coveo has removed its file"),
		},
		resource.TestStep{
			PreConfig: func() {
				if after, _ := os.ReadFile(s.path("DSR-1.zip")); string(after) != string(before) {
					t.Error("the former package is gone")
				}
				s.ResetCalls()
			},
			// A limit and a timeout make no package.
			Config:           s.config(id, "plaintext = true", `format = "jsonl"`, "summary = false", rules, "limits = { max_ratio = 10 }", `timeouts = { create = "5m" }`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectKnownValue(address, tfjsonpath.New("sha256"), knownvalue.NotNull())}},
		},
		resource.TestStep{
			PreConfig: func() {
				if s.TotalCalls() != 0 {
					t.Errorf("calls %v", s.CallCounts())
				}
				s.SetExportStatus(id, "")
			},
			Config: strings.Replace(s.config(id, "plaintext = true"), "DSR-1.zip", "moved.zip", 1),
			Check: func(*terraform.State) error {
				s.wantListed("moved.zip")
				return nil
			},
		},
	)
	s.wantListed()
}

func TestAccPackage_FileThatSomebodyChangedStays(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.aliceOnly()
	s.run(
		resource.TestStep{Config: s.config(id, "plaintext = true")},
		resource.TestStep{
			PreConfig: func() {
				if err := os.WriteFile(s.path("DSR-1.zip"), []byte("notes of the reviewer"), 0o600); err != nil {
					t.Fatal(err)
				}
			},
			Config: s.config(id, "plaintext = true", `triggers = { again = "1" }`), ExpectError: said("something has changed or replaced it. Move that file away"),
		},
	)
	if content, _ := os.ReadFile(s.path("DSR-1.zip")); string(content) != "notes of the reviewer" {
		t.Error("destroying removed a file that is not ours")
	}
}

// A replacement is planned while the package that it replaces is still there. Only that file may be.
func TestAccPackage_Replaced(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.aliceOnly()
	config := func(version string) string {
		return s.config(id, "plaintext = true", "lifecycle {\n replace_triggered_by = [terraform_data.version]\n }") +
			"resource \"terraform_data\" \"version\" {\n input = \"" + version + "\"\n}\n"
	}
	s.run(
		resource.TestStep{Config: config("1")},
		resource.TestStep{
			Config: config("2"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionDestroyBeforeCreate),
			}},
			Check: func(*terraform.State) error {
				s.wantListed("DSR-1.zip")
				return nil
			},
		},
		resource.TestStep{
			PreConfig: func() {
				if err := os.WriteFile(s.path("DSR-1.zip"), []byte("notes of the reviewer"), 0o600); err != nil {
					t.Fatal(err)
				}
			},
			Config: config("3"), ExpectError: said("something has changed or replaced it"),
		},
	)
	if s.Downloads() != 2 {
		t.Errorf("%d downloads", s.Downloads())
	}
}

// A closed case leaves the vault, and its record stays as it is.
func TestAccPackage_CaseThatLeftTheVault(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.aliceOnly()
	closed := strings.Replace(s.config(id, "plaintext = true"), `"DSR-1" = [`, `"DSR-9" = [`, 1)
	s.run(
		resource.TestStep{Config: s.config(id, "plaintext = true")},
		resource.TestStep{Config: closed, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		refused(strings.Replace(closed, "plaintext = true", "plaintext = true\n triggers = { a = \"1\" }", 1), "The vault does not know DSR-1"),
	)
}

func TestAccPackage_ByUserIDsWithoutDigestKeys(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	config := strings.NewReplacer(acctest.Digests(), "", `subject   = "DSR-1"`, `user_ids = ["`+alice+`"]`).Replace(s.config(s.aliceOnly(), "plaintext = true"))
	s.run(resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{state("identifier_digests", knownvalue.Null()), state("rows", knownvalue.MapSizeExact(3))}})
}

func TestAccPackage_ImportSaysWhyNot(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run(resource.TestStep{
		Config: s.config(s.aliceOnly(), "plaintext = true"), ResourceName: address, ImportState: true, ImportStateId: "x", ExpectError: said("a file does not tell"),
	})
}
