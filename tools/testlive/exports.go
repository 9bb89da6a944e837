// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// exportLife makes an export of somebody who does not exist, follows it to its end, and removes it. A token that may not is
// one that answers no questions here.
func (t *trial) exportLife(ctx context.Context) error {
	dimensions, err := t.people.ExportableDimensions(ctx)
	if err != nil {
		t.note("exports", "their resources and data sources say what is missing", "%s", t.peopleTap.answer().word())
		return refusalIsAnAnswer(err)
	}
	user := t.userDimensions(dimensions)
	limit, known, err := t.people.ExportRowLimit(ctx)
	if err != nil {
		return err
	}
	observed := "none named"
	if known {
		observed = fmt.Sprint(limit)
	}
	t.note("rows that one export holds", "a larger estimate is an error", "%s", observed)

	now := time.Now().UTC()
	period := coveo.Period{From: now.Add(-time.Hour), To: now}
	_, err = t.people.EstimateExport(ctx, period, nil, []string{"nosuchdimensionoftestlive=='" + uuid() + "'"})
	word := t.peopleTap.answer().word()
	if err == nil {
		word += ": the filter is ignored or matches nothing"
	}
	t.note("a filter on a dimension that does not exist", "made-up identifiers must count no rows before anything is exported", "%s", word)
	if user == "" {
		return nil
	}
	nobody := user + "=='" + uuid() + "'"
	if estimate, err := t.people.EstimateExport(ctx, period, nil, []string{nobody}); err == nil {
		t.note("tables of an estimate", "an open map, summed", "%d tables, %d rows of nobody", len(estimate.Tables), estimate.Rows)
	}
	return t.oneExport(ctx, period, nobody)
}

// userDimensions tells how the organization names what identifiers are compared with.
func (t *trial) userDimensions(dimensions []coveo.Dimension) string {
	var named []string
	user := ""
	for _, wanted := range []string{"User Id", "User Name", "Visitor Id"} {
		for _, d := range dimensions {
			if !strings.EqualFold(strings.ReplaceAll(d.DisplayName, " ", ""), strings.ReplaceAll(wanted, " ", "")) || len(d.APINames) == 0 {
				continue
			}
			named = append(named, wanted+" is `"+d.APINames[0]+"`")
			if user == "" {
				user = d.APINames[0]
			}
		}
	}
	if named == nil {
		named = []string{"none of User Id, User Name and Visitor Id"}
	}
	t.note("dimension that holds user IDs", "found by these names, or `user_dimension` and `visitor_dimension`", "%s, of %d dimensions",
		strings.Join(named, ", "), len(dimensions))
	return user
}

func (t *trial) oneExport(ctx context.Context, period coveo.Period, filter string) (err error) {
	made, err := t.people.CreateExport(ctx, coveo.NewExport{
		Period: period, Filters: []string{filter}, Tables: []string{"CUSTOM_EVENTS"}, Description: "testlive, to be removed", Format: "EXCEL",
	})
	answer := t.peopleTap.answer()
	if err != nil {
		t.note("making an export", "a refusal names the privilege", "%s", answer.word())
		return refusalIsAnAnswer(err)
	}
	defer func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		if deleteErr := t.people.DeleteExport(grace, made.ID); deleteErr != nil {
			err = errors.Join(err, fmt.Errorf("the export %s was NOT removed: %w", made.ID, deleteErr))
			return
		}
		t.note("removing an export", "204 is removed", "%s", t.peopleTap.answer().word())
		a, missing := send(grace, http.MethodGet, t.exportURL(made.ID), t.dsrToken, nil)
		if missing == nil {
			t.note("status of a missing export", "confirmed by the list", "%s", a.word())
		}
	}()
	whole := fields(answer.body)
	t.note("making an export", "its own status says when there is a file, and the link does not", "%s, status %s, a link in the answer: %t, filters under %s",
		answer.word(), made.Status, len(whole["downloadLink"]) > len("null"), keysOf(whole["filters"]))
	t.note("period of an export", "the configured one stays in state; `effective_from` and `effective_to` show Coveo's", "widened by %s before and %s after",
		period.From.Sub(made.From.Time).Round(time.Second), made.To.Sub(period.To).Round(time.Second))
	started := time.Now()
	for !made.Settled() {
		if time.Since(started) >= t.wait {
			t.note("time until an export is made", "`timeouts`, and the next apply goes on waiting", "longer than %s", t.wait)
			return nil
		}
		if err := pause(ctx, t.interval); err != nil {
			return err
		}
		next, err := t.people.GetExport(ctx, made.ID)
		if err != nil {
			return err
		}
		made = next
	}
	t.note("time until an export is made", "`timeouts`, and the next apply goes on waiting", "at most %s, %s", max(time.Since(started).Round(time.Second), time.Second), made.Status)
	if made.Status != coveo.ExportAvailable {
		return nil
	}
	file, _, err := t.people.OpenExport(ctx, made.ID)
	if err != nil {
		t.note("download of an export", "the token stays with Coveo, the link is in no message", "failed: %s", err)
		return nil
	}
	defer func() { _ = file.Close() }()
	start := make([]byte, 4)
	n, _ := io.ReadFull(file, start)
	form := "no ZIP"
	if string(start[:n]) == "PK\x03\x04" || string(start[:n]) == "PK\x05\x06" {
		form = "a ZIP"
	}
	t.note("download of an export", "a ZIP, or one bare CSV file", "%s", form)
	return nil
}

// keysOf names the keys of an object.
func keysOf(raw []byte) string {
	if keys := slices.Sorted(maps.Keys(fields(raw))); len(keys) > 0 {
		return strings.Join(keys, ", ")
	}
	return "no key"
}

func (t *trial) exportURL(id string) string {
	return strings.TrimSuffix(t.analyticsURL, "/") + "/v15/exports/" + url.PathEscape(id) + "?redirect=false&org=" + url.QueryEscape(t.organization)
}

// refusalIsAnAnswer keeps what was to be found out from failing the run.
func refusalIsAnAnswer(err error) error {
	if coveo.IsRefused(err) || coveo.IsLimitReached(err) {
		return nil
	}
	return err
}
