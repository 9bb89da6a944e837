// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/iso8601"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/overview"
)

// visible answers how many events are visible now, or an error.
type visible struct {
	events map[string]int64
	err    error
	asked  int
}

func (v *visible) UserOverview(_ context.Context, id string) (coveo.Overview, error) {
	v.asked++
	if v.err != nil {
		return coveo.Overview{}, v.err
	}
	n := v.events[id]
	return coveo.Overview{Found: n > 0, Total: n, Stats: map[string]int64{"search": n}}, nil
}

func TestVerify_StatusesOverTime(t *testing.T) {
	requested := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	refused := &coveo.Error{Status: 403}
	type look struct {
		day   int
		n     int64
		err   error
		want  Status
		moved bool
	}
	for name, tc := range map[string]struct {
		at    Status
		looks []look
	}{
		"settles": {Submitted, []look{
			{1, 10, nil, Submitted, false}, {2, 6, nil, Settling, true}, {3, 6, nil, Settling, false}, {4, 2, nil, Settling, true},
			{5, 0, nil, ZeroObserved, true}, {6, 0, nil, ZeroObserved, false}, {40, 0, nil, ZeroObserved, false}}},
		"reappears": {Submitted, []look{{1, 0, nil, ZeroObserved, true}, {2, 3, nil, Reappeared, true}, {30, 3, nil, Reappeared, false},
			{31, 5, nil, Reappeared, true}, {32, 0, nil, ZeroObserved, true}}},
		"stays visible":            {Submitted, []look{{28, 10, nil, Submitted, false}, {29, 10, nil, StillVisible, true}, {30, 0, nil, ZeroObserved, true}}},
		"settling, then late":      {Submitted, []look{{20, 4, nil, Settling, true}, {29, 4, nil, StillVisible, true}}},
		"nobody can look":          {Submitted, []look{{1, 0, refused, Submitted, false}, {29, 0, refused, Unverified, true}, {30, 0, nil, ZeroObserved, true}}},
		"an error shows nothing":   {Submitted, []look{{29, 0, &coveo.Error{Status: 500}, Submitted, false}}},
		"zero is not unseen":       {Submitted, []look{{1, 0, nil, ZeroObserved, true}, {29, 0, refused, ZeroObserved, false}}},
		"nothing was there":        {NotFoundBefore, []look{{1, 0, nil, NotFoundBefore, false}, {2, 1, nil, Reappeared, true}}},
		"more than at the request": {Submitted, []look{{1, 6, nil, Settling, true}, {2, 12, nil, Submitted, true}}},
	} {
		t.Run(name, func(t *testing.T) {
			ten := int64(10)
			if tc.at == NotFoundBefore {
				ten = 0
			}
			record := &Record{Identifiers: map[string]Identifier{"k:a": {Status: tc.at, RequestedAt: requested, EventsAtRequest: &ten, EventsRemaining: &ten}},
				RequestedAt: requested, ExpectedBy: requested.Add(CompletionTime), LastLook: requested}
			record.summarize()
			for _, l := range tc.looks {
				now := requested.AddDate(0, 0, l.day)
				client := &visible{events: map[string]int64{"a": l.n}, err: l.err}
				service := &Service{Overviews: overview.NewReader(client), Now: func() time.Time { return now }}
				before := record.VerifiedAt
				status := record.Status
				seen := service.verify(t.Context(), record, map[string]string{"k:a": "a"})
				if got := record.Identifiers["k:a"].Status; got != l.want || seen.Moved != l.moved {
					t.Fatalf("day %d: %s, moved %v; want %s, %v", l.day, got, seen.Moved, l.want, l.moved)
				}
				if moved := record.Status != status; moved != !record.VerifiedAt.Equal(before) {
					t.Errorf("day %d: verified_at moved from %s to %s while the status went from %s to %s", l.day, before, record.VerifiedAt, status, record.Status)
				}
				if seen.Looked != (l.err == nil) {
					t.Errorf("day %d: looked %v", l.day, seen.Looked)
				}
			}
		})
	}
}

func TestSummarize_ShowsTheMostAlarming(t *testing.T) {
	for name, tc := range map[string]struct {
		of   []Status
		want Status
	}{
		"reappeared first": {[]Status{ZeroObserved, StillVisible, Reappeared}, Reappeared},
		"still visible":    {[]Status{Unverified, StillVisible, Submitted}, StillVisible},
		"unverified":       {[]Status{Submitted, Unverified, ZeroObserved}, Unverified},
		"submitted":        {[]Status{Settling, Submitted}, Submitted},
		"settling":         {[]Status{Settling, ZeroObserved}, Settling},
		"zero":             {[]Status{NotFoundBefore, ZeroObserved}, ZeroObserved},
		"nothing there":    {[]Status{NotFoundBefore}, ZeroObserved},
		"one failed":       {[]Status{Reappeared, Failed}, Incomplete},
	} {
		t.Run(name, func(t *testing.T) {
			r := Record{Identifiers: map[string]Identifier{}}
			for i, status := range tc.of {
				r.Identifiers[string(rune('a'+i))] = Identifier{Status: status}
			}
			if r.summarize(); r.Status != tc.want {
				t.Errorf("got %s, want %s", r.Status, tc.want)
			}
		})
	}
}

func TestSchedule_Due(t *testing.T) {
	requested := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	schedule := Schedule{Interval: 24 * time.Hour, For: iso8601.Duration{Days: 60}}
	for name, tc := range map[string]struct {
		status Status
		look   time.Duration
		now    time.Duration
		want   bool
	}{
		"too soon after the request": {Submitted, 0, 23 * time.Hour, false},
		"a day after":                {Submitted, 0, 24 * time.Hour, true},
		"too soon after the look":    {ZeroObserved, 48 * time.Hour, 71 * time.Hour, false},
		"final is looked at too":     {ZeroObserved, 48 * time.Hour, 72 * time.Hour, true},
		"the last day":               {Submitted, 0, 60*24*time.Hour - time.Second, true},
		"no longer":                  {Submitted, 0, 60 * 24 * time.Hour, false},
		"waiting, and never ran":     {Waiting, 0, 48 * time.Hour, false},
		"incomplete":                 {Incomplete, 0, 48 * time.Hour, false},
		"simulated":                  {Simulated, 0, 48 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			record := &Record{Status: tc.status, RequestedAt: requested, LastLook: requested.Add(tc.look)}
			if got := schedule.due(record, requested.Add(tc.now)); got != tc.want {
				t.Errorf("due is %v, want %v", got, tc.want)
			}
		})
	}
}

func TestVerify_AsksNobodyAgainAfterARefusal(t *testing.T) {
	client := &visible{err: &coveo.Error{Status: 403}}
	service := &Service{Overviews: overview.NewReader(client), Now: func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }}
	for range 5 {
		record := &Record{Status: Submitted, Identifiers: map[string]Identifier{"k:a": {Status: Submitted}, "k:b": {Status: Submitted}}, ExpectedBy: service.Now().Add(time.Hour)}
		service.verify(t.Context(), record, map[string]string{"k:a": "a", "k:b": "b"})
	}
	if client.asked != 1 {
		t.Errorf("%d requests were sent with a token that may not look, want 1", client.asked)
	}
}
