// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package iso8601 reads the durations in which Coveo and the law count: calendar months and days rather than hours.
package iso8601

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Duration is an ISO 8601 duration, as P90D, P1M or PT36H.
type Duration struct {
	Years, Months, Weeks, Days, Hours, Minutes, Seconds int
}

var pattern = regexp.MustCompile(`^P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?(T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$`)

// Parse reads a duration of whole units. Zero and negative durations are refused: nothing here lasts no time.
func Parse(text string) (Duration, error) {
	m := pattern.FindStringSubmatch(text)
	if m == nil || m[5] == "T" {
		return Duration{}, fmt.Errorf("it is not an ISO 8601 duration of whole units, such as P90D, P1M or PT36H")
	}
	number := func(i int) int {
		n, _ := strconv.Atoi(m[i]) // an absent unit is the empty string, and six digits fit
		return n
	}
	d := Duration{number(1), number(2), number(3), number(4), number(6), number(7), number(8)}
	if d == (Duration{}) {
		return Duration{}, fmt.Errorf("it lasts no time; write at least one unit, such as P1D")
	}
	return d, nil
}

// After is the instant that lies d after at, by the calendar in UTC: P1M after 31 January is the last day of February, not
// a day in March, which is how periods in months end in the regulations that use them.
func (d Duration) After(at time.Time) time.Time {
	at = at.UTC()
	months := d.Years*12 + d.Months
	if months != 0 {
		first := time.Date(at.Year(), at.Month(), 1, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC).AddDate(0, months, 0)
		last := first.AddDate(0, 1, -1).Day()
		at = first.AddDate(0, 0, min(at.Day(), last)-1)
	}
	return at.AddDate(0, 0, d.Weeks*7+d.Days).
		Add(time.Duration(d.Hours)*time.Hour + time.Duration(d.Minutes)*time.Minute + time.Duration(d.Seconds)*time.Second)
}
