// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/collection"
)

func TestAuditHAR_WhatIsNoHAR(t *testing.T) {
	whole := har(post(logs+"search", namedSearch), post(logs+"click", anonymousClick))
	noise := make([]byte, 100_000)
	rand.New(rand.NewSource(1)).Read(noise)
	noise[0] = 0xfe
	for name, tc := range map[string]struct{ content, want string }{
		"nothing":              {"", "it is empty"},
		"blanks":               {" \n\t ", "it is empty"},
		"noise":                {string(noise), "it is not JSON"},
		"a page":               {"<!doctype html>", "it is not JSON"},
		"gzip":                 {string(gzipped(whole)), "it is compressed: unpack it first"},
		"a ZIP file":           {"PK\x03\x04…", "it is compressed: unpack it first"},
		"two bytes a letter":   {"\xff\xfe{\x00", "it is not JSON"},
		"a list":               {"[]", "it is JSON, but not a HAR file: it has no list log.entries"},
		"an object":            {`{"entries": []}`, "it is JSON, but not a HAR file"},
		"log is a text":        {`{"log": "entries"}`, "it is JSON, but not a HAR file"},
		"entries is an object": {`{"log": {"entries": {}}}`, "it is JSON, but not a HAR file"},
		"something after it":   {whole + "x", "it goes on after its end"},
		"two documents":        {whole + whole, "it goes on after its end"},
		"an open string":       {`{"log": {"entries": [{"request": {"url": "https://` + account, "it ends in the middle of a value, at byte"},
		"a wrong bracket":      {`{"log": {"entries": [{"request": {"url": ["` + account + `"}}]}}`, "it is not valid JSON, at byte"},
		"a missing comma":      {`{"log": {"entries": [{} {}]}}`, "it is not valid JSON, at byte"},
		"a wrong word":         {`{"log": {"entries": [{"a": nil}]}}`, "it is not valid JSON, at byte"},
		"a wrong escape":       {`{"log": {"entries": [{"request": {"url": "\x` + account + `"}}]}}`, "it is not valid JSON, at byte"},
		"lists in lists":       {`{"log": {"entries": [{"a": ` + strings.Repeat("[", 1_000_000), "it is nested more than 10000 levels deep"},
		"objects in objects":   {`{"log": {"entries": ` + strings.Repeat(`[`, 1_000_000), "it is nested more than 10000 levels deep"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := audit(t, tc.content)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
	for cut := range len(whole) - 1 {
		if _, err := audit(t, whole[:cut]); err == nil {
			t.Fatalf("nothing was wrong with the first %d bytes", cut)
		}
	}
}

func TestAuditHAR_SaysWhereItStopped(t *testing.T) {
	whole := har(post(logs+"search", namedSearch), post(logs+"click", anonymousClick))
	_, err := audit(t, whole[:strings.Index(whole, "],\"pages\"")-10])
	if err == nil || !strings.HasSuffix(err.Error(), "after 1 whole entries") {
		t.Errorf("got %v", err)
	}
	_, err = collection.AuditHAR(t.Context(), io.MultiReader(strings.NewReader(whole[:500]), iotest.ErrReader(errors.New("disk on fire"))), "page.har")
	if err == nil || err.Error() != "it cannot be read: disk on fire" {
		t.Errorf("got %v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err = collection.AuditHAR(stopped, strings.NewReader(whole), "page.har"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// What browsers and tools write differently means the same.
func TestAuditHAR_Dialects(t *testing.T) {
	calls := []call{post(logs+"search", namedSearch), post(logs+"click", anonymousClick), post("https://www.example.com/x", protocolEvent)}
	whole := har(calls...)
	want, err := audit(t, whole)
	if err != nil || len(want.Findings) != 3 {
		t.Fatalf("%+v, %v", want, err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(whole), "", "  "); err != nil {
		t.Fatal(err)
	}
	escaped := strings.NewReplacer(`\"`, `\u0022`, "/", `\/`, "canary", `\u0063\u0061nary`, "analytics", `\u0061nalytics`).Replace(whole)
	if escaped == whole || !json.Valid([]byte(escaped)) {
		t.Fatal("the escapes are not what was meant")
	}
	firefox := strings.Replace(whole, `"log":{`, `"log":{"browser":{"name":"Firefox","version":"128.0"},"comment":null,`, 1)
	last := strings.Replace(whole, `"log":{`, `"log":{"_deep":`+strings.Repeat(`{"parent":[`, 4000)+strings.Repeat(`]}`, 4000)+`,`, 1)
	for name, content := range map[string]string{
		"indented": indented.String(), "escaped": escaped, "Firefox": firefox, "deep": last, "byte order mark": "\ufeff" + whole,
		"line breaks": strings.ReplaceAll(indented.String(), "\n", "\r\n") + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := audit(t, content); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
			}
		})
	}
	// However the bytes arrive, the result is the same.
	for name, r := range map[string]io.Reader{"one byte": iotest.OneByteReader(strings.NewReader(escaped)), "halves": iotest.HalfReader(strings.NewReader(escaped)), "data and error": iotest.DataErrReader(strings.NewReader(escaped))} {
		if got, err := collection.AuditHAR(t.Context(), r, "page.har"); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got  %+v, %v\nwant %+v", name, got, err, want)
		}
	}
}

// The same visit, as Chromium, Firefox and Playwright write it down: a page, a socket, a query that is recorded, a preflight, a
// list of events, and a click as a beacon. Without the text of the form, its fields tell as much.
func TestAuditHAR_Browsers(t *testing.T) {
	var want []collection.Finding
	for _, browser := range []string{"chromium", "firefox", "playwright"} {
		content, err := os.ReadFile(filepath.Join("testdata", browser+".har"))
		if err != nil {
			t.Fatal(err)
		}
		form := regexp.MustCompile(`"text": "clickEvent=[^"]*"`)
		if !form.Match(content) {
			t.Fatalf("%s: there is no form", browser)
		}
		for _, text := range []string{string(content), form.ReplaceAllString(string(content), `"text": ""`)} {
			r, err := audit(t, text)
			if err != nil || r.Entries != 6 || r.CoveoCalls != 4 || r.UnseenBodies != 0 {
				t.Errorf("%s: %+v, %v", browser, r, err)
			}
			if want == nil {
				want = r.Findings
			}
			if len(r.Findings) != 3 || !reflect.DeepEqual(r.Findings, want) {
				t.Errorf("%s: got  %+v\nwant %+v", browser, r.Findings, want)
			}
		}
	}
	for i, finding := range []string{"write_api [clientId visitorId] set", "event_protocol [clientId] not_applicable", "search_api [clientId userDisplayName] not_applicable true"} {
		f := want[i]
		if got := strings.TrimSpace(fmt.Sprint(f.Kind, " ", f.Identity, " ", f.Anonymous, " ", f.Capture)); got != finding || !f.Recording || f.Proxied || f.Unseen != 0 {
			t.Errorf("got %s, want %s: %+v", got, finding, f)
		}
	}
}

// What has an unexpected type is passed over, and hides nothing else.
func TestAuditHAR_UnexpectedTypes(t *testing.T) {
	good := har(post(logs+"click", anonymousClick))
	entry := good[strings.Index(good, `[{"_initiator`)+1 : strings.Index(good, `],"pages"`)]
	for _, odd := range []string{
		`null`, `1e999`, `"text"`, `[]`, `{}`, `{"request":null}`, `{"request":[]}`, `{"request":{"method":1,"url":null,"headers":{},"postData":[],"bodySize":"x"}}`,
		`{"request":{"headers":[null,1,{"name":2,"value":{}}],"postData":{"text":null,"params":[1,{"name":[]}]}}}`, `{"_webSocketMessages":[1,null,{"type":[],"data":{}}]}`,
		`{"request":{"method":"POST","url":"%zz://` + account + `","postData":{"text":"{"}}}`, `{"request":{"method":"POST","url":"","postData":{"text":"[[[["}}}`,
	} {
		r, err := audit(t, strings.Replace(good, entry, odd+","+entry+","+odd, 1))
		if err != nil || len(r.Findings) != 1 || r.Findings[0].Calls != 1 || r.Entries != 3 {
			t.Errorf("%s: %+v, %v", odd, r, err)
		}
	}
}

// stream is a HAR file of any size, which is made while it is read.
type stream struct {
	parts []func() []byte
	rest  []byte
	size  int64
}

func (s *stream) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		if len(s.parts) == 0 {
			return 0, io.EOF
		}
		if s.rest = s.parts[0](); s.rest == nil {
			s.parts = s.parts[1:]
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	s.size += int64(n)
	return n, nil
}

func once(text string) func() []byte { return repeated(text, 1) }

func repeated(text string, times int) func() []byte {
	return func() []byte {
		if times--; times < 0 {
			return nil
		}
		return []byte(text)
	}
}

func TestAuditHAR_AnySizeInTheSameMemory(t *testing.T) {
	good := har(post(logs+"click", anonymousClick))
	at := strings.Index(good, `{"_initiator`)
	entry := good[at:strings.Index(good, `],"pages"`)]
	before, after := good[:at], good[at+len(entry):]
	megabyte := strings.Repeat(`<p class=\"x\">\\</p>\n `, 1<<20/22)
	response := strings.Replace(entry, `"{\"a\": \"\\\"\"}"`, `"`+megabyte+`"`, 1)
	if len(response) < 1<<20 {
		t.Fatal("there is no response to make larger")
	}
	open, end, _ := strings.Cut(response, megabyte)
	deep := `{"x":` + strings.Repeat(`[[{"a":`, 1000) + "1" + strings.Repeat("}]]", 1000) + "},"
	for name, tc := range map[string]struct {
		parts    []func() []byte
		minimum  int64
		findings int
	}{
		"many entries":       {[]func() []byte{once(before), repeated(entry+",", 70_000), once(entry + after)}, 45e6, 1},
		"large responses":    {[]func() []byte{once(before), repeated(response+",", 200), once(entry + after)}, 200e6, 1},
		"one large response": {[]func() []byte{once(before + open), repeated(megabyte, 200), once(end + after)}, 200e6, 1},
		"one large body": {[]func() []byte{once(before + entry + "," + strings.Split(entry, "{\\\"language")[0]), repeated(strings.Repeat("[", 1<<20), 50),
			once(`"},"url":"` + logs + `view"}}` + after)}, 50e6, 2},
		"a large address":   {[]func() []byte{once(before + entry + `,{"request":{"method":"POST","url":"https://`), repeated(strings.Repeat("a/", 1<<19), 50), once(`"}}` + after)}, 50e6, 1},
		"a large number":    {[]func() []byte{once(before + entry + `,{"x":`), repeated(strings.Repeat("1", 1<<20), 50), once(`}` + after)}, 50e6, 1},
		"large keys":        {[]func() []byte{once(before + entry + `,{"`), repeated(strings.Repeat("k", 1<<20), 50), once(`":1}` + after)}, 50e6, 1},
		"deep entries":      {[]func() []byte{once(before), repeated(deep, 5_000), once(entry + after)}, 50e6, 1},
		"blanks":            {[]func() []byte{once(before), repeated(strings.Repeat(" ", 1<<20), 200), once(entry + after)}, 200e6, 1},
		"a socket's events": {[]func() []byte{once(before + `{"_webSocketMessages":[`), repeated(`{"type":"send","data":`+quoted(protocolEvent)+"},", 200_000), once(`null],"request":{"url":"wss://x.example/"}}` + after)}, 40e6, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stream{parts: tc.parts}
			var before runtime.MemStats
			// What other tests left behind is not this one's.
			runtime.GC()
			runtime.ReadMemStats(&before)
			var peak uint64
			r, err := collection.AuditHAR(t.Context(), watched{s, &peak}, "page.har")
			if err != nil || len(r.Findings) != tc.findings {
				t.Fatalf("%+v, %v", r, err)
			}
			if s.size < tc.minimum {
				t.Errorf("only %d bytes were read", s.size)
			}
			if peak > before.HeapInuse+64<<20 {
				t.Errorf("%d MiB were in use, and %d MiB before", peak>>20, before.HeapInuse>>20)
			}
		})
	}
}

func quoted(text string) string {
	content, _ := json.Marshal(text)
	return string(content)
}

// watched looks now and then at how much memory is in use.
type watched struct {
	*stream
	peak *uint64
}

func (w watched) Read(p []byte) (int, error) {
	if w.size>>24 != (w.size+int64(len(p)))>>24 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		*w.peak = max(*w.peak, m.HeapInuse)
	}
	return w.stream.Read(p)
}

// A file with very many places is still reported in bounds.
func TestAuditHAR_ManyPlaces(t *testing.T) {
	calls := make([]call, 0, 3000)
	for i := range 3000 {
		calls = append(calls, post(fmt.Sprintf("https://host-%d.example/rest/ua/v15/analytics/click", i), anonymousClick))
	}
	r, err := audit(t, har(calls...))
	var total int64
	for _, f := range r.Findings {
		total += f.Calls
	}
	if err != nil || len(r.Findings) != 1001 || total != 3000 {
		t.Errorf("%d findings of %d calls, %v", len(r.Findings), total, err)
	}
}

// A small body that unpacks to a large one is not unpacked.
func TestAuditHAR_Bomb(t *testing.T) {
	bomb := gzipped(strings.Repeat(" ", 64<<20))
	r, err := audit(t, har(post(logs+"click", asCharacters(bomb))))
	if err != nil || len(r.Findings) != 1 || r.Findings[0].Anonymous != "unknown" {
		t.Errorf("%+v, %v", r, err)
	}
}
