// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package bundle

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/redact"
)

func TestBuild_Package(t *testing.T) {
	t.Parallel()
	r := request(t, zipOf(t, entry{"searches.csv", searches(mine("how to"), mine(`"quoted ""words"", and
a line"`), mine("=cmd"))}))
	result, files := build(t, r)
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, []string{"SHA256SUMS", "dictionary.json", "manifest.json", "searches.csv", "summary.html"}) {
		t.Fatalf("the package holds %v", got)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(files["searches.csv"], "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 4 || rows[1][3] != "how to" || rows[2][3] != "quoted \"words\", and\na line" || rows[3][3] != "'=cmd" {
		t.Errorf("got %q", rows)
	}
	info, err := os.Stat(r.Path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != result.Size {
		t.Errorf("mode %v, size %d, result %d, %v", info.Mode(), info.Size(), result.Size, err)
	}
	content, _ := os.ReadFile(r.Path)
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != result.SHA256 || result.SHA256 != result.Content {
		t.Errorf("the sums are %s and %s", result.SHA256, result.Content)
	}
	if want := (Table{Name: "searches", Rows: 3, Neutralized: 1}); len(result.Tables) != 1 || result.Tables[0] != want {
		t.Errorf("got %+v", result.Tables)
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.File {
		if !file.Modified.Equal(r.Export.CreatedAt) || file.Mode().Perm() != 0o600 {
			t.Errorf("%s is of %v, mode %v", file.Name, file.Modified, file.Mode())
		}
	}
	// Each line of the checksums is right, and each other file has one.
	lines := strings.Split(strings.TrimSpace(files["SHA256SUMS"]), "\n")
	if len(lines) != 4 {
		t.Errorf("%d checksums", len(lines))
	}
	for _, line := range lines {
		sum, name, _ := strings.Cut(line, "  ")
		if got := sha256.Sum256([]byte(files[name])); hex.EncodeToString(got[:]) != sum {
			t.Errorf("the checksum of %s is wrong", name)
		}
	}
}

func TestBuild_SameInputSameBytes(t *testing.T) {
	t.Parallel()
	var several []string
	for n := range 20000 {
		several = append(several, mine(fmt.Sprintf("query %d", n*7919%1000)))
	}
	file := zipOf(t, entry{"searches.csv", searches(several...)}, entry{"clicks.csv", searches(several[:50]...)})
	first := request(t, file)
	result, _ := build(t, first)
	reader, writer := io.Pipe() // hands over pieces of other sizes
	go func() {
		for n := 0; n < len(file); n += 777 {
			_, _ = writer.Write(file[n:min(n+777, len(file))])
		}
		_ = writer.Close()
	}()
	second := request(t, file)
	second.Open = open(reader)
	again, _ := build(t, second)
	if result.SHA256 != again.SHA256 {
		t.Errorf("%s and %s", result.SHA256, again.SHA256)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	third := request(t, file)
	third.Recipients = []string{identity.Recipient().String()}
	sealed, _ := build(t, third)
	if sealed.Content != result.Content || sealed.SHA256 == result.SHA256 {
		t.Errorf("the content's sum is %s, want %s; the file's %s", sealed.Content, result.Content, sealed.SHA256)
	}
	content, _ := os.ReadFile(third.Path)
	if bytes.Contains(content, []byte(alice)) || bytes.HasPrefix(content, []byte("PK")) {
		t.Error("the package is not encrypted")
	}
	plain, err := age.Decrypt(bytes.NewReader(content), identity)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(opened); hex.EncodeToString(sum[:]) != result.Content {
		t.Error("what was decrypted is something else")
	}
}

func TestBuild_RulesAndTheirManifest(t *testing.T) {
	t.Parallel()
	const canary = "reset +1 555 0100 please"
	r := request(t, zipOf(t, entry{"searches.csv", searches(mine(canary), mine("nothing"), mine(canary))}))
	r.Format, r.Reason = JSONLines, "internal names of the website"
	r.Rules = redact.Rules{Drop: []string{"originLevel1", "userId"}, Masks: []redact.Mask{
		{Columns: []string{"queryText"}, Pattern: regexp.MustCompile(`\+?[0-9][0-9 ]{6,}[0-9]`), Replacement: "[number]", Reason: "telephone numbers of others"},
	}}
	result, files := build(t, r)
	for name, content := range files {
		for _, gone := range []string{"555 0100", "Community", alice} {
			if strings.Contains(content, gone) {
				t.Errorf("%s still holds what was taken away", name)
			}
		}
	}
	first, _, _ := strings.Cut(files["searches.jsonl"], "\n")
	if first != `{"datetime":"2026-11-20T09:00:00.000Z","visitorId":"`+visitor+`","queryText":"reset [number] please","actionCause":"searchboxSubmit"}` {
		t.Errorf("the first row is %s", first)
	}
	if want := (Table{Name: "searches", Rows: 3, RemovedColumns: 2, MaskedCells: 2}); result.Tables[0] != want {
		t.Errorf("got %+v", result.Tables[0])
	}
	var m manifest
	if err := json.Unmarshal([]byte(files["manifest.json"]), &m); err != nil {
		t.Fatal(err)
	}
	done := m.Tables[0]
	if !slices.Equal(done.Removed, []string{"userId", "originLevel1"}) || len(done.Masked) != 1 || done.Masked[0].Column != "queryText" || done.Masked[0].Cells != 2 ||
		!slices.Equal(done.Masked[0].Reasons, []string{"telephone numbers of others"}) || m.Reason != r.Reason || !slices.Equal(done.Checked, []string{"userId", "visitorId"}) {
		t.Errorf("the manifest says %+v", m)
	}
	for _, sentence := range []string{"The column originLevel1 was left out.", "parts of 2 values were replaced", "telephone numbers of others", r.Reason} {
		if !strings.Contains(files["summary.html"], sentence) {
			t.Errorf("the summary does not say %q", sentence)
		}
	}
}

func TestBuild_KeepList(t *testing.T) {
	t.Parallel()
	r := request(t, zipOf(t, entry{"clicks.csv", "userId,documentTitle\n" + alice + ",A title\n"}, entry{"searches.csv", searches(mine("q"))}))
	r.Rules = redact.Rules{Keep: []string{"queryText", "datetime"}}
	result, files := build(t, r)
	if _, there := files["clicks.csv"]; there {
		t.Error("a table without a kept column has a file")
	}
	if got := strings.TrimPrefix(files["searches.csv"], "\ufeff"); got != "datetime,queryText\r\n2026-11-20T09:00:00.000Z,q\r\n" {
		t.Errorf("got %q", got)
	}
	if result.Tables[0].Rows != 1 || result.Tables[0].RemovedColumns != 2 {
		t.Errorf("got %+v", result.Tables[0])
	}
	if !strings.Contains(files["manifest.json"], `"file": null`) {
		t.Error("the manifest does not say that a table has no file")
	}
}

// A browser that several people share holds rows with one of the person's identifiers and one of somebody else's.
func TestBuild_CountsRowsThatHoldOthersToo(t *testing.T) {
	t.Parallel()
	r := request(t, zipOf(t, entry{"searches.csv", searches(mine("a"), row("2026-11-20", mallory, visitor, "b", "c", "d"), row("2026-11-20", "", visitor, "b", "c", "d"))}))
	if result, _ := build(t, r); result.Tables[0].Shared != 1 || result.Tables[0].Rows != 3 {
		t.Errorf("got %+v", result.Tables[0])
	}
}

func TestBuild_BareCSV(t *testing.T) {
	t.Parallel()
	r := request(t, []byte("\ufeff"+strings.ReplaceAll(searches(mine("q")), "\n", "\r\n")+"\r\n\n"))
	result, files := build(t, r)
	if result.Tables[0].Name != "searches" || result.Tables[0].Rows != 1 || len(result.Missing) != 0 || files["searches.csv"] == "" {
		t.Errorf("got %+v", result)
	}
}

func TestBuild_EmptyTablesAndTablesThatLack(t *testing.T) {
	t.Parallel()
	r := request(t, zipOf(t, entry{"Searches_2026.csv", searches()}, entry{"clicks.csv", ""}))
	r.Export.Tables = []string{"SEARCHES", "CLICKS", "CUSTOM_EVENTS"}
	result, files := build(t, r)
	if !slices.Equal(result.Missing, []string{"custom_events"}) || len(result.Tables) != 2 {
		t.Errorf("got %+v", result)
	}
	if !strings.Contains(files["summary.html"], "There are no records about you in this package.") || strings.Contains(files["summary.html"], "<svg") {
		t.Error("the summary does not say that there is nothing")
	}
}

func TestBuild_ReplacesItsOwnPackageOnly(t *testing.T) {
	t.Parallel()
	r := request(t, zipOf(t, entry{"searches.csv", searches(mine("q"))}))
	result, _ := build(t, r)
	if _, err := Build(t.Context(), r); err == nil || !strings.Contains(err.Error(), ErrExists.Error()) {
		t.Errorf("got %v", err)
	}
	r.Owned = result.SHA256
	r.Format = JSONLines
	result, _ = build(t, r)
	if err := os.WriteFile(r.Path, []byte("somebody's notes"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.Owned = result.SHA256
	if _, err := Build(t.Context(), r); err == nil || !strings.Contains(err.Error(), ErrChanged.Error()) {
		t.Errorf("got %v", err)
	}
	if content, _ := os.ReadFile(r.Path); string(content) != "somebody's notes" {
		t.Error("the file was overwritten")
	}
}

// The page tells the person what is there, also where nothing of it can be counted.
func TestBuild_PageTellsOfAllRows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edit func(*Request)
		file []byte
		want string
	}{
		"words of searches": {nil, zipOf(t, entry{"keywords.csv", "keyword,userId\nprinter," + alice + "\n"}), "<b>1</b> <span>row of records"},
		"all events, and a kind without any": {
			nil, zipOf(t, entry{"all_events.csv", searches(mine("a"), mine("b"))}, entry{"searches.csv", searches()}), "<b>2</b> <span>actions recorded",
		},
		"a kind of which nothing is handed over": {
			func(r *Request) { r.Rules.Keep = []string{"documentTitle"} },
			zipOf(t, entry{"searches.csv", searches(mine("a"))}, entry{"clicks.csv", "userId,documentTitle\n"}), "<b>1</b> <span>row of records",
		},
		"replaced text": {func(r *Request) { r.ReplaceInvalid = true }, zipOf(t, entry{"searches.csv", searches(mine("a\xff"))}), "In 1 value, text that could not be read"},
		"a table without a file": {
			func(r *Request) { r.Export.Tables = []string{"SEARCHES", "CLICKS"} }, zipOf(t, entry{"searches.csv", searches(mine("a"))}), "no file of Opened results",
		},
	} {
		r := request(t, test.file)
		if test.edit != nil {
			test.edit(&r)
		}
		if _, files := build(t, r); !strings.Contains(files["summary.html"], test.want) || strings.Contains(files["summary.html"], "There are no records about you") {
			t.Errorf("%s: %s", name, files["summary.html"])
		}
	}
}
