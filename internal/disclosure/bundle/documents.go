// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package bundle

import (
	"encoding/json"
	"io"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/dictionary"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/summary"
)

// The forms of the documents in a package. A change gets another number.
const (
	manifestForm   = "coveo-disclosure-manifest/v1"
	dictionaryForm = "coveo-disclosure-dictionary/v1"
)

// manifest says what was taken away, and how much. It holds no value.
type manifest struct {
	Form         string          `json:"format"`
	Organization string          `json:"organization,omitempty"`
	Case         string          `json:"case,omitempty"`
	Contact      string          `json:"contact,omitempty"`
	Export       manifestExport  `json:"export"`
	Reason       string          `json:"reason,omitempty"`
	Missing      []string        `json:"tables_without_a_file,omitempty"`
	Rule         string          `json:"spreadsheet_rule,omitempty"`
	Tables       []manifestTable `json:"tables"`
}

type manifestExport struct {
	ID   string `json:"id"`
	At   string `json:"created_at,omitempty"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

type manifestTable struct {
	Name string `json:"name"`
	// File is null where no column of the table is handed over.
	File     *string `json:"file"`
	Rows     int64   `json:"rows"`
	Exported int     `json:"columns_exported"`
	Kept     int     `json:"columns_handed_over"`
	// Checked are the columns in which each row was found to hold an identifier of the person; empty where the table has none.
	Checked     []string         `json:"person_checked_in_columns"`
	Removed     []string         `json:"removed_columns"`
	Masked      []manifestColumn `json:"masked_cells"`
	Neutralized []manifestColumn `json:"neutralized_cells"`
	Invalid     int64            `json:"cells_with_invalid_text_replaced"`
}

type manifestColumn struct {
	Column  string   `json:"column"`
	Cells   int64    `json:"cells"`
	Reasons []string `json:"reasons,omitempty"`
}

func instant(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

func (b *builder) writeManifest(to io.Writer) error {
	m := manifest{
		Form: manifestForm, Organization: b.Organization, Case: b.Case, Contact: b.Contact, Reason: b.Reason, Missing: b.result.Missing,
		Export: manifestExport{ID: b.Export.ID, At: instant(b.Export.CreatedAt), From: instant(b.Export.From), To: instant(b.Export.To)},
		Tables: []manifestTable{},
	}
	if b.Format == CSV {
		m.Rule = spreadsheetRule
	}
	for _, done := range b.tables {
		t := manifestTable{
			Name: done.name, Rows: done.rows, Exported: len(done.redacted.Columns), Kept: len(done.redacted.Kept()), Invalid: done.replaced,
			Checked: done.checked, Removed: []string{}, Masked: []manifestColumn{}, Neutralized: []manifestColumn{},
		}
		if done.file != "" {
			t.File = &done.file
		}
		for n, column := range done.redacted.Columns {
			if column.Removed {
				t.Removed = append(t.Removed, column.Name)
			}
			if column.Masked > 0 {
				t.Masked = append(t.Masked, manifestColumn{column.Name, column.Masked, column.Reasons})
			}
			if done.neutralized[n] > 0 {
				t.Neutralized = append(t.Neutralized, manifestColumn{Column: column.Name, Cells: done.neutralized[n]})
			}
		}
		m.Tables = append(m.Tables, t)
	}
	return encode(to, m)
}

// columnDictionary explains what the files hold.
type columnDictionary struct {
	Form  string           `json:"format"`
	Files []dictionaryFile `json:"files"`
}

type dictionaryFile struct {
	File    string             `json:"file"`
	Table   string             `json:"table"`
	Meaning string             `json:"meaning"`
	Written string             `json:"written_as"`
	Rows    int64              `json:"rows"`
	Columns []dictionaryColumn `json:"columns"`
}

type dictionaryColumn struct {
	Name    string `json:"name"`
	Meaning string `json:"meaning"`
	// Filled is in how many rows the column is not empty.
	Filled int64 `json:"rows_with_a_value"`
}

func (b *builder) writeDictionary(to io.Writer) error {
	d := columnDictionary{Form: dictionaryForm, Files: []dictionaryFile{}}
	written := "CSV as in RFC 4180: UTF-8 with a byte order mark, fields between commas, quotes where needed, rows ended by CRLF, one row of names first"
	if b.Format == JSONLines {
		written = "JSON Lines: UTF-8, one object a line, every value a text"
	}
	for _, done := range b.tables {
		if done.file == "" {
			continue
		}
		f := dictionaryFile{File: done.file, Table: done.name, Meaning: dictionary.TableMeaning(done.name), Written: written, Rows: done.rows, Columns: []dictionaryColumn{}}
		for _, column := range done.redacted.Columns {
			if !column.Removed {
				f.Columns = append(f.Columns, dictionaryColumn{column.Name, dictionary.Meaning(column.Name), column.Filled})
			}
		}
		d.Files = append(d.Files, f)
	}
	return encode(to, d)
}

func encode(to io.Writer, document any) error {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}

func (b *builder) writeSummary(to io.Writer) error {
	page := summary.Page{Case: b.Case, From: b.Export.From, To: b.Export.To, Contact: b.Contact, Reason: b.Reason, Absent: b.result.Missing, CSV: b.Format == CSV}
	for _, done := range b.tables {
		t := summary.Table{Name: done.name, File: done.file, Rows: done.rows, Replaced: done.replaced}
		for n, column := range done.redacted.Columns {
			t.Columns = append(t.Columns, summary.Column{
				Name: column.Name, Removed: column.Removed, Masked: column.Masked, Neutralized: done.neutralized[n], Reasons: column.Reasons,
			})
		}
		page.Tables = append(page.Tables, t)
	}
	return summary.Write(to, page, b.tally)
}
