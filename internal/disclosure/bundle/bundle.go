// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package bundle makes the package that is handed to a person: from an export, by rules, into one file. It reads and writes as
// streams, in memory that does not grow with the export. Either there is a whole package afterwards, or nothing of it. It
// knows no Terraform.
package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/dictionary"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/redact"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/summary"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/table"
)

// DefaultDownload is how large an export's file may be, where no limit is set.
const DefaultDownload = int64(8) << 30

// Export is what is known of an export beside its file.
type Export struct {
	ID        string
	CreatedAt time.Time
	From, To  time.Time
	// Tables are the tables that Coveo says are in it, empty where it says nothing.
	Tables []string
}

// Request is what to make.
type Request struct {
	Organization string
	Case         string // empty where there is none
	Export       Export
	// Open opens the export's file. It is called once, after the target was looked at.
	Open func(context.Context) (io.ReadCloser, error)
	Path string
	// Owned is the SHA-256 sum of the package that this one replaces, empty where there is none.
	Owned      string
	Person     *redact.Person
	Unchecked  []string // tables that need no column with an identifier
	Rules      redact.Rules
	Format     Format
	Recipients []string // none: the package is not encrypted
	Summary    bool
	Contact    string
	Reason     string
	Download   int64 // the most bytes of the export's file
	Limits     table.Limits
	// ReplaceInvalid asks for U+FFFD in place of bytes that are not UTF-8, which are an error otherwise.
	ReplaceInvalid bool

	// through stands between the package and its file, in tests.
	through func(io.Writer) io.Writer
}

// Result is what was made, in numbers.
type Result struct {
	SHA256 string
	// Content is the SHA-256 sum of the package before encryption.
	Content string
	Size    int64
	Tables  []Table
	// Missing are tables that Coveo says are in the export, and whose file is not.
	Missing []string
}

// Table is one table of the package, in numbers.
type Table struct {
	Name           string
	Rows           int64
	RemovedColumns int64
	MaskedCells    int64
	Neutralized    int64
	// Shared is how many rows name somebody else beside the person, as those of a shared browser do.
	Shared int64
	// Unchecked is true where the table has no column that could hold an identifier.
	Unchecked bool
}

// tableWork is a table while, and after, it is written.
type tableWork struct {
	name        string
	file        string
	rows        int64
	redacted    *redact.Table
	neutralized []int64 // by column of the export
	identity    []redact.IdentityColumn
	checked     []string
	shared      int64
	replaced    int64
	header      []string
}

type builder struct {
	Request
	target *Target
	tables []*tableWork
	tally  *summary.Tally
	result Result
}

// Build makes a package. Its errors hold nothing of the export's content.
func Build(ctx context.Context, request Request) (Result, error) {
	recipients, err := ParseRecipients(request.Recipients)
	if err != nil {
		return Result{}, err
	}
	target, err := OpenTarget(request.Path)
	if err != nil {
		return Result{}, err
	}
	defer target.Close() //nolint:errcheck // nothing is written through the folder itself
	if err := target.Check(request.Owned); err != nil {
		return Result{}, err
	}
	b := &builder{Request: request, target: target}
	spool, err := b.fetch(ctx)
	if err != nil {
		return Result{}, err
	}
	defer spool.close()
	archive, err := table.Open(spool.file, spool.size, b.bareName(), b.Limits)
	if err != nil {
		return Result{}, err
	}
	if err := b.review(archive); err != nil {
		return Result{}, err
	}

	file, name, err := target.temporary("partial")
	if err != nil {
		return Result{}, err
	}
	defer func() {
		_ = file.Close()
		_ = target.root.Remove(name) // it is gone where everything went well
	}()
	var to io.Writer = file
	if b.through != nil {
		to = b.through(to)
	}
	p, err := newParcel(to, recipients, b.Export.CreatedAt)
	if err != nil {
		return Result{}, writeFailed(target, err)
	}
	if err := b.write(ctx, p, archive); err != nil {
		return Result{}, err
	}
	if err := sync(file); err != nil {
		return Result{}, writeFailed(target, err)
	}
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	if err := target.publish(name, b.Owned); err != nil {
		return Result{}, err
	}
	b.result.SHA256, b.result.Content, b.result.Size = p.file.sum(), p.content.sum(), p.file.size
	return b.result, nil
}

func (b *builder) fetch(ctx context.Context) (*spool, error) {
	from, err := b.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	return download(ctx, b.target, from, b.Download)
}

// bareName is what the table of a bare CSV file is called: the one that was exported, where it was one.
func (b *builder) bareName() string {
	if len(b.Export.Tables) == 1 {
		return strings.ToLower(b.Export.Tables[0])
	}
	return "export"
}

// review reads the headers of all tables, and refuses what can be refused before anything is written.
func (b *builder) review(archive *table.Archive) error {
	var headers [][]string
	var names, counted []string
	for n, t := range archive.Tables {
		if b.Person.NamedIn(t.Name) {
			return fmt.Errorf("table %d of %d has a name that holds an identifier of the person", n+1, len(archive.Tables))
		}
		header, err := t.Header(b.Limits)
		if err != nil {
			return err
		}
		work := &tableWork{
			name: t.Name, header: header, redacted: b.Rules.Table(header), identity: b.Person.Columns(header),
			neutralized: make([]int64, len(header)), checked: []string{},
		}
		for _, column := range work.identity {
			work.checked = append(work.checked, header[column.At])
		}
		if len(header) > 0 && len(work.identity) == 0 && !slices.ContainsFunc(b.Unchecked, func(name string) bool { return strings.EqualFold(name, t.Name) }) {
			return b.noIdentity(t.Name, header)
		}
		if len(work.redacted.Kept()) > 0 {
			work.file = t.Name + "." + string(b.Format)
			counted = append(counted, t.Name)
		}
		b.tables = append(b.tables, work)
		headers, names = append(headers, header), append(names, t.Name)
	}
	if err := b.Rules.Check(headers); err != nil {
		return err
	}
	for _, wanted := range b.Export.Tables {
		if archive.Packed && !slices.ContainsFunc(names, func(name string) bool { return dictionary.SameTable(name, wanted) }) {
			b.result.Missing = append(b.result.Missing, strings.ToLower(wanted))
		}
	}
	b.tally = summary.NewTally(counted)
	return nil
}

// noIdentity says that a table cannot be checked. Of the header it names only what is a published name: the first line of a
// file without a header is somebody's data.
func (b *builder) noIdentity(name string, header []string) error {
	var known []string
	for _, column := range header {
		if dictionary.Known(column) {
			known = append(known, column)
		}
	}
	text := fmt.Sprintf("table %s has none of the columns %s, so nobody can tell whose its rows are. Name the column with identity_columns, "+
		"leave the table out of the export, or, if its rows can only be the person's, name it in unchecked_tables", name, b.Person.Names())
	if len(known) > 0 {
		text += ". Columns that it has, among others: " + strings.Join(known, ", ")
	}
	return errors.New(text)
}

// write writes all files of the package.
func (b *builder) write(ctx context.Context, p *parcel, archive *table.Archive) error {
	for n, t := range archive.Tables {
		if err := b.writeTable(ctx, p, t, b.tables[n]); err != nil {
			return err
		}
	}
	for _, work := range b.tables {
		done := Table{
			Name: work.name, Rows: work.rows, RemovedColumns: work.redacted.RemovedColumns(), MaskedCells: work.redacted.MaskedCells(),
			Shared: work.shared, Unchecked: len(work.identity) == 0 && len(work.header) > 0,
		}
		for _, cells := range work.neutralized {
			done.Neutralized += cells
		}
		b.result.Tables = append(b.result.Tables, done)
	}
	documents := []struct {
		name  string
		write func(io.Writer) error
	}{{"dictionary.json", b.writeDictionary}, {"manifest.json", b.writeManifest}, {"summary.html", b.writeSummary}}
	if !b.Summary {
		documents = documents[:2]
	}
	for _, document := range documents {
		if err := p.add(document.name, document.write); err != nil {
			return writeFailed(b.target, err)
		}
	}
	if err := p.finish(); err != nil {
		return writeFailed(b.target, err)
	}
	return nil
}

// writeTable writes one table. Where none of its columns is handed over, it is read and checked all the same.
func (b *builder) writeTable(ctx context.Context, p *parcel, t table.Table, work *tableWork) error {
	reader, err := t.Read(b.Limits)
	if err != nil {
		return err
	}
	defer reader.Close() //nolint:errcheck // it was only read
	reader.ReplaceInvalid = b.ReplaceInvalid
	header, err := reader.Header()
	if err != nil {
		return err
	}
	if !slices.Equal(header, work.header) {
		return &table.Error{Table: t.Name, Header: true, Reason: "it was another one a moment ago"}
	}
	if work.file == "" {
		return b.rows(ctx, reader, work, nil, nil)
	}
	var problem error
	err = p.add(work.file, func(to io.Writer) error {
		later := newBehind(to)
		problem = b.rows(ctx, reader, work, b.Format.writer(work.redacted.Names()), later)
		return errors.Join(later.close(), problem)
	})
	switch {
	case problem != nil && !errors.Is(problem, errWriting):
		return problem
	case err != nil:
		return writeFailed(b.target, err)
	}
	return nil
}

// errWriting marks that the writer has ended, and knows why.
var errWriting = errors.New("the writer has ended")

func (b *builder) rows(ctx context.Context, reader *table.Reader, work *tableWork, to writer, later *behind) error {
	var observer *summary.Observer
	var buf []byte
	var err error
	if to != nil {
		observer = b.tally.Observe(work.name, work.redacted.Names())
		if buf, err = later.next(); err != nil {
			return errWriting
		}
		buf = to.header(buf)
	}
	for {
		fields, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if work.rows++; work.rows%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if len(work.identity) > 0 {
			owns, others := b.Person.Owns(fields, work.identity)
			if !owns {
				return &table.Error{Table: work.name, Row: work.rows, Reason: "it holds none of the person's identifiers in the columns " +
					strings.Join(positions(work.identity), " and ") + ", so it is somebody else's"}
			}
			if others {
				work.shared++
			}
		}
		if to == nil {
			continue
		}
		row := work.redacted.Row(fields)
		if observer != nil {
			observer.Row(row)
		}
		if buf = to.row(buf, row); len(buf) >= bufferSize {
			if err := later.write(buf); err != nil {
				return errWriting
			}
			if buf, err = later.next(); err != nil {
				return errWriting
			}
		}
	}
	work.replaced = reader.Replaced()
	if to == nil {
		return nil
	}
	if sheet, ok := to.(*csvWriter); ok {
		for n, at := range work.redacted.Kept() {
			work.neutralized[at] = sheet.neutralized[n]
		}
	}
	if err := later.write(buf); err != nil {
		return errWriting
	}
	return nil
}

// positions are columns as people count them.
func positions(columns []redact.IdentityColumn) []string {
	texts := make([]string, 0, len(columns))
	for _, column := range columns {
		texts = append(texts, fmt.Sprint(column.At+1))
	}
	return texts
}
