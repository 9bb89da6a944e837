// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/approval"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/regulation"
)

type approvalModel struct {
	Approver  types.String `tfsdk:"approver"`
	Signature types.String `tfsdk:"signature"`
}

// ask reads what a record's own configuration says of its request.
func (m *model) ask(ctx context.Context) (Ask, diag.Diagnostics) {
	ask := Ask{
		Limits: m.limits(), Case: m.Subject.ValueString(), Expires: m.ApprovalsExpireAt.ValueString(),
		Regulation: m.Regulation.ValueString(), ReceivedAt: m.ReceivedAt.ValueString(),
	}
	var diags diag.Diagnostics
	if !m.Approvals.IsNull() && !m.Approvals.IsUnknown() {
		var approvals []approvalModel
		diags.Append(m.Approvals.ElementsAs(ctx, &approvals, false)...)
		for _, a := range approvals {
			ask.Approvals = append(ask.Approvals, approval.Signature{Approver: a.Approver.ValueString(), Signature: a.Signature.ValueString()})
		}
	}
	return ask, diags
}

// gatesUnknown tells whether a gate depends on a value that is known only after apply.
func (m *model) gatesUnknown() bool {
	for _, value := range []attr.Value{m.MaxEvents, m.RequireFound, m.RequireNoExports, m.NotBefore, m.Approvals, m.ApprovalsExpireAt, m.Regulation, m.ReceivedAt} {
		if value.IsUnknown() {
			return true
		}
	}
	for _, element := range m.Approvals.Elements() {
		object, ok := element.(types.Object)
		if element.IsUnknown() || !ok {
			return true
		}
		for _, value := range object.Attributes() {
			if value.IsUnknown() {
				return true
			}
		}
	}
	return false
}

// validate checks what belongs together.
func (m *model) validate() diag.Diagnostics {
	var diags diag.Diagnostics
	switch {
	case m.Regulation.IsUnknown() || m.ReceivedAt.IsUnknown():
	case m.Regulation.IsNull() && !m.ReceivedAt.IsNull():
		diags.AddAttributeError(path.Root("regulation"), "Regulation missing",
			"received_at counts for nothing without the regulation that sets a deadline from it. Set regulation, such as \"gdpr\", or remove received_at.")
	case !m.Regulation.IsNull() && m.ReceivedAt.IsNull():
		diags.AddAttributeError(path.Root("received_at"), "Date of receipt missing",
			"A regulation counts from the day on which the request was received. Set received_at, such as \"2026-11-20\", or remove regulation.")
	}
	if len(m.Approvals.Elements()) > 0 && m.ApprovalsExpireAt.IsNull() {
		diags.AddAttributeError(path.Root("approvals_expire_at"), "Expiry of the approvals missing",
			"An approval is over a statement that says until when it counts. Set approvals_expire_at to what was signed, such as \"2026-12-01T12:00:00Z\".")
	}
	return diags
}

// retained tells whether the record has to be kept still. Terraform says no address for the removed block of an instance, so
// the message names the case.
func (m *model) retained(label string, now time.Time) (message, bool) {
	until, err := regulation.ParseDate(m.RetainUntil.ValueString())
	if err != nil || !until.After(regulation.DateOf(now)) {
		return message{}, false
	}
	return message{"", "Record must be kept: " + label, fmt.Sprintf("The record of %s is to be kept until %s (retain_until), and this plan would "+
		"remove it with its evidence. Put the block back; or, if the record is kept elsewhere from now on, change retain_until and apply that first.",
		label, until)}, true
}
