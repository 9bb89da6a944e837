// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"time"
)

// Fault is a failure to inject. With a Status the request is answered without being processed; without one it is
// processed and its answer spoilt. Faults hit before authentication, as those of a proxy would.
type Fault struct {
	// Operation, UserID, KeyID and GroupID choose the requests; empty is any.
	Operation Operation `json:"operation,omitempty"`
	UserID    string    `json:"userId,omitempty"`
	KeyID     string    `json:"keyId,omitempty"`
	GroupID   string    `json:"groupId,omitempty"`
	// Skip lets this many matching requests pass first.
	Skip int `json:"skip,omitempty"`
	// Times is how often the fault strikes; 0 is for ever.
	Times int `json:"times,omitempty"`
	// Every makes the fault strike on each Nth matching request only.
	Every int `json:"every,omitempty"`

	// Status is answered without processing the request.
	Status int `json:"status,omitempty"`
	// Body and ContentType replace the error body of Status, or the body of the normal answer.
	Body        string `json:"body,omitempty"`
	ContentType string `json:"contentType,omitempty"`
	// RetryAfter is the header's value: seconds or an HTTP date.
	RetryAfter string `json:"retryAfter,omitempty"`
	// Delay holds the answer back. The request has been processed by then, as in a server that is slow to answer.
	Delay time.Duration `json:"-"`
	// CutBefore closes the connection without processing the request.
	CutBefore bool `json:"cutBefore,omitempty"`
	// CutAfter processes the request and closes the connection without an answer.
	CutAfter bool `json:"cutAfter,omitempty"`
	// Truncate sends half of the body under the full Content-Length and closes the connection.
	Truncate bool `json:"truncate,omitempty"`
	// HTML answers with an HTML page instead of JSON.
	HTML bool `json:"html,omitempty"`
	// Empty answers without a body.
	Empty bool `json:"empty,omitempty"`
	// Nulls processes the request and answers with explicit nulls in all optional fields.
	Nulls bool `json:"nulls,omitempty"`
	// Mutate processes the request and edits the JSON object of the answer, or each object of a list.
	Mutate func(body map[string]any) `json:"-"`
}

// spoils says whether the fault changes a processed answer, beyond delaying it.
func (f *Fault) spoils() bool {
	return f.Status != 0 || f.Body != "" || f.CutAfter || f.Truncate || f.HTML || f.Empty || f.Nulls || f.Mutate != nil
}

type plannedFault struct {
	Fault
	matched int
	struck  int
}

// Inject plans a fault. Of several that are due for one request the first injected strikes.
func (o *Organization) Inject(fault Fault) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.faults = append(o.faults, &plannedFault{Fault: fault})
}

// ClearFaults drops every planned fault.
func (o *Organization) ClearFaults() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.faults = nil
}

// dueFault needs mu.
func (o *Organization) dueFault(request *Request) *Fault {
	var due *Fault
	for _, planned := range o.faults {
		if !planned.matches(request) {
			continue
		}
		planned.matched++
		if due == nil && planned.due() {
			planned.struck++
			due = &planned.Fault
		}
	}
	return due
}

func (p *plannedFault) matches(request *Request) bool {
	return (p.Operation == "" || p.Operation == request.Operation) &&
		(p.UserID == "" || p.UserID == request.UserID) &&
		(p.KeyID == "" || p.KeyID == request.KeyID) &&
		(p.GroupID == "" || p.GroupID == request.GroupID)
}

func (p *plannedFault) due() bool {
	if p.Times > 0 && p.struck >= p.Times {
		return false
	}
	n := p.matched - p.Skip
	if n <= 0 {
		return false
	}
	return p.Every <= 1 || n%p.Every == 0
}

// errorCode is the code of an injected status, by analogy with a sibling API of the platform.
func errorCode(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "INVALID_JSON"
	case http.StatusUnauthorized:
		return "INVALID_TOKEN"
	case http.StatusForbidden:
		return "ACCESS_DENIED"
	case http.StatusNotFound:
		return "NOT_FOUND"
	case http.StatusPreconditionFailed:
		return "INVALID_PARAMETER"
	case http.StatusTooManyRequests:
		return "TOO_MANY_REQUESTS"
	case http.StatusServiceUnavailable:
		return "SERVICE_UNAVAILABLE"
	default:
		return "INTERNAL_SERVER_ERROR"
	}
}
