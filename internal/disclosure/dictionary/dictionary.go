// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package dictionary explains tables and columns of exports in plain words, to the person whom they are about. Coveo
// publishes no list of them, so what it does not know it says it does not know.
package dictionary

import "strings"

// Kind is what the rows of a table are.
type Kind int

// The kinds of tables. Rows of Details belong to searches, and AllEvents repeats the rows of the first three.
const (
	Unknown Kind = iota
	Searches
	Clicks
	CustomEvents
	Details
	AllEvents
)

// KindOf recognizes a table by its name, in whichever case and however it is joined to other words.
func KindOf(table string) Kind {
	plain := plain(table)
	for _, known := range []struct {
		part string
		kind Kind
	}{
		{"allevents", AllEvents}, {"customevents", CustomEvents}, {"customs", CustomEvents}, {"keywords", Details}, {"groups", Details},
		{"searches", Searches}, {"clicks", Clicks},
	} {
		if strings.Contains(plain, known.part) {
			return known.kind
		}
	}
	return Unknown
}

// Label is what a person is told that the rows of a table are.
func Label(table string) string {
	switch KindOf(table) {
	case Searches:
		return "Searches"
	case Clicks:
		return "Opened results"
	case CustomEvents:
		return "Other actions"
	case AllEvents:
		return "All actions"
	case Details:
		if strings.Contains(plain(table), "groups") {
			return "Groups"
		}
		return "Words searched for"
	}
	return table
}

// TableMeaning explains a table.
func TableMeaning(table string) string {
	switch KindOf(table) {
	case Searches:
		return "One row for each search that was made."
	case Clicks:
		return "One row for each search result that was opened."
	case CustomEvents:
		return "One row for each other action that the website recorded, such as viewing a page or choosing a filter."
	case AllEvents:
		return "One row for each search, opened result and other action together."
	case Details:
		if strings.Contains(plain(table), "groups") {
			return "One row for each group that a user belonged to when a search was made."
		}
		return "One row for each word of each search."
	}
	return "The export does not say what the rows of this table are."
}

// plain leaves letters and digits, in lower case.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
}

// Role is what a column is to the summary.
type Role int

// The roles. A column with another role, or none, is not counted.
const (
	NoRole Role = iota
	Time
	Cause
	Origin
)

// RoleOf recognizes the columns that the summary counts, by their names.
func RoleOf(column string) Role {
	switch plain(column) {
	case "datetime", "eventdatetime", "searchdatetime", "clickdatetime", "customeventdatetime", "eventdate", "date", "timestamp", "eventtime":
		return Time
	case "actioncause", "cause", "causev2", "searchcause", "clickcause", "customeventtype", "eventtype", "type", "actiontype":
		return Cause
	case "originlevel1", "searchhub", "hub", "origin", "origin1", "origin1pagehub":
		return Origin
	}
	return NoRole
}

// Known tells whether a column has an explanation.
func Known(column string) bool { return meaning(column) != "" }

// Meaning explains a column.
func Meaning(column string) string {
	if text := meaning(column); text != "" {
		return text
	}
	if strings.HasPrefix(strings.ToLower(column), "c_") {
		return "A value that the organization has defined for its own use."
	}
	return "No explanation of this column is published. Ask the organization that handed over this file."
}

// SameTable tells whether a file holds the table that Coveo calls by another spelling of its name.
func SameTable(file, table string) bool { return strings.Contains(plain(file), plain(table)) }
