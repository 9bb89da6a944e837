// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The states of an export. Coveo may add others: whatever is none of these is under way.
const (
	ExportPending   = "PENDING"
	ExportAvailable = "AVAILABLE"
	ExportFailed    = "FAILED"
	ExportExpired   = "EXPIRED"
)

// ExportTables are the tables that can be asked for. ALL_EVENTS joins the first three.
func ExportTables() []string {
	return []string{"SEARCHES", "CLICKS", "CUSTOM_EVENTS", "KEYWORDS", "GROUPS", "ALL_EVENTS"}
}

// ExportFormats are the forms of the CSV files. NO_NEWLINE takes line breaks out of values.
func ExportFormats() []string { return []string{"EXCEL", "NO_NEWLINE"} }

// Export is an export as Coveo answers it. The link to its file is not kept: only its status says that there is a file, and
// OpenExport gets it.
type Export struct {
	ID          string  `json:"id"`
	Author      string  `json:"author"`
	Description string  `json:"description"`
	Status      string  `json:"status"`
	StartDate   Instant `json:"startDate"`
	// From and To are what Coveo made of the period that was asked for, which may be whole days or hours of a time zone.
	From       Instant  `json:"from"`
	To         Instant  `json:"to"`
	Size       Count    `json:"size"` // bytes
	Tables     Names    `json:"tables"`
	Dimensions []string `json:"dimensions"`
	Filters    Filters  `json:"filters"`
	ScheduleID string   `json:"scheduleId"`
	// UsingDisplayNames tells whether the columns are titled for people.
	UsingDisplayNames bool `json:"usingDisplayNames"`
}

// Settled tells whether the state of the export is one that it stays in without anybody's doing, but for expiry.
func (e *Export) Settled() bool {
	switch strings.ToUpper(e.Status) {
	case ExportAvailable, ExportFailed, ExportExpired:
		return true
	}
	return false
}

// Filters are what an export was restricted by. They name people, so they print as nothing.
type Filters struct{ texts []string }

// UnmarshalJSON reads a map whose keys are not documented, and never fails: every text and number in it counts, however deep
// it lies.
func (f *Filters) UnmarshalJSON(data []byte) error {
	f.texts = nil
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) == nil {
		f.add(value)
	}
	return nil
}

func (f *Filters) add(value any) {
	switch value := value.(type) {
	case string:
		if value != "" {
			f.texts = append(f.texts, value)
		}
	case json.Number:
		f.texts = append(f.texts, value.String())
	case []any:
		for _, one := range value {
			f.add(one)
		}
	case map[string]any:
		for _, one := range value {
			f.add(one)
		}
	}
}

// Texts are the filters, for comparison in memory only.
func (f Filters) Texts() []string { return slices.Clone(f.texts) }

// Empty tells whether Coveo shows no filter.
func (f Filters) Empty() bool { return len(f.texts) == 0 }

func (f Filters) String() string { return fmt.Sprintf("(%d filters)", len(f.texts)) }

// GoString keeps the filters out of %#v.
func (f Filters) GoString() string { return f.String() }

// Format keeps the filters out of every verb.
func (f Filters) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(f.String())) }

// Names is a list of names whose case differs between requests and answers; they are read in upper case.
type Names []string

// UnmarshalJSON never fails: null and what is no list are no names.
func (n *Names) UnmarshalJSON(data []byte) error {
	var names []string
	_ = json.Unmarshal(data, &names)
	*n = nil
	for _, name := range names {
		*n = append(*n, strings.ToUpper(name))
	}
	slices.Sort(*n)
	return nil
}

// Count is a number that may be null, absent or a text.
type Count int64

// UnmarshalJSON never fails: what is no number counts as 0.
func (n *Count) UnmarshalJSON(data []byte) error {
	number, err := strconv.ParseFloat(strings.Trim(string(data), `"`), 64)
	*n = 0
	if err == nil && number > 0 && number < 1<<62 {
		*n = Count(number)
	}
	return nil
}

// UnmarshalJSON refuses an object that is no export: nothing else may be taken for one.
func (e *Export) UnmarshalJSON(data []byte) error {
	type plain Export
	if err := json.Unmarshal(data, (*plain)(e)); err != nil {
		return err
	}
	if e.ID == "" {
		return errors.New("no export")
	}
	return nil
}

// Period is what time an export covers.
type Period struct{ From, To time.Time }

func (p Period) query() url.Values {
	return url.Values{"from": {timestamp(p.From)}, "to": {timestamp(p.To)}}
}

// timestamp is the form that usage analytics takes.
func timestamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// NewExport is the request for an export. Filters are joined by AND.
type NewExport struct {
	Period          Period
	Filters         []string
	Tables          []string
	Dimensions      []string
	Filename        string // US-ASCII
	Description     string
	Format          string
	UseDisplayNames bool
}

type newExport struct {
	From            string   `json:"from"`
	To              string   `json:"to"`
	CommonFilters   []string `json:"commonFilters,omitempty"`
	Tables          []string `json:"tables,omitempty"`
	Dimensions      []string `json:"dimensions,omitempty"`
	Filename        string   `json:"filename,omitempty"`
	Description     string   `json:"description,omitempty"`
	ExportFormat    string   `json:"exportFormat,omitempty"`
	UseDisplayNames bool     `json:"useDisplayNames"`
}

// ExportsPrivilege is what reading (VIEW), changing (EDIT) or making (CREATE) exports takes.
func ExportsPrivilege(kind string) Privilege {
	return Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "EXPORTS", Type: kind, TargetID: "*"}
}

func exportsPrivilege(kind string) *Privilege {
	privilege := ExportsPrivilege(kind)
	return &privilege
}

const (
	exportsPath = "/v15/exports"
	exportPath  = exportsPath + "/{export}"
)

// CheckExportID says why a text cannot be the ID of an export or of a schedule, or nil. The text is not repeated.
func CheckExportID(id string) error {
	switch {
	case id == "":
		return errors.New("it is empty")
	case len(id) > 128:
		return errors.New("it is longer than 128 characters")
	}
	for _, r := range id {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_' {
			return errors.New("it holds other characters than letters, digits, hyphens and underscores")
		}
	}
	return nil
}

// onExport fills what all calls about exports share. Their answers name people in their filters, so Coveo's words about
// them are not repeated.
func onExport(name, method, path, needs string) operation {
	return operation{name: name, method: method, path: path, plane: analyticsPlane, personal: true, needs: exportsPrivilege(needs)}
}

// ListExports lists every export of the organization. The list is not paginated.
func (c *Client) ListExports(ctx context.Context) ([]Export, error) {
	var out []Export
	err := c.do(ctx, onExport("list exports", http.MethodGet, exportsPath, "VIEW"), call{out: &out})
	return out, err
}

// GetExport reads one export.
func (c *Client) GetExport(ctx context.Context, id string) (*Export, error) {
	if err := CheckExportID(id); err != nil {
		return nil, fmt.Errorf("the ID of an export cannot be sent: %w", err)
	}
	var out Export
	err := c.do(ctx, onExport("read an export", http.MethodGet, exportPath, "VIEW"),
		call{segments: map[string]string{"export": id}, out: &out})
	if err != nil {
		return nil, err
	}
	return &out, nil
}

// CreateExport asks for an export. It is not repeated where its answer is lost: a second one would be made.
func (c *Client) CreateExport(ctx context.Context, wanted NewExport) (*Export, error) {
	var out Export
	err := c.do(ctx, onExport("create an export", http.MethodPost, exportsPath+"/create", "CREATE"), call{in: newExport{
		From: timestamp(wanted.Period.From), To: timestamp(wanted.Period.To), CommonFilters: wanted.Filters, Tables: wanted.Tables,
		Dimensions: wanted.Dimensions, Filename: wanted.Filename, Description: wanted.Description, ExportFormat: wanted.Format,
		UseDisplayNames: wanted.UseDisplayNames,
	}, out: &out, secrets: wanted.Filters})
	if err != nil {
		return nil, err
	}
	return &out, nil
}

// DeleteExport removes an export and its file. That it is gone already is a success, once the list of exports confirms it.
func (c *Client) DeleteExport(ctx context.Context, id string) error {
	if err := CheckExportID(id); err != nil {
		return fmt.Errorf("the ID of an export cannot be sent: %w", err)
	}
	err := c.do(ctx, onExport("delete an export", http.MethodDelete, exportPath, "EDIT"), call{segments: map[string]string{"export": id}})
	if IsNotFound(err) {
		return c.confirmNoExport(ctx, id, err)
	}
	return err
}

// confirmNoExport returns nil where the list of exports, which answers at the right address only, does not hold the ID.
func (c *Client) confirmNoExport(ctx context.Context, id string, notFound error) error {
	exports, err := c.ListExports(ctx)
	if IsCanceled(err) {
		return err
	}
	if err != nil || slices.ContainsFunc(exports, func(e Export) bool { return e.ID == id }) {
		return notFound
	}
	return nil
}

// Estimate is how many rows an export would have, by table. Coveo does not document how it names the tables.
type Estimate struct {
	Tables map[string]int64
	// Rows is the sum over the tables.
	Rows int64
}

// EstimateExport counts the rows of an export without making it. The filters travel in the query, which is logged nowhere.
func (c *Client) EstimateExport(ctx context.Context, period Period, tables, filters []string) (Estimate, error) {
	query := period.query()
	if len(tables) > 0 {
		query["tables"] = tables
	}
	if len(filters) > 0 {
		query["f"] = filters
	}
	var out struct {
		Estimates *counts `json:"estimates"`
	}
	op := onExport("estimate an export", http.MethodGet, exportsPath+"/estimate", "VIEW")
	if err := c.do(ctx, op, call{query: query, out: &out, secrets: filters}); err != nil {
		return Estimate{}, err
	}
	if out.Estimates == nil {
		return Estimate{}, &Error{
			Operation: op.name, Method: op.method, Path: op.path, Status: http.StatusOK, Attempts: 1,
			cause: "answered without estimates, which must not be taken for none",
		}
	}
	estimate := Estimate{Tables: map[string]int64{}}
	for table, rows := range *out.Estimates {
		estimate.Tables[table] = rows
		if !strings.EqualFold(table, "total") {
			estimate.Rows += rows
		}
	}
	if len(estimate.Tables) == 1 {
		for _, rows := range estimate.Tables {
			estimate.Rows = rows
		}
	}
	return estimate, nil
}

// ExportRowLimit is how many rows Coveo puts into one export at most; false where it names no limit.
func (c *Client) ExportRowLimit(ctx context.Context) (int64, bool, error) {
	var out struct {
		Limit *Count `json:"exportRowCountLimit"`
	}
	err := c.do(ctx, onExport("read the row limit of exports", http.MethodGet, exportsPath+"/rowLimit", "VIEW"), call{out: &out})
	if err != nil || out.Limit == nil || *out.Limit == 0 {
		return 0, false, err
	}
	return int64(*out.Limit), true, nil
}

// Dimension is what events can be filtered and exported by.
type Dimension struct {
	DisplayName string   `json:"displayName"`
	APINames    []string `json:"apiNames"`
	ReturnName  string   `json:"returnName"`
	Type        string   `json:"type"`
	Custom      bool     `json:"custom"`
	EventTypes  []string `json:"eventTypes"`
	Status      string   `json:"status"`
}

// ExportableDimensions lists what exports can hold. Which privilege that takes is not documented.
func (c *Client) ExportableDimensions(ctx context.Context) ([]Dimension, error) {
	var out []Dimension
	err := c.do(ctx, operation{
		name: "list the dimensions of exports", method: http.MethodGet, path: "/v15/dimensions/exportables", plane: analyticsPlane,
		needs: exportsPrivilege("VIEW"),
	}, call{out: &out})
	return out, err
}
