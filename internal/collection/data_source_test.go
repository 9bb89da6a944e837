// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const address = "data.coveo_tracking_audit.release"

// unused is a provider block as a pipeline has it that asks Coveo nothing.
const unused = `
provider "coveo" {
  organization_id = "unused"
  access_token    = "unused"
}
`

func run(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
}

func state(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), value)
}

func refused(config, sentence string) resource.TestStep {
	return resource.TestStep{Config: config, ExpectError: regexp.MustCompile(strings.Join(strings.Fields(regexp.QuoteMeta(sentence)), `[\s│]+`))}
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func auditOf(expect string, arguments ...string) string {
	return fmt.Sprintf("data \"coveo_tracking_audit\" \"release\" {\n  expect = %q\n  %s\n}\n", expect, strings.Join(arguments, "\n  "))
}

func files(names ...string) string {
	return fmt.Sprintf("har_files = [\"%s\"]", strings.Join(names, `", "`))
}

func text(s string) knownvalue.Check  { return knownvalue.StringExact(s) }
func number(n int64) knownvalue.Check { return knownvalue.Int64Exact(n) }
func flag(b bool) knownvalue.Check    { return knownvalue.Bool(b) }
func texts(all ...string) knownvalue.Check {
	checks := []knownvalue.Check{}
	for _, s := range all {
		checks = append(checks, text(s))
	}
	return knownvalue.ListExact(checks)
}

// silent fails if any value of a HAR file is in state.
func silent(s *terraform.State) error {
	for _, canary := range []string{person, account, browser, token, words, org} {
		if strings.Contains(fmt.Sprint(s), canary) {
			return fmt.Errorf("%q is in state", canary)
		}
	}
	return nil
}

func TestAccTrackingAudit_NamesWhatIsSentAndNobody(t *testing.T) {
	content := har(post(logs+"search", namedSearch), post(logs+"click?visitor="+browser, anonymousClick))
	for _, canary := range []string{person, account, browser, token, words, org} {
		if !strings.Contains(content, canary) {
			t.Fatalf("the file does not hold %q", canary)
		}
	}
	file := write(t, filepath.Join(t.TempDir(), "page.har"), content)
	finding := func(path, anonymous string, fields ...string) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"source": text(file), "endpoint": text("write_api"), "method": text("POST"), "host": text("{organization}.analytics.org.coveo.com"), "path": text(path),
			"count": number(1), "events": number(1), "recording": flag(true), "certain": flag(true), "identity_fields": texts(fields...),
			"anonymous": text(anonymous), "anonymized_ip": knownvalue.Null(), "capture": knownvalue.Null(), "proxied": flag(false), "recognized_by": text("address"),
		})
	}
	found := knownvalue.ListExact([]knownvalue.Check{
		finding("/rest/ua/v15/analytics/click", "set", "clientId", "visitorId"),
		finding("/rest/ua/v15/analytics/search", "not_set", "clientId", "userDisplayName", "username"),
	})
	run(t,
		resource.TestStep{
			Config: unused + auditOf("none", files(file)), Check: silent,
			ConfigStateChecks: []statecheck.StateCheck{
				state("compliant", flag(false)), state("reasons", knownvalue.ListSizeExact(2)), state("findings", found), state("requests", number(2)),
				state("coveo_calls", number(2)), state("mentions", knownvalue.ListSizeExact(0)), state("files_scanned", knownvalue.Null()),
			},
		},
		resource.TestStep{
			Config: unused + auditOf("anonymous", files(file)), Check: silent,
			ConfigStateChecks: []statecheck.StateCheck{
				state("compliant", flag(false)), state("findings", found),
				state("reasons", texts(
					file+": POST {organization}.analytics.org.coveo.com/rest/ua/v15/analytics/search (1 call) is not anonymous: anonymous is not true in 1 of 1 event.",
					file+": POST {organization}.analytics.org.coveo.com/rest/ua/v15/analytics/search (1 call) names the person: userDisplayName, username.")),
			},
		},
		resource.TestStep{
			Config:            unused + auditOf("any", files(file)),
			ConfigStateChecks: []statecheck.StateCheck{state("compliant", flag(true)), state("reasons", texts()), state("findings", found)},
		},
	)
}

func TestAccTrackingAudit_FoldersGiveMentionsAndNoVerdict(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "index.html"), `<atomic-search-interface analytics="false">`)
	run(t, resource.TestStep{
		Config: unused + auditOf("none", fmt.Sprintf("directories = [%q]", folder)),
		ConfigStateChecks: []statecheck.StateCheck{
			state("compliant", knownvalue.Null()), state("reasons", knownvalue.Null()), state("caveats", knownvalue.Null()), state("requests", knownvalue.Null()),
			state("coveo_calls", knownvalue.Null()), state("findings", knownvalue.ListSizeExact(0)), state("files_scanned", number(1)), state("files_passed_over", number(0)),
			state("mentions", knownvalue.ListExact([]knownvalue.Check{
				knownvalue.ObjectExact(map[string]knownvalue.Check{"source": text(folder), "kind": text("library"), "what": text("atomic-search-interface"), "count": number(1), "files": number(1), "examples": texts("index.html")}),
				knownvalue.ObjectExact(map[string]knownvalue.Check{"source": text(folder), "kind": text("switch"), "what": text(`analytics="false"`), "count": number(1), "files": number(1), "examples": texts("index.html")}),
			})),
		},
	})
}

func TestAccTrackingAudit_Refusals(t *testing.T) {
	dir := t.TempDir()
	broken := write(t, filepath.Join(dir, "broken.har"), har(post(logs+"search", namedSearch))[:900])
	run(t,
		refused(unused+auditOf("nothing", files(broken)), `expect must be one of none, anonymous, any, and is "nothing"`),
		refused(unused+auditOf("none"), "Neither har_files nor directories names anything"),
		refused(unused+auditOf("none", "har_files = []\n directories = []"), "Neither har_files nor directories names anything"),
		refused(unused+auditOf("none", files("")), "An entry is empty"),
		refused(unused+auditOf("none", files(filepath.Join(dir, "missing.har"))), "no such file or directory"),
		refused(unused+auditOf("none", files(dir)), "it is not a file"),
		refused(unused+auditOf("none", files("/dev/zero")), "it is not a file"),
		refused(unused+auditOf("none", files(broken)), "it ends in the middle of a value"),
		refused(unused+auditOf("none", fmt.Sprintf("directories = [%q]", broken)), "cannot be scanned: not a directory"),
	)
}

// A token that is not known, such as that of a key made in the same run, stops nothing: no token is needed.
func TestAccTrackingAudit_NeedsNoToken(t *testing.T) {
	file := write(t, filepath.Join(t.TempDir(), "page.har"), har(post("https://platform.cloud.coveo.com/rest/search/v2", `{}`)))
	server := simulator.Start(t, simulator.Options{})
	run(t, resource.TestStep{
		Config: fmt.Sprintf(`
resource "terraform_data" "token" {
  input = "xx-unknown"
}

provider "coveo" {
  organization_id = "unused"
  access_token    = terraform_data.token.output
  platform_url    = %q
}
`, server.URL) + auditOf("none", files(file)),
		ConfigStateChecks: []statecheck.StateCheck{state("compliant", flag(true)), state("coveo_calls", number(1))},
	})
	if server.TotalCalls() != 0 {
		t.Errorf("%d requests", server.TotalCalls())
	}
}
