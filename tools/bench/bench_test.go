// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestParse(t *testing.T) {
	s, err := parse(nil, io.Discard)
	if err != nil || s.keys != 1000 || s.cases != 300 || !s.scanning || s.exportBytes != 2_000_000_000 || !slices.Equal(s.latencies, []time.Duration{0, 100 * time.Millisecond}) {
		t.Errorf("got %+v, %v", s, err)
	}
	s, err = parse([]string{"-keys", "10", "-cases", "0", "-latencies", "5ms"}, io.Discard)
	if err != nil || s.keys != 10 || s.cases != 0 || !slices.Equal(s.latencies, []time.Duration{5 * time.Millisecond}) {
		t.Errorf("got %+v, %v", s, err)
	}
	for _, wrong := range [][]string{{"more"}, {"-keys", "-1"}, {"-export-bytes", "-1"}, {"-rate", "0"}, {"-latencies", "soon"}, {"-latencies", "-1s"}} {
		if _, err := parse(wrong, io.Discard); err == nil {
			t.Errorf("%v was accepted", wrong)
		}
	}
}

// A burst and the long-run rate are allowed together: 160 calls in 10 seconds are all that 10 a second allow, and half of
// what 26 do.
func TestShare(t *testing.T) {
	start := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	var m measured
	for range 159 {
		m.requests = append(m.requests, simulator.Request{Time: start})
	}
	m.requests = append(m.requests, simulator.Request{Time: start.Add(10 * time.Second)})
	for rate, want := range map[float64]float64{10: 1, 26: 0.5} {
		b := &bench{settings: settings{rate: rate}}
		perSecond, share := b.share(m)
		if math.Abs(perSecond-16) > 0.01 || math.Abs(share-want) > 0.01 {
			t.Errorf("at %g a second: got %g requests a second, share %g; want 16 and %g", rate, perSecond, share, want)
		}
	}
	if _, share := (&bench{}).share(measured{}); share != 0 {
		t.Error("no request is no share")
	}
}
