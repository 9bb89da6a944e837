// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"fmt"
	"slices"
	"strings"
)

// Expectation is what a search interface is meant to send.
type Expectation string

// What can be expected.
const (
	// ExpectNone allows no event.
	ExpectNone Expectation = "none"
	// ExpectAnonymous allows events that name nobody.
	ExpectAnonymous Expectation = "anonymous"
	// ExpectAny allows everything.
	ExpectAny Expectation = "any"
)

// Expectations are all of them.
func Expectations() []string {
	return []string{string(ExpectNone), string(ExpectAnonymous), string(ExpectAny)}
}

// Verdict says whether HAR files show what was expected.
type Verdict struct {
	Compliant bool
	// Reasons are why not.
	Reasons []string
	// Caveats are what the verdict does not say.
	Caveats []string
}

// Judge compares what HAR files hold with what was expected.
func Judge(expect Expectation, reports ...Report) Verdict {
	v := Verdict{Reasons: []string{}, Caveats: []string{}}
	refuse := func(format string, arguments ...any) {
		v.Reasons = append(v.Reasons, fmt.Sprintf(format, arguments...))
	}
	caveat := func(format string, arguments ...any) {
		if text := fmt.Sprintf(format, arguments...); !slices.Contains(v.Caveats, text) {
			v.Caveats = append(v.Caveats, text)
		}
	}
	for _, r := range reports {
		switch {
		case r.Entries == 0 && expect != ExpectAny:
			refuse("%s: it holds no request at all, so it proves nothing.", r.Source)
		case r.CoveoCalls == 0:
			caveat("%s: it holds no call to Coveo. Make sure that the page was searched while the file was made.", r.Source)
		}
		if r.UnseenBodies > 0 {
			caveat("%s: it does not hold the bodies of %s to places that are not known, or not in a form that can be read, so that an event sent through a "+
				"proxy could not be recognised among them. Make the file with bodies.", r.Source, plural(r.UnseenBodies, "request"))
		}
		for _, f := range r.Findings {
			if !f.Recording {
				continue
			}
			switch expect {
			case ExpectNone:
				refuse("%s%s", f.where(), f.whyRecording())
			case ExpectAnonymous:
				for _, reason := range f.whyNamed() {
					refuse("%s%s", f.where(), reason)
				}
				f.limits(caveat)
			}
		}
	}
	v.Compliant = len(v.Reasons) == 0
	return v
}

func (f Finding) where() string {
	return fmt.Sprintf("%s: %s %s%s (%s) ", f.Source, f.Method, f.Host, f.Path, plural(f.Calls, "call"))
}

func (f Finding) whyRecording() string {
	switch {
	case f.Capture == "unknown":
		return "may record: the file does not hold what was sent. Make the file with bodies."
	case f.Capture == "absent":
		return "counts as recording: the body says neither capture true nor false, and Coveo's documents do not settle what that means. Send false."
	case f.Capture != "":
		return "makes Coveo record the query: the body says capture true."
	case f.Kind == UnknownCall:
		return "counts as recording: it went to a host of Coveo's that takes events, at an address that no document names."
	case !f.Certain:
		return "counts as recording: Coveo's library sends it, and no document tells what becomes of it."
	case f.ByBody:
		return "records " + plural(f.Events, "event") + ", as what was sent shows."
	default:
		return "records " + plural(f.Events, "event") + "."
	}
}

// whyNamed are the reasons why events are not anonymous. What that takes depends on the kind: only the Write API has a field for it.
func (f Finding) whyNamed() []string {
	var reasons []string
	if f.Unseen > 0 {
		reasons = append(reasons, fmt.Sprintf("cannot be judged: what was sent is missing from the file, or cannot be read (%s). Make the file with bodies.", plural(f.Unseen, "call")))
	}
	if f.Kind == WriteAPI && f.unmarked > 0 {
		reasons = append(reasons, fmt.Sprintf("is not anonymous: anonymous is not true in %d of %s.", f.unmarked, plural(f.Events, "event")))
	}
	var fields []string
	for _, field := range f.Identity {
		// With anonymous set, Coveo takes no name from the token.
		if field.namesPerson() && (field != TokenUser || f.Kind != WriteAPI) {
			fields = append(fields, string(field))
		}
	}
	if len(fields) > 0 {
		reasons = append(reasons, "names the person: "+strings.Join(fields, ", ")+".")
	}
	return reasons
}

// limits are what the verdict anonymous does not say of a finding.
func (f Finding) limits(caveat func(string, ...any)) {
	for _, field := range f.Identity {
		switch field {
		case ClientID, CID, VisitorID:
			caveat("Events still carry the ID of the browser (%s, %s or %s), which ties one browser's events together.", ClientID, CID, VisitorID)
		case EmailElsewhere:
			caveat("%sholds something like an e-mail address in the words of a query, the address of the page or the like. It is recorded.", f.where())
		}
	}
	switch {
	case f.Kind == WriteAPI:
		caveat("Coveo's documents disagree on what anonymous does to a name: whether it is left out, or stored as a hash.")
	case f.opaqueToken:
		caveat("%ssent an access token that does not show whom it stands for. Coveo takes the user from it, and these events have no field that stops it.", f.where())
	}
	if f.Kind == Collect && f.AnonymizedIP != "set" {
		caveat("%sdid not ask for a shortened IP address (aip) each time.", f.where())
	}
	if !f.Certain {
		caveat("%scounts as recording, which Coveo's documents do not settle.", f.where())
	}
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
