// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/collection"
)

// Values that must never leave a HAR file.
const (
	person  = "Canary Person"
	account = "canary.person@example.com-google"
	browser = "c4a4a4a4-0e0e-4e0e-8e0e-0e0e0e0e0e0e"
	token   = "xx-canary-token"
	words   = "canary words"
	org     = "canaryorganization1"
)

const logs = "https://" + org + ".analytics.org.coveo.com/rest/ua/v15/analytics/"

// call is one entry of a HAR file.
type call struct {
	method, url, mime, body string
	more                    map[string]any // of postData
	headers                 map[string]string
	noBody                  bool // the request had one, and the file does not hold it
	size                    int  // of the body, if it is not the text's
	entry                   map[string]any
}

func post(url, body string) call {
	return call{method: "POST", url: url, mime: "application/json", body: body}
}

// har writes a file as Chromium does.
func har(calls ...call) string {
	entries := []any{}
	for _, c := range calls {
		headers := []any{map[string]any{"name": "Authorization", "value": "Bearer " + token}}
		for name, value := range c.headers {
			headers = append(headers, map[string]any{"name": name, "value": value})
		}
		request := map[string]any{
			"method": c.method, "url": c.url, "httpVersion": "HTTP/2.0", "headers": headers, "queryString": []any{}, "cookies": []any{},
			"headersSize": -1, "bodySize": len(c.body),
		}
		if c.size != 0 {
			request["bodySize"] = c.size
		}
		if c.mime != "" {
			data := map[string]any{"mimeType": c.mime, "text": c.body}
			maps.Copy(data, c.more)
			request["postData"] = data
		}
		if c.noBody {
			delete(request, "postData")
			request["bodySize"] = 100
		}
		entry := map[string]any{
			"_initiator": map[string]any{"type": "script"}, "request": request, "startedDateTime": "2026-11-22T09:00:00.000Z", "time": 3.5,
			"response": map[string]any{"status": 200, "content": map[string]any{"size": 2, "mimeType": "application/json", "text": "{\"a\": \"\\\"\"}"}},
		}
		maps.Copy(entry, c.entry)
		entries = append(entries, entry)
	}
	content, err := json.Marshal(map[string]any{"log": map[string]any{
		"version": "1.2", "creator": map[string]any{"name": "WebInspector", "version": "537.36"}, "pages": []any{}, "entries": entries,
	}})
	if err != nil {
		panic(err)
	}
	return string(content)
}

func audit(t testing.TB, content string) (collection.Report, error) {
	t.Helper()
	r, err := collection.AuditHAR(t.Context(), strings.NewReader(content), "page.har")
	said := fmt.Sprintf("%+v %v %+v", r, err, collection.Judge(collection.ExpectNone, r))
	said += fmt.Sprintf("%+v", collection.Judge(collection.ExpectAnonymous, r))
	// Hosts are shown, whoever names them.
	for _, f := range r.Findings {
		if !strings.HasPrefix(f.Host, "{") {
			said = strings.ReplaceAll(said, f.Host, "host")
		}
	}
	for _, canary := range []string{person, account, browser, token, words, org, "canary"} {
		if strings.Contains(strings.ToLower(said), strings.ToLower(canary)) {
			t.Errorf("%q came out of the file: %s", canary, said)
		}
	}
	return r, err
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

// asCharacters writes each byte as a character, as browsers do with what is no text.
func asCharacters(content []byte) string {
	var b strings.Builder
	for _, c := range content {
		b.WriteRune(rune(c))
	}
	return b.String()
}

const (
	anonymousClick = `{"language":"en","actionCause":"documentOpen","documentPosition":1,"sourceName":"src","anonymous":true,"clientId":"` + browser + `","searchQueryUid":"u"}`
	namedSearch    = `{"language":"en","queryText":"` + words + `","actionCause":"searchboxSubmit","responseTime":12,"originLevel1":"hub","username":"` + account +
		`","userDisplayName":"` + person + `","clientId":"` + browser + `","searchQueryUid":"u"}`
	protocolEvent = `{"itemMetadata":{"uniqueFieldValue":"abc"},"meta":{"type":"itemView","config":{"trackingId":"shop"},"ts":1,"source":["relay@2.1.1"],"clientId":"` +
		browser + `","userAgent":"node","referrer":null,"location":"https://x.example/"}}`
	hit = `{"t":"pageview","pid":"p","dl":"https://shop.example.com/","tm":1,"z":"z","cid":"` + browser + `","uid":"anonymous","aip":1}`
)

func TestAuditHAR_WhatACallIs(t *testing.T) {
	const (
		platform = "https://platform.cloud.coveo.com/rest/"
		orgs     = platform + "organizations/" + org + "/"
	)
	capture := func(object, value string) string {
		return `{"q":"` + words + `","` + object + `":{"clientId":"` + browser + `","userDisplayName":"` + person + `","capture":` + value + `}}`
	}
	for name, tc := range map[string]struct {
		call call
		want string // kind, path, recording, events, anonymous, capture, identity; empty for no finding
	}{
		"click": {post(logs+"click?visitor="+browser, anonymousClick), "write_api /rest/ua/v15/analytics/click true 1 set - clientId,visitorId"},
		"search with a name": {post(logs+"search", namedSearch),
			"write_api /rest/ua/v15/analytics/search true 1 not_set - clientId,userDisplayName,username"},
		"a list of searches": {post(logs+"searches", "["+namedSearch+","+anonymousClick+"]"),
			"write_api /rest/ua/v15/analytics/searches true 2 mixed - clientId,userDisplayName,username"},
		"the other prefix":   {post("https://usageanalytics.coveo.com/rest/v15/analytics/view", `{"anonymous":true}`), "write_api /rest/v15/analytics/view true 1 set - "},
		"version 14":         {post("https://usageanalytics.coveo.com/rest/v14/analytics/custom/", `{}`), "write_api /rest/v14/analytics/custom true 1 not_set - "},
		"explicitly named":   {post(logs+"custom", `{"anonymous":true,"username":"`+account+`"}`), "write_api /rest/ua/v15/analytics/custom true 1 set - username"},
		"named in our field": {post(logs+"custom", `{"customData":{"a":{"b":["`+account+`"]}}}`), "write_api /rest/ua/v15/analytics/custom true 1 not_set - email_in_custom_data"},
		"asked for a name":   {post(logs+"search", `{"queryText":"`+account+`"}`), "write_api /rest/ua/v15/analytics/search true 1 not_set - email_elsewhere"},
		"short keys":         {post(logs+"custom", `{"anonymous":true,"uid":"x","cid":"y"}`), "write_api /rest/ua/v15/analytics/custom true 1 set - "},
		"names that are not": {post(logs+"search", `{"username":"anonymous","userDisplayName":null,"userId":""}`), "write_api /rest/ua/v15/analytics/search true 1 not_set - "},
		"beacon": {call{method: "POST", url: logs + "click?access_token=" + token + "&visitorId=" + browser, mime: "application/x-www-form-urlencoded",
			body: "clickEvent=" + escape(anonymousClick)}, "write_api /rest/ua/v15/analytics/click true 1 set - clientId,visitorId"},
		"beacon with its token": {call{method: "POST", url: logs + "click", mime: "application/x-www-form-urlencoded",
			body: "clickEvent=" + escape(anonymousClick) + "&access_token=" + token}, "write_api /rest/ua/v15/analytics/click true 1 set - clientId"},
		"form as parameters": {call{method: "POST", url: logs + "click", mime: "application/x-www-form-urlencoded",
			more: map[string]any{"text": "", "params": []any{map[string]any{"name": "clickEvent", "value": anonymousClick}}}},
			"write_api /rest/ua/v15/analytics/click true 1 set - clientId"},
		"form with fields": {call{method: "POST", url: logs + "view", mime: "application/x-www-form-urlencoded", body: "anonymous=true&username=" + escape(account)},
			"write_api /rest/ua/v15/analytics/view true 1 set - username"},
		"hit":                        {post(logs+"collect", hit), "collect /rest/ua/v15/analytics/collect true 1 not_applicable - cid"},
		"hit of a person":            {post(logs+"collect", `{"t":"event","uid":"`+account+`"}`), "collect /rest/ua/v15/analytics/collect true 1 not_applicable - uid"},
		"undocumented hit":           {post(logs+"pageview", `{}`), "write_api /rest/ua/v15/analytics/pageview true 1 not_set - "},
		"protocol":                   {post(orgs+"events/v1", "["+protocolEvent+","+protocolEvent+"]"), "event_protocol /rest/organizations/{organizationId}/events/v1 true 2 not_applicable - clientId"},
		"nothing to record":          {post(orgs+"events/v1", "[]"), "event_protocol /rest/organizations/{organizationId}/events/v1 false 0 not_applicable - "},
		"captured search":            {post(platform+"search/v2?organizationId="+org, capture("analytics", "true")), "search_api /rest/search/v2 true 1 not_applicable true clientId,userDisplayName"},
		"suggestion":                 {post(platform+"search/v3/querySuggest", capture("analytics", "false")), "search_api /rest/search/v3/querySuggest false 0 not_applicable false clientId,userDisplayName"},
		"plain search":               {post(platform+"search/v2", `{"q":"`+words+`"}`), "search_api /rest/search/v2 false 0 not_applicable absent "},
		"older search":               {post(platform+"search/v2", `{"analytics":{"clientId":"`+browser+`"}}`), "search_api /rest/search/v2 false 0 not_applicable absent clientId"},
		"search as a form":           {call{method: "POST", url: platform + "search/v2", mime: "application/x-www-form-urlencoded", body: "q=" + escape(words) + "&analytics=" + escape(`{"capture":true}`)}, "search_api /rest/search/v2 true 1 not_applicable true "},
		"commerce":                   {post(orgs+"commerce/v2/search", capture("context", "true")), "commerce_api /rest/organizations/{organizationId}/commerce/v2/search true 1 not_applicable true clientId,userDisplayName"},
		"silent commerce":            {post(orgs+"commerce/v2/listing", capture("context", "false")), "commerce_api /rest/organizations/{organizationId}/commerce/v2/listing false 0 not_applicable false clientId,userDisplayName"},
		"undecided commerce":         {post(orgs+"commerce/v2/tracking-ids/"+org+"/badges", `{"context":{"user":{"email":"`+account+`"}}}`), "commerce_api /rest/organizations/{organizationId}/commerce/v2/tracking-ids/{trackingId}/badges true 1 not_applicable absent email"},
		"undecided answer":           {post(orgs+"answer/v1/configs/"+browser+"/generate", `{"analytics":{}}`), "answer_api /rest/organizations/{organizationId}/answer/v1/configs/{id}/generate true 1 not_applicable absent "},
		"silent answer":              {post(orgs+"answer/v1/configs/"+browser+"/generate", `{"analytics":null}`), "answer_api /rest/organizations/{organizationId}/answer/v1/configs/{id}/generate false 0 not_applicable absent "},
		"preview":                    {post(orgs+"caseassists/preview/"+browser+"/documents/suggest", capture("analytics", "true")), "case_assist_api /rest/organizations/{organizationId}/caseassists/preview/{id}/documents/suggest true 1 not_applicable true clientId,userDisplayName"},
		"agent":                      {post("https://platform.cloud.coveo.com/api/preview/organizations/"+org+"/agents/"+browser+"/follow-up", capture("analytics", "true")), "agent_api /api/preview/organizations/{organizationId}/agents/{id}/follow-up true 1 not_applicable true clientId,userDisplayName"},
		"no body in the file":        {call{method: "POST", url: platform + "search/v2", noBody: true}, "search_api /rest/search/v2 true 1 not_applicable unknown "},
		"no event in the file":       {call{method: "POST", url: logs + "click", noBody: true}, "write_api /rest/ua/v15/analytics/click true 1 unknown - "},
		"Playwright, bodies omitted": {call{method: "POST", url: platform + "search/v2", mime: "application/json", size: -1}, "search_api /rest/search/v2 true 1 not_applicable unknown "},
		"Playwright, bodies attached": {call{method: "POST", url: logs + "click", mime: "application/json", size: 100, more: map[string]any{"_file": "0a.json"}},
			"write_api /rest/ua/v15/analytics/click true 1 unknown - "},
		"Playwright, a Blob":      {call{method: "POST", url: platform + "search/v2", headers: map[string]string{"Content-Length": "14"}}, "search_api /rest/search/v2 true 1 not_applicable unknown "},
		"Playwright, a late Blob": {call{method: "POST", url: logs + "click", headers: map[string]string{"content-type": "application/x-www-form-urlencoded"}}, "write_api /rest/ua/v15/analytics/click true 1 unknown - "},
		"empty, say the headers":  {call{method: "POST", url: platform + "search/v2", headers: map[string]string{"Content-Length": "0", "Content-Type": "text/plain"}}, "search_api /rest/search/v2 false 0 not_applicable absent "},
		"empty body":              {call{method: "POST", url: platform + "search/v2", mime: "application/json"}, "search_api /rest/search/v2 false 0 not_applicable absent "},
		"noise as a body":         {post(logs+"click", "\x00\x01\x02"), "write_api /rest/ua/v15/analytics/click true 1 unknown - "},
		"half a body":             {post(logs+"click", anonymousClick[:40]), "write_api /rest/ua/v15/analytics/click true 1 unknown - "},
		"base64":                  {call{method: "POST", url: logs + "click", mime: "application/json", body: base64.StdEncoding.EncodeToString([]byte(anonymousClick)), more: map[string]any{"encoding": "base64"}}, "write_api /rest/ua/v15/analytics/click true 1 set - clientId"},
		"gzip in base64":          {call{method: "POST", url: logs + "click", mime: "application/json", body: base64.StdEncoding.EncodeToString(gzipped(anonymousClick)), more: map[string]any{"_encoding": "base64"}}, "write_api /rest/ua/v15/analytics/click true 1 set - clientId"},
		"unmarked base64":         {post(logs+"click", base64.StdEncoding.EncodeToString(gzipped(anonymousClick))), "write_api /rest/ua/v15/analytics/click true 1 set - clientId"},
		"gzip as characters":      {post(logs+"click", asCharacters(gzipped(anonymousClick))), "write_api /rest/ua/v15/analytics/click true 1 set - clientId"},
		"gzip, mangled":           {post(logs+"click", strings.ToValidUTF8(string(gzipped(anonymousClick)), "\ufffd")), "write_api /rest/ua/v15/analytics/click true 1 unknown - "},

		"proxy":                     {post("https://www.example.com/coveo/rest/v15/analytics/click", anonymousClick), "write_api /coveo/rest/v15/analytics/click true 1 set - clientId"},
		"proxy with a name":         {post("https://www.example.com/~canary/"+account+"/v15/analytics/click", anonymousClick), "write_api /{segment}/{segment}/v15/analytics/click true 1 set - clientId"},
		"event at another place":    {post("https://www.example.com/canary/events", namedSearch), "write_api /{segment}/events true 1 not_set - clientId,userDisplayName,username"},
		"custom at another place":   {post("https://www.example.com/", `{"eventType":"a","eventValue":"b","language":"en"}`), "write_api / true 1 not_set - "},
		"view at another place":     {post("https://www.example.com/log", `{"contentIdKey":"a","contentIdValue":"b"}`), "write_api /log true 1 not_set - "},
		"beacon at another place":   {call{method: "POST", url: "https://www.example.com/track", mime: "text/plain", body: "clickEvent=" + escape(anonymousClick)}, "write_api /track true 1 set - clientId"},
		"protocol at another place": {post("https://www.example.com/canary", protocolEvent), "event_protocol /{segment} true 1 not_applicable - clientId"},
		"hit at another place":      {post("https://www.example.com/t", hit), "collect /t true 1 not_applicable - cid"},
		"search at another place":   {post("https://www.example.com/api/search", capture("analytics", "true")), "search_api /api/search true 1 not_applicable true clientId,userDisplayName"},
		"commerce at another place": {post("https://www.example.com/api/listing", capture("context", "true")), "commerce_api /api/listing true 1 not_applicable true clientId,userDisplayName"},
		"custom data of a protocol": {post("https://www.example.com/", `[{"contact":"`+account+`","meta":{"config":{"trackingId":"a"},"ts":1}}]`), "event_protocol / true 1 not_applicable - email_in_custom_data"},
		"socket": {call{method: "GET", url: "wss://www.example.com/events?u=" + account, entry: map[string]any{"_webSocketMessages": []any{
			map[string]any{"type": "send", "opcode": 1, "data": protocolEvent}, map[string]any{"type": "receive", "opcode": 1, "data": namedSearch}}}},
			"event_protocol /events true 1 not_applicable - clientId"},

		"validation":              {post(logs+"click/validate", anonymousClick), ""},
		"validation of protocol":  {post(orgs+"events/v1/validate", "["+protocolEvent+"]"), ""},
		"visit":                   {call{method: "DELETE", url: logs + "visit"}, ""},
		"visit, asked for":        {call{method: "GET", url: logs + "visit"}, ""},
		"health":                  {call{method: "GET", url: logs + "monitoring/health"}, ""},
		"preflight":               {call{method: "OPTIONS", url: logs + "click"}, ""},
		"older GET":               {call{method: "GET", url: logs + "click?anonymous=true"}, ""},
		"search by GET":           {call{method: "GET", url: platform + "search/v2?q=" + escape(words)}, ""},
		"another service":         {post("https://www.example.com/api/events", `{"event":"click","user":"`+account+`","ts":1}`), ""},
		"another collector":       {call{method: "POST", url: "https://www.example.com/collect", mime: "text/plain", body: "v=1&t=pageview&tid=UA-1&cid=" + browser + "&z=1&dl=x"}, ""},
		"another list":            {post("https://www.example.com/api/events", `[{"meta":{"ts":1,"clientId":"`+browser+`"}}]`), ""},
		"another language":        {post("https://www.example.com/api", `{"language":"en","location":"x"}`), ""},
		"an answer over a socket": {call{method: "GET", url: "wss://www.example.com/events", entry: map[string]any{"_webSocketMessages": []any{map[string]any{"type": "receive", "data": protocolEvent}}}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := audit(t, har(tc.call))
			if err != nil || r.Entries != 1 {
				t.Fatalf("%+v, %v", r, err)
			}
			var got []string
			for _, f := range r.Findings {
				fields := make([]string, 0, len(f.Identity))
				for _, field := range f.Identity {
					fields = append(fields, string(field))
				}
				capture := f.Capture
				if capture == "" {
					capture = "-"
				}
				got = append(got, fmt.Sprintf("%s %s %t %d %s %s %s", f.Kind, f.Path, f.Recording, f.Events, f.Anonymous, capture, strings.Join(fields, ",")))
			}
			if strings.Join(got, "\n") != tc.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), tc.want)
			}
		})
	}
}

func escape(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

func TestAuditHAR_EqualCallsAreOneFinding(t *testing.T) {
	r, err := audit(t, har(post(logs+"click", anonymousClick), post(logs+"click", `{"anonymous":false,"userId":"`+account+`"}`), post(logs+"view", `{}`)))
	if err != nil || len(r.Findings) != 2 || r.Entries != 3 || r.CoveoCalls != 3 {
		t.Fatalf("%+v, %v", r, err)
	}
	f := r.Findings[0]
	if f.Calls != 2 || f.Events != 2 || f.Anonymous != "mixed" || !slices.Equal(f.Identity, []collection.Identity{"clientId", "userId"}) ||
		f.Host != "{organization}.analytics.org.coveo.com" || f.Source != "page.har" || f.Method != "POST" || f.Proxied {
		t.Errorf("%+v", f)
	}
}
