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
	// Absent are tables that the export was to hold, and whose file it does not.
	Absent []string
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
	// Replaced is in how many values bytes that are no valid text were replaced.
	Replaced int64
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
	Rows        int64 // of all tables
	Undated     int64
	First, Last string
	Period      string
	Charts      []chart
	Missing     []string
	LeftOut     []leftOut
	Explained   []explained
	Neutralized int64
}

// leftOut is what was left out of one or more tables.
type leftOut struct{ Tables, What, Why string }

// explained is a column that is handed over, and the files that it is in where it is not in all.
type explained struct{ Name, Files string }

// Write writes the page.
func Write(to io.Writer, page Page, tally *Tally) error {
	functions := template.FuncMap{
		"labels": func(tables []string) string {
			labels := make([]string, 0, len(tables))
			for _, table := range tables {
				labels = append(labels, dictionary.Label(table))
			}
			return strings.Join(labels, ", ")
		},
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
	v.explain()
	return v
}

// explain lists what was left out and what the columns mean, each column once for all tables.
func (v *view) explain() {
	type fate struct {
		column  string
		removed bool
		why     string
	}
	type where struct {
		labels []string
		masked int64
	}
	var fates []fate
	var columns []string
	found, files, total := map[fate]*where{}, map[string][]string{}, 0
	for _, table := range v.Tables {
		v.Rows += table.Rows
		if table.File != "" {
			total++
		}
		for _, column := range table.Columns {
			v.Neutralized += column.Neutralized
			if !column.Removed {
				if len(files[column.Name]) == 0 {
					columns = append(columns, column.Name)
				}
				files[column.Name] = append(files[column.Name], table.File)
				if column.Masked == 0 {
					continue
				}
			}
			f := fate{column.Name, column.Removed, v.Reason}
			if len(column.Reasons) > 0 {
				f.why = strings.Join(column.Reasons, "; ")
			}
			if found[f] == nil {
				found[f] = &where{}
				fates = append(fates, f)
			}
			found[f].labels = append(found[f].labels, dictionary.Label(table.Name))
			found[f].masked += column.Masked
		}
	}
	for _, f := range fates {
		what := "The column " + f.column + " was left out."
		if !f.removed {
			what = "In the column " + f.column + ", parts of " + plural(found[f].masked, "value") + " were replaced."
		}
		v.LeftOut = append(v.LeftOut, leftOut{strings.Join(found[f].labels, ", "), what, f.why})
	}
	for _, table := range v.Tables {
		if table.Replaced > 0 {
			what := "In " + plural(table.Replaced, "value") + ", text that could not be read was replaced by the character \ufffd."
			v.LeftOut = append(v.LeftOut, leftOut{dictionary.Label(table.Name), what, "It came damaged in the export."})
		}
	}
	for _, name := range columns {
		e := explained{Name: name}
		if len(files[name]) < total {
			e.Files = strings.Join(files[name], ", ")
		}
		v.Explained = append(v.Explained, e)
	}
}

func (v *view) charts(tally *Tally) {
	if tally.events == 0 {
		return
	}
	if unit, counts := tally.overTime(); len(counts) > 0 {
		v.Charts = append(v.Charts, upright("time", "When it happened", "How many actions were recorded in each "+unit+".", unit, counts))
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
