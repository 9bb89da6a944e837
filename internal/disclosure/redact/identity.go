// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package redact

import (
	"fmt"
	"strings"
)

// DefaultIdentityColumns are the columns that hold identifiers of people in what Coveo exports, as far as its documents tell.
func DefaultIdentityColumns() []string {
	return []string{"userId", "userName", "visitorId", "clientId"}
}

// Person tells rows of one person from rows of others.
type Person struct {
	ids map[string]bool
	// columns are the names of the columns that may hold identifiers. Blanks, hyphens, underscores and case do not count.
	columns map[string]bool
	list    []string
}

// NewPerson makes ready to look for identifiers in columns.
func NewPerson(ids, columns []string) *Person {
	p := &Person{ids: make(map[string]bool, len(ids)), columns: map[string]bool{}, list: columns}
	for _, id := range ids {
		p.ids[id] = true
	}
	for _, column := range columns {
		p.columns[plainName(column)] = true
	}
	return p
}

func plainName(column string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "", ".", "").Replace(column))
}

// Columns are the positions of the columns of a table that may hold identifiers.
func (p *Person) Columns(header []string) []int {
	var at []int
	for n, name := range header {
		if p.columns[plainName(name)] {
			at = append(at, n)
		}
	}
	return at
}

// Names are the columns that are looked for.
func (p *Person) Names() string { return strings.Join(p.list, ", ") }

// Owns tells whether a row holds an identifier of the person, byte for byte, and whether it also holds another one.
func (p *Person) Owns(fields [][]byte, at []int) (owns, others bool) {
	for _, n := range at {
		switch {
		case p.ids[string(fields[n])]:
			owns = true
		case len(fields[n]) > 0:
			others = true
		}
	}
	return owns, others
}

// NamedIn tells whether a text holds an identifier of the person.
func (p *Person) NamedIn(text string) bool {
	for id := range p.ids {
		if strings.Contains(strings.ToLower(text), strings.ToLower(id)) {
			return true
		}
	}
	return false
}

// String keeps identifiers out of messages.
func (p *Person) String() string { return fmt.Sprintf("(a person with %d identifiers)", len(p.ids)) }
