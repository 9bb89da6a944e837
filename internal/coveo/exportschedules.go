// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// ExportSchedule is a schedule as Coveo answers it. Neither its format nor the filters it was given come back, only a map of
// filters whose keys are not documented.
type ExportSchedule struct {
	ID                string   `json:"id"`
	Author            string   `json:"author"`
	Description       string   `json:"description"`
	Frequency         string   `json:"frequency"`
	DayOfWeek         string   `json:"dayOfWeek"`
	Timezone          string   `json:"timezone"`
	Tables            Names    `json:"tables"`
	Dimensions        []string `json:"dimensions"`
	Filters           Filters  `json:"filters"`
	UsingDisplayNames bool     `json:"usingDisplayNames"`
	Emails            []string `json:"notificationsEmails"`
}

// UnmarshalJSON refuses an object that is no schedule.
func (s *ExportSchedule) UnmarshalJSON(data []byte) error {
	type plain ExportSchedule
	if err := json.Unmarshal(data, (*plain)(s)); err != nil {
		return err
	}
	if s.ID == "" {
		return errors.New("no schedule")
	}
	return nil
}

// ScheduleModel is the request for a schedule, and the whole object of its update.
type ScheduleModel struct {
	Frequency           string   `json:"frequency"`
	DayOfWeek           string   `json:"dayOfWeek,omitempty"` // for WEEKLY only
	Timezone            string   `json:"timezone"`
	CommonFilters       []string `json:"commonFilters,omitempty"`
	SearchesFilters     []string `json:"searchesFilters,omitempty"`
	CustomEventsFilters []string `json:"customEventsFilters,omitempty"`
	Tables              []string `json:"tables,omitempty"`
	Dimensions          []string `json:"dimensions,omitempty"`
	Description         string   `json:"description"`
	ExportFormat        string   `json:"exportFormat,omitempty"`
	UsingDisplayNames   bool     `json:"usingDisplayNames"`
	Emails              []string `json:"notificationsEmails"`
}

func (m ScheduleModel) secrets() []string {
	var all []string
	for _, filters := range [][]string{m.CommonFilters, m.SearchesFilters, m.CustomEventsFilters} {
		all = append(all, filters...)
	}
	return append(all, m.Emails...)
}

const (
	schedulesPath = exportsPath + "/schedules"
	schedulePath  = schedulesPath + "/{schedule}"
)

// ListExportSchedules lists every schedule of the organization.
func (c *Client) ListExportSchedules(ctx context.Context) ([]ExportSchedule, error) {
	var out []ExportSchedule
	err := c.do(ctx, onExport("list export schedules", http.MethodGet, schedulesPath, "VIEW"), call{out: &out})
	return out, err
}

// GetExportSchedule reads one schedule.
func (c *Client) GetExportSchedule(ctx context.Context, id string) (*ExportSchedule, error) {
	return c.schedule(ctx, onExport("read an export schedule", http.MethodGet, schedulePath, "VIEW"), id, nil)
}

// CreateExportSchedule makes a schedule. It is not repeated where its answer is lost.
func (c *Client) CreateExportSchedule(ctx context.Context, wanted ScheduleModel) (*ExportSchedule, error) {
	var out ExportSchedule
	err := c.do(ctx, onExport("create an export schedule", http.MethodPost, schedulesPath, "CREATE"),
		call{in: wanted, out: &out, secrets: wanted.secrets()})
	if err != nil {
		return nil, err
	}
	return &out, nil
}

// UpdateExportSchedule replaces a schedule as a whole.
func (c *Client) UpdateExportSchedule(ctx context.Context, id string, wanted ScheduleModel) (*ExportSchedule, error) {
	return c.schedule(ctx, onExport("update an export schedule", http.MethodPut, schedulePath, "EDIT"), id, &wanted)
}

func (c *Client) schedule(ctx context.Context, op operation, id string, wanted *ScheduleModel) (*ExportSchedule, error) {
	if err := CheckExportID(id); err != nil {
		return nil, fmt.Errorf("the ID of an export schedule cannot be sent: %w", err)
	}
	var out ExportSchedule
	args := call{segments: map[string]string{"schedule": id}, out: &out}
	if wanted != nil {
		args.in, args.secrets = *wanted, wanted.secrets()
	}
	if err := c.do(ctx, op, args); err != nil {
		return nil, err
	}
	return &out, nil
}

// DeleteExportSchedule removes a schedule. The exports that it made stay. That it is gone already is a success, once the list of
// schedules confirms it.
func (c *Client) DeleteExportSchedule(ctx context.Context, id string) error {
	if err := CheckExportID(id); err != nil {
		return fmt.Errorf("the ID of an export schedule cannot be sent: %w", err)
	}
	err := c.do(ctx, onExport("delete an export schedule", http.MethodDelete, schedulePath, "EDIT"),
		call{segments: map[string]string{"schedule": id}})
	if !IsNotFound(err) {
		return err
	}
	schedules, listErr := c.ListExportSchedules(ctx)
	if IsCanceled(listErr) {
		return listErr
	}
	if listErr != nil || slices.ContainsFunc(schedules, func(s ExportSchedule) bool { return s.ID == id }) {
		return err
	}
	return nil
}
