// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"errors"
	"fmt"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// parsePeriod reads the two ends of a period. A date is a whole day of UTC, and the period holds its last day wholly.
func parsePeriod(from, to string) (coveo.Period, error) {
	start, _, err := parseEnd(from)
	if err != nil {
		return coveo.Period{}, fmt.Errorf("from cannot be used: %w", err)
	}
	end, isDate, err := parseEnd(to)
	if err != nil {
		return coveo.Period{}, fmt.Errorf("to cannot be used: %w", err)
	}
	if isDate {
		end = end.AddDate(0, 0, 1).Add(-time.Millisecond)
	}
	if !end.After(start) {
		return coveo.Period{}, errors.New("the period ends before it begins")
	}
	return coveo.Period{From: start, To: end}, nil
}

func parseEnd(text string) (at time.Time, isDate bool, err error) {
	if at, err = time.Parse(time.DateOnly, text); err == nil {
		return at, true, sane(at)
	}
	if at, err = time.Parse(time.RFC3339, text); err == nil {
		return at.UTC(), false, sane(at)
	}
	return time.Time{}, false, errors.New(`it must be a date such as "2026-01-31" or an instant such as "2026-01-31T12:00:00Z"`)
}

func sane(at time.Time) error {
	if at.Year() < 2000 || at.Year() > 2999 {
		return errors.New("its year is out of every period that Coveo holds events of")
	}
	return nil
}
