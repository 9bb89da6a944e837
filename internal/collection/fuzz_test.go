// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/collection"
)

// Whatever a file holds, it ends with a report or an error, and neither quotes the file. What is valid is read to its end.
func FuzzAuditHAR(f *testing.F) {
	for _, c := range []call{post(logs+"search", namedSearch), post(logs+"collect", hit), post("https://x.example/", "["+protocolEvent+"]"),
		{method: "POST", url: logs + "click", mime: "text/plain", body: "clickEvent=" + escape(anonymousClick)}, post(logs+"click", asCharacters(gzipped(anonymousClick)))} {
		whole := har(c)
		f.Add(whole)
		f.Add(whole[:len(whole)*2/3])
	}
	f.Add(`{"log":{"entries":[{"request":{"method":"POST","url":"\ud83d\udc00\ud83d"}},[[[[{}]]]]]}}`)
	f.Add(`{"log":{"entries":[{"_webSocketMessages":[{"type":"send","data":"{}"}]}]}}`)
	f.Add("\ufeff{}")
	f.Fuzz(func(t *testing.T, content string) {
		_, err := audit(t, content)
		if err == nil {
			return
		}
		var document struct {
			Log *struct {
				Entries json.RawMessage `json:"entries"`
			} `json:"log"`
		}
		if json.Unmarshal([]byte(content), &document) == nil && document.Log != nil && strings.HasPrefix(string(document.Log.Entries), "[") &&
			strings.Contains(content, `"log"`) && strings.Contains(content, `"entries"`) {
			t.Errorf("a valid file is refused: %v", err)
		}
	})
}

// A body of any content, at any address, is judged without a fault, and never quoted.
func FuzzBody(f *testing.F) {
	for _, body := range []string{namedSearch, hit, protocolEvent, "clickEvent=" + escape(anonymousClick), "a=b&c", "[[]]", `{"analytics":{"capture":true}}`, "\x1f\x8b"} {
		f.Add(logs+"click", body)
		f.Add("https://www.example.com/"+account, body)
	}
	f.Fuzz(func(t *testing.T, url, body string) {
		r, err := audit(t, har(post(url, body)))
		if err != nil || r.Entries != 1 || len(r.Findings) > 1 {
			t.Errorf("%+v, %v", r, err)
		}
		for _, finding := range r.Findings {
			if finding.Method != http.MethodPost || finding.Calls != 1 {
				t.Errorf("%+v", finding)
			}
		}
		_ = fmt.Sprint(collection.Judge(collection.ExpectAnonymous, r))
	})
}
