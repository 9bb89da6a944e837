// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package regulation

import (
	"errors"
	"regexp"
	"time"
)

const dateLayout = "2006-01-02"

var instantPattern = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$`)

// Date is a day of the calendar in UTC. The zero Date is no day.
type Date struct {
	midnight time.Time
}

// DateOf is the day in UTC on which an instant lies.
func DateOf(at time.Time) Date {
	year, month, day := at.UTC().Date()
	return Date{time.Date(year, month, day, 0, 0, 0, 0, time.UTC)}
}

// ParseDate reads YYYY-MM-DD.
func ParseDate(text string) (Date, error) {
	at, err := time.Parse(dateLayout, text)
	if err != nil || at.Year() < 1 || at.IsZero() {
		return Date{}, errors.New("it is not a date of the calendar in the form YYYY-MM-DD, such as 2026-11-20")
	}
	return DateOf(at), nil
}

// ParseReceived reads when a request was received: a date, or an RFC 3339 instant, which counts as its date in UTC. Late in
// the day west of Greenwich that is the next day, and early in the day east of it the day before: whoever must count from the
// date on their own wall writes that date.
func ParseReceived(text string) (Date, error) {
	if date, err := ParseDate(text); err == nil {
		return date, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	// Go's parser also takes hours of one digit and a comma before the fraction, which RFC 3339 does not have.
	if err != nil || !instantPattern.MatchString(text) || !representable(at.UTC()) || DateOf(at).IsZero() {
		return Date{}, errors.New("it is neither a date such as 2026-11-20 nor an RFC 3339 instant such as 2026-11-20T09:30:00Z")
	}
	return DateOf(at), nil
}

// String is YYYY-MM-DD, or nothing for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.midnight.Format(dateLayout)
}

// IsZero tells whether this is no day.
func (d Date) IsZero() bool { return d.midnight.IsZero() }

// Time is the first instant of the day.
func (d Date) Time() time.Time { return d.midnight }

// After tells whether the day comes after another.
func (d Date) After(other Date) bool { return d.midnight.After(other.midnight) }

// plus is the day that lies some days later, or earlier where the number is negative.
func (d Date) plus(days int) Date { return Date{d.midnight.AddDate(0, 0, days)} }

// representable tells whether a day can be written with the four digits that a date has for its year.
func representable(at time.Time) bool { return at.Year() >= 1 && at.Year() <= 9999 }
