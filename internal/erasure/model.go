// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/iso8601"
)

type model struct {
	Subject                 types.String `tfsdk:"subject"`
	UserIDs                 types.Set    `tfsdk:"user_ids"`
	AcknowledgeIrreversible types.Bool   `tfsdk:"acknowledge_irreversible"`
	MaxEvents               types.Int64  `tfsdk:"max_events"`
	RequireFound            types.Bool   `tfsdk:"require_found"`
	RequireNoExports        types.Bool   `tfsdk:"require_no_exports"`
	NotBefore               types.String `tfsdk:"not_before"`
	Triggers                types.Map    `tfsdk:"triggers"`
	Regulation              types.String `tfsdk:"regulation"`
	ReceivedAt              types.String `tfsdk:"received_at"`
	Approvals               types.List   `tfsdk:"approvals"`
	ApprovalsExpireAt       types.String `tfsdk:"approvals_expire_at"`
	RetainUntil             types.String `tfsdk:"retain_until"`
	VerifyInterval          types.String `tfsdk:"verify_interval"`
	VerifyFor               types.String `tfsdk:"verify_for"`

	IdentifierDigests       types.Set   `tfsdk:"identifier_digests"`
	IdentifierCount         types.Int64 `tfsdk:"identifier_count"`
	UnerasedIdentifierCount types.Int64 `tfsdk:"unerased_identifier_count"`
	Runs                    types.Int64 `tfsdk:"runs"`
	RequestNumber           types.Int64 `tfsdk:"request_number"`
	BlockedBy               types.Set   `tfsdk:"blocked_by"`

	HoldStatus          types.String `tfsdk:"hold_status"`
	RequiredApprovals   types.Int64  `tfsdk:"required_approvals"`
	ApprovedBy          types.Set    `tfsdk:"approved_by"`
	ApprovalStatement   types.String `tfsdk:"approval_statement"`
	ErasurePolicyDigest types.String `tfsdk:"erasure_policy_digest"`
	DueAt               types.String `tfsdk:"due_at"`
	SubmitBy            types.String `tfsdk:"submit_by"`

	Status           types.String `tfsdk:"status"`
	FirstRequestedAt types.String `tfsdk:"first_requested_at"`
	RequestedAt      types.String `tfsdk:"requested_at"`
	ExpectedBy       types.String `tfsdk:"expected_by"`
	EventsAtRequest  types.Int64  `tfsdk:"events_at_request"`
	EventsRemaining  types.Int64  `tfsdk:"events_remaining"`
	VerifiedAt       types.String `tfsdk:"verified_at"`
	Identifiers      types.Map    `tfsdk:"identifiers"`

	Receipt                      types.String `tfsdk:"receipt"`
	ReceiptSignature             types.String `tfsdk:"receipt_signature"`
	VerificationReceipt          types.String `tfsdk:"verification_receipt"`
	VerificationReceiptSignature types.String `tfsdk:"verification_receipt_signature"`

	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

type identifierModel struct {
	Status          types.String `tfsdk:"status"`
	RequestedAt     types.String `tfsdk:"requested_at"`
	VerifiedAt      types.String `tfsdk:"verified_at"`
	EventsAtRequest types.Int64  `tfsdk:"events_at_request"`
	EventsRemaining types.Int64  `tfsdk:"events_remaining"`
	LastError       types.String `tfsdk:"last_error"`
}

func identifierAttributes() map[string]attr.Type {
	return map[string]attr.Type{
		"status": types.StringType, "requested_at": types.StringType, "verified_at": types.StringType,
		"events_at_request": types.Int64Type, "events_remaining": types.Int64Type, "last_error": types.StringType,
	}
}

// private is what a record keeps where no plan and no output shows it.
type private struct {
	ID string `json:"id"`
	// Triggers is null where the record was saved without: then nothing counts as changed.
	Triggers map[string]string `json:"executed_triggers"`
	LastLook time.Time         `json:"last_look"`
	// Executed is what was reviewed of the last executed request, while a later one waits.
	Executed *Review `json:"executed_review,omitempty"`
}

const privateKey = "record"

// privateState is the part of the framework's private state that is used here.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

func readPrivate(ctx context.Context, state privateState) (private, bool, diag.Diagnostics) {
	var p private
	data, diags := state.GetKey(ctx, privateKey)
	if diags.HasError() || len(data) == 0 {
		return p, false, diags
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return p, false, diags
	}
	return p, true, diags
}

func (p private) bytes() []byte {
	data, _ := json.Marshal(p) // strings, a map of strings and a time: nothing that cannot be written
	return data
}

// record reads what state holds. Attributes that an earlier release did not have are null, and mean nothing.
func (m *model) record(ctx context.Context, p private) (*Record, diag.Diagnostics) {
	r := &Record{
		ID: p.ID, Case: m.Subject.ValueString(), Status: Status(m.Status.ValueString()),
		Runs: m.Runs.ValueInt64(), RequestNumber: max(m.RequestNumber.ValueInt64(), 1),
		Unerased: m.UnerasedIdentifierCount.ValueInt64Pointer(), Identifiers: map[string]Identifier{},
		FirstRequestedAt: at(m.FirstRequestedAt), RequestedAt: at(m.RequestedAt), ExpectedBy: at(m.ExpectedBy), VerifiedAt: at(m.VerifiedAt),
		EventsAtRequest: m.EventsAtRequest.ValueInt64Pointer(), EventsRemaining: m.EventsRemaining.ValueInt64Pointer(),
		Triggers: p.Triggers, LastLook: p.LastLook, Executed: p.Executed,
		Review: Review{
			HoldStatus: HoldStatus(m.HoldStatus.ValueString()), RequiredApprovals: m.RequiredApprovals.ValueInt64(),
			Statement: m.ApprovalStatement.ValueString(), PolicyDigest: m.ErasurePolicyDigest.ValueString(),
			DueAt: m.DueAt.ValueString(), SubmitBy: m.SubmitBy.ValueString(),
		},
		Receipts: Receipts{
			Erasure: m.Receipt.ValueString(), ErasureSignature: m.ReceiptSignature.ValueString(),
			Verification: m.VerificationReceipt.ValueString(), VerificationSignature: m.VerificationReceiptSignature.ValueString(),
		},
	}
	// A state that lacks what every executed record has is an executed record all the same.
	if r.Runs == 0 && (r.Status.Accepted() || r.Status == Incomplete || r.Status == Abandoned) {
		r.Runs = 1
	}
	if r.ExpectedBy.IsZero() && !r.RequestedAt.IsZero() {
		r.ExpectedBy = r.RequestedAt.Add(CompletionTime)
	}
	var diags diag.Diagnostics
	if !m.ApprovedBy.IsNull() && !m.ApprovedBy.IsUnknown() {
		diags.Append(m.ApprovedBy.ElementsAs(ctx, &r.Review.ApprovedBy, false)...)
	}
	if !m.BlockedBy.IsNull() && !m.BlockedBy.IsUnknown() {
		diags.Append(m.BlockedBy.ElementsAs(ctx, &r.BlockedBy, false)...)
	}
	var digests []string
	if !m.IdentifierDigests.IsNull() && !m.IdentifierDigests.IsUnknown() {
		diags.Append(m.IdentifierDigests.ElementsAs(ctx, &digests, false)...)
	}
	for _, digest := range digests {
		r.Identifiers[digest] = Identifier{Status: Waiting}
		if r.Status.Accepted() {
			r.Identifiers[digest] = Identifier{Status: r.Status, RequestedAt: r.RequestedAt}
		}
	}
	for digest, element := range m.Identifiers.Elements() {
		object, ok := element.(types.Object)
		if !ok || object.IsUnknown() || object.IsNull() {
			continue
		}
		var i identifierModel
		diags.Append(types.Object.As(object, ctx, &i, objectAsOptions)...)
		r.Identifiers[digest] = Identifier{
			Status: Status(i.Status.ValueString()), RequestedAt: at(i.RequestedAt), VerifiedAt: at(i.VerifiedAt),
			EventsAtRequest: i.EventsAtRequest.ValueInt64Pointer(), EventsRemaining: i.EventsRemaining.ValueInt64Pointer(),
			LastError: i.LastError.ValueString(),
		}
	}
	return r, diags
}

// set writes a record into the computed attributes.
func (m *model) set(ctx context.Context, r Record) diag.Diagnostics {
	var diags, d diag.Diagnostics
	digests := r.Digests()
	m.IdentifierDigests, d = types.SetValueFrom(ctx, types.StringType, digests)
	diags.Append(d...)
	m.IdentifierCount = types.Int64Value(int64(len(digests)))
	m.UnerasedIdentifierCount = types.Int64PointerValue(r.Unerased)
	m.Runs = types.Int64Value(r.Runs)
	m.RequestNumber = types.Int64Value(r.RequestNumber)
	m.BlockedBy, d = types.SetValueFrom(ctx, types.StringType, notNil(r.BlockedBy))
	diags.Append(d...)
	m.HoldStatus = optional(string(r.Review.HoldStatus))
	m.RequiredApprovals = types.Int64Value(r.Review.RequiredApprovals)
	m.ApprovedBy, d = types.SetValueFrom(ctx, types.StringType, notNil(r.Review.ApprovedBy))
	diags.Append(d...)
	m.ApprovalStatement, m.ErasurePolicyDigest = optional(r.Review.Statement), optional(r.Review.PolicyDigest)
	m.DueAt, m.SubmitBy = optional(r.Review.DueAt), optional(r.Review.SubmitBy)
	m.Receipt, m.ReceiptSignature = optional(r.Receipts.Erasure), optional(r.Receipts.ErasureSignature)
	m.VerificationReceipt, m.VerificationReceiptSignature = optional(r.Receipts.Verification), optional(r.Receipts.VerificationSignature)
	m.Status = types.StringValue(string(r.Status))
	m.FirstRequestedAt, m.RequestedAt, m.ExpectedBy, m.VerifiedAt = text(r.FirstRequestedAt), text(r.RequestedAt), text(r.ExpectedBy), text(r.VerifiedAt)
	m.EventsAtRequest, m.EventsRemaining = types.Int64PointerValue(r.EventsAtRequest), types.Int64PointerValue(r.EventsRemaining)
	elements := make(map[string]attr.Value, len(r.Identifiers))
	for digest, i := range r.Identifiers {
		object, d := types.ObjectValueFrom(ctx, identifierAttributes(), identifierModel{
			Status: types.StringValue(string(i.Status)), RequestedAt: text(i.RequestedAt), VerifiedAt: text(i.VerifiedAt),
			EventsAtRequest: types.Int64PointerValue(i.EventsAtRequest), EventsRemaining: types.Int64PointerValue(i.EventsRemaining),
			LastError: optional(i.LastError),
		})
		diags.Append(d...)
		elements[digest] = object
	}
	m.Identifiers, d = types.MapValue(types.ObjectType{AttrTypes: identifierAttributes()}, elements)
	diags.Append(d...)
	return diags
}

// setPending marks what only applying can tell. Of the identifiers of an existing record only those that are sent become
// unknown: a map that is unknown as a whole prints finished evidence as if it were deleted. For a new record it is unknown
// as a whole: unknown elements alone print as an empty map, which reads like nobody.
func (m *model) setPending(r Record, send []string, created bool) {
	m.Status = types.StringUnknown()
	if r.FirstRequestedAt.IsZero() {
		m.FirstRequestedAt = types.StringUnknown()
	}
	m.RequestedAt, m.ExpectedBy, m.VerifiedAt = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	m.Receipt, m.ReceiptSignature = types.StringUnknown(), types.StringUnknown()
	m.VerificationReceipt, m.VerificationReceiptSignature = types.StringUnknown(), types.StringUnknown()
	m.EventsAtRequest, m.EventsRemaining = types.Int64Unknown(), types.Int64Unknown()
	if created {
		m.Identifiers = types.MapUnknown(types.ObjectType{AttrTypes: identifierAttributes()})
		return
	}
	elements := m.Identifiers.Elements()
	for _, digest := range send {
		elements[digest] = types.ObjectUnknown(identifierAttributes())
	}
	m.Identifiers = types.MapValueMust(types.ObjectType{AttrTypes: identifierAttributes()}, elements)
}

// setUndecided marks all that depends on whether anything will be sent.
func (m *model) setUndecided(r Record, created bool) {
	m.setPending(r, r.Digests(), created)
	m.Runs = types.Int64Unknown()
	m.BlockedBy = types.SetUnknown(types.StringType)
	m.HoldStatus, m.ApprovalStatement = types.StringUnknown(), types.StringUnknown()
	m.RequiredApprovals, m.ApprovedBy = types.Int64Unknown(), types.SetUnknown(types.StringType)
	m.ErasurePolicyDigest, m.DueAt, m.SubmitBy = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	m.UnerasedIdentifierCount = types.Int64Unknown()
	if r.Runs > 0 {
		// A further request may cover identifiers that the record does not know yet.
		m.RequestNumber = types.Int64Unknown()
		m.IdentifierDigests = types.SetUnknown(types.StringType)
		m.IdentifierCount = types.Int64Unknown()
		m.Identifiers = types.MapUnknown(types.ObjectType{AttrTypes: identifierAttributes()})
	}
}

// pending are the digests that a plan sends: those whose outcome it left unknown.
func (m *model) pending(ctx context.Context) []string {
	var send []string
	if m.Identifiers.IsUnknown() {
		m.IdentifierDigests.ElementsAs(ctx, &send, false)
		return send
	}
	for digest, element := range m.Identifiers.Elements() {
		if element.IsUnknown() {
			send = append(send, digest)
		}
	}
	return send
}

// restore puts the former record back, for an edit that changes nothing of it. Attributes that an earlier release did not
// have stay null.
func (m *model) restore(prior model) {
	m.IdentifierDigests, m.IdentifierCount, m.UnerasedIdentifierCount = prior.IdentifierDigests, prior.IdentifierCount, prior.UnerasedIdentifierCount
	m.Runs, m.RequestNumber, m.BlockedBy = prior.Runs, prior.RequestNumber, prior.BlockedBy
	m.Status, m.FirstRequestedAt, m.RequestedAt, m.ExpectedBy = prior.Status, prior.FirstRequestedAt, prior.RequestedAt, prior.ExpectedBy
	m.EventsAtRequest, m.EventsRemaining, m.VerifiedAt = prior.EventsAtRequest, prior.EventsRemaining, prior.VerifiedAt
	m.Identifiers = prior.Identifiers
	m.HoldStatus, m.RequiredApprovals, m.ApprovedBy, m.ApprovalStatement = prior.HoldStatus, prior.RequiredApprovals, prior.ApprovedBy, prior.ApprovalStatement
	m.ErasurePolicyDigest, m.DueAt, m.SubmitBy = prior.ErasurePolicyDigest, prior.DueAt, prior.SubmitBy
	m.Receipt, m.ReceiptSignature = prior.Receipt, prior.ReceiptSignature
	m.VerificationReceipt, m.VerificationReceiptSignature = prior.VerificationReceipt, prior.VerificationReceiptSignature
}

func (m *model) limits() Limits {
	return Limits{NotBefore: at(m.NotBefore), MaxEvents: m.MaxEvents.ValueInt64Pointer(), RequireFound: m.RequireFound.ValueBool(), NoExports: m.RequireNoExports.ValueBool()}
}

// schedule falls back to the defaults for a state that an earlier release saved without them.
func (m *model) schedule() Schedule {
	every, err := time.ParseDuration(m.VerifyInterval.ValueString())
	if err != nil {
		every, _ = time.ParseDuration(defaultVerifyInterval) // a constant
	}
	until, err := iso8601.Parse(m.VerifyFor.ValueString())
	if err != nil {
		until, _ = iso8601.Parse(defaultVerifyFor) // a constant
	}
	return Schedule{Interval: every, For: until}
}

// triggers reads the map. unknown is true where the map or a value of it is.
func (m *model) triggers() (triggers map[string]string, unknown bool) {
	if m.Triggers.IsUnknown() {
		return nil, true
	}
	triggers = map[string]string{}
	for key, element := range m.Triggers.Elements() {
		value, ok := element.(types.String)
		if !ok || value.IsUnknown() {
			return nil, true
		}
		triggers[key] = value.ValueString()
	}
	return triggers, false
}

// notNil makes an empty set of what is nil, which the framework would write as null.
func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func optional(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

func at(value types.String) time.Time {
	t, _ := time.Parse(time.RFC3339, value.ValueString()) // absent is the zero time
	return t.UTC()
}

func text(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
}
