// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/collection"
)

// jwt is a token that says this of its user.
func jwt(claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"HS256"}`)) + "." + part([]byte(claims)) + ".c2lnbmF0dXJl"
}

func withToken(c call, value string) call {
	// Header names come in any case, and the last one counts.
	c.headers = map[string]string{"authorization": "Bearer " + value}
	return c
}

func TestJudge(t *testing.T) {
	const (
		platform = "https://platform.cloud.coveo.com/rest/"
		orgs     = platform + "organizations/" + org + "/"
	)
	plain := post(platform+"search/v2", `{"q":"x"}`)
	captured := post(platform+"search/v2", `{"analytics":{"clientId":"`+browser+`","capture":true}}`)
	events := post(orgs+"events/v1", "["+protocolEvent+"]")
	user := jwt(`{"userIds":[{"type":"User","name":"` + account + `"}]}`)
	for name, tc := range map[string]struct {
		calls                []call
		none, anonymous      string // a part of the only reason; empty if compliant
		caveats              []string
		withoutCaveatMention string
	}{
		"only queries":          {calls: []call{plain}, withoutCaveatMention: "browser"},
		"no Coveo":              {calls: []call{post("https://www.example.com/", "{}")}, caveats: []string{"no call to Coveo"}},
		"no request":            {none: "proves nothing", anonymous: "proves nothing"},
		"anonymous events":      {calls: []call{plain, post(logs+"click", anonymousClick)}, none: "records 1 event.", caveats: []string{"ID of the browser", "disagree on what anonymous does"}},
		"not marked":            {calls: []call{post(logs+"custom", `{}`)}, none: "records 1 event", anonymous: "anonymous is not true in 1 of 1 event"},
		"marked as false":       {calls: []call{post(logs+"custom", `{"anonymous":false}`)}, none: "records 1 event", anonymous: "anonymous is not true in 1 of 1 event"},
		"marked, with a name":   {calls: []call{post(logs+"custom", `{"anonymous":true,"username":"x"}`)}, none: "records 1 event", anonymous: "names the person: username"},
		"marked, with an email": {calls: []call{post(logs+"custom", `{"anonymous":true,"customData":{"who":"`+account+`"}}`)}, none: "records 1 event", anonymous: "person: email_in_custom_data"},
		"marked, email in words": {calls: []call{post(logs+"search", `{"anonymous":true,"queryText":"`+account+`"}`)}, none: "records 1 event",
			caveats: []string{"something like an e-mail address"}},
		"marked, token of a user": {calls: []call{withToken(post(logs+"custom", `{"anonymous":true}`), user)}, none: "records 1 event"},
		"body missing":            {calls: []call{{method: "POST", url: logs + "click", noBody: true}}, none: "records 1 event", anonymous: "missing from the file"},
		"query missing":           {calls: []call{{method: "POST", url: platform + "search/v2", noBody: true}}, none: "Make the file with bodies", anonymous: "missing from the file"},
		"body missing elsewhere":  {calls: []call{plain, {method: "POST", url: "https://www.example.com/x", noBody: true}}, caveats: []string{"does not hold the bodies of 1 request"}},
		"protocol":                {calls: []call{events}, none: "records 1 event", caveats: []string{"ID of the browser"}, withoutCaveatMention: "token"},
		"protocol, opaque token":  {calls: []call{withToken(events, "abc")}, none: "records 1 event", caveats: []string{"does not show whom it stands for"}},
		"protocol, user's token":  {calls: []call{withToken(events, user)}, none: "records 1 event", anonymous: "person: access_token_user"},
		"protocol, nobody's":      {calls: []call{withToken(events, jwt(`{"userIds":[{"name":"anonymous"}]}`))}, none: "records 1 event", withoutCaveatMention: "token"},
		"protocol, other claims":  {calls: []call{withToken(events, jwt(`{"sub":"`+account+`"}`))}, none: "records 1 event", caveats: []string{"does not show whom"}},
		"captured":                {calls: []call{captured}, none: "the body says capture true", caveats: []string{"ID of the browser"}},
		"captured, with a name":   {calls: []call{post(platform+"search/v2", `{"analytics":{"capture":true,"userDisplayName":"x"}}`)}, none: "capture true", anonymous: "person: userDisplayName"},
		"not captured, a name":    {calls: []call{post(platform+"search/v2", `{"analytics":{"capture":false,"userDisplayName":"x"}}`)}},
		"commerce undecided":      {calls: []call{post(orgs+"commerce/v2/search", `{"context":{}}`)}, none: "do not settle", caveats: []string{"counts as recording"}},
		"commerce silent":         {calls: []call{post(orgs+"commerce/v2/search", `{"context":{"capture":false}}`)}},
		"commerce of a person":    {calls: []call{post(orgs+"commerce/v2/search", `{"context":{"capture":true,"user":{"userId":"x","email":"x"}}}`)}, none: "capture true", anonymous: "person: email, userId"},
		"hit":                     {calls: []call{post(logs+"collect", hit)}, none: "records 1 event", withoutCaveatMention: "aip"},
		"hit with an address":     {calls: []call{post(logs+"collect", `{"t":"event","cid":"x"}`)}, none: "records 1 event", caveats: []string{"(aip)"}},
		"hit of a person":         {calls: []call{post(logs+"collect", `{"t":"event","uid":"x"}`)}, none: "records 1 event", anonymous: "person: uid"},
		"pageview":                {calls: []call{post(logs+"pageview", `{"anonymous":true}`)}, none: "no document tells", caveats: []string{"do not settle"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := audit(t, har(tc.calls...))
			if err != nil {
				t.Fatal(err)
			}
			for expect, want := range map[collection.Expectation]string{collection.ExpectNone: tc.none, collection.ExpectAnonymous: tc.anonymous, collection.ExpectAny: ""} {
				v := collection.Judge(expect, r)
				if v.Compliant != (want == "") || (want == "") != (len(v.Reasons) == 0) || !strings.Contains(strings.Join(v.Reasons, "\n"), want) {
					t.Errorf("%s: %+v, want %q", expect, v, want)
				}
			}
			caveats := strings.Join(collection.Judge(collection.ExpectAnonymous, r).Caveats, "\n")
			for _, want := range tc.caveats {
				if !strings.Contains(caveats, want) {
					t.Errorf("no caveat has %q: %s", want, caveats)
				}
			}
			if tc.withoutCaveatMention != "" && strings.Contains(caveats, tc.withoutCaveatMention) {
				t.Errorf("a caveat has %q: %s", tc.withoutCaveatMention, caveats)
			}
		})
	}
}

// One file that fails is enough.
func TestJudge_SeveralFiles(t *testing.T) {
	good, err := audit(t, har(post("https://platform.cloud.coveo.com/rest/search/v2", `{}`)))
	if err != nil {
		t.Fatal(err)
	}
	bad, err := audit(t, har(post(logs+"click", anonymousClick)))
	if err != nil {
		t.Fatal(err)
	}
	if !collection.Judge(collection.ExpectNone, good).Compliant || collection.Judge(collection.ExpectNone, good, bad).Compliant || collection.Judge(collection.ExpectNone, bad, good).Compliant {
		t.Error("a file that fails is hidden by one that does not")
	}
}
