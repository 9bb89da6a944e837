// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo_test

import (
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestUserID_IsPercentEncodedExactlyOnce(t *testing.T) {
	for id, path := range map[string]string{
		alice:                 "alice.smith@example.com-google",
		"a/b c?d#e%":          "a%2Fb%20c%3Fd%23e%25",
		"dupré@exämple.com":   "dupr%C3%A9@ex%C3%A4mple.com",
		"%2F":                 "%252F",
		"a%2Fb":               "a%252Fb",
		" leading":            "%20leading",
		"trailing ":           "trailing%20",
		" ":                   "%20",
		"a+b&c=d;e,f":         "a+b&c=d%3Be%2Cf",
		"a\\b\"c":             "a%5Cb%22c",
		"line\nbreak\ttab":    "line%0Abreak%09tab",
		"...":                 "...",
		"../admin":            "..%2Fadmin",
		"{user}{organization": "%7Buser%7D%7Borganization",
		"ALICE":               "ALICE",
		"e\u0301":             "e%CC%81",
		"\u00e9":              "%C3%A9",
		"👩‍💻":                 "%F0%9F%91%A9%E2%80%8D%F0%9F%92%BB",
		strings.Repeat("é", coveo.MaxUserIDLength): strings.Repeat("%C3%A9", coveo.MaxUserIDLength),
	} {
		t.Run(path[:min(len(path), 40)], func(t *testing.T) {
			server, client := simulated(t, simulator.Options{})
			server.Log(id, simulator.Search, 3)
			overview, err := client.UserOverview(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "events", overview.Total, 3)
			if _, err := client.DeleteUserData(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			equal(t, "deletions", server.Deletions(id), 1)
			requests := server.Requests()
			equal(t, "path of the overview", requests[0].Path, "/rest/ua/v15/users/"+path+"/overview")
			equal(t, "path of the erasure", requests[1].Path, "/rest/ua/v15/users/"+path+"/alldata")
			equal(t, "user of the erasure", requests[1].UserID, id)
		})
	}
}

func TestUserID_ThatCannotBeSentIsRefusedBeforeAnyRequest(t *testing.T) {
	for name, test := range map[string]struct{ id, says string }{
		"empty":              {"", "empty"},
		"folder":             {".", `"."`},
		"folder above":       {"..", `".."`},
		"129 characters":     {strings.Repeat("x", 129), "129 characters"},
		"129 wide ones":      {strings.Repeat("é", 129), "129 characters"},
		"a hundred thousand": {strings.Repeat("secretname", 10000), "100000 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			s, client := scripted(t, always(202, "{}"))
			_, readErr := client.UserOverview(t.Context(), test.id)
			_, eraseErr := client.DeleteUserData(t.Context(), test.id)
			for _, err := range []error{readErr, eraseErr} {
				if err == nil {
					t.Fatal("it was accepted")
				}
				contains(t, err.Error(), test.says)
				if len(test.id) > 2 && strings.Contains(err.Error(), test.id[:10]) {
					t.Errorf("the identifier is shown: %v", err)
				}
			}
			equal(t, "requests", len(s.requests()), 0)
		})
	}
}

func TestToken_ThatIsNotKnownSendsNothing(t *testing.T) {
	s, client := scripted(t, always(200, "{}"), func(c *coveo.Config) { c.Token, c.TokenUnknown = "", true })
	equal(t, "unknown", client.TokenUnknown(), true)
	for _, op := range operations() {
		if err := op.call(t.Context(), client); err != coveo.ErrTokenUnknown { //nolint:errorlint // it is that very error
			t.Errorf("%s: %v", op.name, err)
		}
	}
	equal(t, "requests", len(s.requests()), 0)
}
