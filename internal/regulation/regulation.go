// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package regulation counts the time that a law gives for answering a request, and the day by which Coveo must be asked so
// that it is done by then.
//
// It counts dates of the calendar in UTC, and it is a calculator, not legal advice. What it leaves out:
//
//   - Weekends and public holidays move no date. Where a law lets a period that ends on such a day run on to the next working
//     day (Regulation (EEC, Euratom) No 1182/71 Article 3(4) in the Union, with other holidays in each Member State; the
//     Information Commissioner's guidance in the United Kingdom), the day only ever moves later. The date given here is then
//     early, never late, and it is the same in every country.
//   - Extensions (two further months under GDPR Article 12(3), 45 further days under Cal. Civ. Code §1798.130(a)(2)(A)) depend on
//     reasons and on telling the person in time, which nobody can compute. Whoever has extended writes a duration of their own.
//   - What else may start or stop a clock, such as asking for proof of identity, is for the caller to decide by the date given.
package regulation

import (
	"fmt"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/iso8601"
)

// The regulations that have a name.
const (
	// GDPR is Regulation (EU) 2016/679. Article 12(3): "without undue delay and in any event within one month of receipt of the
	// request". How a month is counted says Regulation (EEC, Euratom) No 1182/71: the day of the event does not count
	// (Article 3(1)), and the period ends with the last hour of the day of the last month that has the same date as the day from
	// which it runs, or of that month's last day where it has no such date (Article 3(2)(c)). The day from which it runs is the day
	// of the event: Court of Justice, C-171/03, Toeters and Verberk. The European Data Protection Board counts so too
	// (Guidelines 01/2022 on the right of access, section 5.3): received on 5 March, due on 5 April.
	GDPR = "gdpr"
	// UKGDPR is the United Kingdom's GDPR, Article 12(3), as the Information Commissioner's Office counts it: from the day of
	// receipt, working day or not, until the corresponding calendar date in the next month, or that month's last day where it has
	// no such date (guidance on time limits, since August 2019: received on 3 September, due on 3 October).
	UKGDPR = "uk_gdpr"
	// CCPA is the California Consumer Privacy Act: 45 days of receipt, Cal. Civ. Code §1798.130(a)(2)(A); "no later than 45
	// calendar days after receipt", whatever time it takes to verify the person, Cal. Code Regs. tit. 11, §7021(b). The first day
	// does not count and the last does: Cal. Civ. Code §10.
	CCPA = "ccpa"
)

// CompletionDays is how many days Coveo says that an erasure may take. That a request should reach Coveo so long before it is
// due is a target for operations and no law: the laws above ask for an answer to the person, and know no processor's 28 days.
const CompletionDays = 28

// Regulation is a law, or somebody's own rule, with the time that it gives.
type Regulation struct {
	// Name is the law's name, or the duration as it was written.
	Name string
	// Period runs from the day of receipt. It is made of whole days or longer.
	Period iso8601.Duration
	// Source is where the law says so; empty for a duration of one's own.
	Source string
}

// Names lists the regulations that have a name.
func Names() []string { return []string{GDPR, UKGDPR, CCPA} }

// Parse reads a regulation's name, or an ISO 8601 duration such as P45D.
func Parse(text string) (Regulation, error) {
	switch text {
	case GDPR:
		return Regulation{GDPR, iso8601.Duration{Months: 1},
			"Regulation (EU) 2016/679, Article 12(3); counted by Regulation (EEC, Euratom) No 1182/71, Article 3"}, nil
	case UKGDPR:
		return Regulation{UKGDPR, iso8601.Duration{Months: 1}, "UK GDPR, Article 12(3); counted as the Information Commissioner's Office does"}, nil
	case CCPA:
		return Regulation{CCPA, iso8601.Duration{Days: 45}, "Cal. Civ. Code §1798.130(a)(2)(A); Cal. Code Regs. tit. 11, §7021(b)"}, nil
	}
	period, err := iso8601.Parse(text)
	if err != nil {
		return Regulation{}, fmt.Errorf("it is neither %s nor an ISO 8601 duration such as P45D or P1M", strings.Join(Names(), ", "))
	}
	if period.Hours != 0 || period.Minutes != 0 || period.Seconds != 0 {
		return Regulation{}, fmt.Errorf("it counts hours, and deadlines are dates; write whole days, such as P45D")
	}
	return Regulation{Name: text, Period: period}, nil
}

// Due is by when a request is to be answered.
type Due struct {
	Regulation Regulation
	// ReceivedOn is the day from which the period runs.
	ReceivedOn Date
	// DueAt is the last day of the period. All of that day is in time.
	DueAt Date
	// SubmitBy is the last day on which Coveo can be asked and, if it takes all the time it says it may, be done by DueAt. It may
	// lie on the day of receipt, and before it where the period is short: a month of 28 days leaves none to lose.
	SubmitBy Date
}

// Deadlines counts for a regulation's name or a duration.
func Deadlines(regulation string, receivedAt Date) (Due, error) {
	r, err := Parse(regulation)
	if err != nil {
		return Due{}, fmt.Errorf("the regulation cannot be used: %w", err)
	}
	return r.Deadlines(receivedAt)
}

// Deadlines counts from the day of receipt.
func (r Regulation) Deadlines(receivedAt Date) (Due, error) {
	if receivedAt.IsZero() {
		return Due{}, fmt.Errorf("there is no day of receipt to count from")
	}
	due := DateOf(r.Period.After(receivedAt.midnight))
	submit := due.plus(-CompletionDays)
	if !representable(due.midnight) || !representable(submit.midnight) {
		return Due{}, fmt.Errorf("%s after %s is no year of four digits; look for a slip in either", r.Name, receivedAt)
	}
	return Due{Regulation: r, ReceivedOn: receivedAt, DueAt: due, SubmitBy: submit}, nil
}

// Late tells whether the period has passed. It is a question: nothing is refused for being late, because a late erasure is
// still owed.
func (d Due) Late(now time.Time) bool { return DateOf(now).After(d.DueAt) }

// SubmitLate tells whether the day has passed by which Coveo was to be asked. The answer may still be in time.
func (d Due) SubmitLate(now time.Time) bool { return DateOf(now).After(d.SubmitBy) }
