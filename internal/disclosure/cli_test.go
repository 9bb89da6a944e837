// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package disclosure_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"filippo.io/age"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// These tests run a real command line with the built provider, which leaves plans, states and logs behind.

const canaryQuery = "why does my canary cough"

// pipeline answers an access request in one apply: it exports, and packages what was exported.
func pipeline(t *testing.T, s *stage, arguments string) *acctest.CLI {
	t.Helper()
	cli := acctest.NewCLI(t, fmt.Sprintf(`
provider "coveo" {
  requests_per_second           = 5000
  analytics_requests_per_second = 5000
}

resource "coveo_user_data_export" "case" {
  subject = "DSR-1"
  from    = "2026-01-01"
  to      = "2026-11-21"
  tables  = ["SEARCHES", "CLICKS"]
}

resource "coveo_disclosure_package" "case" {
  export_id = coveo_user_data_export.case.id
  subject   = "DSR-1"
  path      = "DSR-1.zip"
  %s
}

output "package" {
  value = coveo_disclosure_package.case
}
`, arguments))
	cli.Env = []string{
		"COVEO_ORGANIZATION_ID=" + s.ID(), "COVEO_ACCESS_TOKEN=" + simulator.AdminToken, "COVEO_PLATFORM_URL=" + s.URL,
		"COVEO_SUBJECTS_FILE=" + filepath.Join(cli.Dir, "subjects.json"), `COVEO_DIGEST_KEYS={"2026":"` + acctest.DigestKey + `"}`,
	}
	vault(t, cli, alice, visitor)
	return cli
}

func vault(t *testing.T, cli *acctest.CLI, ids ...string) {
	t.Helper()
	data, err := json.Marshal(map[string][]string{"DSR-1": ids})
	if err != nil {
		t.Fatal(err)
	}
	cli.Write("subjects.json", string(data))
}

// canaries are what must be nowhere but in the package.
func canaries(s *stage) []string {
	found := []string{alice, visitor, "alice.smith", canaryQuery, simulator.AdminToken}
	for _, link := range s.DownloadLinks() {
		_, signature, _ := strings.Cut(link, "X-Signature=")
		found = append(found, signature)
	}
	return found
}

func TestAccCLI_OneApplyAndNoTraceOfThePerson(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.LogEvents(simulator.EventSpec{UserID: alice, Kind: simulator.Search, Count: 1, Time: start.AddDate(0, 0, -3), Values: map[string]string{"queryexpression": canaryQuery}})
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	cli := pipeline(t, s, fmt.Sprintf("recipients = [%q]", identity.Recipient()))
	log := filepath.Join(cli.Dir, "trace.log")
	cli.Env = append(cli.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+log)
	var printed strings.Builder
	run := func(args ...string) { printed.WriteString(cli.MustRun(args...).All()) }
	run("plan", "-no-color", "-input=false", "-out=review.tfplan")
	run("show", "-no-color", "-json", "review.tfplan")
	run("apply", "-no-color", "-input=false", "review.tfplan")
	run("output", "-no-color", "-json")
	run("plan", "-no-color", "-input=false", "-detailed-exitcode")

	// The canaries were in use: they are what was packaged, and what Coveo was asked for.
	content, err := os.ReadFile(filepath.Join(cli.Dir, "DSR-1.zip"))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := age.Decrypt(bytes.NewReader(content), identity)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(opened)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(plain), int64(len(plain)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := archive.Open("searches.csv")
	if err != nil {
		t.Fatal(err)
	}
	table, _ := io.ReadAll(file)
	for _, used := range []string{alice, visitor, canaryQuery} {
		if !bytes.Contains(table, []byte(used)) {
			t.Errorf("%s was never in use", used)
		}
	}
	if len(s.DownloadLinks()) == 0 || bytes.Contains(table, []byte(bob)) {
		t.Error("nothing was downloaded, or too much")
	}

	trace, err := os.ReadFile(log)
	if err != nil || !bytes.Contains(trace, []byte("coveo_disclosure_package")) {
		t.Fatalf("the log does not tell of the package: %v", err)
	}
	everywhere := map[string]string{"the output": printed.String(), "the log": string(trace)}
	entries, err := os.ReadDir(cli.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		switch name := entry.Name(); {
		case name == "DSR-1.zip", name == "subjects.json", entry.IsDir():
		case name == "review.tfplan":
			everywhere["the plan file"] = unpacked(t, filepath.Join(cli.Dir, name))
		case strings.HasPrefix(name, "."):
			if name != ".terraform.lock.hcl" {
				t.Errorf("left behind: %s", name)
			}
		default:
			data, _ := os.ReadFile(filepath.Join(cli.Dir, name))
			everywhere[name] = string(data)
		}
	}
	if !strings.Contains(everywhere["terraform.tfstate"], "content_sha256") || !strings.Contains(everywhere["the plan file"], "DSR-1") {
		t.Error("the state or the plan file was not looked at")
	}
	for place, text := range everywhere {
		for _, canary := range canaries(s) {
			if strings.Contains(text, canary) {
				t.Errorf("%s is in %s", canary, place)
			}
		}
	}
}

// unpacked is everything in a plan file.
func unpacked(t *testing.T, path string) string {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close() //nolint:errcheck // it was only read
	var b strings.Builder
	for _, file := range archive.File {
		from, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(&b, from)
	}
	return b.String()
}

func TestAccCLI_WarningsAndAVaultThatChanges(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	// A row of the shared browser, made under another name.
	s.LogEvents(simulator.EventSpec{UserID: bob, Kind: simulator.Search, Count: 1, Time: start.AddDate(0, 0, -1), VisitorID: visitor})
	cli := pipeline(t, s, "plaintext = true")
	want := func(result acctest.Result, code int, sentences ...string) {
		t.Helper()
		if result.Code != code {
			t.Errorf("ended with %d", result.Code)
		}
		for _, sentence := range sentences {
			if !strings.Contains(result.Unwrapped(), sentence) {
				t.Errorf("%q is not in the output:\n%s", sentence, result.All())
			}
		}
		if strings.Contains(result.All(), "bob") || strings.Contains(result.All(), "alice") {
			t.Errorf("somebody is named:\n%s", result.All())
		}
	}
	want(cli.Run("plan", "-no-color", "-out=review.tfplan"), 0, "Package not encrypted: DSR-1", "Whoever gets the file, or a backup of its folder, can read it.")
	vault(t, cli, alice)
	want(cli.Run("apply", "-no-color", "review.tfplan"), 1, "Provider produced inconsistent final plan", ".identifier_digests")
	if s.Downloads() != 0 {
		t.Errorf("%d downloads for a vault that nobody reviewed", s.Downloads())
	}
	vault(t, cli, alice, visitor)
	want(cli.Run("apply", "-no-color", "-auto-approve"), 0, "Rows that name somebody else: DSR-1", "1 of 10 rows are the person's by the browser alone, and name somebody else")
	vault(t, cli, alice, visitor, "alice@new.example.com-google")
	if err := os.Chmod(filepath.Join(cli.Dir, "DSR-1.zip"), 0o644); err != nil {
		t.Fatal(err)
	}
	want(cli.Run("plan", "-no-color"), 0, "Package readable by others: DSR-1", "Vault names others than the package: DSR-1")
	if err := os.WriteFile(filepath.Join(cli.Dir, "DSR-1.zip"), []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	vault(t, cli, alice, visitor)
	want(cli.Run("plan", "-no-color"), 0, "Package changed: DSR-1")
	want(cli.Run("destroy", "-no-color", "-auto-approve"), 0, "Package left behind: DSR-1", "Nobody looks after that file any more.")
	if content, _ := os.ReadFile(filepath.Join(cli.Dir, "DSR-1.zip")); string(content) != "changed" {
		t.Error("a file that is not ours was removed")
	}
}

// An interrupt in the middle of the download leaves neither a package nor the export's file, and no record.
func TestAccCLI_InterruptLeavesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	cli := pipeline(t, s, "plaintext = true")
	var started atomic.Bool
	s.ServeDownloads(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		_, _ = io.WriteString(w, "PK\x03\x04 "+canaryQuery)
		w.(http.Flusher).Flush()
		started.Store(true)
		<-r.Context().Done()
	})
	result := cli.RunInterrupted(started.Load, "apply", "-no-color", "-auto-approve")
	if result.Code == 0 || !strings.Contains(result.Unwrapped(), "Package not made: DSR-1") || !strings.Contains(result.Unwrapped(), "No part of a package was left behind.") {
		t.Errorf("ended with %d:\n%s", result.Code, result.All())
	}
	left, err := filepath.Glob(filepath.Join(cli.Dir, "*DSR-1*"))
	hidden, _ := filepath.Glob(filepath.Join(cli.Dir, ".*DSR-1*"))
	if err != nil || len(left)+len(hidden) > 0 {
		t.Errorf("left behind: %v %v", left, hidden)
	}
	if state := cli.MustRun("state", "list").Stdout; strings.Contains(state, "coveo_disclosure_package") {
		t.Errorf("a record was left: %s", state)
	}
}
