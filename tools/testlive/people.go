// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// strangers asks about visitors that nobody is.
func (t *trial) strangers(ctx context.Context) error {
	if _, err := t.people.UserOverview(ctx, uuid()); err != nil {
		return err
	}
	t.note("overview of an unknown person", "zeros, an empty map and 404 are `found = false`", "%s, stats %s", t.peopleTap.answer().word(), statsKeys(t.peopleTap.answer()))

	a, err := send(ctx, http.MethodGet, t.overviewURL(t.analyticsURL, "testlive/"+uuid()), t.dsrToken, nil)
	if err != nil {
		return err
	}
	t.note("%2F in an identifier", "encoded once; the server's answer is reported", "%s", a.word())

	if _, err := t.people.DeleteUserData(ctx, uuid()); err != nil {
		return err
	}
	t.note("deletion of an unknown person", "202 and 404 are both accepted", "%s", t.peopleTap.answer().word())

	a, err = send(ctx, http.MethodGet, t.overviewURL(t.analyticsURL, uuid()), "not-a-token", nil)
	if err != nil {
		return err
	}
	t.note("answer to a bad token", "400 InvalidToken, 401 and 403 are one", "%s", a.word())
	return nil
}

func statsKeys(a answered) string {
	stats := fields(fields(a.body)["stats"])
	if a.status >= 400 {
		return "none"
	}
	var pairs []string
	for key, count := range stats {
		pairs = append(pairs, fmt.Sprintf("%s=%s", key, count))
	}
	slices.Sort(pairs)
	if len(pairs) == 0 {
		return "empty"
	}
	return strings.Join(pairs, ", ")
}

// visitorLife logs an event, waits until it can be seen, erases it, and looks again.
func (t *trial) visitorLife(ctx context.Context) (err error) {
	// Anonymous, so that the event is the visitor's and never that of whoever owns the token.
	a, err := send(ctx, http.MethodPost, strings.TrimSuffix(t.analyticsURL, "/")+"/v15/analytics/custom?org="+url.QueryEscape(t.organization), t.dsrToken,
		map[string]any{"eventType": "testlive", "eventValue": "testlive", "language": "en", "clientId": t.visitor, "anonymous": true})
	if err != nil {
		return err
	}
	t.note("logging an event", "the provider logs none", "%s", a.word())
	if a.status >= 300 {
		return fmt.Errorf("the event was not accepted (%s), so there is nothing to erase", a.word())
	}
	erased := false
	defer func() {
		if erased {
			return
		}
		// The event is there, seen or not: erase it whatever happened.
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		if _, deleteErr := t.people.DeleteUserData(grace, t.visitor); deleteErr != nil {
			err = errors.Join(err, fmt.Errorf("the random visitor %s was NOT erased: %w", t.visitor, deleteErr))
		}
	}()
	before, after, err := t.untilSeen(ctx)
	switch {
	case err != nil:
		return err
	case !before.Found:
		t.note("time until an event can be seen", "counts of a plan may lag", "longer than %s", t.wait)
	default:
		t.note("time until an event can be seen", "counts of a plan may lag", "at most %s", after)
		t.note("keys of an overview's stats", "an open map, summed", "%s", statsKeys(t.peopleTap.answer()))
	}
	accepted, err := t.people.DeleteUserData(ctx, t.visitor)
	if err != nil {
		return err
	}
	erased = true
	t.note("deletion of a person with events", "202 is acceptance", "%s, person known: %t", t.peopleTap.answer().word(), accepted.Known)
	now, err := t.people.UserOverview(ctx, t.visitor)
	if err != nil {
		return err
	}
	t.note("overview right after a deletion", "counts may stay for 28 days", "%d of %d events", now.Total, before.Total)
	if _, err := t.people.DeleteUserData(ctx, t.visitor); err != nil {
		return err
	}
	t.note("repeated deletion", "202 and 404 are both accepted", "%s", t.peopleTap.answer().word())
	return nil
}

// untilSeen looks until the visitor has an event, or the time is up.
func (t *trial) untilSeen(ctx context.Context) (coveo.Overview, time.Duration, error) {
	started := time.Now()
	for {
		seen, err := t.people.UserOverview(ctx, t.visitor)
		elapsed := time.Since(started).Round(time.Second)
		if err != nil || seen.Found || elapsed >= t.wait {
			return seen, max(elapsed, time.Second), err
		}
		if err := pause(ctx, t.interval); err != nil {
			return coveo.Overview{}, 0, err
		}
	}
}
