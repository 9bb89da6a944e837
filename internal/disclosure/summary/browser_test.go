// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// sample is a page with records of some months, and with values that would like to be more than text.
func sample(t testing.TB) string {
	t.Helper()
	tally := NewTally([]string{"searches", "clicks", "keywords"})
	columns := []string{"datetime", "userId", "queryExpression", "originLevel1", "actionCause"}
	searches, clicks := tally.Observe("searches", columns), tally.Observe("clicks", columns)
	for n := range 400 {
		at := time.Date(2026, 7, 3, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n*n%120)
		row := [][]byte{[]byte(at.Format(time.RFC3339)), []byte("someone"), []byte("a query"), []byte([]string{"Community", `<script>alert("1")</script>`, "", `"><img src=http://192.0.2.1/x>`}[n%4]), []byte("searchboxSubmit")}
		if n%3 == 0 {
			clicks.Row(row)
		} else {
			searches.Row(row)
		}
	}
	var columnsOut []Column
	for _, name := range columns {
		columnsOut = append(columnsOut, Column{Name: name, Removed: name == "userId"})
	}
	columnsOut[2].Masked, columnsOut[2].Reasons = 7, []string{"names of others"}
	var page bytes.Buffer
	err := Write(&page, Page{
		Case: "DSR-2026-0142", From: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
		Contact: "privacy@acme.example", CSV: true, Tables: []Table{
			{Name: "clicks", File: "clicks.csv", Rows: 134, Columns: columnsOut}, {Name: "searches", File: "searches.csv", Rows: 266, Columns: columnsOut},
			{Name: "keywords", File: "keywords.csv", Rows: 5, Columns: []Column{{Name: "keyword"}}},
		},
	}, tally)
	if err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// seen is what a browser made of a page.
type seen struct {
	dom      string
	console  []string
	requests []string
	corner   color.Color
}

// look opens a page from a file in headless Chromium, with a proxy that is not there, so that nothing leaves this machine.
func look(t *testing.T, page string, flags ...string) seen {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	folder := t.TempDir()
	file, picture, network := filepath.Join(folder, "summary.html"), filepath.Join(folder, "page.png"), filepath.Join(folder, "network.json")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	arguments := append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir=" + filepath.Join(folder, "profile"), "--proxy-server=127.0.0.1:9",
		"--enable-logging=stderr", "--log-net-log=" + network, "--window-size=1100,2600", "--screenshot=" + picture, "--dump-dom",
	}, flags...)
	command := exec.CommandContext(ctx, chromium, append(arguments, "file://"+file)...) //nolint:gosec // the path of an installed program
	var out, said bytes.Buffer
	command.Stdout, command.Stderr = &out, &said
	if err := command.Run(); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	result := seen{dom: out.String()}
	for line := range strings.SplitSeq(said.String(), "\n") {
		if strings.Contains(line, "CONSOLE") {
			result.console = append(result.console, line)
		}
	}
	log, err := os.ReadFile(network)
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`"url":"((?:https?|wss?|ftp)://[^"]*)"`).FindAllSubmatch(log, -1) {
		target, err := url.Parse(string(match[1]))
		// Chromium calls its makers at every start, whatever it is told.
		if err == nil && (strings.HasSuffix(target.Hostname(), ".google.com") || strings.HasSuffix(target.Hostname(), ".googleapis.com")) {
			continue
		}
		if !slices.Contains(result.requests, string(match[1])) {
			result.requests = append(result.requests, string(match[1]))
		}
	}
	drawn, err := os.Open(picture)
	if err != nil {
		t.Fatal(err)
	}
	defer drawn.Close() //nolint:errcheck // it was only read
	image, err := png.Decode(drawn)
	if err != nil {
		t.Fatal(err)
	}
	result.corner = image.At(2, 2)
	return result
}

func sameColor(got color.Color, want color.RGBA) bool {
	r, g, b, _ := got.RGBA()
	return uint8(r>>8) == want.R && uint8(g>>8) == want.G && uint8(b>>8) == want.B
}

func TestPage_InChromium(t *testing.T) {
	t.Parallel()
	page := sample(t)
	light := look(t, page)
	for _, want := range []string{"<h1>What was recorded about you</h1>", "<svg ", "<rect ", "400</b>", "DSR-2026-0142", "names of others"} {
		if !strings.Contains(light.dom, want) {
			t.Errorf("the browser does not show %s", want)
		}
	}
	if got := strings.Count(light.dom, "<svg "); got != 4 {
		t.Errorf("%d charts", got)
	}
	if strings.Contains(light.dom, "<script") || strings.Contains(light.dom, "<img") {
		t.Error("a value became a part of the page")
	}
	if len(light.console) > 0 || len(light.requests) > 0 {
		t.Errorf("console: %v, requests: %v", light.console, light.requests)
	}
	// That the ground has its color shows that the policy lets the page's own style through.
	if !sameColor(light.corner, color.RGBA{R: 0xf4, G: 0xf6, B: 0xf8}) {
		t.Errorf("the ground is %v", light.corner)
	}
	dark := look(t, page, "--blink-settings=preferredColorScheme=0")
	if !sameColor(dark.corner, color.RGBA{R: 0x0f, G: 0x13, B: 0x18}) || len(dark.console)+len(dark.requests) > 0 {
		t.Errorf("where dark is preferred, the ground is %v; console: %v, requests: %v", dark.corner, dark.console, dark.requests)
	}
}

// What the test above looks for is found where it is.
func TestPage_ChromiumTellsOfRequestsAndErrors(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	got := look(t, fmt.Sprintf(`<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src *"><style>p{color:red}</style><img src="%s/beacon.png">`, server.URL))
	if len(got.console) == 0 || !slices.Contains(got.requests, server.URL+"/beacon.png") {
		t.Errorf("console: %v, requests: %v", got.console, got.requests)
	}
}

// The page names no other file and no address, so that there is nothing to fetch.
func TestPage_HoldsEverything(t *testing.T) {
	t.Parallel()
	page := sample(t)
	if found := regexp.MustCompile(`(?i)<(?:script|link|iframe|img|object)\b|<[^>]+\s(?:src|on[a-z]+)=|href="[^#]|url\(|@import`).FindString(page); found != "" {
		t.Errorf("the page holds %q", found)
	}
	for _, id := range regexp.MustCompile(`aria-labelledby="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		for name := range strings.FieldsSeq(id[1]) {
			if !strings.Contains(page, `id="`+name+`"`) {
				t.Errorf("nothing has the ID %s", name)
			}
		}
	}
}
