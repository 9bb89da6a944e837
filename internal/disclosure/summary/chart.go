// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"strconv"
	"strings"
)

// chart is a drawing, and the same numbers as rows.
type chart struct {
	ID, Title, Text string
	// Describe says in words what the drawing shows.
	Describe string
	Width    int
	Height   int
	Bars     []bar
	Lines    []line
	Marks    []mark
	Heading  string // of the first column
	// Rows are the numbers, in one or more columns side by side.
	Rows [][]Count
	// Upright is true where the bars stand.
	Upright bool
}

type bar struct {
	X, Y, Width, Height float64
	Title               string
}

type line struct{ X1, Y1, X2, Y2 float64 }

type mark struct {
	X, Y   float64
	Anchor string
	Class  string
	Text   string
}

// grouped writes a number with commas.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// plural is a number and its noun.
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}

// step is a round distance of marks on an axis, so that there are three to six.
func step(most int64) int64 {
	unit := int64(1)
	for {
		for _, factor := range []int64{1, 2, 5} {
			if most <= unit*factor*5 {
				return unit * factor
			}
		}
		unit *= 10
	}
}

func most(counts []Count) (at int) {
	for n := range counts {
		if counts[n].N > counts[at].N {
			at = n
		}
	}
	return at
}

// upright draws counts over time.
func upright(id, title, text, unit string, counts []Count) chart {
	const width, height, left, right, top, bottom = 760, 280, 56, 12, 16, 40
	c := chart{ID: id, Title: title, Text: text, Width: width, Height: height, Heading: "From", Upright: true}
	if unit == "day" || unit == "month" || unit == "year" {
		c.Heading = strings.ToUpper(unit[:1]) + unit[1:]
	} else {
		c.Heading = "Week from"
	}
	peak := counts[most(counts)]
	distance := step(peak.N)
	limit := (peak.N + distance - 1) / distance * distance
	scale := float64(height-top-bottom) / float64(limit)
	for n := int64(0); n <= limit; n += distance {
		y := float64(height-bottom) - float64(n)*scale
		c.Lines = append(c.Lines, line{left, y, width - right, y})
		c.Marks = append(c.Marks, mark{left - 8, y + 4, "end", "", grouped(n)})
	}
	slot := float64(width-left-right) / float64(len(counts))
	thick := min(slot*0.78, 56)
	every := (len(counts) + 6) / 7
	for n, count := range counts {
		x := left + slot*(float64(n)+0.5)
		if count.N > 0 {
			tall := max(float64(count.N)*scale, 1)
			c.Bars = append(c.Bars, bar{x - thick/2, float64(height-bottom) - tall, thick, tall, count.Label + ": " + grouped(count.N)})
		}
		if n%every == 0 {
			c.Marks = append(c.Marks, mark{x, height - bottom + 20, "middle", "", count.Label})
		}
	}
	c.Describe = fmt.Sprintf("Columns, one for each %s from %s to %s. The highest is %s with %s.", unit, counts[0].Label, counts[len(counts)-1].Label, peak.Label, grouped(peak.N))
	c.Rows = split(counts)
	return c
}

// split puts many rows into up to three columns.
func split(counts []Count) [][]Count {
	columns := 1
	if len(counts) > 8 {
		columns = 3
	}
	each := (len(counts) + columns - 1) / columns
	var out [][]Count
	for from := 0; from < len(counts); from += each {
		out = append(out, counts[from:min(from+each, len(counts))])
	}
	return out
}

// short is a label that leaves room for its number.
func short(label string) string {
	const most = 40
	if runes := []rune(label); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return label
}

// lying draws counts of named things, one below the other.
func lying(id, title, text, heading string, counts []Count) chart {
	const width, row, top, label = 460, 46, 6, 16
	c := chart{ID: id, Title: title, Text: text, Width: width, Height: top + row*len(counts), Heading: heading}
	peak := counts[most(counts)]
	for n, count := range counts {
		y := float64(top + row*n)
		c.Marks = append(c.Marks, mark{0, y + label - 2, "start", "name", short(count.Label)}, mark{width, y + label - 2, "end", "number", grouped(count.N)})
		c.Bars = append(c.Bars, bar{0, y + label + 6, max(float64(width)*float64(count.N)/float64(peak.N), 2), 12, count.Label + ": " + grouped(count.N)})
	}
	c.Describe = fmt.Sprintf("Bars, one for each of %d. The longest is %s with %s.", len(counts), peak.Label, grouped(peak.N))
	c.Rows = [][]Count{counts}
	return c
}
