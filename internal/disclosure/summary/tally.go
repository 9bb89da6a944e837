// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package summary shows a person what an export holds on them, as a page that opens without a network: numbers, charts, and
// what was left out. It sees only what is handed over. It knows no Terraform.
package summary

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/dictionary"
)

// Tally counts rows while they pass. Its size is bounded, whatever the rows hold.
type Tally struct {
	events  int64
	undated int64
	days    map[day]int64
	types   counter
	causes  counter
	origins counter
	// skipped are the kinds of tables that would count events twice: ALL_EVENTS where each of the three kinds has a table of its
	// own, and those of single kinds where one is missing.
	skipped []dictionary.Kind
}

const (
	// maxValues is how many different values are counted one by one.
	maxValues = 500
	// maxLabel is how many bytes of a value are shown.
	maxLabel = 60
)

// NewTally makes ready to count rows of these tables, which are those that are handed over.
func NewTally(tables []string) *Tally {
	t := &Tally{days: map[day]int64{}, skipped: []dictionary.Kind{dictionary.Details}}
	there := map[dictionary.Kind]bool{}
	for _, table := range tables {
		there[dictionary.KindOf(table)] = true
	}
	single := []dictionary.Kind{dictionary.Searches, dictionary.Clicks, dictionary.CustomEvents}
	switch {
	case !there[dictionary.AllEvents]:
	case there[single[0]] && there[single[1]] && there[single[2]]:
		t.skipped = append(t.skipped, dictionary.AllEvents)
	default:
		t.skipped = append(t.skipped, single...)
	}
	return t
}

// Observer counts the rows of one table.
type Observer struct {
	tally *Tally
	label string
	// at, cause and origin are positions, -1 where the table has no such column.
	at, cause, origin int
}

// Observe makes ready for a table with these columns. It returns nil for tables whose rows are no events of their own.
func (t *Tally) Observe(table string, columns []string) *Observer {
	if slices.Contains(t.skipped, dictionary.KindOf(table)) {
		return nil
	}
	o := &Observer{tally: t, label: dictionary.Label(table), at: -1, cause: -1, origin: -1}
	for n, column := range columns {
		switch dictionary.RoleOf(column) {
		case dictionary.Time:
			if o.at < 0 {
				o.at = n
			}
		case dictionary.Cause:
			// Between the kind of an action and its cause, the cause says more.
			if o.cause < 0 || strings.Contains(strings.ToLower(column), "cause") {
				o.cause = n
			}
		case dictionary.Origin:
			if o.origin < 0 {
				o.origin = n
			}
		}
	}
	return o
}

// Row counts one row.
func (o *Observer) Row(fields [][]byte) {
	t := o.tally
	t.events++
	t.types.add([]byte(o.label))
	if o.cause >= 0 {
		t.causes.add(fields[o.cause])
	}
	if o.origin >= 0 {
		t.origins.add(fields[o.origin])
	}
	if o.at < 0 {
		t.undated++
	} else if d, ok := dayOf(fields[o.at]); ok {
		t.days[d]++
	} else {
		t.undated++
	}
}

// day counts days since 1970-01-01.
type day int32

func (d day) time() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

func dayAt(t time.Time) day { return day(t.Unix() / (24 * 60 * 60)) } //nolint:gosec // dayOf bounds the years

// dayOf reads the forms of time that Coveo uses: RFC 3339 and the like, and seconds or milliseconds since 1970. It allocates
// nothing.
func dayOf(text []byte) (day, bool) {
	if len(text) >= 10 && text[4] == '-' && text[7] == '-' && (len(text) == 10 || text[10] == 'T' || text[10] == ' ') {
		year, ok1 := number(text[0:4])
		month, ok2 := number(text[5:7])
		date, ok3 := number(text[8:10])
		if !ok1 || !ok2 || !ok3 || year < 1990 || year > 2200 || month < 1 || month > 12 || date < 1 || date > 31 {
			return 0, false
		}
		return dayAt(time.Date(int(year), time.Month(month), int(date), 0, 0, 0, 0, time.UTC)), true
	}
	n, ok := number(text)
	switch {
	case ok && len(text) == 10:
		return dayAt(time.Unix(n, 0)), true
	case ok && len(text) == 13:
		return dayAt(time.UnixMilli(n)), true
	}
	return 0, false
}

func number(text []byte) (int64, bool) {
	if len(text) == 0 || len(text) > 13 {
		return 0, false
	}
	var n int64
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// counter counts values, of which there may be any number.
type counter struct {
	values map[string]*int64
	empty  int64
	others int64
}

func (c *counter) add(value []byte) {
	if len(value) == 0 {
		c.empty++
		return
	}
	if n := c.values[string(value)]; n != nil {
		*n++
		return
	}
	if len(value) > maxLabel {
		value = append(value[:cut(value, maxLabel-3):cut(value, maxLabel-3)], "…"...)
		if n := c.values[string(value)]; n != nil {
			*n++
			return
		}
	}
	if len(c.values) >= maxValues {
		c.others++
		return
	}
	if c.values == nil {
		c.values = map[string]*int64{}
	}
	one := int64(1)
	c.values[string(value)] = &one
}

// cut is the largest length up to n that cuts no character in two.
func cut(value []byte, n int) int {
	for n > 0 && !utf8.RuneStart(value[n]) {
		n--
	}
	return n
}

// Count is a value and how often it stands there.
type Count struct {
	Label string
	N     int64
}

// top are the most frequent values, and the rest in one.
func (c *counter) top(n int) []Count {
	var counts []Count
	for _, label := range slices.Sorted(maps.Keys(c.values)) {
		counts = append(counts, Count{label, *c.values[label]})
	}
	slices.SortStableFunc(counts, func(a, b Count) int { return cmp.Compare(b.N, a.N) })
	others, kinds := c.others, ""
	if len(counts) > n {
		if c.others == 0 {
			kinds = strconv.Itoa(len(counts)-n) + " "
		}
		for _, count := range counts[n:] {
			others += count.N
		}
		counts = counts[:n]
	}
	if others > 0 {
		counts = append(counts, Count{kinds + "others", others})
	}
	if c.empty > 0 {
		counts = append(counts, Count{"not recorded", c.empty})
	}
	return counts
}

// Span is the time from the first to the last day with an event, or false where no day is known.
func (t *Tally) span() (first, last day, ok bool) {
	for d := range t.days {
		if !ok || d < first {
			first = d
		}
		if !ok || d > last {
			last = d
		}
		ok = true
	}
	return first, last, ok
}

// overTime are the events by day, week, month or year, whichever gives a chart that can be read, without gaps.
func (t *Tally) overTime() (unit string, counts []Count) {
	first, last, ok := t.span()
	if !ok {
		return "", nil
	}
	var begin, next func(time.Time) time.Time
	form := "2 Jan 2006"
	switch span := last - first; {
	case span < 31:
		unit, begin, next = "day", func(t time.Time) time.Time { return t }, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }
	case span < 26*7:
		unit = "week"
		begin = func(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }
		next = func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }
	case span < 36*30:
		unit, form = "month", "Jan 2006"
		begin = func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }
		next = func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }
	default:
		unit, form = "year", "2006"
		begin = func(t time.Time) time.Time { return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC) }
		next = func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }
	}
	at := map[time.Time]int{}
	for begins := begin(first.time()); !begins.After(last.time()); begins = next(begins) {
		at[begins] = len(counts)
		counts = append(counts, Count{Label: begins.Format(form)})
	}
	for d, n := range t.days {
		counts[at[begin(d.time())]].N += n
	}
	return unit, counts
}
