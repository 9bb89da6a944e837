// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"maps"
	"slices"
	"time"
)

// Operation names what a request asks for.
type Operation string

// The operations that the simulator serves. Unknown is every request that it does not.
const (
	ListAPIKeys               Operation = "ListAPIKeys"
	CreateAPIKey              Operation = "CreateAPIKey"
	GetAPIKey                 Operation = "GetAPIKey"
	UpdateAPIKey              Operation = "UpdateAPIKey"
	DeleteAPIKey              Operation = "DeleteAPIKey"
	ActivateAPIKey            Operation = "ActivateAPIKey"
	DisableAPIKey             Operation = "DisableAPIKey"
	ExtendAPIKey              Operation = "ExtendAPIKey"
	DuplicateAPIKey           Operation = "DuplicateAPIKey"
	RotateAPIKey              Operation = "RotateAPIKey"
	BulkActivateAPIKeys       Operation = "BulkActivateAPIKeys"
	BulkDisableAPIKeys        Operation = "BulkDisableAPIKeys"
	BulkDeleteAPIKeys         Operation = "BulkDeleteAPIKeys"
	ListAPIKeyTemplates       Operation = "ListAPIKeyTemplates"
	GetAPIKeyTemplate         Operation = "GetAPIKeyTemplate"
	APIKeyTemplateEligibility Operation = "APIKeyTemplateEligibility"

	ListPrivileges        Operation = "ListPrivileges"
	ListAPIKeyPrivileges  Operation = "ListAPIKeyPrivileges"
	MyPrivileges          Operation = "MyPrivileges"
	MemberPrivileges      Operation = "MemberPrivileges"
	ListAPIKeyAccess      Operation = "ListAPIKeyAccess"
	EvaluatePrivilege     Operation = "EvaluatePrivilege"
	EvaluateGeneralAccess Operation = "EvaluateGeneralAccess"

	ListGroups               Operation = "ListGroups"
	ListDefaultGroups        Operation = "ListDefaultGroups"
	CreateGroup              Operation = "CreateGroup"
	GetGroup                 Operation = "GetGroup"
	UpdateGroup              Operation = "UpdateGroup"
	DeleteGroup              Operation = "DeleteGroup"
	ListGroupMembers         Operation = "ListGroupMembers"
	AddGroupMember           Operation = "AddGroupMember"
	GetGroupMember           Operation = "GetGroupMember"
	RemoveGroupMember        Operation = "RemoveGroupMember"
	GroupExclusivePrivileges Operation = "GroupExclusivePrivileges"
	ListGroupInvites         Operation = "ListGroupInvites"
	AddGroupInvite           Operation = "AddGroupInvite"
	RemoveGroupInvite        Operation = "RemoveGroupInvite"
	AcceptGroupInvite        Operation = "AcceptGroupInvite"
	DeclineGroupInvite       Operation = "DeclineGroupInvite"
	ListGroupAccess          Operation = "ListGroupAccess"

	GetOrganization    Operation = "GetOrganization"
	OrganizationStatus Operation = "OrganizationStatus"
	ListOrganizations  Operation = "ListOrganizations"
	GlobalOrganization Operation = "GlobalOrganization"

	UserOverview   Operation = "UserOverview"
	DeleteUserData Operation = "DeleteUserData"

	ListExports                 Operation = "ListExports"
	CreateExport                Operation = "CreateExport"
	GetExport                   Operation = "GetExport"
	DeleteExport                Operation = "DeleteExport"
	ExportLink                  Operation = "ExportLink"
	EstimateExport              Operation = "EstimateExport"
	ExportRowLimit              Operation = "ExportRowLimit"
	ListExportableDimensions    Operation = "ListExportableDimensions"
	ListExportSchedules         Operation = "ListExportSchedules"
	CreateExportSchedule        Operation = "CreateExportSchedule"
	GetExportSchedule           Operation = "GetExportSchedule"
	UpdateExportSchedule        Operation = "UpdateExportSchedule"
	DeleteExportSchedule        Operation = "DeleteExportSchedule"
	ListExportsOfExportSchedule Operation = "ListExportsOfExportSchedule"

	LogSearch      Operation = "LogSearch"
	LogSearches    Operation = "LogSearches"
	LogClick       Operation = "LogClick"
	LogCustom      Operation = "LogCustom"
	LogView        Operation = "LogView"
	Collect        Operation = "Collect"
	GetVisit       Operation = "GetVisit"
	DeleteVisit    Operation = "DeleteVisit"
	LogEvents      Operation = "LogEvents"
	ValidateEvents Operation = "ValidateEvents"

	SearchItems    Operation = "SearchItems"
	PlanQuery      Operation = "PlanQuery"
	SuggestQueries Operation = "SuggestQueries"
	SearchFacet    Operation = "SearchFacet"
	PreviewItem    Operation = "PreviewItem"

	SearchProducts  Operation = "SearchProducts"
	ListProducts    Operation = "ListProducts"
	SuggestProducts Operation = "SuggestProducts"
	// Preflight is a browser's question whether a page may send a request.
	Preflight Operation = "Preflight"

	Health  Operation = "Health"
	Unknown Operation = "Unknown"
)

// TokenKind says what kind of bearer a request carried.
type TokenKind string

// The kinds of bearers. NoToken is a request without one, InvalidToken one that was refused.
const (
	NoToken       TokenKind = "none"
	InvalidToken  TokenKind = "invalid"
	Administrator TokenKind = "administrator"
	APIKey        TokenKind = "api key"
	AccessToken   TokenKind = "access token"
)

// Request is one request that the server received, in the order of arrival.
type Request struct {
	Method    string
	Operation Operation
	// Path is the path as it was sent, still percent-encoded, without the query.
	Path string
	// UserID is the decoded user ID of a user's calls.
	UserID string
	// KeyID is the key named in the path.
	KeyID string
	// GroupID is the group named in the path.
	GroupID string
	// Status is what was answered; 0 while the request is under way and when the connection was cut instead.
	Status int
	Token  TokenKind
	// Faulted says that an injected fault had a hand in the answer.
	Faulted bool
	Time    time.Time
}

// journal remembers what reached the server.
type journal struct {
	counts   map[Operation]int
	requests []*Request
	seen     map[string]bool
}

func newJournal() journal {
	return journal{counts: map[Operation]int{}, seen: map[string]bool{}}
}

func (j *journal) receive(request *Request) {
	j.counts[request.Operation]++
	j.requests = append(j.requests, request)
}

func (j *journal) see(values ...string) {
	for _, value := range values {
		if value != "" {
			j.seen[value] = true
		}
	}
}

// Calls is how many requests for an operation were received, answered or not.
func (o *Organization) Calls(operation Operation) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.journal.counts[operation]
}

// TotalCalls is how many requests were received.
func (o *Organization) TotalCalls() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.journal.requests)
}

// Unanswered is how many of the requests received have no answer yet, or never get one.
func (o *Organization) Unanswered() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	unanswered := 0
	for _, request := range o.journal.requests {
		if request.Status == 0 {
			unanswered++
		}
	}
	return unanswered
}

// CallCounts are the requests received, per operation.
func (o *Organization) CallCounts() map[Operation]int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.journal.counts)
}

// ResetCalls forgets the requests received. What [Organization.Saw] knows stays.
func (o *Organization) ResetCalls() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.journal.counts = map[Operation]int{}
	o.journal.requests = nil
}

// Requests are the requests received, oldest first.
func (o *Organization) Requests() []Request {
	o.mu.Lock()
	defer o.mu.Unlock()
	requests := make([]Request, 0, len(o.journal.requests))
	for request := range slices.Values(o.journal.requests) {
		requests = append(requests, *request)
	}
	return requests
}

// Saw says whether a string ever reached the server as a bearer, a decoded path segment, a query value or the identity
// in an event. A test that searches its artefacts for a canary proves with it that the canary was really in use.
func (o *Organization) Saw(value string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.journal.seen[value]
}
