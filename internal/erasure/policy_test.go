// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"reflect"
	"strings"
	"testing"
)

const (
	danaKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP7h4Gg0IYEwHCoKs6XwSVtTkP7iAQ5Z1pBLX0dO1bZD dana"
	leeKey  = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDy5yZuQ0n2jtF1H2RWxqWQdOqs9vK3nS0ah7sV2zj1c lee"
)

func policyOf(t *testing.T, text string) Policy {
	t.Helper()
	p, err := ParsePolicy([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

func TestPolicy_TheStrictestWinsWhicheverSaysIt(t *testing.T) {
	hold := "2026:" + strings.Repeat("a", 64)
	other := "2026:" + strings.Repeat("b", 64)
	for name, tc := range map[string]struct{ block, runner, want string }{
		"a smaller limit in the file":       {`{"max_per_run": 100}`, `{"max_per_run": 5}`, `{"max_per_run": 5}`},
		"a larger limit in the file":        {`{"max_per_run": 5}`, `{"max_per_run": 100}`, `{"max_per_run": 5}`},
		"the default against a larger one":  {`{}`, `{"max_per_run": 100}`, `{}`},
		"the default against a smaller one": {`{}`, `{"max_per_run": 3}`, `{"max_per_run": 3}`},
		"simulation in either":              {`{"simulate": true}`, `{"simulate": false}`, `{"simulate": true}`},
		"an error over waiting":             {`{"blocked": "error"}`, `{"blocked": "wait"}`, `{"blocked": "error"}`},
		"holds are united":                  {`{"legal_holds": ["` + hold + `"]}`, `{"legal_holds": ["` + other + `"]}`, `{"legal_holds": ["` + hold + `", "` + other + `"]}`},
		"holds in the block alone":          {`{"legal_holds": ["` + hold + `"]}`, `{}`, `{"legal_holds": ["` + hold + `"]}`},
		"none in either is said":            {`{"legal_holds": []}`, `{"legal_holds": []}`, `{"legal_holds": []}`},
		"none in the file is said":          {`{}`, `{"legal_holds": []}`, `{"legal_holds": []}`},
		"nobody said":                       {`{}`, `{}`, `{}`},
		"more approvals in the file":        {`{"required_approvals": 1}`, `{"required_approvals": 2}`, `{"required_approvals": 2}`},
		"more approvals in the block":       {`{"required_approvals": 2}`, `{"required_approvals": 1}`, `{"required_approvals": 2}`},
		"approvers that both know":          {`{"approvers": {"dana": "` + danaKey + `", "lee": "` + leeKey + `"}}`, `{"approvers": {"dana": "` + danaKey + ` another comment"}}`, `{"approvers": {"dana": "` + danaKey + `"}}`},
		"a name with another key":           {`{"approvers": {"dana": "` + leeKey + `"}}`, `{"approvers": {"dana": "` + danaKey + `"}}`, `{"approvers": {}}`},
		"approvers in the file alone":       {`{}`, `{"approvers": {"dana": "` + danaKey + `"}}`, `{"approvers": {"dana": "` + danaKey + `"}}`},
		"nobody in the file":                {`{"approvers": {"dana": "` + danaKey + `"}}`, `{"approvers": {}}`, `{"approvers": {}}`},
	} {
		t.Run(name, func(t *testing.T) {
			got := policyOf(t, tc.block).Tighten(policyOf(t, tc.runner))
			want := policyOf(t, tc.want)
			if got.Limit() != want.Limit() || got.Simulate != want.Simulate || got.BlockedIsError != want.BlockedIsError ||
				got.RequireHolds != want.RequireHolds || got.RequiredApprovals != want.RequiredApprovals || !reflect.DeepEqual(got.LegalHolds, want.LegalHolds) {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if (got.Approvers == nil) != (want.Approvers == nil) || got.Approvers != nil && !reflect.DeepEqual(got.Approvers.Names(), want.Approvers.Names()) {
				t.Errorf("the approvers differ: %v, want %v", got.Approvers, want.Approvers)
			}
		})
	}
}

func TestParsePolicy_RefusesWhatItDoesNotUnderstand(t *testing.T) {
	for _, text := range []string{
		``, `[]`, `null`, `{`, `{}x`, `{"max_per_run": 1} {}`, `{"Max_Per_Run": 1}`, `{"max_per_run": 1.5}`, `{"max_per_run": -1}`, `{"max_per_run": null}`,
		`{"max_per_run": "1"}`, `{"simulate": "yes"}`, `{"blocked": "stop"}`, `{"legal_holds": null}`, `{"legal_holds": ["x"]}`, `{"legal_holds": [null]}`,
		`{"required_approvals": -1}`, `{"approvers": []}`, `{"approvers": {"dana": 1}}`, `{"approvers": {"dana": "no key"}}`, `{"approvers": {"dana": null}}`,
		`{"simulate": true, "simulate": false}`, `{"approvers": {"dana": "` + danaKey + `", "dana": "` + leeKey + `"}}`, `{"receipt_signing_key": "x"}`,
		`{"approvers": {"dana": "` + danaKey + `", "d2": "` + danaKey + `"}}`,
	} {
		if p, err := ParsePolicy([]byte(text)); err == nil {
			t.Errorf("%s was accepted as %+v", text, p)
		}
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(`{"max_per_run": 5, "legal_holds": [], "blocked": "error"}`))
	f.Add([]byte(`{"simulate": true`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParsePolicy(data)
		if err != nil {
			return
		}
		strict := (Policy{}).Tighten(p)
		if strict.Limit() > DefaultMaxPerRun || p.Simulate && !strict.Simulate || strict.RequiredApprovals < p.RequiredApprovals {
			t.Errorf("%q loosens: %+v", data, strict)
		}
	})
}
