// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"cmp"
	"slices"
	"strings"
)

// Report is what one HAR file holds. No value of an identity, no token and no query is in it.
type Report struct {
	// Source is the file, as it was named.
	Source string
	// Entries is how many requests the file holds.
	Entries int64
	// CoveoCalls is how many of them went to Coveo's services, and not only for a library, or to a proxy in front of it as far as that can be told.
	CoveoCalls int64
	// UnseenBodies is how many requests to unknown places had a body that the file does not hold, or that cannot be read.
	UnseenBodies int64
	Findings     []Finding
}

// Finding is calls that have everything but their number in common.
type Finding struct {
	Source, Method, Host, Path string
	Kind                       Kind
	// Recording says whether the calls record events, or count as if they did.
	Recording bool
	// Certain is false where Coveo's documents do not tell whether they do.
	Certain bool
	// Calls is the number of requests, Events that of the events in them.
	Calls, Events int64
	// Identity are the fields with a value, sorted.
	Identity []Identity
	// Anonymous is set, not_set, mixed, unknown, or not_applicable where events have no such field.
	Anonymous string
	// AnonymizedIP is the same for a hit's aip, and empty for other kinds.
	AnonymizedIP string
	// Capture is true, false, absent or unknown, and empty for endpoints without the switch.
	Capture string
	// Proxied says whether the host is not one of Coveo's.
	Proxied bool
	// ByBody says whether the call was recognised by its body, and not by its address.
	ByBody bool
	// Unseen is how many of the calls had a body that the file does not hold, or that cannot be read.
	Unseen int64

	unmarked    int64
	opaqueToken bool
}

func (a *audit) report() Report {
	r := Report{Source: a.source, Entries: a.entries, CoveoCalls: a.coveoCalls, UnseenBodies: a.unseen}
	for k, t := range a.seen {
		f := Finding{
			Source: a.source, Method: k.method, Host: k.host, Path: k.path, Kind: k.kind, Recording: k.recording, Certain: k.noteworthy == "",
			Calls: t.calls, Events: t.events, Capture: k.capture, Proxied: k.proxied, ByBody: k.byBody, Unseen: t.unseen,
			Anonymous: "not_applicable", unmarked: t.unmarked, opaqueToken: t.opaqueToken,
		}
		switch k.kind {
		case WriteAPI:
			f.Anonymous = state(t.marked, t.unmarked, t.unknown)
		case Collect:
			f.AnonymizedIP = state(t.shortened, t.whole, t.unknown)
		}
		for field := range t.identity {
			f.Identity = append(f.Identity, field)
		}
		slices.Sort(f.Identity)
		r.Findings = append(r.Findings, f)
	}
	slices.SortFunc(r.Findings, compare)
	return r
}

// state sums up a field over events.
func state(set, unset, unknown int64) string {
	switch {
	case unset == 0 && unknown == 0 && set > 0:
		return "set"
	case set == 0 && unknown == 0:
		return "not_set"
	case set == 0 && unset == 0:
		return "unknown"
	default:
		return "mixed"
	}
}

func compare(a, b Finding) int {
	return cmp.Or(
		strings.Compare(a.Source, b.Source), strings.Compare(a.Host, b.Host), strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method),
		strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Capture, b.Capture), bit(a.Recording)-bit(b.Recording),
		bit(a.ByBody)-bit(b.ByBody), bit(a.Certain)-bit(b.Certain), bit(a.Proxied)-bit(b.Proxied),
	)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
