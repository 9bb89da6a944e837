// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package iso8601

import (
	"testing"
	"time"
)

func TestParseAndAfter(t *testing.T) {
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		text string
		want string // empty: refused
	}{
		{"P90D", "2026-05-01T12:00:00Z"},
		{"P1M", "2026-02-28T12:00:00Z"},
		{"P1Y1M", "2027-02-28T12:00:00Z"},
		{"P2W", "2026-02-14T12:00:00Z"},
		{"PT36H", "2026-02-02T00:00:00Z"},
		{"P1DT1H1M1S", "2026-02-01T13:01:01Z"},
		{"", ""},
		{"P", ""},
		{"PT", ""},
		{"P1DT", ""},
		{"P0D", ""},
		{"P-1D", ""},
		{"-P1D", ""},
		{"90d", ""},
		{"P1.5D", ""},
		{"P1D ", ""},
		{"PT1M1H", ""},
		{"P9999999D", ""},
	} {
		d, err := Parse(tc.text)
		if tc.want == "" {
			if err == nil {
				t.Errorf("Parse(%q) accepted %+v", tc.text, d)
			}
			continue
		}
		if err != nil {
			t.Errorf("Parse(%q): %v", tc.text, err)
			continue
		}
		if got := d.After(at).Format(time.RFC3339); got != tc.want {
			t.Errorf("%s after %s: got %s, want %s", tc.text, at, got, tc.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("P90D")
	f.Add("P1Y2M3W4DT5H6M7S")
	f.Add("PT")
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil {
			return
		}
		if !d.After(at).After(at) {
			t.Errorf("%q lasts no time: %+v", text, d)
		}
	})
}
