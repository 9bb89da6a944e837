// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/receipt"
)

// Evidence writes and signs receipts.
type Evidence struct {
	// Key signs them, nil for none.
	Key *receipt.SigningKey
	// Version is the provider's.
	Version string
}

// accepted writes the receipt of a run, which names the one that it replaces.
func (e Evidence) accepted(organization string, r *Record) error {
	document := e.document(organization, r, receipt.Erasure)
	if before, err := receipt.Parse([]byte(r.Receipts.Erasure)); err == nil && before.Kind == receipt.Erasure {
		document.PreviousSHA256 = receipt.Text(receipt.SHA256([]byte(r.Receipts.Erasure)))
	}
	text, signature, err := e.write(document)
	if err != nil {
		return err
	}
	r.Receipts.Erasure, r.Receipts.ErasureSignature = text, signature
	return nil
}

// simulated writes what a rehearsal leaves, which nobody can take for a receipt.
func (e Evidence) simulated(organization string, r *Record) error {
	document := e.document(organization, r, receipt.Simulation)
	text, signature, err := e.write(document)
	if err != nil {
		return err
	}
	r.Receipts.Erasure, r.Receipts.ErasureSignature = text, signature
	return nil
}

// verified writes what was seen when the status of a request first became final, once for each request. What was reviewed is
// taken from the request's own receipt, since the configuration may have changed after it.
func (e Evidence) verified(organization string, r *Record) error {
	status := r.settled()
	if !status.final() {
		return nil
	}
	erasure, err := receipt.Parse([]byte(r.Receipts.Erasure))
	if err != nil || erasure.Kind != receipt.Erasure {
		// A record of an earlier release has none, and nothing to follow from.
		return nil //nolint:nilerr // see above
	}
	document := e.document(organization, r, receipt.Verification)
	document.Status = string(status)
	document.MaxEvents, document.ApprovedBy, document.HoldStatus = erasure.MaxEvents, erasure.ApprovedBy, erasure.HoldStatus
	document.ApprovalStatementSHA256, document.ErasurePolicyDigest = erasure.ApprovalStatementSHA256, erasure.ErasurePolicyDigest
	document.ReceiptSHA256 = receipt.Text(receipt.SHA256([]byte(r.Receipts.Erasure)))
	if before, err := receipt.Parse([]byte(r.Receipts.Verification)); err == nil {
		if before.RequestNumber == r.RequestNumber {
			return nil
		}
		document.PreviousSHA256 = receipt.Text(receipt.SHA256([]byte(r.Receipts.Verification)))
	}
	text, signature, err := e.write(document)
	if err != nil {
		return err
	}
	r.Receipts.Verification, r.Receipts.VerificationSignature = text, signature
	return nil
}

func (e Evidence) write(document receipt.Receipt) (text, signature string, err error) {
	data, err := receipt.Marshal(document)
	if err != nil {
		return "", "", err
	}
	if e.Key != nil {
		if signature, err = receipt.Sign(e.Key, data); err != nil {
			return "", "", err
		}
	}
	return string(data), signature, nil
}

func (e Evidence) document(organization string, r *Record, kind receipt.Kind) receipt.Receipt {
	d := receipt.Receipt{
		Kind: kind, Organization: organization, Case: receipt.Text(r.Case), RequestNumber: r.RequestNumber, Runs: r.Runs,
		Status: string(r.Status), FirstRequestedAt: receipt.At(r.FirstRequestedAt), RequestedAt: receipt.At(r.RequestedAt),
		ExpectedBy: receipt.At(r.ExpectedBy), VerifiedAt: receipt.At(r.VerifiedAt),
		EventsAtRequest: r.EventsAtRequest, EventsRemaining: r.EventsRemaining,
		MaxEvents: r.Review.MaxEvents, ErasurePolicyDigest: receipt.Text(r.Review.PolicyDigest),
		HoldStatus: string(r.Review.HoldStatus), ProviderVersion: e.Version,
	}
	if d.HoldStatus == "" {
		d.HoldStatus = string(HoldUnchecked)
	}
	if r.Review.Statement != "" {
		sum := sha256.Sum256([]byte(r.Review.Statement))
		d.ApprovalStatementSHA256 = receipt.Text(hex.EncodeToString(sum[:]))
	}
	for _, approved := range r.Review.ApprovedBy {
		name, fingerprint, _ := strings.Cut(approved, " ")
		d.ApprovedBy = append(d.ApprovedBy, receipt.Approver{Name: name, Fingerprint: fingerprint})
	}
	for digest, i := range r.Identifiers {
		d.Identifiers = append(d.Identifiers, receipt.Identifier{
			Digest: digest, Status: string(i.Status), RequestedAt: receipt.At(i.RequestedAt), VerifiedAt: receipt.At(i.VerifiedAt),
			EventsAtRequest: i.EventsAtRequest, EventsRemaining: i.EventsRemaining,
		})
	}
	return d
}
