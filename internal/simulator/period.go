// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"regexp"
	"strconv"
	"time"
)

// parsePeriod reads an ISO 8601 duration such as P90D, P1M or PT12H and returns what it adds to an instant. Coveo names
// the standard and gives whole numbers only, so fractions are refused.
func parsePeriod(text string) (func(time.Time) time.Time, bool) {
	form := regexp.MustCompile(`^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)
	match := form.FindStringSubmatch(text)
	if match == nil {
		return nil, false
	}
	var parts [7]int
	total := 0
	for i := range parts {
		if match[i+1] == "" {
			continue
		}
		n, err := strconv.Atoi(match[i+1])
		if err != nil || n > 1_000_000 {
			return nil, false
		}
		parts[i] = n
		total += n
	}
	if total == 0 {
		return nil, false
	}
	return func(t time.Time) time.Time {
		return t.AddDate(parts[0], parts[1], 7*parts[2]+parts[3]).Add(time.Duration(parts[4])*time.Hour +
			time.Duration(parts[5])*time.Minute + time.Duration(parts[6])*time.Second)
	}, true
}
