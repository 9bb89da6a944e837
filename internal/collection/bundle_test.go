// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/collection"
)

func scan(t *testing.T, folder string) collection.Bundle {
	t.Helper()
	b, err := collection.ScanBundle(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// found writes mentions as one line each.
func found(b collection.Bundle) string {
	var lines []string
	for _, m := range b.Mentions {
		lines = append(lines, fmt.Sprintf("%s %s %d %d %s", m.Kind, m.What, m.Count, m.Files, strings.Join(m.Examples, ",")))
	}
	return strings.Join(lines, "\n")
}

func TestScanBundle_Mentions(t *testing.T) {
	for name, tc := range map[string]struct{ content, want string }{
		"an attribute":             {`<atomic-search-interface analytics="false">`, "library atomic-search-interface 1 1 f\nswitch analytics=\"false\" 1 1 f"},
		"in single quotes":         {`<x analytics='false' data-anonymous='true'>`, "switch analytics=\"false\" 1 1 f\nswitch data-anonymous=\"true\" 1 1 f"},
		"in a source map":          {`{"sourcesContent":["<x analytics=\"false\">\nmode: \"disabled\""]}`, "switch analytics=\"false\" 1 1 f\nswitch mode: disabled 1 1 f"},
		"minified":                 {`a({anonymous:!0,analyticsMode:"legacy"}),b({anonymous:!1,capture:!0})`, "switch analyticsMode: legacy 1 1 f\nswitch anonymous: false 1 1 f\nswitch anonymous: true 1 1 f\nswitch capture: true 1 1 f"},
		"as people write it":       {"{\n anonymous: true,\n analyticsMode: 'next',\n enableAnalytics: false }", "switch analyticsMode: next 1 1 f\nswitch anonymous: true 1 1 f\nswitch enableAnalytics: false 1 1 f"},
		"endpoints":                {`fetch("https://analytics.cloud.coveo.com/rest/ua/v15/analytics/click")`, "endpoint /rest/ua 1 1 f\nendpoint /v15/analytics 1 1 f\nendpoint analytics.cloud.coveo.com 1 1 f"},
		"one in another":           {`x.analytics.org.coveo.com`, "endpoint .analytics.org 1 1 f\nendpoint .analytics.org.coveo.com 1 1 f"},
		"beginnings":               {`analytic analyticsMod anonymousanonymous: tru`, ""},
		"after a false start":      {`/v1/v15/v15/analytics @coveo@coveo/relay`, "endpoint /v15/analytics 1 1 f\nlibrary @coveo/relay 1 1 f"},
		"in code that is not ours": {"const x = 1;", ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, filepath.Join(folder, "f"), tc.content)
			if got := found(scan(t, folder)); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

// The scanner finds as much as a search for each text alone, wherever in a long line it stands.
func TestScanBundle_LongLines(t *testing.T) {
	for _, at := range []int{0, 1, 256<<10 - 1, 256<<10 - 5, 256<<10 - 14, 256 << 10, 10 << 20} {
		folder := t.TempDir()
		write(t, filepath.Join(folder, "f"), strings.Repeat("a", at)+"/v15/analytics"+strings.Repeat("a", 100))
		if got := found(scan(t, folder)); got != "endpoint /v15/analytics 1 1 f" {
			t.Errorf("at %d: %s", at, got)
		}
	}
}

func TestScanBundle_WhatIsRead(t *testing.T) {
	folder, outside := t.TempDir(), t.TempDir()
	write(t, filepath.Join(outside, "secret.js"), "coveoua")
	write(t, filepath.Join(folder, "a", "one.js"), "coveoua coveoua")
	write(t, filepath.Join(folder, "b", "two.js.map"), "coveoua")
	write(t, filepath.Join(folder, "c", "three.html"), "coveoua")
	write(t, filepath.Join(folder, "d", "four.mjs"), "coveoua")
	write(t, filepath.Join(folder, "image.js"), "\x00coveoua")
	write(t, filepath.Join(folder, "empty.js"), "")
	for link, target := range map[string]string{
		"folder": outside, "file.js": filepath.Join(outside, "secret.js"), "inside.js": filepath.Join(folder, "a", "one.js"), "loop": folder, "nowhere.js": "nowhere",
	} {
		if err := os.Symlink(target, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	b := scan(t, folder)
	if got := found(b); got != "library coveoua 5 4 a/one.js,b/two.js.map,c/three.html" || b.Scanned != 5 || b.Binary != 1 || b.Bytes != 36 {
		t.Errorf("%s, %+v", got, b)
	}
	// The folder that is named may be a link itself.
	if got := found(scan(t, filepath.Join(folder, "folder"))); got != "library coveoua 1 1 secret.js" {
		t.Errorf("%s", got)
	}
}

func TestScanBundle_LargeFilesArePassedOver(t *testing.T) {
	folder := t.TempDir()
	name := write(t, filepath.Join(folder, "f.js"), "coveoua")
	if err := os.Truncate(name, 513<<20); err != nil {
		t.Fatal(err)
	}
	if b := scan(t, folder); b.TooLarge != 1 || b.Scanned != 0 || len(b.Mentions) != 0 {
		t.Errorf("%+v", b)
	}
}
