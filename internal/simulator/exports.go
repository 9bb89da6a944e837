// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The states of an export.
const (
	ExportPending   = "PENDING"
	ExportAvailable = "AVAILABLE"
	ExportFailed    = "FAILED"
	ExportExpired   = "EXPIRED"
)

const defaultRowLimit = 1_000_000

// exportTables are what an export without a choice holds.
func exportTables() []string {
	return []string{"SEARCHES", "CLICKS", "CUSTOM_EVENTS", "KEYWORDS", "GROUPS"}
}

// exportModel is the body that makes an export.
type exportModel struct {
	From                string   `json:"from"`
	To                  string   `json:"to"`
	CommonFilters       []string `json:"commonFilters"`
	SearchesFilters     []string `json:"searchesFilters"`
	CustomEventsFilters []string `json:"customEventsFilters"`
	Tables              []string `json:"tables"`
	Dimensions          []string `json:"dimensions"`
	Filename            string   `json:"filename"`
	Description         *string  `json:"description"`
	ExportFormat        string   `json:"exportFormat"`
	UseDisplayNames     bool     `json:"useDisplayNames"`
}

// export is one export and what it was made from.
type export struct {
	id, author, scheduleID string
	model                  exportModel
	from, to               time.Time
	tables                 []string
	selection              selection
	events                 []owned
	created                time.Time
	fails                  bool
	forced                 string
	signature              string
	file                   []byte
}

type exportRegister struct {
	ordered   []*export
	schedules []*exportSchedule
	// storage is the address of the storage, "" while there is none.
	storage   string
	serve     http.HandlerFunc
	downloads int
	// links are all addresses that were given out.
	links []string
}

func exportRoutes() []*route {
	base := "/rest/ua/v15/exports"
	one := base + "/{exportId}"
	view := func(operation Operation, path string, handle func(*Organization, *exchange) answer) *route {
		return newRoute(operation, http.MethodGet, path, handle).need(ownerAnalytics, domainExports, "VIEW")
	}
	return []*route{
		view(ListExports, base, (*Organization).listExports),
		view(EstimateExport, base+"/estimate", (*Organization).estimateExport),
		view(ExportRowLimit, base+"/rowLimit", (*Organization).exportRowLimit),
		view(ListExportSchedules, base+"/schedules", (*Organization).listExportSchedules),
		view(GetExport, one, (*Organization).getExport),
		view(ExportLink, one+"/downloadlink", (*Organization).exportLink),
		// Making an export is checked by the handler: which privilege it takes is a reading.
		newRoute(CreateExport, http.MethodPost, base+"/create", (*Organization).createExport).writing(),
		newRoute(CreateExport, http.MethodPost, base, (*Organization).createExportByQuery).writing(),
		newRoute(DeleteExport, http.MethodDelete, one, (*Organization).deleteExport).
			need(ownerAnalytics, domainExports, "EDIT").writing(),
		view(ListExportableDimensions, "/rest/ua/v15/dimensions/exportables", (*Organization).listExportableDimensions),
	}
}

func (o *Organization) createExport(x *exchange) answer {
	var model exportModel
	if problem := x.decode(&model); problem != nil {
		return x.refused(problem)
	}
	return o.makeExport(x, model)
}

func (o *Organization) createExportByQuery(x *exchange) answer {
	model := exportModel{
		From: x.query.Get("from"), To: x.query.Get("to"), CommonFilters: x.query["f"], SearchesFilters: x.query["fs"],
		CustomEventsFilters: x.query["fc"], Tables: x.query["tables"], Dimensions: x.query["dimensions"],
		Filename: x.query.Get("filename"), ExportFormat: x.query.Get("format"), UseDisplayNames: x.query.Get("useDisplayNames") == "true",
	}
	if x.query.Has("d") {
		description := x.query.Get("d")
		model.Description = &description
	}
	return o.makeExport(x, model)
}

func (o *Organization) makeExport(x *exchange, model exportModel) answer {
	level := "CREATE"
	if o.options.Readings.ExportsWithoutCreate {
		level = "EDIT"
	}
	if n := (need{ownerAnalytics, domainExports, level, everyTarget}); !o.mayUse(x, n) {
		return x.refused(o.lacking(x, n))
	}
	made, problem := o.newExport(x, model)
	if problem != nil {
		return x.refused(problem)
	}
	o.exports.ordered = append(o.exports.ordered, made)
	return answer{status: http.StatusCreated, body: o.renderExport(x, made)}
}

func (o *Organization) newExport(x *exchange, model exportModel) (*export, *refusal) {
	for _, texts := range [][]string{model.CommonFilters, model.SearchesFilters, model.CustomEventsFilters, {model.Filename}} {
		o.journal.see(texts...)
	}
	if model.Description != nil {
		o.journal.see(*model.Description)
	}
	chosen, problem := o.selection(model)
	switch {
	case problem != nil:
		return nil, problem
	case model.ExportFormat != "" && model.ExportFormat != "EXCEL" && model.ExportFormat != "NO_NEWLINE":
		return nil, refuse(http.StatusBadRequest, "INVALID_PARAMETER", "The export format '%s' is unknown.", model.ExportFormat)
	case strings.ContainsFunc(model.Filename, func(r rune) bool { return r < ' ' || r > '~' }):
		return nil, refuse(http.StatusBadRequest, "INVALID_PARAMETER", "The filename '%s' must be US-ASCII.", model.Filename)
	}
	if limit := o.options.ExportLimit; limit > 0 {
		kept := 0
		for _, e := range o.exports.ordered {
			if e.status(o, x.now) != ExportExpired {
				kept++
			}
		}
		if kept >= limit {
			return nil, refuse(orDefault(o.options.Readings.ExportLimitStatus, http.StatusPreconditionFailed), "EXPORT_LIMIT",
				"The maximum number of exports (%d) of the organization is reached.", limit)
		}
	}
	return &export{
		id: o.uuid(), author: x.caller.name(), model: model, from: chosen.from, to: chosen.to, tables: chosen.tables, selection: chosen,
		events: chosen.among(o.ledger.snapshot(x.now, o.options.SettleAfter)), created: x.now, fails: o.options.ExportsFail,
	}, nil
}

// status follows from the time alone, unless a test forces it.
func (e *export) status(o *Organization, now time.Time) string {
	elapsed := now.Sub(e.created)
	ready := o.options.ExportAfter
	switch {
	case e.forced != "":
		return e.forced
	case elapsed < ready && o.options.Readings.UnknownEnums:
		return "PROCESSING"
	case elapsed < ready:
		return ExportPending
	case e.fails:
		return ExportFailed
	case o.options.ExportExpiresAfter > 0 && elapsed >= ready+o.options.ExportExpiresAfter:
		return ExportExpired
	}
	return ExportAvailable
}

func (o *Organization) renderExport(x *exchange, e *export) map[string]any {
	status := e.status(o, x.now)
	b := object{fields: map[string]any{}, nulls: true}
	b.set("id", e.id)
	b.set("author", e.author)
	b.set("startDate", e.created.UnixMilli())
	b.set("from", e.from.UnixMilli())
	b.set("to", e.to.UnixMilli())
	b.set("status", status)
	b.set("downloadable", status == ExportAvailable)
	b.set("replayable", false)
	b.set("usingDisplayNames", e.model.UseDisplayNames)
	b.optional("description", value(e.model.Description), e.model.Description != nil)
	b.optional("scheduleId", e.scheduleID, e.scheduleID != "")
	filters := map[string]string{}
	for name, texts := range map[string][]string{
		"commonFilters": e.model.CommonFilters, "searchesFilters": e.model.SearchesFilters, "customEventsFilters": e.model.CustomEventsFilters,
	} {
		if len(texts) > 0 {
			filters[name] = strings.Join(texts, " AND ")
		}
	}
	b.set("filters", filters)
	tables := []string{}
	for _, table := range e.tables {
		tables = append(tables, strings.ToLower(table))
	}
	b.set("tables", reorder(o, tables))
	b.set("dimensions", append([]string{}, e.model.Dimensions...))
	b.set("size", 0)
	if status == ExportAvailable {
		b.set("size", len(e.content(o)))
	}
	if status == ExportAvailable || !o.options.Readings.LateDownloadLink {
		b.set("downloadLink", o.linkTo(x, e))
	}
	if x.nulls(o) {
		for _, name := range []string{"author", "tables", "dimensions", "filters", "size", "downloadLink"} {
			b.set(name, nil)
		}
	}
	return b.fields
}

func (o *Organization) linkTo(x *exchange, e *export) string {
	host := "http://" + x.request.Host + "/rest/ua"
	if o.options.Readings.LegacyDownloadLink {
		host = "https://usageanalytics.coveo.com/rest"
	}
	return host + "/v15/exports/" + e.id + "?redirect=true"
}

func (o *Organization) listExports(x *exchange) answer {
	rendered := make([]map[string]any, 0, len(o.exports.ordered))
	for _, e := range o.exports.ordered {
		rendered = append(rendered, o.renderExport(x, e))
	}
	return ok(reorder(o, rendered))
}

func (o *Organization) findExport(x *exchange) (*export, *refusal) {
	id := x.parameters["exportId"]
	for _, e := range o.exports.ordered {
		if e.id == id {
			return e, nil
		}
	}
	return nil, refuse(orDefault(o.options.Readings.MissingExportStatus, http.StatusNotFound), "EXPORT_NOT_FOUND", "The export '%s' was not found.", id)
}

func (o *Organization) getExport(x *exchange) answer {
	e, problem := o.findExport(x)
	if problem != nil {
		return x.refused(problem)
	}
	if x.query.Get("redirect") != "true" || o.options.Readings.NoExportRedirect {
		return ok(o.renderExport(x, e))
	}
	link, problem := o.sign(x, e)
	if problem != nil {
		return x.refused(problem)
	}
	return answer{
		status: orDefault(o.options.Readings.ExportRedirectStatus, http.StatusSeeOther), header: http.Header{"Location": {link}},
	}
}

func (o *Organization) exportLink(x *exchange) answer {
	e, problem := o.findExport(x)
	if problem != nil {
		return x.refused(problem)
	}
	link := o.linkTo(x, e)
	if o.options.Readings.NoExportRedirect {
		if link, problem = o.sign(x, e); problem != nil {
			return ok(map[string]any{"id": e.id})
		}
	}
	return ok(map[string]any{"id": e.id, "downloadLink": link})
}

func (o *Organization) deleteExport(x *exchange) answer {
	e, problem := o.findExport(x)
	if problem != nil {
		return x.refused(problem)
	}
	o.exports.ordered = slices.DeleteFunc(o.exports.ordered, func(other *export) bool { return other == e })
	return noContent()
}

func (o *Organization) estimateExport(x *exchange) answer {
	chosen, problem := o.selection(exportModel{
		From: x.query.Get("from"), To: x.query.Get("to"), CommonFilters: x.query["f"], SearchesFilters: x.query["fs"],
		CustomEventsFilters: x.query["fc"], Tables: x.query["tables"],
	})
	if problem != nil {
		return x.refused(problem)
	}
	estimates := map[string]any{}
	events := chosen.among(o.ledger.snapshot(x.now, o.options.SettleAfter))
	for _, table := range chosen.tables {
		estimates[strings.ToLower(table)] = chosen.count(table, events)
	}
	return ok(map[string]any{"estimates": estimates})
}

func (o *Organization) exportRowLimit(*exchange) answer {
	return ok(map[string]any{"exportRowCountLimit": orDefault(o.options.ExportRowLimit, defaultRowLimit)})
}

// ExportView is an export as the organization knows it, with what no answer shows.
type ExportView struct {
	ID          string   `json:"id"`
	Status      string   `json:"status"`
	Description string   `json:"description"`
	Filename    string   `json:"filename"`
	Format      string   `json:"format"`
	Filters     []string `json:"filters"`
	Tables      []string `json:"tables"`
	Dimensions  []string `json:"dimensions"`
	ScheduleID  string   `json:"scheduleId"`
}

// Exports are the organization's exports in the order of their creation.
func (o *Organization) Exports() []ExportView {
	o.mu.Lock()
	defer o.mu.Unlock()
	views := []ExportView{}
	for _, e := range o.exports.ordered {
		views = append(views, ExportView{
			ID: e.id, Status: e.status(o, o.now()), Description: value(e.model.Description), Filename: e.model.Filename, Format: e.model.ExportFormat,
			Filters: slices.Concat(e.model.CommonFilters, e.model.SearchesFilters, e.model.CustomEventsFilters), Tables: slices.Clone(e.tables),
			Dimensions: slices.Clone(e.model.Dimensions), ScheduleID: e.scheduleID,
		})
	}
	return views
}

// ExportSpec describes an export that somebody makes outside of Terraform.
type ExportSpec struct {
	Description string
	Filters     []string
	Tables      []string
	From, To    time.Time
	ScheduleID  string
}

// AddExport makes an export as a person in the console would, and returns its ID.
func (o *Organization) AddExport(spec ExportSpec) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if spec.To.IsZero() {
		spec.From, spec.To = o.now().AddDate(-1, 0, 0), o.now()
	}
	const layout = "2006-01-02T15:04:05.000Z"
	x := &exchange{now: o.now(), caller: caller{kind: Administrator}}
	made, problem := o.newExport(x, exportModel{
		From: spec.From.UTC().Format(layout), To: spec.To.UTC().Format(layout), CommonFilters: spec.Filters, Tables: spec.Tables,
		Description: &spec.Description,
	})
	if problem != nil {
		panic("simulator: " + problem.message)
	}
	made.scheduleID = spec.ScheduleID
	o.exports.ordered = append(o.exports.ordered, made)
	return made.id
}

// SetExportStatus forces the state of an export, known or not. An empty one lets it follow from the time again.
func (o *Organization) SetExportStatus(id, status string) {
	o.changeExport(id, func(e *export) { e.forced = status })
}

// RemoveExport deletes an export as a person would.
func (o *Organization) RemoveExport(id string) {
	o.changeExport(id, func(e *export) {
		o.exports.ordered = slices.DeleteFunc(o.exports.ordered, func(other *export) bool { return other == e })
	})
}

// changeExport edits an export behind the API's back. A test that names one which does not exist is wrong, so it panics.
func (o *Organization) changeExport(id string, edit func(*export)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range o.exports.ordered {
		if e.id == id {
			edit(e)
			return
		}
	}
	panic(fmt.Sprintf("simulator: no export %q", id))
}
