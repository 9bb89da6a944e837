// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"
	"slices"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/approval"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/regulation"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// HoldStatus is what is known of legal holds on a record's identifiers.
type HoldStatus string

// The hold statuses.
const (
	// HoldClear means that every declared hold was compared, and none is on these identifiers.
	HoldClear HoldStatus = "clear"
	// Held means that a hold is on at least one of the identifiers.
	Held HoldStatus = "held"
	// HoldUnchecked means that nobody declared holds, or that one is under a digest key that is gone.
	HoldUnchecked HoldStatus = "unchecked"
)

// Review is what a reviewer, an approver and a policy read of a request. All of it is known when a plan is made.
type Review struct {
	HoldStatus        HoldStatus
	RequiredApprovals int64
	ApprovedBy        []string // a name and the key's fingerprint, sorted
	Statement         string   // the text to sign, empty where approvals_expire_at is not set
	PolicyDigest      string   // of the runner's file, empty where there is none
	DueAt, SubmitBy   string   // dates, empty without a regulation
	MaxEvents         *int64   // the ceiling that was approved

	rejected []approval.Rejection
}

// Ask is what a record's own configuration says of its request.
type Ask struct {
	Limits
	Case       string
	Approvals  []approval.Signature
	Expires    string
	Regulation string
	ReceivedAt string
}

// review gathers what there is to review of a request.
func (s *Service) review(ask Ask, ids []string, request int64, digests []string) Review {
	r := Review{
		HoldStatus: s.holdStatus(ids, digests), RequiredApprovals: s.Policy.RequiredApprovals, PolicyDigest: s.PolicyDigest,
		MaxEvents: ask.MaxEvents,
	}
	r.DueAt, r.SubmitBy = deadlines(ask)
	if ask.Expires == "" {
		return r
	}
	statement := approval.Statement{
		Organization: s.Organization, Case: ask.Case, Request: request, MaxEvents: ask.MaxEvents, Expires: ask.Expires, Digests: digests,
	}
	r.Statement = string(statement.Bytes())
	var approvers approval.Approvers
	if s.Policy.Approvers != nil {
		approvers = *s.Policy.Approvers
	}
	approved, rejected := approval.Verify(statement, ask.Approvals, approvers, s.Now())
	r.rejected = rejected
	for _, a := range approved {
		r.ApprovedBy = append(r.ApprovedBy, a.String())
	}
	slices.Sort(r.ApprovedBy)
	return r
}

// holdStatus compares every declared hold with the identifiers, each under the key that the hold was made with, and with the
// record's own digests.
func (s *Service) holdStatus(ids, digests []string) HoldStatus {
	if s.Policy.LegalHolds == nil {
		return HoldUnchecked
	}
	keys, err := s.People.Keyring()
	status := HoldClear
	named := map[string]bool{}
	for _, digest := range digests {
		named[digest] = true
	}
	if err == nil {
		for _, keyID := range keys.IDs() {
			for digest := range keys.ByDigest(keyID, ids) {
				named[digest] = true
			}
		}
	}
	for _, hold := range s.Policy.LegalHolds {
		if named[hold] {
			return Held
		}
		if err != nil || !keys.Has(subject.KeyID(hold)) {
			status = HoldUnchecked
		}
	}
	return status
}

// gateState looks at the gates of a reviewed request for identifiers that would be sent.
func (s *Service) gateState(ctx context.Context, review Review, ask Ask, ids []string) GateState {
	return ask.state(review, s.Policy.RequireHolds, s.Now(), looks{
		events:  func() (coveo.Overview, error) { return s.look(ctx, ids) },
		exports: func() (int, error) { return s.Exports.Left(ctx, ids) },
	})
}

// deadlines are the dates that a regulation sets, or nothing where the configuration names none. What it names was checked
// with the configuration.
func deadlines(ask Ask) (dueAt, submitBy string) {
	received, err := regulation.ParseReceived(ask.ReceivedAt)
	if ask.Regulation == "" || err != nil {
		return "", ""
	}
	due, err := regulation.Deadlines(ask.Regulation, received)
	if err != nil {
		return "", ""
	}
	return due.DueAt.String(), due.SubmitBy.String()
}

// late tells whether the day by which a request had to be sent has passed.
func (r Review) late(now time.Time) bool {
	return r.SubmitBy != "" && now.UTC().Format(time.DateOnly) > r.SubmitBy
}
