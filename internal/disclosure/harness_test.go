// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package disclosure_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/acctest"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const (
	address = "coveo_disclosure_package.case"
	alice   = "alice.smith@example.com-google"
	visitor = "3c2f5f0e-7c0e-4e5b-9a57-1d0b3ad3f3a1"
	bob     = "bob.jones@example.com-saml"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// stage is an organization with two people, and a folder for packages.
type stage struct {
	*simulator.Server
	t      *testing.T
	folder string
	clock  *acctest.Clock
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, folder: t.TempDir(), clock: acctest.NewClock(start)}
	s.Server = simulator.Start(t, simulator.Options{Now: s.clock.Now})
	s.LogEvents(
		simulator.EventSpec{UserID: alice, Kind: simulator.Search, Count: 6, Time: start.AddDate(0, 0, -9), VisitorID: visitor},
		simulator.EventSpec{UserID: alice, Kind: simulator.Click, Count: 3, Time: start.AddDate(0, 0, -2)},
		simulator.EventSpec{UserID: bob, Kind: simulator.Search, Count: 5, Time: start.AddDate(0, 0, -2)},
	)
	return s
}

// export is an export of what a filter lets through, with the tables of events.
func (s *stage) export(filters ...string) string {
	return s.AddExport(simulator.ExportSpec{From: start.AddDate(0, -1, 0), To: start, Filters: filters, Tables: []string{"SEARCHES", "CLICKS", "CUSTOM_EVENTS"}})
}

func (s *stage) aliceOnly() string { return s.export(fmt.Sprintf("userid=='%s'", alice)) }

func (s *stage) path(name string) string { return filepath.Join(s.folder, name) }

// config is a provider with a vault and one package.
func (s *stage) config(exportID string, arguments ...string) string {
	return s.provider() + fmt.Sprintf(`
resource "coveo_disclosure_package" "case" {
  export_id = %q
  subject   = "DSR-1"
  path      = %q
  %s
}
`, exportID, s.path("DSR-1.zip"), strings.Join(arguments, "\n  "))
}

func (s *stage) provider() string {
	return acctest.ProviderConfig(s.Server, acctest.Digests(), acctest.Subjects(map[string][]string{"DSR-1": {alice, visitor}}))
}

func (s *stage) run(steps ...resource.TestStep) {
	s.t.Helper()
	resource.UnitTest(s.t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(provider.WithClock(s.clock)), Steps: steps})
}

// files are the files of the package, or nil where there is none.
func (s *stage) files() map[string]string {
	s.t.Helper()
	content, err := os.ReadFile(s.path("DSR-1.zip"))
	if err != nil {
		return nil
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		s.t.Fatal(err)
	}
	files := map[string]string{}
	for _, file := range archive.File {
		from, err := file.Open()
		if err != nil {
			s.t.Fatal(err)
		}
		data, err := io.ReadAll(from)
		if err != nil {
			s.t.Fatal(err)
		}
		files[file.Name] = string(data)
	}
	return files
}

func (s *stage) wantListed(names ...string) {
	s.t.Helper()
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		s.t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		s.t.Errorf("the folder holds %v, want %v", got, names)
	}
}

// serve makes the storage answer with a file of the test's own.
func (s *stage) serve(content string) {
	s.ServeDownloads(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, content) })
}

func state(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), value)
}

func number(n int64) knownvalue.Check { return knownvalue.Int64Exact(n) }

// said matches a sentence however Terraform breaks its lines.
func said(sentence string) *regexp.Regexp {
	return regexp.MustCompile(strings.Join(strings.Fields(regexp.QuoteMeta(sentence)), `[\s│]+`))
}

func refused(config, sentence string) resource.TestStep {
	return resource.TestStep{Config: config, ExpectError: said(sentence)}
}
