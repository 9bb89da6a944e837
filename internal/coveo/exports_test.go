// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// exported makes an export of alice, who has 3 searches and 1 click of the organization's 5 and 1.
func exported(t *testing.T, server *simulator.Server, client *coveo.Client) *coveo.Export {
	t.Helper()
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	server.LogEvents(simulator.EventSpec{UserID: alice, Kind: simulator.Search, Count: 3, Time: at},
		simulator.EventSpec{UserID: alice, Kind: simulator.Click, Time: at}, simulator.EventSpec{UserID: "bob", Kind: simulator.Search, Count: 2, Time: at})
	export, err := client.CreateExport(t.Context(), coveo.NewExport{
		Period: year(), Filters: []string{"userid=='" + alice + "'"}, Description: "case 7", Filename: "case-7", Format: "EXCEL",
	})
	if err != nil {
		t.Fatal(err)
	}
	return export
}

func TestExport_FromRequestToFile(t *testing.T) {
	for name, readings := range map[string]simulator.Readings{
		"likeliest": {}, "302": {ExportRedirectStatus: 302}, "nulls": {ExplicitNulls: true}, "link only": {NoExportRedirect: true},
		"link on another host": {LegacyDownloadLink: true}, "late link": {LateDownloadLink: true}, "whole days": {WholeDays: true},
	} {
		t.Run(name, func(t *testing.T) {
			var book logbook
			server, client := simulated(t, simulator.Options{Readings: readings}, func(c *coveo.Config) { c.Log = book.write })
			export := exported(t, server, client)
			read, err := client.GetExport(t.Context(), export.ID)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "status", read.Status, coveo.ExportAvailable)
			equal(t, "description", read.Description, "case 7")
			body, size, err := client.OpenExport(t.Context(), export.ID)
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "size", size, len(content))
			archive, err := zip.NewReader(bytes.NewReader(content), size)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "files", len(archive.File), 5)
			member, err := archive.Open("searches.csv")
			if err != nil {
				t.Fatal(err)
			}
			rows, _ := io.ReadAll(member)
			equal(t, "rows of alice", strings.Count(string(rows), ","+alice+","), 3)
			equal(t, "rows of bob", strings.Count(string(rows), "bob"), 0)
			if err := body.Close(); err != nil {
				t.Error(err)
			}
			if err := client.DeleteExport(t.Context(), export.ID); err != nil {
				t.Error(err)
			}
			if err := client.DeleteExport(t.Context(), export.ID); err != nil {
				t.Errorf("deleting what is gone: %v", err)
			}
			links := server.DownloadLinks()
			equal(t, "links", len(links), 1)
			_, signature, _ := strings.Cut(links[0], "X-Signature=")
			if !server.Saw(signature) || !server.Saw(alice) {
				t.Error("the canaries were not in use")
			}
			book.check(t, nil, alice, signature, links[0])
		})
	}
}

func TestEstimate(t *testing.T) {
	server, client := simulated(t, simulator.Options{ExportRowLimit: 7})
	exported(t, server, client)
	estimate := func(filters ...string) coveo.Estimate {
		t.Helper()
		got, err := client.EstimateExport(t.Context(), year(), []string{"SEARCHES", "CLICKS"}, filters)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	equal(t, "all", estimate(), coveo.Estimate{Tables: map[string]int64{"searches": 5, "clicks": 1}, Rows: 6})
	equal(t, "alice", estimate("userid=='"+alice+"'").Rows, 4)
	equal(t, "nobody", estimate("userid=='nobody'").Rows, 0)
	limit, known, err := client.ExportRowLimit(t.Context())
	equal(t, "limit", fmt.Sprint(limit, known, err), "7 true <nil>")
	dimensions, err := client.ExportableDimensions(t.Context())
	if err != nil || len(dimensions) < 10 {
		t.Errorf("%d dimensions, %v", len(dimensions), err)
	}
}

func TestEstimate_NothingIsReadOutOfAnAnswerWithoutNumbers(t *testing.T) {
	for _, body := range []string{"{}", `{"estimates":null}`, `{"estimates":{"searches":"many"}}`, "[]", "null", ""} {
		_, client := scripted(t, always(200, body))
		if got, err := client.EstimateExport(t.Context(), year(), nil, nil); err == nil {
			t.Errorf("%s is %v", body, got)
		}
	}
}

func TestExport_ToleratesWhatTheContractLeavesOpen(t *testing.T) {
	for name, body := range map[string]string{
		"bare":           `{"id":"e1"}`,
		"nulls":          `{"id":"e1","author":null,"description":null,"status":null,"size":null,"filters":null,"tables":null,"dimensions":null,"from":null,"scheduleId":null}`,
		"dates as texts": `{"id":"e1","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00.000+0000","size":"12"}`,
		"filters":        `{"id":"e1","filters":{"f":["a=='b'",["c"],7]},"status":"REINDEXING"}`,
		"odd filters":    `{"id":"e1","filters":"userid=='x'"}`,
	} {
		_, client := scripted(t, always(200, body))
		export, err := client.GetExport(t.Context(), "e1")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		equal(t, name+" is settled", export.Settled(), false)
	}
	for _, body := range []string{"{}", `{"status":"AVAILABLE"}`, "[]", `"e1"`, "null"} {
		_, client := scripted(t, always(200, body))
		if _, err := client.GetExport(t.Context(), "e1"); err == nil {
			t.Errorf("%s is an export", body)
		}
	}
}

// The form of the filters is not documented: however deep a text lies and however JSON spells it, it is found as it is.
func TestFilters_AreReadInEveryForm(t *testing.T) {
	for name, form := range map[string]string{
		"a text":             `"userid==\u0027ann\u0027"`,
		"a map of texts":     `{"f":"userid==\u0027ann\u0027"}`,
		"an object":          `{"f":{"filter":"userid==\u0027ann\u0027","ids":null}}`,
		"a list of objects":  `{"f":[{"filter":{"text":"userid==\u0027ann\u0027"}}]}`,
		"a list of its own":  `["userid==\u0027ann\u0027"]`,
		"beside empty texts": `{"f":"userid==\u0027ann\u0027","g":"","h":[]}`,
	} {
		_, client := scripted(t, always(200, `{"id":"e1","filters":`+form+`}`))
		export, err := client.GetExport(t.Context(), "e1")
		if err != nil {
			t.Fatal(err)
		}
		if got := export.Filters.Texts(); len(got) != 1 || got[0] != "userid=='ann'" {
			t.Errorf("%s: got %q", name, got)
		}
	}
	for _, form := range []string{`{}`, `null`, `""`, `[]`, `{"f":""}`, `{"f":[],"g":{"h":null}}`} {
		_, client := scripted(t, always(200, `{"id":"e1","filters":`+form+`}`))
		if export, err := client.GetExport(t.Context(), "e1"); err != nil || !export.Filters.Empty() {
			t.Errorf("%s: got %v %v", form, export, err)
		}
	}
}

func TestFilters_PrintAsNothing(t *testing.T) {
	_, client := scripted(t, always(200, `{"id":"e1","filters":{"f":"userid=='`+alice+`'"}}`))
	export, err := client.GetExport(t.Context(), "e1")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "texts", export.Filters.Texts(), []string{"userid=='" + alice + "'"})
	for _, text := range []string{
		fmt.Sprint(*export), fmt.Sprintf("%+v", export), fmt.Sprintf("%#v", export), fmt.Sprintf("%q %x %d", export.Filters, export.Filters, export.Filters),
	} {
		if strings.Contains(text, "alice") {
			t.Errorf("got %s", text)
		}
	}
}

func TestIsLimitReached(t *testing.T) {
	for _, status := range []int{400, 403, 409, 412} {
		_, client := simulated(t, simulator.Options{ExportLimit: 1, Readings: simulator.Readings{ExportLimitStatus: status}})
		wanted := coveo.NewExport{Period: year()}
		if _, err := client.CreateExport(t.Context(), wanted); err != nil {
			t.Fatal(err)
		}
		_, err := client.CreateExport(t.Context(), wanted)
		equal(t, "limit", coveo.IsLimitReached(err), true)
	}
	for status, body := range map[int]string{
		429: `{"message":"The limit of requests is exceeded."}`, 400: `{"message":"The dimension is unknown."}`, 412: "limit reached", 500: `{"message":"quota"}`,
	} {
		_, client := scripted(t, always(status, body), func(c *coveo.Config) { c.MaxRetries = 0 })
		_, err := client.CreateExport(t.Context(), coveo.NewExport{})
		equal(t, body, coveo.IsLimitReached(err), false)
	}
}

// storage is another host for a client: it sees whether a credential arrives.
type storage struct {
	*httptest.Server
	authorizations []string
}

func newStorage(t *testing.T, handler http.HandlerFunc) *storage {
	t.Helper()
	s := &storage{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.authorizations = append(s.authorizations, r.Header.Get("Authorization"))
		handler(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

const signed = "/file.zip?X-Signature=s3cr3tsignature"

func TestOpenExport_NoCredentialLeavesForAnotherHost(t *testing.T) {
	var last *storage
	first := newStorage(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, last.URL+signed, http.StatusTemporaryRedirect)
	})
	last = newStorage(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "PK") })
	client := served(t, func(w http.ResponseWriter, r *http.Request) {
		equal(t, "bearer of Coveo", r.Header.Get("Authorization"), "Bearer "+token)
		http.Redirect(w, r, first.URL+signed, http.StatusSeeOther)
	})
	body, size, err := client.OpenExport(t.Context(), "e1")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	content, err := io.ReadAll(body)
	equal(t, "file", fmt.Sprint(string(content), size, err), "PK2 <nil>")
	equal(t, "bearers of others", append(first.authorizations, last.authorizations...), []string{"", ""})
}

func TestOpenExport_BearerFollowsALinkToItsOwnAddressOnly(t *testing.T) {
	other := newStorage(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "PK") })
	for name, test := range map[string]struct {
		link func(self string) string
		own  int
	}{
		"own address":   {func(self string) string { return self + "/rest/ua/v15/exports/e1?redirect=true&t=1" }, 3},
		"another host":  {func(string) string { return other.URL + signed }, 2},
		"a user's name": {func(self string) string { return strings.Replace(self, "http://", "http://u:p@", 1) + "/x" }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			bearers := 0
			client := served(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") == "Bearer "+token {
					bearers++
				}
				self := "http://" + r.Host
				w.Header().Set("Content-Type", "application/json")
				switch {
				case strings.HasSuffix(r.URL.Path, "/downloadlink"):
					_, _ = fmt.Fprintf(w, `{"id":"e1","downloadLink":%q}`, test.link(self))
				case r.URL.Query().Get("t") == "1":
					http.Redirect(w, r, other.URL+signed, http.StatusFound)
				default:
					_, _ = io.WriteString(w, exportBody)
				}
			})
			body, _, err := client.OpenExport(t.Context(), "e1")
			if err == nil {
				_ = body.Close()
			}
			equal(t, "fails", err != nil, name == "a user's name")
			equal(t, "bearers", bearers, test.own)
			equal(t, "bearers of the other host", strings.Join(other.authorizations, ""), "")
		})
	}
}

func TestOpenExport_Refusals(t *testing.T) {
	for name, test := range map[string]struct {
		answer  func(n int, r *http.Request) reply
		says    string
		retries bool
	}{
		"plain http":     {always(303, "", "Location", "http://storage.example.com"+signed), "not https", false},
		"another scheme": {always(303, "", "Location", "file:///etc/passwd"), "no absolute URL", false},
		"user name":      {always(303, "", "Location", "https://u:p@storage.example.com/"), "user name", false},
		"no location":    {always(303, ""), "no file", false},
		"a page":         {always(200, "<html>", "Content-Type", "text/html"), "HTML page", false},
		"circle": {func(_ int, r *http.Request) reply {
			return answered(302, "", "Location", "https://storage.example.com"+r.URL.Path+signed)
		}, "no file", false},
		"storage refuses": {func(_ int, r *http.Request) reply {
			if r.URL.Host == "storage.example.com" {
				return answered(403, "<Error>"+r.URL.String()+"</Error>", "Content-Type", "application/xml")
			}
			return answered(303, "", "Location", "https://storage.example.com"+signed)
		}, "the storage refuses the link", false},
		"storage is busy": {func(_ int, r *http.Request) reply {
			if r.URL.Host == "storage.example.com" {
				return answered(503, "")
			}
			return answered(303, "", "Location", "https://storage.example.com"+signed)
		}, "after 4 attempts", true},
		"not ready": {always(404, `{"message":"no file of `+alice+`","type":"NotFound"}`), "HTTP 404", false},
		"no link": {func(_ int, r *http.Request) reply {
			if strings.HasSuffix(r.URL.Path, "downloadlink") {
				return answered(200, `{"id":"e1"}`)
			}
			return answered(200, exportBody)
		}, "without a link", false},
	} {
		t.Run(name, func(t *testing.T) {
			var book logbook
			_, client := scripted(t, test.answer, func(c *coveo.Config) { c.Log, c.Clock = book.write, newPatient() })
			_, _, err := client.OpenExport(t.Context(), "e1")
			if err == nil {
				t.Fatal("it is opened")
			}
			contains(t, err.Error(), test.says)
			book.check(t, err, "s3cr3tsignature", alice, "storage.example.com")
		})
	}
}

func TestOpenExport_TheFileEndsEarly(t *testing.T) {
	for name, test := range map[string]struct {
		serve http.HandlerFunc
		says  string
	}{
		"cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "PK")
		}, "cut before the answer was complete"},
		"stalls": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "PK")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, "no answer within 50ms"},
	} {
		t.Run(name, func(t *testing.T) {
			other := newStorage(t, test.serve)
			client := served(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, other.URL+signed, http.StatusSeeOther)
			},
				func(c *coveo.Config) { c.RequestTimeout = 50 * time.Millisecond })
			body, _, err := client.OpenExport(t.Context(), "e1")
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			_, err = io.ReadAll(body)
			contains(t, fmt.Sprint(err), test.says)
			var book logbook
			book.check(t, err, "s3cr3tsignature", other.URL)
		})
	}
}

func TestOpenExport_EndsWithItsContext(t *testing.T) {
	other := newStorage(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "PK")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	client := served(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+signed, http.StatusSeeOther)
	})
	ctx, cancel := context.WithCancel(t.Context())
	body, _, err := client.OpenExport(ctx, "e1")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	_, _ = io.ReadFull(body, make([]byte, 2))
	cancel()
	_, err = io.ReadAll(body)
	if !coveo.IsCanceled(err) {
		t.Errorf("got %v", err)
	}
	var e *coveo.Error
	equal(t, "type", errors.As(err, &e), true)
}

func TestExportIDs_ThatCannotBeSent(t *testing.T) {
	s, client := scripted(t, always(200, exportBody))
	for _, id := range []string{"", "..", "a/b", "a?b", "é", strings.Repeat("x", 129)} {
		_, getErr := client.GetExport(t.Context(), id)
		_, _, openErr := client.OpenExport(t.Context(), id)
		_, scheduleErr := client.GetExportSchedule(t.Context(), id)
		for _, err := range []error{getErr, openErr, scheduleErr, client.DeleteExport(t.Context(), id), client.DeleteExportSchedule(t.Context(), id)} {
			if err == nil {
				t.Errorf("%q is sent", id)
			}
		}
	}
	equal(t, "requests", len(s.requests()), 0)
}

func TestDeleteExport_AWrongAddressIsNotGone(t *testing.T) {
	_, client := scripted(t, always(404, `{"message":"nothing here"}`))
	if err := client.DeleteExport(t.Context(), "e1"); !coveo.IsNotFound(err) {
		t.Errorf("got %v", err)
	}
	if err := client.DeleteExportSchedule(t.Context(), "s1"); !coveo.IsNotFound(err) {
		t.Errorf("got %v", err)
	}
}
