// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/receipt"
)

var _ function.Function = verifyReceipt{}

// NewVerifyReceiptFunction is provider::coveo::verify_receipt.
func NewVerifyReceiptFunction() function.Function { return verifyReceipt{} }

type verifyReceipt struct{}

type verifiedModel struct {
	Valid         types.Bool   `tfsdk:"valid"`
	Reason        types.String `tfsdk:"reason"`
	Kind          types.String `tfsdk:"kind"`
	Organization  types.String `tfsdk:"organization"`
	Case          types.String `tfsdk:"case"`
	RequestNumber types.Int64  `tfsdk:"request_number"`
	Runs          types.Int64  `tfsdk:"runs"`
	Status        types.String `tfsdk:"status"`
	SHA256        types.String `tfsdk:"sha256"`
}

func (verifyReceipt) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "verify_receipt"
}

func (verifyReceipt) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Check a receipt against its signature",
		MarkdownDescription: "Checks that a receipt is exactly what a key signed, for `check` blocks and audits. Returns an object: `valid`, and `reason` where " +
			"it is not; and, where it is, `kind` (`erasure` or `verification`), `organization`, `case`, `request_number`, `runs`, `status` and `sha256`, " +
			"which are null otherwise. A simulation's document is never valid.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "receipt", AllowNullValue: true, MarkdownDescription: "The document, byte for byte. Null or empty, as before anything was sent, is not valid; OpenTofu 1.12 cannot pass null."},
			function.StringParameter{Name: "signature", AllowNullValue: true, MarkdownDescription: "Its armored SSH signature. Null or empty, as without a signing key, is not valid; OpenTofu 1.12 cannot pass null."},
			function.StringParameter{Name: "public_key", MarkdownDescription: "The public key that is trusted, as in a `.pub` file."},
		},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"valid": types.BoolType, "reason": types.StringType, "kind": types.StringType, "organization": types.StringType, "case": types.StringType,
			"request_number": types.Int64Type, "runs": types.Int64Type, "status": types.StringType, "sha256": types.StringType,
		}},
	}
}

func (verifyReceipt) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var (
		document, signature types.String
		publicKey           string
	)
	resp.Error = req.Arguments.Get(ctx, &document, &signature, &publicKey)
	if resp.Error != nil {
		return
	}
	invalid := func(reason string) {
		resp.Error = resp.Result.Set(ctx, verifiedModel{Valid: types.BoolValue(false), Reason: types.StringValue(reason)})
	}
	if document.ValueString() == "" || signature.ValueString() == "" {
		invalid("there is no receipt yet, or it is not signed")
		return
	}
	r, err := receipt.Verify([]byte(document.ValueString()), signature.ValueString(), publicKey)
	if err != nil {
		invalid(err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, verifiedModel{
		Valid: types.BoolValue(true), Kind: types.StringValue(string(r.Kind)), Organization: types.StringValue(r.Organization),
		Case: optional(string(r.Case)), RequestNumber: types.Int64Value(r.RequestNumber), Runs: types.Int64Value(r.Runs),
		Status: types.StringValue(r.Status), SHA256: types.StringValue(receipt.SHA256([]byte(document.ValueString()))),
	})
}
