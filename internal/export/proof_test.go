// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const (
	ann     = "ann@example.com-google"
	browser = "29fb0d0a-b5eb-4c20-aff0-9d282df11569"
)

var noon = time.Date(2026, 2, 10, 12, 0, 0, 0, time.UTC)

// patient is a clock whose waits take no time.
type patient struct{ now time.Time }

func (p *patient) Now() time.Time { return p.now }
func (p *patient) Wait(ctx context.Context, d time.Duration) error {
	p.now = p.now.Add(d)
	return ctx.Err()
}

// serving is a service on an embedded organization with two people, who share a browser.
func serving(t *testing.T, options simulator.Options) (*simulator.Server, *Service, *patient) {
	t.Helper()
	clock := &patient{noon.AddDate(0, 0, 20)}
	options.Now = clock.Now
	server := simulator.Start(t, options)
	server.LogEvents(simulator.EventSpec{UserID: ann, Kind: simulator.Search, Count: 5, Time: noon}, simulator.EventSpec{UserID: browser, Kind: simulator.Search, Count: 2, Time: noon},
		simulator.EventSpec{UserID: "bob-saml", VisitorID: browser, Kind: simulator.Search, Time: noon}, simulator.EventSpec{UserID: "bob-saml", Kind: simulator.Search, Count: 9, Time: noon})
	client, err := coveo.New(coveo.Config{
		OrganizationID: server.ID(), Token: simulator.AdminToken, PlatformURL: server.URL, RequestsPerSecond: 1e6, AnalyticsRequestsPerSecond: 1e6, Clock: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	return server, NewService(client, clock, func() string { n++; return fmt.Sprint("RANDOM", n) }), clock
}

func question(columns Columns, ids ...string) Question {
	return Question{Period: coveo.Period{From: noon.AddDate(0, -1, 0), To: noon.AddDate(0, 0, 1)}, Tables: []string{"SEARCHES"}, Columns: columns, IDs: ids}
}

var both = Columns{"userid", "visitorid"}

func TestProve(t *testing.T) {
	server, service, _ := serving(t, simulator.Options{ExportRowLimit: 100})
	proof, err := service.prove(t.Context(), question(both, ann, browser))
	if err != nil {
		t.Fatal(err)
	}
	if proof.Person.Rows != 8 || proof.Everyone.Rows != 17 || proof.Limit != 100 || proof.exportable() != nil {
		t.Errorf("got %+v", proof)
	}
	if want := "(userid=='" + ann + "' OR userid=='" + browser + "' OR visitorid=='" + ann + "' OR visitorid=='" + browser + "')"; proof.Filter != want {
		t.Errorf("got %s", proof.Filter)
	}
	if !server.Saw("terraform-control-random1") {
		t.Error("nobody was made up")
	}
	server.ResetCalls()
	if proof, err = service.prove(t.Context(), question(Columns{User: "userid"}, ann)); err != nil || proof.Person.Rows != 5 {
		t.Errorf("got %+v %v", proof, err)
	}
	if n := server.Calls(simulator.EstimateExport); n != 4 {
		t.Errorf("%d estimates", n)
	}
}

func TestProve_WhatCoveoDoesNotUnderstandIsAnError(t *testing.T) {
	type readings = simulator.Readings
	for name, test := range map[string]struct {
		readings readings
		columns  Columns
		says     string
	}{
		"filters are ignored":                    {readings{IgnoreFilters: true}, both, "made up a moment ago"},
		"the only dimension is ignored":          {readings{IgnoreUnknownDimensions: true}, Columns{User: "nosuch"}, "It ignores that dimension"},
		"one of two is ignored, half a person":   {readings{IgnoreUnknownDimensions: true}, Columns{"userid", "nosuch"}, "in the dimension nosuch"},
		"the other of two is ignored":            {readings{IgnoreUnknownDimensions: true}, Columns{"nosuch", "visitorid"}, "in the dimension nosuch"},
		"a dimension that does not exist, aloud": {readings{}, Columns{"userid", "nosuch"}, "HTTP 400"},
	} {
		t.Run(name, func(t *testing.T) {
			_, service, _ := serving(t, simulator.Options{Readings: test.readings})
			_, err := service.prove(t.Context(), question(test.columns, ann, browser))
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "ann@") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// counting is an API whose estimates a test makes up: by how many comparisons a filter has, 0 for everybody.
type counting struct {
	API
	rows func(filter string) int64
}

func (c counting) EstimateExport(_ context.Context, _ coveo.Period, _, filters []string) (coveo.Estimate, error) {
	rows := c.rows(strings.Join(filters, ""))
	return coveo.Estimate{Tables: map[string]int64{"searches": rows}, Rows: rows}, nil
}

func (counting) ExportRowLimit(context.Context) (int64, bool, error) { return 0, false, nil }

func TestProve_CountsThatDoNotFitAreErrors(t *testing.T) {
	count := func(user, visitor, person, everyone int64) func(string) int64 {
		return func(filter string) int64 {
			u, v := strings.Contains(filter, "userid"), strings.Contains(filter, "visitorid")
			switch {
			case strings.Contains(filter, "terraform-control"):
				return 0
			case filter == "":
				return everyone
			case u && v:
				return person
			case u:
				return user
			}
			return visitor
		}
	}
	for name, test := range map[string]struct {
		rows func(string) int64
		open bool
		says string
	}{
		"all fits":                           {count(5, 3, 7, 9), false, ""},
		"only the first operand is read":     {count(5, 8, 5, 9), false, "half a person"},
		"everybody as soon as there is OR":   {count(5, 3, 9, 9), false, "would export other people"},
		"events arrive meanwhile":            {count(5, 3, 9, 9), true, ""},
		"more than everybody":                {count(5, 5, 10, 9), false, "which cannot be"},
		"OR is not understood, controls are": {func(f string) int64 { return map[bool]int64{true: 9, false: 0}[strings.Contains(f, " OR ")] }, false, "does not understand the filter"},
	} {
		t.Run(name, func(t *testing.T) {
			service := NewService(counting{rows: test.rows}, &patient{noon}, func() string { return "r" })
			q := question(both, ann)
			q.Open = test.open
			_, err := service.prove(t.Context(), q)
			if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestProof_Exportable(t *testing.T) {
	for name, test := range map[string]struct {
		proof Proof
		says  string
	}{
		"as many as fit":       {Proof{Person: coveo.Estimate{Rows: 7}, Everyone: coveo.Estimate{Rows: 9}, Limit: 7, Limited: true}, ""},
		"one more":             {Proof{Person: coveo.Estimate{Rows: 8}, Everyone: coveo.Estimate{Rows: 9}, Limit: 7, Limited: true}, "at most 7"},
		"no limit":             {Proof{Person: coveo.Estimate{Rows: 8}, Everyone: coveo.Estimate{Rows: 9}}, ""},
		"nothing of hers":      {Proof{Everyone: coveo.Estimate{Rows: 9}}, ""},
		"nothing of anybody's": {Proof{}, "nothing to prove the filter by"},
	} {
		err := test.proof.exportable()
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestColumns(t *testing.T) {
	server, service, _ := serving(t, simulator.Options{})
	for name, test := range map[string]struct {
		given, want Columns
		says        string
	}{
		"found":           {Columns{}, both, ""},
		"given":           {Columns{"username", "visitid"}, Columns{"username", "visitid"}, ""},
		"unlisted":        {Columns{User: "nosuch"}, Columns{}, "can export no dimension"},
		"unlisted, other": {Columns{Visitor: "nosuch"}, Columns{}, "visitor_dimension"},
		"no name at all":  {Columns{User: "a b"}, Columns{}, "cannot be used"},
	} {
		got, err := service.columns(t.Context(), test.given)
		if got != test.want || (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v %v", name, got, err)
		}
	}
	if n := server.Calls(simulator.ListExportableDimensions); n != 1 {
		t.Errorf("%d requests", n)
	}
	if _, err := findColumns(Columns{}, nil); err == nil || !strings.Contains(err.Error(), "set user_dimension") {
		t.Errorf("got %v", err)
	}
	if got, err := findColumns(Columns{}, []coveo.Dimension{{DisplayName: "user id", APINames: []string{"b", "a", "not one"}}, {DisplayName: "Visitor Id", Custom: true, APINames: []string{"c"}}}); err != nil || got != (Columns{User: "a"}) {
		t.Errorf("got %v %v", got, err)
	}
	// A list that is refused leaves what was given to the proof.
	server, service, _ = serving(t, simulator.Options{})
	server.Inject(simulator.Fault{Operation: simulator.ListExportableDimensions, Status: 403})
	if got, err := service.columns(t.Context(), both); err != nil || got != both {
		t.Errorf("got %v %v", got, err)
	}
	if _, err := service.columns(t.Context(), Columns{User: "userid"}); !coveo.IsRefused(err) {
		t.Errorf("got %v", err)
	}
	if _, err := service.columns(t.Context(), Columns{"userid", "x y"}); err == nil {
		t.Error("a name with a blank was accepted")
	}
}

func TestCreate_ALostAnswerIsLookedForAndNeverSentAgain(t *testing.T) {
	for name, test := range map[string]struct {
		fault simulator.Fault
		list  simulator.Fault
		found bool
		says  string
	}{
		"connection cut":     {simulator.Fault{CutAfter: true}, simulator.Fault{}, true, ""},
		"answer cut":         {simulator.Fault{Truncate: true}, simulator.Fault{}, true, ""},
		"a page":             {simulator.Fault{HTML: true}, simulator.Fault{}, true, ""},
		"empty":              {simulator.Fault{Empty: true}, simulator.Fault{}, true, ""},
		"another object":     {simulator.Fault{Body: "{}"}, simulator.Fault{}, true, ""},
		"gateway":            {simulator.Fault{Status: 504}, simulator.Fault{}, false, "most likely none was made"},
		"never arrived":      {simulator.Fault{CutBefore: true}, simulator.Fault{}, false, "most likely none was made"},
		"nobody can look":    {simulator.Fault{CutAfter: true}, simulator.Fault{Operation: simulator.ListExports, Status: 403}, false, "cannot be read either"},
		"refused, not lost":  {simulator.Fault{Status: 403}, simulator.Fault{}, false, "HTTP 403"},
		"a value is refused": {simulator.Fault{Status: 400}, simulator.Fault{}, false, "HTTP 400"},
	} {
		t.Run(name, func(t *testing.T) {
			server, service, _ := serving(t, simulator.Options{IgnoreContract: true})
			server.AddExport(simulator.ExportSpec{Description: "case 7"})
			test.fault.Operation = simulator.CreateExport
			server.Inject(test.fault)
			if test.list.Status != 0 {
				server.Inject(test.list)
			}
			q := question(both, ann)
			made, found, err := service.create(t.Context(), coveo.NewExport{Period: q.Period, Description: "case 7"}, service.marker())
			if found != test.found || (err == nil) != test.found || made != nil && made.Description != "case 7 [terraform:random1]" {
				t.Errorf("got %v %v %v", made, found, err)
			}
			if err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v", err)
			}
			var lost *lostError
			if errors.As(err, &lost) && !strings.Contains(err.Error(), "[terraform:random1]") {
				t.Errorf("the marker is not named: %v", err)
			}
			if n := server.Calls(simulator.CreateExport); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestFind_TheListHasTheLastWord(t *testing.T) {
	for _, status := range []int{404, 410, 403} {
		server, service, _ := serving(t, simulator.Options{Readings: simulator.Readings{MissingExportStatus: status}})
		id := server.AddExport(simulator.ExportSpec{})
		if found, err := service.Find(t.Context(), id); err != nil || found == nil {
			t.Fatal(found, err)
		}
		if found, err := service.Find(t.Context(), "gone"); err != nil || found != nil {
			t.Errorf("%d: got %v %v", status, found, err)
		}
		late := server.AddExport(simulator.ExportSpec{})
		if found, err := service.Find(t.Context(), late); err != nil || found == nil {
			t.Errorf("made after the list: %v %v", found, err)
		}
	}
	server, service, _ := serving(t, simulator.Options{})
	server.Inject(simulator.Fault{Operation: simulator.GetExport, Status: 500})
	if _, err := service.Find(t.Context(), "gone"); err == nil {
		t.Error("an error is an absence")
	}
}

func TestWait(t *testing.T) {
	server, service, clock := serving(t, simulator.Options{ExportAfter: 10 * time.Minute})
	id := server.AddExport(simulator.ExportSpec{})
	began := clock.Now()
	last, err := service.wait(t.Context(), &coveo.Export{ID: id, Status: "PENDING"}, time.Minute)
	if !errors.Is(err, errStillPending) || last.Status != "PENDING" || clock.Now().Sub(began) > time.Minute {
		t.Errorf("got %v %v after %s", last, err, clock.Now().Sub(began))
	}
	if last, err = service.wait(t.Context(), last, time.Hour); err != nil || last.Status != "AVAILABLE" {
		t.Errorf("got %v %v", last, err)
	}
	if n := server.Calls(simulator.GetExport); n > 60 {
		t.Errorf("%d looks", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = service.wait(ctx, &coveo.Export{ID: id, Status: "PENDING"}, time.Hour); !coveo.IsCanceled(err) {
		t.Errorf("got %v", err)
	}
}

func TestDescribe(t *testing.T) {
	for description, want := range map[string]string{"": "[terraform:m]", "a": "a [terraform:m]", "a [b]": "a [b] [terraform:m]"} {
		if got := describe(description, "[terraform:m]"); got != want || undescribe(got) != description {
			t.Errorf("got %s, and back %s", got, undescribe(got))
		}
	}
	for _, text := range []string{"made elsewhere", "[terraform: not closed", "[terraform:x] in front"} {
		if undescribe(text) != text {
			t.Errorf("%q became %q", text, undescribe(text))
		}
	}
}

func TestNames(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "Access request": false, "for ann@example.com": true, "ANN@EXAMPLE.COM-GOOGLE": true, "annual": false, browser: true, "x" + browser + "y": true, "of al": true, "normal": false,
	} {
		if got := names(text, []string{ann, browser, "al"}); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestParsePeriod(t *testing.T) {
	for _, test := range []struct{ from, to, want string }{
		{"2026-01-01", "2026-01-31", "2026-01-01T00:00:00Z 2026-01-31T23:59:59.999Z"},
		{"2026-01-01", "2026-01-01", "2026-01-01T00:00:00Z 2026-01-01T23:59:59.999Z"},
		{"2026-01-01T12:00:00+02:00", "2026-01-02T00:00:00Z", "2026-01-01T10:00:00Z 2026-01-02T00:00:00Z"},
		{"2026-01-02", "2026-01-01", ""}, {"2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z", ""}, {"yesterday", "2026-01-01", ""}, {"2026-01-01", "2026-02-30", ""},
		{"0001-01-01", "2026-01-01", ""}, {"2026-01-01", "9999-01-01", ""},
	} {
		got, err := parsePeriod(test.from, test.to)
		text := got.From.Format(time.RFC3339Nano) + " " + got.To.Format(time.RFC3339Nano)
		if (err == nil) != (test.want != "") || err == nil && text != test.want {
			t.Errorf("%s to %s: got %s %v", test.from, test.to, text, err)
		}
	}
}

// Whoever reads the schema in the documentation finds every attribute explained.
func TestSchemas_AreDescribed(t *testing.T) {
	for name, attribute := range exportSchema(t.Context()).Attributes {
		if attribute.GetMarkdownDescription() == "" && name != "timeouts" {
			t.Errorf("%s is not described", name)
		}
	}
	for name, attribute := range scheduleSchema(t.Context()).Attributes {
		if attribute.GetMarkdownDescription() == "" && name != "timeouts" {
			t.Errorf("%s is not described", name)
		}
	}
	if !slices.Contains(coveo.ExportTables(), "ALL_EVENTS") {
		t.Error("a table is missing")
	}
}
