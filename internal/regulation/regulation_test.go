// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package regulation

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/iso8601"
)

func date(t *testing.T, text string) Date {
	t.Helper()
	d, err := ParseDate(text)
	if err != nil {
		t.Fatalf("ParseDate(%q): %v", text, err)
	}
	return d
}

func TestDeadlines(t *testing.T) {
	for _, tc := range []struct {
		regulation, received, due, submit string
	}{
		// The example of the European Data Protection Board, and that of the Information Commissioner's Office.
		{GDPR, "2026-03-05", "2026-04-05", "2026-03-08"},
		{UKGDPR, "2026-09-03", "2026-10-03", "2026-09-05"},
		// 20 December 2026 is a Sunday, and 25 December a holiday: neither moves.
		{GDPR, "2026-11-20", "2026-12-20", "2026-11-22"},
		{UKGDPR, "2026-11-25", "2026-12-25", "2026-11-27"},
		// Months that lack the date end on their last day.
		{GDPR, "2026-01-28", "2026-02-28", "2026-01-31"},
		{GDPR, "2026-01-29", "2026-02-28", "2026-01-31"},
		{GDPR, "2026-01-30", "2026-02-28", "2026-01-31"},
		{GDPR, "2026-01-31", "2026-02-28", "2026-01-31"},
		{GDPR, "2028-01-29", "2028-02-29", "2028-02-01"},
		{GDPR, "2028-01-31", "2028-02-29", "2028-02-01"},
		{UKGDPR, "2026-01-31", "2026-02-28", "2026-01-31"},
		{UKGDPR, "2026-08-31", "2026-09-30", "2026-09-02"},
		{GDPR, "2026-05-31", "2026-06-30", "2026-06-02"},
		// The last day of a short month is no "last day of the month" in a long one.
		{GDPR, "2026-02-28", "2026-03-28", "2026-02-28"},
		{GDPR, "2028-02-29", "2028-03-29", "2028-03-01"},
		{GDPR, "2026-04-30", "2026-05-30", "2026-05-02"},
		// Centuries are leap years only every fourth time.
		{GDPR, "2100-01-31", "2100-02-28", "2100-01-31"},
		{GDPR, "2000-01-31", "2000-02-29", "2000-02-01"},
		// Years end.
		{GDPR, "2026-12-31", "2027-01-31", "2027-01-03"},
		{UKGDPR, "2026-12-01", "2027-01-01", "2026-12-04"},
		{CCPA, "2026-12-01", "2027-01-15", "2026-12-18"},
		// February counts its days.
		{CCPA, "2026-01-31", "2026-03-17", "2026-02-17"},
		{CCPA, "2028-01-31", "2028-03-16", "2028-02-17"},
		{CCPA, "2026-11-16", "2026-12-31", "2026-12-03"},
		// Both weekends on which clocks move, in Europe and in California: 45 days are 45 dates.
		{CCPA, "2026-03-01", "2026-04-15", "2026-03-18"},
		{CCPA, "2026-10-20", "2026-12-04", "2026-11-06"},
		// Rules of one's own.
		{"P45D", "2026-11-16", "2026-12-31", "2026-12-03"},
		{"P1M", "2026-01-31", "2026-02-28", "2026-01-31"},
		{"P3M", "2026-11-30", "2027-02-28", "2027-01-31"},
		{"P1Y", "2028-02-29", "2029-02-28", "2029-01-31"},
		{"P1M15D", "2026-01-31", "2026-03-15", "2026-02-15"},
		{"P2W", "2026-11-16", "2026-11-30", "2026-11-02"},
		{"P14D", "2026-11-16", "2026-11-30", "2026-11-02"},
	} {
		got, err := Deadlines(tc.regulation, date(t, tc.received))
		if err != nil {
			t.Errorf("%s from %s: %v", tc.regulation, tc.received, err)
			continue
		}
		if got.DueAt.String() != tc.due || got.SubmitBy.String() != tc.submit || got.ReceivedOn.String() != tc.received {
			t.Errorf("%s from %s: got due %s, submit by %s (received %s); want %s, %s",
				tc.regulation, tc.received, got.DueAt, got.SubmitBy, got.ReceivedOn, tc.due, tc.submit)
		}
	}
}

func TestDeadlines_Refused(t *testing.T) {
	for _, tc := range []struct{ regulation, received, want string }{
		{"", "2026-11-20", "neither gdpr, uk_gdpr, ccpa nor"},
		{"GDPR", "2026-11-20", "neither gdpr, uk_gdpr, ccpa nor"},
		{"lgpd", "2026-11-20", "such as P45D"},
		{"P0D", "2026-11-20", "such as P45D"},
		{"-P1M", "2026-11-20", "such as P45D"},
		{"PT48H", "2026-11-20", "whole days"},
		{"P1DT1S", "2026-11-20", "whole days"},
		{"P8000Y", "2026-11-20", "four digits"},
		{GDPR, "9999-12-31", "four digits"},
		{"P1D", "0001-01-05", "four digits"},
	} {
		if got, err := Deadlines(tc.regulation, date(t, tc.received)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s from %s: got %v and error %v, want an error with %q", tc.regulation, tc.received, got, err, tc.want)
		}
	}
	if _, err := Deadlines(GDPR, Date{}); err == nil {
		t.Error("counted from no day")
	}
}

// Every day of four years that hold a leap day: the law's own words, checked without the code that counts.
func TestDeadlines_OneMonthEveryDay(t *testing.T) {
	gdpr, err := Parse(GDPR)
	if err != nil {
		t.Fatal(err)
	}
	lengths := []int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	for d := date(t, "2026-01-01"); d.String() < "2030-01-01"; d = d.plus(1) {
		due, err := gdpr.Deadlines(d)
		if err != nil {
			t.Fatal(err)
		}
		year, month, day := d.midnight.Date()
		month++
		if month > 12 {
			year, month = year+1, 1
		}
		last := lengths[month-1]
		if month == 2 && year%4 == 0 {
			last = 29
		}
		wantYear, wantMonth, wantDay := due.DueAt.midnight.Date()
		if wantYear != year || wantMonth != month || wantDay != min(day, last) {
			t.Errorf("received on %s: due on %s", d, due.DueAt)
		}
		if days := int(due.DueAt.midnight.Sub(due.SubmitBy.midnight).Hours() / 24); days != CompletionDays {
			t.Errorf("received on %s: %d days between %s and %s", d, days, due.SubmitBy, due.DueAt)
		}
	}
}

func TestLate(t *testing.T) {
	due, err := Deadlines(GDPR, date(t, "2026-11-20"))
	if err != nil {
		t.Fatal(err)
	}
	tokyo := time.FixedZone("Tokyo", 9*3600)
	for _, tc := range []struct {
		now              time.Time
		submitLate, late bool
	}{
		{time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), false, false},
		{time.Date(2026, 11, 22, 23, 59, 59, 999, time.UTC), false, false},
		{time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), true, false},
		{time.Date(2026, 12, 20, 23, 59, 59, 999, time.UTC), true, false},
		{time.Date(2026, 12, 21, 8, 59, 59, 0, tokyo), true, false},
		{time.Date(2026, 12, 21, 9, 0, 0, 0, tokyo), true, true},
		{time.Date(2026, 12, 21, 0, 0, 0, 0, time.UTC), true, true},
	} {
		if submit, late := due.SubmitLate(tc.now), due.Late(tc.now); submit != tc.submitLate || late != tc.late {
			t.Errorf("at %s: got %t, %t, want %t, %t", tc.now, submit, late, tc.submitLate, tc.late)
		}
	}
}

func TestParseReceived(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"2026-11-20", "2026-11-20"},
		{"2028-02-29", "2028-02-29"},
		{"2026-11-20T09:30:00Z", "2026-11-20"},
		{"2026-11-20T09:30:00.123Z", "2026-11-20"},
		{"2026-11-20T23:59:59Z", "2026-11-20"},
		// The date in UTC is the next day in the evening of California, and the day before in the morning of Tokyo.
		{"2026-11-20T20:00:00-08:00", "2026-11-21"},
		{"2026-11-20T08:00:00+09:00", "2026-11-19"},
		{"2026-12-31T23:30:00-01:00", "2027-01-01"},
		// The hour that Europe's clocks have twice, and the one that they skip.
		{"2026-10-25T02:30:00+02:00", "2026-10-25"},
		{"2026-10-25T02:30:00+01:00", "2026-10-25"},
		{"2026-03-29T02:30:00+01:00", "2026-03-29"},
		{"", ""},
		{"2026-02-29", ""},
		{"2026-13-01", ""},
		{"2026-1-1", ""},
		{"0000-01-01", ""},
		{"0001-01-01", ""},
		{"0001-01-01T12:00:00Z", ""},
		{"20261120", ""},
		{"2026-11-20 ", ""},
		{" 2026-11-20", ""},
		{"2026-11-20\n", ""},
		{"20-11-2026", ""},
		{"2026-11-20T09:30:00", ""},
		{"2026-11-20 09:30:00Z", ""},
		{"2026-11-20T9:30:00Z", ""},
		{"2026-11-20T09:30:00,5Z", ""},
		{"2026-11-20T09:30Z", ""},
		{"2026-11-20T24:00:00Z", ""},
		{"2026-11-20t09:30:00z", ""},
		{"0001-01-01T00:00:00+01:00", ""},
		{"9999-12-31T23:30:00-01:00", ""},
	} {
		got, err := ParseReceived(tc.text)
		if (err != nil) != (tc.want == "") || got.String() != tc.want {
			t.Errorf("ParseReceived(%q): got %q, %v; want %q", tc.text, got, err, tc.want)
		}
	}
}

func TestNames(t *testing.T) {
	if got := Names(); !slices.Equal(got, []string{"gdpr", "uk_gdpr", "ccpa"}) {
		t.Errorf("got %v", got)
	}
	for _, name := range Names() {
		r, err := Parse(name)
		if err != nil || r.Name != name || r.Source == "" || r.Period == (iso8601.Duration{}) {
			t.Errorf("%s: got %+v, %v", name, r, err)
		}
	}
}

func FuzzParseReceived(f *testing.F) {
	for _, seed := range []string{"2026-11-20", "2026-11-20T09:30:00Z", "2026-11-20T20:00:00.5-08:00", "2026-02-30", "0001-01-01"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseReceived(text)
		if err != nil {
			return
		}
		again, err := ParseDate(d.String())
		if err != nil || again != d {
			t.Errorf("%q is %s, which is %s, %v", text, d, again, err)
		}
	})
}

func FuzzDeadlines(f *testing.F) {
	for _, seed := range []string{GDPR, UKGDPR, CCPA, "P45D", "P999999Y999999M999999W999999D", "PT1H", "P1"} {
		f.Add(seed, "2026-01-31")
	}
	f.Fuzz(func(t *testing.T, regulation, received string) {
		d, err := ParseReceived(received)
		if err != nil {
			return
		}
		due, err := Deadlines(regulation, d)
		if err != nil {
			return
		}
		if !due.DueAt.After(d) {
			t.Errorf("%q from %s is due on %s", regulation, d, due.DueAt)
		}
		if _, err := ParseDate(due.DueAt.String()); err != nil {
			t.Errorf("%q from %s is due on %s: %v", regulation, d, due.DueAt, err)
		}
		if _, err := ParseDate(due.SubmitBy.String()); err != nil {
			t.Errorf("%q from %s is to be submitted by %s: %v", regulation, d, due.SubmitBy, err)
		}
	})
}
