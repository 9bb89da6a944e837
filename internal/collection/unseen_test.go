// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/collection"
)

const captured = `{"q":"a=b","analytics":{"capture":true}}`

// A query whose body the file does not show, or shows in a form that is not understood, is no query that records nothing.
func TestAuditHAR_QueriesThatCannotBeRead(t *testing.T) {
	const query = "https://platform.cloud.coveo.com/rest/search/v2"
	without := strings.Replace(har(post(query, "")), `"postData":{"mimeType":"application/json","text":""},`, "", 1)
	if strings.Contains(without, "postData") {
		t.Fatal("the body is still there")
	}
	sized := func(size string) string { return strings.Replace(without, `"bodySize":0,`, size, 1) }
	as := func(mime, body string) string {
		return har(call{method: "POST", url: query, mime: mime, body: body})
	}
	for name, content := range map[string]string{
		"size unknown":     sized(`"bodySize":-1,`),
		"no size":          sized(``),
		"size of null":     sized(`"bodySize":null,`),
		"multipart":        as("multipart/form-data", "------b\r\nContent-Disposition: form-data; name=\"analytics\"\r\n\r\n{\"capture\":true}\r\n------b--"),
		"base64":           as("application/json", base64.StdEncoding.EncodeToString([]byte(captured+" "))),
		"byte order mark":  as("application/json", "\ufeff"+captured),
		"headers in it":    as("application/x-www-form-urlencoded", "Content-Type: application/x-www-form-urlencoded\r\n\r\nanalytics="+escape(`{"capture":true}`)),
		"a word as a flag": as("application/json", strings.Replace(captured, "true", `"True"`, 1)),
		"a number":         as("application/json", strings.Replace(captured, "true", `2`, 1)),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := audit(t, content)
			if err != nil || len(r.Findings) != 1 {
				t.Fatalf("%+v, %v", r, err)
			}
			if collection.Judge(collection.ExpectNone, r).Compliant {
				t.Errorf("it passes as a query that records nothing: %+v", r.Findings[0])
			}
		})
	}
	// There was none, says the file.
	if r, err := audit(t, without); err != nil || !collection.Judge(collection.ExpectNone, r).Compliant {
		t.Errorf("%+v, %v", r, err)
	}
}

// What cannot be read of a call to an unknown place is told, as what is missing is.
func TestAuditHAR_UnreadableElsewhere(t *testing.T) {
	for name, body := range map[string]string{
		"gzip, mangled": strings.ToValidUTF8(string(gzipped(protocolEvent)), "\ufffd"),
		"two documents": protocolEvent + "\n" + protocolEvent,
		"cut":           protocolEvent[:len(protocolEvent)-5],
	} {
		r, err := audit(t, har(post("https://www.example.com/x", body)))
		if err != nil || r.UnseenBodies != 1 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func TestAuditHAR_ManyEvents(t *testing.T) {
	const many = 10_001
	events := strings.Repeat(anonymousClick+",", many-1)
	for _, url := range []string{logs + "searches", "https://www.example.com/x"} {
		r, err := audit(t, har(post(url, "["+events+namedSearch+"]")))
		if err != nil || len(r.Findings) != 1 || collection.Judge(collection.ExpectAnonymous, r).Compliant {
			t.Errorf("the last event hides behind the others: %+v, %v", r, err)
		}
	}
}

// Customers choose their addresses. What is quiet at Coveo may record there.
func TestAuditHAR_QuietAddressesOfOthers(t *testing.T) {
	for _, path := range []string{"analytics/visit", "analytics/status", "analytics/validate", "analytics/page/validate", "monitoring/health"} {
		r, err := audit(t, har(post("https://www.example.com/"+path, "["+protocolEvent+"]")))
		if err != nil || len(r.Findings) != 1 || !r.Findings[0].ByBody {
			t.Errorf("%s: %+v, %v", path, r, err)
		}
	}
}

// An analytics host takes events. What no document names there is not called silent.
func TestAuditHAR_UnknownCallsToAnalyticsHosts(t *testing.T) {
	for url, want := range map[string]bool{
		"https://acme.analytics.org.coveo.com/rest/organizations/acme/events/v2": true,
		"https://acme.analytics.orghipaa.coveo.com/x":                            true,
		"https://analytics-eu.cloud.coveo.com/rest/ua/v16/analytics/search":      true,
		"https://usageanalytics.coveo.com/rest/new":                              true,
		"https://acme.org.coveo.com/rest/organizations/acme/new":                 false,
		"https://platform.cloud.coveo.com/rest/organizations/acme/new":           false,
		"https://analytics.example.com/new":                                      false,
	} {
		r, err := audit(t, har(post(url, `{"new":{"form":1}}`)))
		if err != nil || len(r.Findings) == 1 != want || collection.Judge(collection.ExpectNone, r).Compliant == want {
			t.Errorf("%s: %+v, %v", url, r, err)
		}
	}
	r, err := audit(t, har(post("https://acme.analytics.org.coveo.com/x", `{"new":1,"userDisplayName":"`+account+`"}`)))
	if err != nil || collection.Judge(collection.ExpectAnonymous, r).Compliant {
		t.Errorf("it names nobody: %+v, %v", r, err)
	}
	r, err = audit(t, har(call{method: "GET", url: "https://acme.analytics.org.coveo.com/x"}, post("https://analytics.cloud.coveo.com/rest/ua/v15/analytics/custom/validate", "{}")))
	if err != nil || len(r.Findings) != 0 {
		t.Errorf("it counts: %+v, %v", r, err)
	}
}

// Relay without a tracking ID sends null for it.
func TestAuditHAR_ProtocolWithoutTrackingID(t *testing.T) {
	event := strings.Replace(protocolEvent, `"shop"`, "null", 1)
	r, err := audit(t, har(post("https://www.example.com/x", "["+event+"]")))
	if err != nil || len(r.Findings) != 1 || r.Findings[0].Kind != collection.EventProtocol {
		t.Errorf("%+v, %v", r, err)
	}
}

// A file of a library is no search.
func TestAuditHAR_LibrariesAreNoCalls(t *testing.T) {
	r, err := audit(t, har(
		call{method: "GET", url: "https://static.cloud.coveo.com/atomic/v3/atomic.esm.js"},
		call{method: "GET", url: "https://static.cloud.coveo.com/searchui/v2.10126/js/CoveoJsSearch.min.js"},
	))
	if err != nil || r.CoveoCalls != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAuditHAR_PeopleAsBrowsers(t *testing.T) {
	form := func(body string) call {
		return call{method: "POST", url: logs + "click", mime: "text/plain", body: body}
	}
	for name, c := range map[string]call{
		"client ID":        post(logs+"custom", `{"anonymous":true,"clientId":"`+account+`"}`),
		"visitor ID":       post(logs+"custom", `{"anonymous":true,"visitorId":"`+account+`"}`),
		"hit":              post(logs+"collect", `{"t":"event","cid":"`+account+`"}`),
		"address":          post(logs+"custom?visitor="+escape(account), `{"anonymous":true}`),
		"beside the event": form("clickEvent=" + escape(anonymousClick) + "&username=" + escape(account)),
		"token beside an event": {method: "POST", url: logs + "collect", mime: "text/plain", headers: map[string]string{"authorization": "Bearer "},
			body: "t=event&access_token=" + jwt(`{"userIds":[{"name":"`+account+`"}]}`)},
	} {
		r, err := audit(t, har(c))
		if err != nil || len(r.Findings) != 1 || collection.Judge(collection.ExpectAnonymous, r).Compliant {
			t.Errorf("%s: it names nobody: %+v, %v", name, r, err)
		}
	}
}

// A batch of queries is recorded if one of them is.
func TestAuditHAR_CaptureInABatch(t *testing.T) {
	for _, url := range []string{"https://platform.cloud.coveo.com/rest/search/v2/values/batch", "https://www.example.com/x"} {
		for _, body := range []string{
			`{"batch":[{"field":"a","analytics":{"capture":true}},{"field":"b","analytics":{"capture":false}}]}`,
			`{"analytics":{"capture":false},"batch":[{"field":"a","analytics":{"capture":true}}]}`,
		} {
			r, err := audit(t, har(post(url, body)))
			if err != nil || len(r.Findings) != 1 || !r.Findings[0].Recording {
				t.Errorf("%s: %+v, %v", url, r, err)
			}
		}
	}
}
