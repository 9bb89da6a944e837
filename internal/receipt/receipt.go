// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package receipt is the evidence that an erasure leaves: what Coveo was asked, that it accepted, and what was visible
// afterwards. It claims what was seen and nothing else, and it holds digests where people's identifiers would stand.
//
// A receipt is JSON in exactly one form: UTF-8, the members in the order of the Receipt type, indented by two spaces, nothing
// escaped that need not be, one line feed at the end. Parse refuses every other form, so that a hash or a signature of the
// bytes is one of the content. The forms are described by the JSON Schemas in the repository's folder schemas.
package receipt

// Kind is what a document is evidence of.
type Kind string

// The kinds.
const (
	// Erasure says that Coveo accepted. It is written when it did, and again only by a later run.
	Erasure Kind = "erasure"
	// Verification says what was visible when the status of a request first became final.
	Verification Kind = "verification"
	// Simulation is a rehearsal's. It has a schema and a signature namespace of its own, so that nothing that takes the others
	// takes it.
	Simulation Kind = "erasure-simulation"
)

// The schemas, each with its version.
const (
	ErasureSchema      = "coveo-erasure-receipt/v1"
	VerificationSchema = "coveo-verification-receipt/v1"
	SimulationSchema   = "coveo-erasure-simulation/v1"
)

// schema is the schema of a kind's documents, empty for what is no kind.
func (k Kind) schema() string {
	switch k {
	case Erasure:
		return ErasureSchema
	case Verification:
		return VerificationSchema
	case Simulation:
		return SimulationSchema
	}
	return ""
}

// Receipt is one document. Marshal sets Schema, Simulated, Statement and API from the rest, whatever they hold.
type Receipt struct {
	Schema    string `json:"schema"`
	Kind      Kind   `json:"kind"`
	Simulated bool   `json:"simulated"`
	// Statement says in plain words what the document claims, and what it does not.
	Statement string `json:"statement"`

	Organization string `json:"organization"`
	// Case is absent where identifiers were given in the open.
	Case          Text   `json:"case"`
	RequestNumber int64  `json:"request_number"`
	Runs          int64  `json:"runs"`
	Status        string `json:"status"`

	FirstRequestedAt Instant `json:"first_requested_at"`
	RequestedAt      Instant `json:"requested_at"`
	ExpectedBy       Instant `json:"expected_by"`
	// VerifiedAt is when the status was first seen.
	VerifiedAt      Instant `json:"verified_at"`
	EventsAtRequest *int64  `json:"events_at_request"`
	EventsRemaining *int64  `json:"events_remaining"`
	// Identifiers are in the order of their digests.
	Identifiers []Identifier `json:"identifiers"`

	// MaxEvents is the ceiling under which the erasure was approved, nil for none.
	MaxEvents *int64 `json:"max_events"`
	// ApprovedBy is in the order of the names.
	ApprovedBy              []Approver `json:"approved_by"`
	ApprovalStatementSHA256 Text       `json:"approval_statement_sha256"`
	// ErasurePolicyDigest is sha256: and the hex digest of the runner's policy file, absent where there was none.
	ErasurePolicyDigest Text   `json:"erasure_policy_digest"`
	HoldStatus          string `json:"hold_status"`

	// API is what was called. A simulation called nothing.
	API             *API   `json:"api"`
	ProviderVersion string `json:"provider_version"`

	// PreviousSHA256 is the hash of the document of this kind that this one replaces, absent in the first.
	PreviousSHA256 Text `json:"previous_sha256"`
	// ReceiptSHA256 is, in a verification, the hash of the erasure's receipt that it follows.
	ReceiptSHA256 Text `json:"receipt_sha256"`
}

// Identifier is what happened to one identifier, which its digest stands for.
type Identifier struct {
	Digest          string  `json:"digest"`
	Status          string  `json:"status"`
	RequestedAt     Instant `json:"requested_at"`
	VerifiedAt      Instant `json:"verified_at"`
	EventsAtRequest *int64  `json:"events_at_request"`
	EventsRemaining *int64  `json:"events_remaining"`
}

// Approver is a person whose approval counted, with the fingerprint of the key that signed.
type Approver struct {
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
}

// API is the call that asks for an erasure, and the answer that accepts it.
type API struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Answer int    `json:"answer"`
}

// call is what Coveo's Usage Analytics Write API documents. The path's place for the identifier stays empty.
func call() API { return API{Method: "DELETE", Path: "/v15/users/{user}/alldata", Answer: 202} }
