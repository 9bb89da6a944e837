// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// scheduleModel is the body that makes or replaces a schedule.
type scheduleModel struct {
	Frequency           string   `json:"frequency"`
	DayOfWeek           string   `json:"dayOfWeek"`
	Timezone            string   `json:"timezone"`
	CommonFilters       []string `json:"commonFilters"`
	SearchesFilters     []string `json:"searchesFilters"`
	CustomEventsFilters []string `json:"customEventsFilters"`
	Tables              []string `json:"tables"`
	Dimensions          []string `json:"dimensions"`
	Description         *string  `json:"description"`
	ExportFormat        string   `json:"exportFormat"`
	UsingDisplayNames   bool     `json:"usingDisplayNames"`
	NotificationsEmails []string `json:"notificationsEmails"`
}

type exportSchedule struct {
	id, author string
	model      scheduleModel
}

func exportScheduleRoutes() []*route {
	base := "/rest/ua/v15/exports/schedules"
	one := base + "/{exportScheduleId}"
	return []*route{
		newRoute(CreateExportSchedule, http.MethodPost, base, (*Organization).createExportSchedule).writing(),
		newRoute(GetExportSchedule, http.MethodGet, one, (*Organization).getExportSchedule).need(ownerAnalytics, domainExports, "VIEW"),
		newRoute(UpdateExportSchedule, http.MethodPut, one, (*Organization).updateExportSchedule).
			need(ownerAnalytics, domainExports, "EDIT").writing(),
		newRoute(DeleteExportSchedule, http.MethodDelete, one, (*Organization).deleteExportSchedule).
			need(ownerAnalytics, domainExports, "EDIT").writing(),
		newRoute(ListExportsOfExportSchedule, http.MethodGet, one+"/exports", (*Organization).listExportsOfSchedule).
			need(ownerAnalytics, domainExports, "VIEW"),
	}
}

func (o *Organization) decodeSchedule(x *exchange) (scheduleModel, *refusal) {
	var model scheduleModel
	if problem := x.decode(&model); problem != nil {
		return model, problem
	}
	bad := func(format string, args ...any) (scheduleModel, *refusal) {
		return model, refuse(http.StatusBadRequest, "INVALID_PARAMETER", format, args...)
	}
	o.journal.see(slices.Concat(model.CommonFilters, model.SearchesFilters, model.CustomEventsFilters, model.NotificationsEmails)...)
	days := []string{"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"}
	if !slices.Contains([]string{"DAILY", "WEEKLY", "MONTHLY"}, model.Frequency) {
		return bad("The frequency '%s' is unknown.", model.Frequency)
	}
	if (model.Frequency == "WEEKLY") != slices.Contains(days, model.DayOfWeek) {
		return bad("The dayOfWeek '%s' does not go with the frequency %s.", model.DayOfWeek, model.Frequency)
	}
	if _, err := time.LoadLocation(model.Timezone); err != nil || model.Timezone == "" {
		return bad("The timezone '%s' is unknown.", model.Timezone)
	}
	now := o.now().UTC().Format(time.RFC3339)
	_, problem := o.selection(exportModel{
		From: now, To: now, CommonFilters: model.CommonFilters, SearchesFilters: model.SearchesFilters,
		CustomEventsFilters: model.CustomEventsFilters, Tables: model.Tables, Dimensions: model.Dimensions,
	})
	return model, problem
}

func (o *Organization) createExportSchedule(x *exchange) answer {
	level := "CREATE"
	if o.options.Readings.ExportsWithoutCreate {
		level = "EDIT"
	}
	if n := (need{ownerAnalytics, domainExports, level, everyTarget}); !o.mayUse(x, n) {
		return x.refused(o.lacking(x, n))
	}
	model, problem := o.decodeSchedule(x)
	if problem != nil {
		return x.refused(problem)
	}
	made := &exportSchedule{id: o.uuid(), author: x.caller.name(), model: model}
	o.exports.schedules = append(o.exports.schedules, made)
	return answer{status: http.StatusCreated, body: o.renderSchedule(x, made)}
}

func (o *Organization) findSchedule(x *exchange) (*exportSchedule, *refusal) {
	id := x.parameters["exportScheduleId"]
	for _, s := range o.exports.schedules {
		if s.id == id {
			return s, nil
		}
	}
	return nil, refuse(orDefault(o.options.Readings.MissingExportStatus, http.StatusNotFound), "SCHEDULE_NOT_FOUND", "The schedule '%s' was not found.", id)
}

func (o *Organization) getExportSchedule(x *exchange) answer {
	s, problem := o.findSchedule(x)
	if problem != nil {
		return x.refused(problem)
	}
	return ok(o.renderSchedule(x, s))
}

func (o *Organization) updateExportSchedule(x *exchange) answer {
	s, problem := o.findSchedule(x)
	if problem != nil {
		return x.refused(problem)
	}
	model, problem := o.decodeSchedule(x)
	if problem != nil {
		return x.refused(problem)
	}
	s.model = model
	return ok(o.renderSchedule(x, s))
}

func (o *Organization) deleteExportSchedule(x *exchange) answer {
	s, problem := o.findSchedule(x)
	if problem != nil {
		return x.refused(problem)
	}
	o.exports.schedules = slices.DeleteFunc(o.exports.schedules, func(other *exportSchedule) bool { return other == s })
	return noContent()
}

func (o *Organization) listExportSchedules(x *exchange) answer {
	rendered := make([]map[string]any, 0, len(o.exports.schedules))
	for _, s := range o.exports.schedules {
		rendered = append(rendered, o.renderSchedule(x, s))
	}
	return ok(reorder(o, rendered))
}

func (o *Organization) listExportsOfSchedule(x *exchange) answer {
	s, problem := o.findSchedule(x)
	if problem != nil {
		return x.refused(problem)
	}
	rendered := []map[string]any{}
	for _, e := range o.exports.ordered {
		if e.scheduleID == s.id {
			rendered = append(rendered, o.renderExport(x, e))
		}
	}
	return ok(rendered)
}

// renderSchedule leaves the format and the lists of filters out, as the document does.
func (o *Organization) renderSchedule(x *exchange, s *exportSchedule) map[string]any {
	b := object{fields: map[string]any{}, nulls: x.nulls(o)}
	b.set("id", s.id)
	b.set("author", s.author)
	b.set("frequency", s.model.Frequency)
	b.optional("dayOfWeek", s.model.DayOfWeek, s.model.DayOfWeek != "")
	b.set("timezone", s.model.Timezone)
	filters := map[string]string{}
	for name, texts := range map[string][]string{
		"commonFilters": s.model.CommonFilters, "searchesFilters": s.model.SearchesFilters, "customEventsFilters": s.model.CustomEventsFilters,
	} {
		if len(texts) > 0 {
			filters[name] = strings.Join(texts, " AND ")
		}
	}
	b.set("filters", filters)
	tables := []string{}
	for _, table := range s.model.Tables {
		tables = append(tables, strings.ToLower(table))
	}
	list(b, "tables", reorder(o, tables))
	list(b, "dimensions", reorder(o, slices.Clone(s.model.Dimensions)))
	list(b, "notificationsEmails", reorder(o, slices.Clone(s.model.NotificationsEmails)))
	b.set("usingDisplayNames", s.model.UsingDisplayNames)
	b.set("description", nil)
	if s.model.Description != nil {
		b.set("description", *s.model.Description)
	}
	return b.fields
}

// ScheduleView is a schedule as the organization knows it.
type ScheduleView struct {
	ID string `json:"id"`
	scheduleModel
}

// ExportSchedules are the organization's schedules in the order of their creation.
func (o *Organization) ExportSchedules() []ScheduleView {
	o.mu.Lock()
	defer o.mu.Unlock()
	views := []ScheduleView{}
	for _, s := range o.exports.schedules {
		views = append(views, ScheduleView{s.id, s.model})
	}
	return views
}

// EditExportSchedule changes a schedule as a person in the console would.
func (o *Organization) EditExportSchedule(id, description, frequency, dayOfWeek string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.exports.schedules {
		if s.id == id {
			s.model.Description, s.model.Frequency, s.model.DayOfWeek = &description, frequency, dayOfWeek
			return
		}
	}
	panic("simulator: no such schedule")
}

// RemoveExportSchedule deletes a schedule as a person would.
func (o *Organization) RemoveExportSchedule(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.exports.schedules = slices.DeleteFunc(o.exports.schedules, func(s *exportSchedule) bool { return s.id == id })
}
