// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/dictionary"
)

//go:embed page.css
var style string

//go:embed page.html
var layout string

// Page is what stands on the page beside the numbers.
type Page struct {
	Case     string // empty where there is none
	From, To time.Time
	Contact  string
	// Reason is why something was left out, in the words of whoever did.
	Reason string
	Tables []Table
	// CSV tells whether the tables are CSV files, JSON Lines otherwise.
	CSV bool
}

// Table is one table of the package.
type Table struct {
	Name string
	// File is empty where nothing of the table is handed over.
	File    string
	Rows    int64
	Columns []Column
}

// Column is what became of a column.
type Column struct {
	Name        string
	Removed     bool
	Masked      int64
	Neutralized int64
	Reasons     []string
}

type view struct {
	Page
	// Style is the page's own, and Policy allows that and nothing else.
	Style       template.CSS
	Policy      string
	Events      int64
	Undated     int64
	First, Last string
	Period      string
	Charts      []chart
	Missing     []string
	LeftOut     []leftOut
	Removed     int
	Masked      int64
	Neutralized int64
}

type leftOut struct{ Table, What, Why string }

// Write writes the page.
func Write(to io.Writer, page Page, tally *Tally) error {
	functions := template.FuncMap{
		"number": grouped, "inc": func(n int) int { return n + 1 }, "label": dictionary.Label, "tableMeaning": dictionary.TableMeaning, "meaning": dictionary.Meaning,
		"rows":  func(n int64) string { return plural(n, "row") },
		"cells": func(n int64) string { return plural(n, "value") },
	}
	parsed, err := template.New("page").Funcs(functions).Parse(layout)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, newView(page, tally)); err != nil {
		return err
	}
	_, err = to.Write(out.Bytes())
	return err
}

func newView(page Page, tally *Tally) view {
	sum := sha256.Sum256([]byte(style))
	v := view{
		Page: page, Style: template.CSS(style), //nolint:gosec // it is the embedded file
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'",
		Events: tally.events, Undated: tally.undated,
	}
	const form = "2 January 2006"
	if first, last, ok := tally.span(); ok {
		v.First, v.Last = first.time().Format(form), last.time().Format(form)
	}
	if !page.From.IsZero() && !page.To.IsZero() {
		v.Period = page.From.UTC().Format(form) + " to " + page.To.UTC().Format(form)
	}
	v.charts(tally)
	for _, table := range page.Tables {
		for _, column := range table.Columns {
			v.Neutralized += column.Neutralized
			why := page.Reason
			if len(column.Reasons) > 0 {
				why = strings.Join(column.Reasons, "; ")
			}
			switch {
			case column.Removed:
				v.Removed++
				v.LeftOut = append(v.LeftOut, leftOut{dictionary.Label(table.Name), "The column " + column.Name + " was left out.", why})
			case column.Masked > 0:
				v.Masked += column.Masked
				v.LeftOut = append(v.LeftOut, leftOut{dictionary.Label(table.Name), "In the column " + column.Name + ", parts of " + plural(column.Masked, "value") + " were replaced.", why})
			}
		}
	}
	return v
}

func (v *view) charts(tally *Tally) {
	if tally.events == 0 {
		return
	}
	if unit, counts := tally.overTime(); len(counts) > 0 {
		v.Charts = append(v.Charts, upright("time", "When", "How many actions were recorded in each "+unit+".", unit, counts))
	} else {
		v.Missing = append(v.Missing, "when it happened")
	}
	named := func(id, title, text, heading, missing string, counter *counter) {
		counts := counter.top(8)
		if len(counter.values) == 0 {
			v.Missing = append(v.Missing, missing)
			return
		}
		v.Charts = append(v.Charts, lying(id, title, text, heading, counts))
	}
	named("type", "What was done", "Actions by their type.", "Type", "what was done", &tally.types)
	named("origin", "Where it was done", "Actions by the part of the website, or the application, that recorded them.", "Origin", "where it was done", &tally.origins)
	named("cause", "What led to it", "What the website recorded as the cause, in its own words.", "Cause", "what led to it", &tally.causes)
}
