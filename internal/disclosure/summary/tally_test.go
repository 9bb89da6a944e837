// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDayOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-22T09:00:00.000Z": "2026-11-22", "2026-11-22 09:00:00": "2026-11-22", "2026-11-22": "2026-11-22", "1795338000000": "2026-11-22", "1795338000": "2026-11-22",
		"": "", "yesterday": "", "2026-13-01": "", "2026-11-32": "", "0001-01-01": "", "2026/11/22": "", "12345": "", "2026-11-22x": "", "99999999999999999999": "",
	} {
		got, ok := dayOf([]byte(text))
		if ok != (want != "") || ok && got.time().Format(time.DateOnly) != want {
			t.Errorf("%s: got %s, %v", text, got.time().Format(time.DateOnly), ok)
		}
	}
}

func TestTally_OverTime(t *testing.T) {
	t.Parallel()
	for unit, test := range map[string]struct {
		days          int
		bars          int
		first, second string
	}{
		"day": {30, 30, "22 Nov 2025", "23 Nov 2025"}, "week": {100, 15, "17 Nov 2025", "24 Nov 2025"}, "month": {500, 18, "Nov 2025", "Dec 2025"}, "year": {3000, 10, "2025", "2026"},
	} {
		tally := NewTally(nil)
		o := tally.Observe("searches", []string{"datetime"})
		for n := range test.days {
			o.Row([][]byte{[]byte(time.Date(2025, 11, 22, 12, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format(time.RFC3339))})
		}
		o.Row([][]byte{[]byte("whenever")})
		got, counts := tally.overTime()
		var sum int64
		for _, count := range counts {
			sum += count.N
		}
		if got != unit || len(counts) != test.bars || counts[0].Label != test.first || counts[1].Label != test.second || sum != int64(test.days) || tally.undated != 1 {
			t.Errorf("%d days: got %s, %d bars from %s, %d events", test.days, got, len(counts), counts[0].Label, sum)
		}
	}
}

// A tally takes as much memory for many values as for some.
func TestTally_IsBounded(t *testing.T) {
	t.Parallel()
	tally := NewTally(nil)
	o := tally.Observe("searches", []string{"datetime", "originLevel1", "actionCause"})
	for n := range 20000 {
		o.Row([][]byte{fmt.Appendf(nil, "%013d", n*87654321), fmt.Appendf(nil, "hub %d", n), []byte(strings.Repeat("é", 30+n))[:61+n%2]})
	}
	if len(tally.origins.values) > maxValues || tally.origins.others != 20000-maxValues || len(tally.causes.values) > maxValues {
		t.Errorf("%d and %d values are kept", len(tally.origins.values), len(tally.causes.values))
	}
	for label := range tally.causes.values {
		if len(label) > maxLabel || strings.ContainsRune(label, '\ufffd') {
			t.Errorf("the label %q", label)
		}
	}
	counts := tally.origins.top(8)
	if len(counts) != 9 || counts[8].Label != "others" || counts[8].N != 20000-8 {
		t.Errorf("got %v", counts)
	}
	var page bytes.Buffer
	if err := Write(&page, Page{}, tally); err != nil || page.Len() > 1<<20 {
		t.Errorf("%d bytes, %v", page.Len(), err)
	}
}

func TestTally_CountsEveryEventOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ tables, counted []string }{
		"each kind":                {[]string{"all_events", "Searches_2026", "clicks", "custom_events", "keywords"}, []string{"Searches_2026", "clicks", "custom_events"}},
		"one kind is missing":      {[]string{"all_events", "Searches_2026", "keywords"}, []string{"all_events"}},
		"all in one":               {[]string{"ALL_EVENTS", "groups"}, []string{"ALL_EVENTS"}},
		"some kinds":               {[]string{"searches", "clicks", "groups"}, []string{"searches", "clicks"}},
		"words of searches, alone": {[]string{"keywords"}, nil},
	} {
		var counted []string
		tally := NewTally(test.tables)
		for _, table := range test.tables {
			if tally.Observe(table, nil) != nil {
				counted = append(counted, table)
			}
		}
		if !slices.Equal(counted, test.counted) {
			t.Errorf("%s: %v are counted", name, counted)
		}
	}
}

// A page never says that there is nothing where there are rows, nor that all is there where something is not.
func TestPage_SaysNothingThatIsNotSo(t *testing.T) {
	t.Parallel()
	write := func(page Page) string {
		var out bytes.Buffer
		if err := Write(&out, page, NewTally(nil)); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	const none, all = "There are no records about you in this package.", "The files hold every row and every column"
	for name, test := range map[string]struct {
		page       Page
		want, lack string
	}{
		"no row":          {Page{Tables: []Table{{Name: "searches", File: "searches.csv"}}}, none, "not counted"},
		"rows of words":   {Page{Tables: []Table{{Name: "keywords", File: "keywords.csv", Rows: 3}}}, "<b>3</b> <span>rows of records", none},
		"explains itself": {Page{Tables: []Table{{Name: "keywords", File: "keywords.csv", Rows: 3}}}, "do not stand for one action each", "actions recorded"},
		"replaced text":   {Page{Tables: []Table{{Name: "searches", File: "searches.csv", Rows: 3, Replaced: 2}}}, "In 2 values, text that could not be read", all},
		"table that lacks": {
			Page{Absent: []string{"clicks", "custom_events"}, Tables: []Table{{Name: "searches", File: "searches.csv"}}}, "no file of Opened results, Other actions", "exported twice",
		},
	} {
		if got := write(test.page); !strings.Contains(got, test.want) || strings.Contains(got, test.lack) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestPage_SaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	tally := NewTally(nil)
	tally.Observe("searches", []string{"queryExpression"}).Row([][]byte{[]byte("q")})
	var page bytes.Buffer
	if err := Write(&page, Page{Tables: []Table{{Name: "searches", File: "searches.csv", Rows: 1, Columns: []Column{{Name: "queryExpression"}}}}}, tally); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"The package does not say when it happened, or where it was done, or what led to it", "<b>1</b> <span>action recorded</span>", "<b>Nothing</b> <span>was left out</span>"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
