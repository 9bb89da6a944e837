// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// namePattern is what a table may be called. The name is shown in messages, stands in state, and names a file in the package,
// so it is no path, and short.
var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._()-]{0,99}$`)

// Table is one table of an export.
type Table struct {
	// Name is the file's name without its extension.
	Name string
	open func(*budget) (io.ReadCloser, error)
	// shared is what all tables of the archive have together.
	shared *budget
}

// Archive is an opened export.
type Archive struct {
	// Packed tells whether the export came as a ZIP.
	Packed bool
	Tables []Table
}

// Open finds the tables of an export. bare is what the table of a bare CSV file is called.
func Open(file io.ReaderAt, size int64, bare string, limits Limits) (*Archive, error) {
	head := make([]byte, 512)
	n, err := file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, &Error{Reason: "it cannot be read", err: err}
	}
	head = head[:n]
	shared := &budget{limit: limits.Inflated}
	switch {
	case n == 0:
		return nil, &Error{Reason: "it is empty"}
	case bytes.HasPrefix(head, []byte("PK")):
		tables, err := openZIP(file, size, limits, shared)
		return &Archive{Packed: true, Tables: tables}, err
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return nil, &Error{Reason: "it is packed with gzip, and a ZIP or a CSV file was expected"}
	case looksLikePage(head):
		return nil, &Error{Reason: "it is a page or a message of a server, and a ZIP or a CSV file was expected"}
	}
	return &Archive{Tables: []Table{{Name: bare, shared: shared, open: func(b *budget) (io.ReadCloser, error) {
		return io.NopCloser(&counted{src: io.NewSectionReader(file, 0, size), table: bare, budget: b}), nil
	}}}}, nil
}

// looksLikePage tells whether a file is what servers answer instead of one.
func looksLikePage(head []byte) bool {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, utf8Mark))
	return len(head) > 0 && (head[0] == '<' || head[0] == '{')
}

func openZIP(file io.ReaderAt, size int64, limits Limits, shared *budget) ([]Table, error) {
	// The directory is read into memory, so what it may take is bounded first.
	directory := &bounded{src: file, left: maxDirectory}
	reader, err := zip.NewReader(directory, size)
	switch {
	case directory.left < 0:
		return nil, &Error{Reason: fmt.Sprintf("it is a ZIP that holds more than the %d tables that are allowed", maxTables)}
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, &Error{Reason: "it is a damaged or cut ZIP", err: errDamaged}
	}
	directory.open = true
	if len(reader.File) > maxTables {
		return nil, &Error{Reason: fmt.Sprintf("it is a ZIP that holds %d files, and %d are allowed", len(reader.File), maxTables)}
	}
	seen := map[string]bool{}
	var tables []Table
	for n, entry := range reader.File {
		name, reason := tableName(entry)
		if reason == "" && seen[strings.ToLower(name)] {
			reason = "has the name of another"
		}
		if reason != "" {
			return nil, &Error{Reason: fmt.Sprintf("file %d of %d in the ZIP %s", n+1, len(reader.File), reason)}
		}
		seen[strings.ToLower(name)] = true
		tables = append(tables, Table{Name: name, shared: shared, open: func(b *budget) (io.ReadCloser, error) {
			from, err := entry.Open()
			if err != nil {
				return nil, &Error{Table: name, Reason: "it is packed in a way that cannot be read", err: errDamaged}
			}
			return &unpacked{Closer: from, counted: counted{
				src: from, table: name, budget: b, packed: min(int64(min(entry.CompressedSize64, 1<<62)), size), ratio: limits.Ratio, //nolint:gosec // bounded just there
			}}, nil
		}})
	}
	if len(tables) == 0 {
		return nil, &Error{Reason: "it is a ZIP without any table"}
	}
	slices.SortFunc(tables, func(a, b Table) int { return strings.Compare(a.Name, b.Name) })
	return tables, nil
}

var errDamaged = errors.New("damaged")

// tableName is the name of a table, or why a file cannot be one. Names that are refused are not repeated.
func tableName(entry *zip.File) (name, reason string) {
	const encrypted = 0x1
	mode := entry.Mode()
	switch {
	case strings.ContainsAny(entry.Name, "/\\") || strings.Contains(entry.Name, ".."):
		return "", "has a path for a name, and would be written elsewhere"
	case !mode.IsRegular():
		return "", "is a link, a folder or a device"
	case entry.Flags&encrypted != 0:
		return "", "is encrypted"
	case len(entry.Name) < 5 || !strings.EqualFold(entry.Name[len(entry.Name)-4:], ".csv"):
		return "", "is no CSV file"
	}
	name = entry.Name[:len(entry.Name)-4]
	if !namePattern.MatchString(name) || strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ") {
		return "", "has a name with other characters than letters, digits, blanks and ._()-, or one that is too long"
	}
	return name, ""
}

// Header reads the names of a table's columns and no more. It counts against no limit of the whole.
func (t Table) Header(limits Limits) ([]string, error) {
	from, err := t.open(&budget{limit: limits.Inflated})
	if err != nil {
		return nil, err
	}
	reader := newReader(t.Name, from, limits)
	defer reader.Close()
	return reader.Header()
}

// Read opens a table for reading from its header on. The caller closes the reader.
func (t Table) Read(limits Limits) (*Reader, error) {
	from, err := t.open(t.shared)
	if err != nil {
		return nil, err
	}
	return newReader(t.Name, newAhead(from), limits), nil
}
