// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

var guideBlock = regexp.MustCompile("(?ms)^```(terraform|hcl fragment)\n(.*?)^```$")

// The guide's own pipeline, byte for byte, on a release that is quiet and on one that tracks.
func TestAccCLI_PipelineFailsWhenAReleaseTracks(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "templates", "guides", "tracking-in-the-pipeline.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := guideBlock.FindAllStringSubmatch(string(guide), -1)
	if len(blocks) < 2 || blocks[0][1] != "terraform" || blocks[1][1] != "hcl fragment" {
		t.Fatalf("the guide has other blocks: %v", blocks)
	}
	search := post("https://platform.cloud.coveo.com/rest/search/v2", `{"q":"`+words+`"}`)
	for name, tc := range map[string]struct {
		har  string
		code int
		says string
	}{
		"quiet":          {har(search), 0, "1 passed, 0 failed"},
		"tracks":         {har(search, post(logs+"click", namedSearch)), 1, "search.har: POST {organization}.analytics.org.coveo.com/rest/ua/v15/analytics/click (1 call) records 1 event."},
		"nobody watched": {har(), 1, "the page did not search"},
		"cut":            {har(search)[:200], 1, "it ends in the middle of a value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cli := acctest.NewCLI(t, "")
			cli.Write("main.tf", strings.Replace(blocks[0][2], `"coveo-privacy/coveo"`, `"`+acctest.Source+`"`, 1))
			write(t, filepath.Join(cli.Dir, "tests", "tracking.tftest.hcl"), blocks[1][2])
			write(t, filepath.Join(cli.Dir, "dist", "index.html"), "<html>")
			cli.Write("search.har", tc.har)
			result := cli.Run("test", "-no-color")
			if result.Code != tc.code || !strings.Contains(result.Unwrapped(), tc.says) {
				t.Errorf("ended with %d: %s", result.Code, result.All())
			}
			for _, canary := range []string{person, account, browser, token, words, org} {
				if strings.Contains(result.All(), canary) {
					t.Errorf("%q was printed", canary)
				}
			}
		})
	}
}

// Nothing of a HAR file gets into logs, plans, state or what is printed, whether the audit succeeds or not.
func TestAccCLI_NoIdentityGetsOut(t *testing.T) {
	whole := har(post(logs+"search", namedSearch), post("https://www.example.com/"+account, protocolEvent), call{method: "POST", url: logs + "click?access_token=" + token,
		mime: "application/x-www-form-urlencoded", body: "clickEvent=" + escape(namedSearch)})
	for _, canary := range []string{person, account, browser, token, words, org} {
		if !strings.Contains(whole, canary) {
			t.Fatalf("%q is not in the file", canary)
		}
	}
	cli := acctest.NewCLI(t, unused+auditOf("anonymous", `har_files = ["page.har"]`)+"\noutput \"all\" {\n  value = data.coveo_tracking_audit.release\n}\n")
	files := t.TempDir()
	log := filepath.Join(cli.Dir, "trace.log")
	cli.Env = append(cli.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+log)
	printed := ""
	// The file itself is outside of what is searched afterwards.
	write(t, filepath.Join(files, "page.har"), whole)
	if err := os.Symlink(filepath.Join(files, "page.har"), filepath.Join(cli.Dir, "page.har")); err != nil {
		t.Fatal(err)
	}
	printed += cli.MustRun("plan", "-no-color", "-out=plan").All()
	printed += cli.MustRun("show", "-json", "plan").All()
	printed += cli.MustRun("apply", "-no-color", "plan").All()
	printed += cli.MustRun("output", "-json").All()
	write(t, filepath.Join(files, "page.har"), whole[:len(whole)-3])
	broken := cli.Run("plan", "-no-color")
	printed += broken.All()
	if broken.Code != 1 || !strings.Contains(printed, "userDisplayName") {
		t.Errorf("ended with %d, and printed %s", broken.Code, printed)
	}
	for _, name := range []string{"trace.log", "terraform.tfstate"} {
		content, err := os.ReadFile(filepath.Join(cli.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		printed += string(content)
	}
	for _, canary := range []string{person, account, browser, token, words, org} {
		if at := strings.Index(printed, canary); at >= 0 {
			t.Errorf("%q got out: %s", canary, printed[max(0, at-200):at])
		}
	}
}

// The checks of the examples are green as they stand, and say so when a key gets what it must not have.
func TestAccCLI_ExamplesNoticeWhatTheyGuard(t *testing.T) {
	for name, tc := range map[string]struct{ folder, old, new, says string }{
		"pinned":                {"pinned-identity", "", "", ""},
		"a person's":            {"pinned-identity", `default     = "kiosk"`, `default     = "alice@example.com"`, "looks like a person's e-mail address"},
		"pinned to another":     {"pinned-identity", "= var.kiosk_identity\n        user_display", "= \"other\"\n        user_display", "does not attribute its events to kiosk"},
		"pinned no more":        {"pinned-identity", "user_id           = var.kiosk_identity", "", "does not attribute its events to kiosk"},
		"pinned, impersonating": {"pinned-identity", `type = "EDIT" },`, `type = "EDIT" }, { owner = "USAGE_ANALYTICS", target_domain = "IMPERSONATE" },`, "may impersonate"},
		"searching":             {"search-key-without-logging", "", "", ""},
		"searching, logging": {"search-key-without-logging", `"EXECUTE_QUERY" },`,
			`"EXECUTE_QUERY" }, { owner = "USAGE_ANALYTICS", target_domain = "ANALYTICS_DATA", type = "EDIT" },`, "may push analytics"},
		"searching, impersonating": {"search-key-without-logging", `"EXECUTE_QUERY" },`, `"EXECUTE_QUERY" }, { owner = "SEARCH_API", target_domain = "IMPERSONATE" },`, "may impersonate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(filepath.Join("..", "..", "examples", "collection", tc.folder, "main.tf"))
			if err != nil {
				t.Fatal(err)
			}
			changed := strings.Replace(string(content), tc.old, tc.new, 1)
			if tc.old != "" && changed == string(content) {
				t.Fatal("the example does not have what was to be changed")
			}
			cli := acctest.NewCLI(t, acctest.ProviderConfig(simulator.Start(t, simulator.Options{}))+changed)
			said := cli.MustRun("apply", "-no-color", "-auto-approve").Unwrapped()
			if strings.Contains(said, "Check block assertion failed") != (tc.says != "") || !strings.Contains(said, tc.says) {
				t.Errorf("got %s, want %q", said, tc.says)
			}
		})
	}
}
