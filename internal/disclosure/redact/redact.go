// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package redact applies rules to the columns of tables: kept, dropped, or masked where a regular expression matches. It
// counts what it takes away, and never says what that was. It knows no Terraform.
package redact

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Rules say what becomes of columns. Names are compared exactly. Columns that no rule names are kept, unless Keep is set.
type Rules struct {
	// Keep, where it is not empty, drops every other column.
	Keep []string
	// Drop names columns that are left out.
	Drop  []string
	Masks []Mask
}

// Mask replaces every match of a pattern in some columns.
type Mask struct {
	Columns     []string
	Pattern     *regexp.Regexp
	Replacement string // $1 stands for the first group
	Reason      string // for the reader of the manifest
}

// Column is what happened to one column.
type Column struct {
	Name    string
	Removed bool
	// Masked is how many cells a mask has changed, Filled how many that are handed over are not empty.
	Masked, Filled int64
	// Reasons are those of the masks that apply to the column.
	Reasons []string
}

// Table applies rules to one table.
type Table struct {
	Columns []Column
	kept    []int // positions
	masks   [][]mask
	out     [][]byte
}

type mask struct {
	pattern     *regexp.Regexp
	replacement []byte
}

// Table makes ready for a table with this header.
func (r Rules) Table(header []string) *Table {
	t := &Table{}
	for n, name := range header {
		column := Column{Name: name, Removed: slices.Contains(r.Drop, name) || len(r.Keep) > 0 && !slices.Contains(r.Keep, name)}
		var masks []mask
		for _, m := range r.Masks {
			if !column.Removed && slices.Contains(m.Columns, name) {
				masks = append(masks, mask{m.Pattern, []byte(m.Replacement)})
				if m.Reason != "" && !slices.Contains(column.Reasons, m.Reason) {
					column.Reasons = append(column.Reasons, m.Reason)
				}
			}
		}
		t.Columns = append(t.Columns, column)
		if !column.Removed {
			t.kept = append(t.kept, n)
			t.masks = append(t.masks, masks)
		}
	}
	t.out = make([][]byte, len(t.kept))
	return t
}

// Kept are the positions of the columns that are handed over.
func (t *Table) Kept() []int { return t.kept }

// Names are the names of the columns that are handed over.
func (t *Table) Names() []string {
	names := make([]string, 0, len(t.kept))
	for _, n := range t.kept {
		names = append(names, t.Columns[n].Name)
	}
	return names
}

// Row gives what is handed over of a row. The result is valid until the next call.
func (t *Table) Row(fields [][]byte) [][]byte {
	for n, from := range t.kept {
		field := fields[from]
		if len(t.masks[n]) > 0 {
			masked := field
			for _, m := range t.masks[n] {
				if m.pattern.Match(masked) {
					masked = m.pattern.ReplaceAll(masked, m.replacement)
				}
			}
			if !bytes.Equal(masked, field) {
				field = masked
				t.Columns[from].Masked++
			}
		}
		if len(field) > 0 {
			t.Columns[from].Filled++
		}
		t.out[n] = field
	}
	return t.out
}

// RemovedColumns is how many columns were left out.
func (t *Table) RemovedColumns() int64 {
	var n int64
	for _, column := range t.Columns {
		if column.Removed {
			n++
		}
	}
	return n
}

// MaskedCells is how many cells a mask has changed.
func (t *Table) MaskedCells() int64 {
	var n int64
	for _, column := range t.Columns {
		n += column.Masked
	}
	return n
}

// Check says which rule names a column that no table has: a typing error there would hand over what was to be left out.
func (r Rules) Check(headers [][]string) error {
	known := map[string]bool{}
	for _, header := range headers {
		for _, name := range header {
			known[name] = true
		}
	}
	type rule struct {
		where string
		names []string
	}
	rules := []rule{{"columns.keep", r.Keep}, {"columns.drop", r.Drop}}
	for n, m := range r.Masks {
		rules = append(rules, rule{fmt.Sprintf("columns.mask[%d]", n), m.Columns})
	}
	for _, rule := range rules {
		var missing []string
		for _, name := range rule.names {
			if !known[name] {
				missing = append(missing, name)
			}
		}
		if len(missing) > 0 {
			return fmt.Errorf("%s names %s, and no table of the export has such a column; names are compared exactly", rule.where, strings.Join(missing, ", "))
		}
	}
	return nil
}
