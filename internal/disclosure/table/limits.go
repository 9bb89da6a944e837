// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package table reads the tables of an export: a ZIP with one CSV file for each, or a bare CSV file. It takes nothing on trust.
// What it refuses it describes by table, row and column number, and never by content. It knows no Terraform.
package table

import "fmt"

// Limits bound what a file may make the reader do.
type Limits struct {
	// Inflated is how many bytes all tables together may have once they are unpacked.
	Inflated int64
	// Ratio is how many times larger than its packed form a table may be. Small tables are not held to it: see ratioFloor.
	Ratio int64
	// Field is how many bytes one cell may have. A row may have rowFields times as many.
	Field int
}

// The limits that hold where none are set.
const (
	DefaultInflated = int64(20) << 30
	DefaultRatio    = int64(250)
	DefaultField    = 1 << 20
)

const (
	// ratioFloor is how much may be unpacked before the ratio counts: a few rows that are all alike pack very well.
	ratioFloor = int64(32) << 20
	// rowFields is how many of the largest cells one row may hold.
	rowFields = 4
	// maxTables is how many files a ZIP may hold. Coveo has six tables.
	maxTables = 64
	// maxColumns is how many columns a table may have.
	maxColumns = 2000
	// maxDirectory is how many bytes may be read to find out what a ZIP holds.
	maxDirectory = int64(1) << 20
)

// Defaults are the limits that hold where none are set.
func Defaults() Limits {
	return Limits{Inflated: DefaultInflated, Ratio: DefaultRatio, Field: DefaultField}
}

// Error is a file that cannot be taken. Its text names a table, a row and a column by number, and holds nothing of what
// stands there.
type Error struct {
	Table  string // empty where the whole file is meant
	Row    int64  // the number of the row below the header, from 1; 0 where the whole table or its header is meant
	Header bool
	Column int // from 1, 0 where the whole row is meant
	Reason string
	// Limit is true where a limit was passed that the configuration can raise.
	Limit bool

	err error
}

func (e *Error) Error() string {
	where := "the export's file"
	if e.Table != "" {
		where = "table " + e.Table
	}
	switch {
	case e.Header:
		where += ", its header"
	case e.Row > 0:
		where += fmt.Sprintf(", row %d", e.Row)
	}
	if e.Column > 0 {
		where += fmt.Sprintf(", column %d", e.Column)
	}
	return where + ": " + e.Reason
}

// Unwrap gives the error of the reader below, where there is one.
func (e *Error) Unwrap() error { return e.err }
