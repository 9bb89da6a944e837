// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package bundle

import (
	"unicode/utf8"
)

// Format is how tables are written.
type Format string

// The formats.
const (
	CSV       Format = "csv"
	JSONLines Format = "jsonl"
)

// Formats are all formats, the default first.
func Formats() []string { return []string{string(CSV), string(JSONLines)} }

// writer appends rows to a buffer. It allocates nothing for a row.
type writer interface {
	header(dst []byte) []byte
	row(dst []byte, fields [][]byte) []byte
}

func (f Format) writer(columns []string) writer {
	if f == JSONLines {
		return newJSONLines(columns)
	}
	return newCSV(columns)
}

// spreadsheetRule is how the manifest explains what csvWriter does.
const spreadsheetRule = "In CSV files, an apostrophe (') stands before every value that begins with =, +, -, @, a tab, a line break or a carriage return, " +
	"because spreadsheets take such values for formulas and carry them out. Plain numbers such as -5 stay as they are. The apostrophe is not part " +
	"of the record. JSON Lines files hold all values unchanged."

// csvWriter writes RFC 4180 for people who open it in a spreadsheet: with a byte order mark, without which some take UTF-8 for
// something else, with CRLF, and without values that would be carried out as formulas.
type csvWriter struct {
	columns []string
	// quoted tells which bytes make a field stand in quotes. Semicolons and tabs are among them, because some spreadsheets
	// split at those.
	quoted [256]bool
	// neutralized counts the cells of each column that got an apostrophe.
	neutralized []int64
}

func newCSV(columns []string) *csvWriter {
	w := &csvWriter{columns: columns, neutralized: make([]int64, len(columns))}
	for _, c := range []byte(",;\"\r\n\t") {
		w.quoted[c] = true
	}
	return w
}

func (w *csvWriter) header(dst []byte) []byte {
	dst = append(dst, "\ufeff"...)
	for n, column := range w.columns {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = w.field(dst, []byte(column), isFormula([]byte(column)))
	}
	return append(dst, "\r\n"...)
}

func (w *csvWriter) row(dst []byte, fields [][]byte) []byte {
	for n, field := range fields {
		if n > 0 {
			dst = append(dst, ',')
		}
		formula := isFormula(field)
		if formula {
			w.neutralized[n]++
		}
		dst = w.field(dst, field, formula)
	}
	return append(dst, "\r\n"...)
}

func (w *csvWriter) field(dst, field []byte, formula bool) []byte {
	quotes := false
	for _, c := range field {
		if w.quoted[c] {
			quotes = true
			break
		}
	}
	if quotes {
		dst = append(dst, '"')
	}
	if formula {
		dst = append(dst, '\'')
	}
	if !quotes {
		return append(dst, field...)
	}
	for _, c := range field {
		if c == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}

// isFormula tells whether a spreadsheet would carry a value out. The wide forms of the signs are what some turn into the
// narrow ones.
func isFormula(field []byte) bool {
	if len(field) == 0 {
		return false
	}
	switch field[0] {
	case '=', '@', '\t', '\r', '\n':
		return true
	case '+', '-':
		return !isNumber(field[1:])
	case 0xEF:
		switch r, _ := utf8.DecodeRune(field); r {
		case '＝', '＋', '－', '＠':
			return true
		}
	}
	return false
}

// isNumber tells whether a text is digits with at most one point among them.
func isNumber(text []byte) bool {
	digits, points := 0, 0
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}

// jsonLines writes one object a row, with the columns in their order and every value as a text, unchanged.
type jsonLines struct {
	// names are the encoded names with what stands before and after them.
	names [][]byte
	plain [256]bool
}

func newJSONLines(columns []string) *jsonLines {
	w := &jsonLines{}
	for c := range w.plain {
		w.plain[c] = c >= ' ' && c != '"' && c != '\\' && c != 0x7f
	}
	for n, column := range columns {
		name := []byte{','}
		if n == 0 {
			name[0] = '{'
		}
		w.names = append(w.names, append(w.text(name, []byte(column)), ':'))
	}
	return w
}

func (w *jsonLines) header(dst []byte) []byte { return dst }

func (w *jsonLines) row(dst []byte, fields [][]byte) []byte {
	for n, field := range fields {
		dst = append(dst, w.names[n]...)
		dst = w.text(dst, field)
	}
	return append(dst, "}\n"...)
}

func (w *jsonLines) text(dst, text []byte) []byte {
	const hexadecimal = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0
	for n, c := range text {
		if w.plain[c] {
			continue
		}
		dst = append(dst, text[from:n]...)
		from = n + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, "\\n"...)
		case '\r':
			dst = append(dst, "\\r"...)
		case '\t':
			dst = append(dst, "\\t"...)
		default:
			dst = append(dst, "\\u00"...)
			dst = append(dst, hexadecimal[c>>4], hexadecimal[c&0xf])
		}
	}
	dst = append(dst, text[from:]...)
	return append(dst, '"')
}
