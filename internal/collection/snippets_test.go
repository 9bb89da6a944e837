// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/collection"
)

func TestSnippets_EveryLibraryAndModeHasOne(t *testing.T) {
	used := map[string]bool{}
	for _, library := range collection.Libraries() {
		for _, mode := range collection.Modes() {
			s, err := collection.SnippetFor(library, collection.Mode(mode))
			if err != nil {
				t.Fatal(err)
			}
			used[filepath.Base(s.File)] = true
			if s.Library != library || string(s.Mode) != mode || s.Code == "" || len(s.Guarantees) == 0 || len(s.DoesNotGuarantee) == 0 {
				t.Errorf("%+v", s)
			}
			if want := map[string]string{".js": "javascript", ".html": "html", ".json": "json"}[filepath.Ext(s.File)]; s.Language != want {
				t.Errorf("%s is %s", s.File, s.Language)
			}
			for name, value := range s.Attributes {
				if attribute := name + `="` + value + `"`; !strings.Contains(s.Code, attribute) {
					t.Errorf("%s does not have %s", s.File, attribute)
				}
			}
			// Where anonymous has no effect, the code does something else, and says so first.
			noEffect := mode == "anonymous" && slices.Contains([]string{"headless_next", "atomic_next", "relay"}, library)
			if noEffect != (s.EffectiveMode != s.Mode) || noEffect && (s.EffectiveMode != collection.ModeDisabled || !strings.Contains(s.DoesNotGuarantee[0], "anonymous")) {
				t.Errorf("%s %s is %s: %s", library, mode, s.EffectiveMode, s.DoesNotGuarantee[0])
			}
			// Whoever promises that no name is recorded has to tell what stays.
			if s.EffectiveMode == collection.ModeAnonymous && !slices.ContainsFunc(s.DoesNotGuarantee, func(text string) bool { return strings.HasPrefix(text, "UNCERTAIN") }) {
				t.Errorf("%s %s does not say what is uncertain", library, mode)
			}
		}
	}
	files, err := os.ReadDir("snippets")
	if err != nil || len(files) != len(used) {
		t.Errorf("%d files, of which %d are used: %v", len(files), len(used), err)
	}
}

func TestSnippetFor_WrongNames(t *testing.T) {
	if _, err := collection.SnippetFor("headless", "anonymous"); err == nil || !strings.Contains(err.Error(), "headless_legacy, headless_next") {
		t.Errorf("got %v", err)
	}
	if _, err := collection.SnippetFor("relay", "hidden"); err == nil || !strings.Contains(err.Error(), "anonymous, disabled") {
		t.Errorf("got %v", err)
	}
}

func TestEndpoints_HaveAllThatRecord(t *testing.T) {
	all := collection.Endpoints()
	if len(all) != 32 {
		t.Errorf("%d endpoints", len(all))
	}
	for _, e := range all {
		if e.Method != "POST" || len(e.Hosts) == 0 || e.Note == "" || (e.Switch == "") != (e.Default == "") || (e.Switch == "") != (e.Records != collection.WhenCaptured) {
			t.Errorf("%+v", e)
		}
		// Each is found at its own path, and by no other row.
		path := regexp.MustCompile(`\{[a-zA-Z]+\}`).ReplaceAllString(e.Path, "x1")
		for _, other := range all {
			if other.Pattern.MatchString(path) != (other.Path == e.Path) {
				t.Errorf("%s and the pattern of %s", path, other.Path)
			}
		}
		if e.Pattern.MatchString(path + "/validate") {
			t.Errorf("%s matches a validation", e.Path)
		}
	}
}

func TestAccFunctions(t *testing.T) {
	outputs := `
output "next" {
  value = provider::coveo::tracking_snippet("headless_next", "anonymous").effective_mode
}

output "attributes" {
  value = provider::coveo::tracking_snippet("atomic_next", "disabled").attributes
}

output "json" {
  value = jsondecode(provider::coveo::tracking_snippet("write_api", "anonymous").code)
}

output "without_switch" {
  value = [for e in provider::coveo::tracking_endpoints() : "${e.method} ${e.path}" if e.capture_switch == null && e.kind == "event_protocol"]
}

output "pattern" {
  value = [for e in provider::coveo::tracking_endpoints() : e.kind if can(regex(e.pattern, "/coveo/rest/ua/v15/analytics/click"))]
}
`
	run(t,
		resource.TestStep{
			Config: unused + outputs,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("next", text("disabled")),
				statecheck.ExpectKnownOutputValue("attributes", knownvalue.MapExact(map[string]knownvalue.Check{"analytics": text("false")})),
				statecheck.ExpectKnownOutputValue("json", knownvalue.ObjectExact(map[string]knownvalue.Check{"anonymous": flag(true)})),
				statecheck.ExpectKnownOutputValue("without_switch", texts("POST /rest/organizations/{organizationId}/events/v1")),
				statecheck.ExpectKnownOutputValue("pattern", texts("write_api")),
			},
		},
		refused(unused+`output "x" { value = provider::coveo::tracking_snippet("headless", "anonymous") }`, "must be one of atomic_legacy, atomic_next, coveo_analytics,"),
		refused(unused+`output "x" { value = provider::coveo::tracking_snippet("relay", "off") }`, `must be one of anonymous, disabled, and is "off"`),
	)
}
