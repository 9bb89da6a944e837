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
	// names are what the person's identifiers look like in columns that leave the sign-in provider away.
	names map[string]bool
	// columns are the names of the columns that may hold identifiers. Blanks, hyphens, underscores and case do not count.
	columns map[string]bool
	list    []string
}

// NewPerson makes ready to look for identifiers in columns.
func NewPerson(ids, columns []string) *Person {
	p := &Person{ids: make(map[string]bool, len(ids)), names: map[string]bool{}, columns: map[string]bool{}, list: columns}
	for _, id := range ids {
		p.ids[id] = true
		// A hyphen before the @ belongs to the address, and what stands before that hyphen may be somebody else's name.
		if at := strings.LastIndexByte(id, '-'); at > 0 && !strings.Contains(id[at:], "@") {
			p.names[id[:at]] = true
		}
	}
	for _, column := range columns {
		p.columns[plainName(column)] = true
	}
	return p
}

func plainName(column string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "", ".", "").Replace(column))
}

// IdentityColumn is a column that may hold identifiers.
type IdentityColumn struct {
	At int
	// Browser is true where they stand for browsers, of which a person has any number.
	Browser bool
}

// Columns are the columns of a table that may hold identifiers.
func (p *Person) Columns(header []string) []IdentityColumn {
	var columns []IdentityColumn
	for n, name := range header {
		if plain := plainName(name); p.columns[plain] {
			columns = append(columns, IdentityColumn{At: n, Browser: strings.Contains(plain, "visitor") || strings.Contains(plain, "client")})
		}
	}
	return columns
}

// Names are the columns that are looked for.
func (p *Person) Names() string { return strings.Join(p.list, ", ") }

// Owns tells whether a row holds an identifier of the person, byte for byte, and whether it is the person's by the browser
// alone and names somebody else: a row of a browser that several people share may.
func (p *Person) Owns(fields [][]byte, columns []IdentityColumn) (owns, others bool) {
	account := false
	for _, column := range columns {
		switch field := fields[column.At]; {
		case p.ids[string(field)]:
			owns = true
			account = account || !column.Browser
		case len(field) > 0 && !column.Browser && !p.names[string(field)]:
			others = true
		}
	}
	return owns, others && !account
}

// NamedIn tells whether a text holds an identifier of the person, or the e-mail address in one. The shortest ones stand in too
// many words to tell.
func (p *Person) NamedIn(text string) bool {
	const telling = 6
	text = strings.ToLower(text)
	for id := range p.ids {
		if len(id) >= telling && strings.Contains(text, strings.ToLower(id)) {
			return true
		}
	}
	for name := range p.names {
		if strings.Contains(name, "@") && strings.Contains(text, strings.ToLower(name)) {
			return true
		}
	}
	return false
}

// String keeps identifiers out of messages.
func (p *Person) String() string { return fmt.Sprintf("(a person with %d identifiers)", len(p.ids)) }

// GoString keeps identifiers out of %#v.
func (p *Person) GoString() string { return p.String() }
