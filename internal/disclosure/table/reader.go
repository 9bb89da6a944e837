// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

var utf8Mark = []byte("\xef\xbb\xbf")

// chunk is how much is read at a time.
const chunk = 256 << 10

// Reader reads a table in the form of RFC 4180: fields between commas, quoted where they hold commas, quotes or line breaks,
// one row a line, ended by LF or CRLF. It is strict: what could be read in two ways is an error. What it returns is valid only
// until the next call, and nothing is allocated for a row.
type Reader struct {
	table  string
	src    io.ReadCloser
	limits Limits

	buf        []byte
	start, end int // what is read and not yet used
	eof        bool

	cells   []cell
	fields  [][]byte
	columns int   // 0 before the header
	row     int64 // rows that were returned
	started bool
	// ReplaceInvalid asks for U+FFFD in place of bytes that are not UTF-8.
	ReplaceInvalid bool
	replaced       int64
}

// cell is where a field stands, from the beginning of its row.
type cell struct{ from, to int }

func newReader(name string, src io.ReadCloser, limits Limits) *Reader {
	return &Reader{table: name, src: src, limits: limits, buf: make([]byte, chunk)}
}

// Close closes the file.
func (r *Reader) Close() error { return r.src.Close() }

// Row is the number of the row that was returned last, from 1.
func (r *Reader) Row() int64 { return r.row }

// Replaced is how many cells held bytes that are not UTF-8, where ReplaceInvalid asked to replace them.
func (r *Reader) Replaced() int64 { return r.replaced }

// Header reads the first row. A file without any byte is a table without columns.
func (r *Reader) Header() ([]string, error) {
	fields, err := r.record()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if len(fields) > maxColumns {
		return nil, r.problem(0, fmt.Sprintf("it has %d columns, and %d are allowed", len(fields), maxColumns))
	}
	header := make([]string, len(fields))
	first := map[string]int{}
	for n, field := range fields {
		header[n] = string(field)
		if len(bytes.TrimSpace(field)) == 0 {
			return nil, r.problem(n+1, "the column has no name")
		}
		if before, twice := first[header[n]]; twice {
			return nil, r.problem(n+1, fmt.Sprintf("it has the same name as column %d, so it is open which of the two a rule means", before))
		}
		first[header[n]] = n + 1
	}
	if len(header) == 1 && bytes.ContainsAny(fields[0], ";\t|") {
		return nil, r.problem(0, "it is one column whose name holds semicolons, tabs or bars: the file is not separated by commas")
	}
	r.columns = len(header)
	return header, nil
}

// Next reads a row, with exactly as many fields as the header has. At the end it returns io.EOF.
func (r *Reader) Next() ([][]byte, error) {
	if r.columns == 0 {
		return nil, io.EOF
	}
	fields, err := r.record()
	if err != nil {
		return nil, err
	}
	if len(fields) != r.columns {
		if len(fields) == 1 && len(fields[0]) == 0 && r.onlyBlankLinesLeft() {
			return nil, io.EOF
		}
		return nil, r.problem(0, fmt.Sprintf("it has %d fields, and the header has %d", len(fields), r.columns))
	}
	r.row++
	return fields, nil
}

// onlyBlankLinesLeft tells whether the rest of the file is empty lines.
func (r *Reader) onlyBlankLinesLeft() bool {
	for {
		for ; r.start < r.end; r.start++ {
			if c := r.buf[r.start]; c != '\n' && c != '\r' {
				return false
			}
		}
		if r.eof {
			return true
		}
		if _, err := r.fill(0); err != nil {
			return false
		}
	}
}

// problem is an error about the row that is being read, or about the header.
func (r *Reader) problem(column int, reason string) *Error {
	if r.columns == 0 {
		return &Error{Table: r.table, Header: true, Column: column, Reason: reason}
	}
	return &Error{Table: r.table, Row: r.row + 1, Column: column, Reason: reason}
}

// record reads one row. at and all cells count from r.start, which fill may move.
func (r *Reader) record() ([][]byte, error) {
	if !r.started {
		r.started = true
		if err := r.skipMark(); err != nil {
			return nil, err
		}
	}
	r.cells = r.cells[:0]
	at := 0
	for {
		more, err := r.field(&at)
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
	}
	if at > rowFields*r.limits.Field {
		return nil, r.rowTooLong()
	}
	row := r.buf[r.start : r.start+at]
	r.fields = r.fields[:0]
	for n, c := range r.cells {
		field := row[c.from:c.to:c.to]
		if !utf8.Valid(field) {
			if !r.ReplaceInvalid {
				return nil, r.problem(n+1, "the text is not valid UTF-8")
			}
			field = bytes.ToValidUTF8(field, []byte("\ufffd"))
			r.replaced++
		}
		r.fields = append(r.fields, field)
	}
	r.start += at
	return r.fields, nil
}

func (r *Reader) skipMark() error {
	for r.end-r.start < len(utf8Mark) && !r.eof {
		if _, err := r.fill(r.end - r.start); err != nil {
			return err
		}
	}
	if bytes.HasPrefix(r.buf[r.start:r.end], utf8Mark) {
		r.start += len(utf8Mark)
	}
	return nil
}

// field reads one field and what ends it, and says whether another one follows in the row. At the end of the file, where no
// row begins, it returns io.EOF.
func (r *Reader) field(at *int) (more bool, err error) {
	if r.start+*at == r.end {
		if ok, err := r.fill(*at); err != nil {
			return false, err
		} else if !ok {
			if len(r.cells) == 0 {
				return false, io.EOF
			}
			// The file ends just behind a comma.
			return false, r.add(*at, *at)
		}
	}
	if r.buf[r.start+*at] == '"' {
		return r.quoted(at)
	}
	return r.plain(at)
}

func (r *Reader) plain(at *int) (more bool, err error) {
	from := *at
	for p := from; ; {
		window := r.buf[r.start+p : r.end]
		n := 0
		for n < len(window) {
			if c := window[n]; c <= ',' && special(c) {
				break
			}
			n++
		}
		p += n
		if n == len(window) {
			if p-from > r.limits.Field {
				return false, r.tooLong()
			}
			ok, err := r.fill(p)
			if err != nil {
				return false, err
			}
			if !ok {
				*at = p
				return false, r.add(from, p)
			}
			continue
		}
		if p-from > r.limits.Field {
			return false, r.tooLong()
		}
		switch window[n] {
		case ',':
			*at = p + 1
			return true, r.add(from, p)
		case '\n':
			*at = p + 1
			return false, r.add(from, p)
		case '\r':
			if ok, err := r.at(p+1, '\n'); err != nil {
				return false, err
			} else if !ok {
				return false, r.problem(len(r.cells)+1, "a carriage return stands outside of quotes")
			}
			*at = p + 2
			return false, r.add(from, p)
		default:
			return false, r.problem(len(r.cells)+1, "a quote stands inside of a field that does not begin with one")
		}
	}
}

func special(c byte) bool { return c == ',' || c == '\n' || c == '\r' || c == '"' }

// quoted reads a field in quotes. Doubled quotes become one in place: what is written never passes what is read.
func (r *Reader) quoted(at *int) (more bool, err error) {
	from := *at + 1
	write := from
	for p := from; ; {
		window := r.buf[r.start+p : r.end]
		n := bytes.IndexByte(window, '"')
		whole := n >= 0
		if !whole {
			n = len(window)
		}
		if write != p {
			copy(r.buf[r.start+write:], window[:n])
		}
		write += n
		p += n
		if write-from > r.limits.Field {
			return false, r.tooLong()
		}
		if !whole {
			ok, err := r.fill(p)
			if err != nil {
				return false, err
			}
			if !ok {
				return false, r.problem(len(r.cells)+1, "a quote is not closed before the file ends")
			}
			continue
		}
		p++ // the quote
		if ok, err := r.at(p, '"'); err != nil {
			return false, err
		} else if ok {
			r.buf[r.start+write] = '"'
			write++
			p++
			continue
		}
		if err := r.add(from, write); err != nil {
			return false, err
		}
		if r.start+p == r.end { // the file ends here: at has tried to read on
			*at = p
			return false, nil
		}
		switch r.buf[r.start+p] {
		case ',':
			*at = p + 1
			return true, nil
		case '\n':
			*at = p + 1
			return false, nil
		case '\r':
			if ok, err := r.at(p+1, '\n'); err != nil {
				return false, err
			} else if ok {
				*at = p + 2
				return false, nil
			}
		}
		return false, r.problem(len(r.cells), "text follows a closing quote")
	}
}

// at tells whether a byte is the next one, reading on where it must.
func (r *Reader) at(p int, want byte) (bool, error) {
	if r.start+p == r.end {
		if ok, err := r.fill(p); err != nil || !ok {
			return false, err
		}
	}
	return r.buf[r.start+p] == want, nil
}

func (r *Reader) add(from, to int) error {
	if to-from > r.limits.Field {
		return r.tooLong()
	}
	if len(r.cells) > maxColumns {
		// A row of commas alone takes many times its size in memory.
		return r.problem(0, fmt.Sprintf("it has more than the %d columns that are allowed", maxColumns))
	}
	r.cells = append(r.cells, cell{from, to})
	return nil
}

func (r *Reader) tooLong() error {
	problem := r.problem(len(r.cells)+1, fmt.Sprintf("the field has more than the %d bytes that limits.max_field_bytes allows", r.limits.Field))
	problem.Limit = true
	return problem
}

func (r *Reader) rowTooLong() error {
	problem := r.problem(0, fmt.Sprintf("the row has more than the %d bytes that %d fields of limits.max_field_bytes have", rowFields*r.limits.Field, rowFields))
	problem.Limit = true
	return problem
}

// fill reads more behind the used bytes of the present row. It says whether there was any.
func (r *Reader) fill(used int) (bool, error) {
	if r.eof {
		return false, nil
	}
	if used > rowFields*r.limits.Field {
		return false, r.rowTooLong()
	}
	if r.start > 0 {
		copy(r.buf, r.buf[r.start:r.end])
		r.start, r.end = 0, r.end-r.start
	}
	if r.end == len(r.buf) {
		larger := make([]byte, 2*len(r.buf))
		copy(larger, r.buf[:r.end])
		r.buf = larger
	}
	// Some readers return no byte and no error now and then.
	for range 100 {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		switch {
		case errors.Is(err, io.EOF):
			r.eof = true
			return n > 0, nil
		case err != nil:
			var known *Error
			if errors.As(err, &known) {
				return false, err
			}
			return false, &Error{Table: r.table, Row: r.row + 1, Reason: "it cannot be read on", err: err}
		case n > 0:
			return true, nil
		}
	}
	return false, &Error{Table: r.table, Row: r.row + 1, Reason: "it cannot be read on", err: io.ErrNoProgress}
}
