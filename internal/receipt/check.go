// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package receipt

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// The patterns are those of the JSON Schemas. A text that could hold a person's identifier has no place in a receipt: every
// member but the statement is of a narrow form, and the statement is made from the others.
var (
	statementPattern    = regexp.MustCompile(`^[ -~]+$`)
	organizationPattern = regexp.MustCompile(`^[!-~]{1,128}$`)
	digestPattern       = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,31}:[0-9a-f]{64}$`)
	hashPattern         = regexp.MustCompile(`^[0-9a-f]{64}$`)
	policyPattern       = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	namePattern         = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$`)
	fingerprintPattern  = regexp.MustCompile(`^SHA256:[A-Za-z0-9+/]{43}$`)
	versionPattern      = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$`)
)

// statuses are those a record can have in a document of a kind.
func (k Kind) statuses() []string {
	switch k {
	case Erasure:
		return []string{"incomplete", "submitted", "settling", "zero_observed", "still_visible", "unverified", "reappeared"}
	case Verification:
		return []string{"zero_observed", "still_visible", "unverified", "reappeared"}
	case Simulation:
		return []string{"simulated"}
	}
	return nil
}

// identifierStatuses are those an identifier can have in a document of a kind.
func (k Kind) identifierStatuses() []string {
	switch k {
	case Erasure:
		return []string{"waiting", "failed", "submitted", "settling", "zero_observed", "still_visible", "unverified", "reappeared", "not_found_before"}
	case Verification:
		return []string{"submitted", "settling", "zero_observed", "still_visible", "unverified", "reappeared", "not_found_before"}
	case Simulation:
		return []string{"waiting", "simulated"}
	}
	return nil
}

// accepted tells whether Coveo accepted an identifier.
func (i Identifier) accepted() bool {
	return slices.Contains(Verification.identifierStatuses(), i.Status)
}

// check says what contradicts itself or has no place in a receipt.
func check(r Receipt) error {
	switch {
	case r.Kind.schema() == "":
		return fmt.Errorf("its kind is none of %s, %s and %s", Erasure, Verification, Simulation)
	case r.Schema != r.Kind.schema():
		return fmt.Errorf("its schema is not %s, which is that of the kind %s", r.Kind.schema(), r.Kind)
	case r.Simulated != (r.Kind == Simulation):
		return errors.New("its kind and the member simulated contradict each other")
	case !organizationPattern.MatchString(r.Organization):
		return errors.New("its organization is absent, or holds spaces or control characters")
	case r.RequestNumber < 1:
		return errors.New("its request_number is less than 1")
	case !slices.Contains(r.Kind.statuses(), r.Status):
		return fmt.Errorf("its status is none that a document of the kind %s has", r.Kind)
	case negative(r.EventsAtRequest), negative(r.EventsRemaining), negative(r.MaxEvents):
		return errors.New("one of its counts is negative")
	case !slices.Contains([]string{"clear", "held", "unchecked"}, r.HoldStatus):
		return errors.New("its hold_status is none of clear, held and unchecked")
	case !versionPattern.MatchString(r.ProviderVersion):
		return errors.New("its provider_version is absent or no version")
	case !statementPattern.MatchString(r.Statement):
		return errors.New("its statement is absent, or holds characters that no statement has")
	}
	if r.Case != "" {
		if err := subject.CheckCase(string(r.Case)); err != nil {
			return fmt.Errorf("its case cannot be used: %w", err)
		}
	}
	if err := checkHashes(r); err != nil {
		return err
	}
	if err := checkLife(r); err != nil {
		return err
	}
	if err := checkIdentifiers(r); err != nil {
		return err
	}
	return checkApprovers(r.ApprovedBy)
}

func checkHashes(r Receipt) error {
	for _, member := range []struct {
		name    string
		value   Text
		pattern *regexp.Regexp
	}{
		{"approval_statement_sha256", r.ApprovalStatementSHA256, hashPattern},
		{"erasure_policy_digest", r.ErasurePolicyDigest, policyPattern},
		{"previous_sha256", r.PreviousSHA256, hashPattern},
		{"receipt_sha256", r.ReceiptSHA256, hashPattern},
	} {
		if member.value != "" && !member.pattern.MatchString(string(member.value)) {
			return fmt.Errorf("its %s is no such hash", member.name)
		}
	}
	return nil
}

// checkLife looks at what one kind has and another has not.
func checkLife(r Receipt) error {
	requested := !r.FirstRequestedAt.IsZero() && !r.RequestedAt.IsZero() && !r.ExpectedBy.IsZero()
	unrequested := r.FirstRequestedAt.IsZero() && r.RequestedAt.IsZero() && r.ExpectedBy.IsZero()
	switch {
	case r.Kind == Simulation && (r.Runs != 0 || !unrequested || !r.VerifiedAt.IsZero() || r.API != nil || r.PreviousSHA256 != "" || r.ReceiptSHA256 != ""):
		return errors.New("it is a simulation, and tells of runs, requests, looks or predecessors")
	case r.Kind == Simulation:
		return nil
	case r.Runs < 1:
		return errors.New("its runs are less than 1")
	case !requested:
		return errors.New("first_requested_at, requested_at or expected_by is absent")
	case r.API == nil || *r.API != call():
		return errors.New("its api is not the call that erases")
	case r.Kind == Verification && r.VerifiedAt.IsZero():
		return errors.New("verified_at is absent")
	case (r.Kind == Verification) != (r.ReceiptSHA256 != ""):
		return errors.New("receipt_sha256 belongs into every verification and into nothing else")
	}
	return nil
}

func checkIdentifiers(r Receipt) error {
	if len(r.Identifiers) == 0 {
		return errors.New("it has no identifier")
	}
	for n, i := range r.Identifiers {
		switch {
		case !digestPattern.MatchString(i.Digest):
			return fmt.Errorf("identifier %d of %d is no digest", n+1, len(r.Identifiers))
		case n > 0 && i.Digest <= r.Identifiers[n-1].Digest:
			return fmt.Errorf("identifier %d of %d stands there twice, or out of order", n+1, len(r.Identifiers))
		case !slices.Contains(r.Kind.identifierStatuses(), i.Status):
			return fmt.Errorf("the status of identifier %d of %d is none that a document of the kind %s has", n+1, len(r.Identifiers), r.Kind)
		case negative(i.EventsAtRequest), negative(i.EventsRemaining):
			return fmt.Errorf("a count of identifier %d of %d is negative", n+1, len(r.Identifiers))
		case r.Kind == Simulation && (!i.RequestedAt.IsZero() || !i.VerifiedAt.IsZero()):
			return fmt.Errorf("it is a simulation, and tells when identifier %d of %d was asked for", n+1, len(r.Identifiers))
		case i.accepted() && i.RequestedAt.IsZero():
			return fmt.Errorf("identifier %d of %d was accepted, and requested_at is absent", n+1, len(r.Identifiers))
		}
	}
	return nil
}

func checkApprovers(approvers []Approver) error {
	if approvers == nil {
		return errors.New("approved_by is absent")
	}
	for n, a := range approvers {
		switch {
		case !namePattern.MatchString(a.Name) || !fingerprintPattern.MatchString(a.Fingerprint):
			return fmt.Errorf("approver %d of %d has no usable name or fingerprint", n+1, len(approvers))
		case n > 0 && a.Name <= approvers[n-1].Name:
			return fmt.Errorf("approver %d of %d stands there twice, or out of order", n+1, len(approvers))
		}
	}
	return nil
}

func negative(n *int64) bool { return n != nil && *n < 0 }
