// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/regulation"
)

var _ function.Function = dsrDeadlines{}

// NewDSRDeadlinesFunction is provider::coveo::dsr_deadlines.
func NewDSRDeadlinesFunction() function.Function { return dsrDeadlines{} }

type dsrDeadlines struct{}

type deadlinesModel struct {
	DueAt    string `tfsdk:"due_at"`
	SubmitBy string `tfsdk:"submit_by"`
}

func (dsrDeadlines) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "dsr_deadlines"
}

func (dsrDeadlines) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "By when a Data Subject Request is due",
		MarkdownDescription: "Returns an object of two dates: `due_at`, when the regulation wants the request answered, and `submit_by`, 28 days earlier, by " +
			"which an erasure has to be sent because Coveo may take that long: an operational target, not a legal date. Dates are not moved for " +
			"weekends or holidays, and extensions are not counted.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "regulation", MarkdownDescription: "`gdpr`, `uk_gdpr`, `ccpa`, or an ISO 8601 duration such as `P30D`."},
			function.StringParameter{Name: "received_at", MarkdownDescription: "The day of receipt, such as `2026-11-20`, or an instant, whose day in UTC counts."},
		},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{"due_at": types.StringType, "submit_by": types.StringType}},
	}
}

func (dsrDeadlines) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var name, receivedAt string
	resp.Error = req.Arguments.Get(ctx, &name, &receivedAt)
	if resp.Error != nil {
		return
	}
	received, err := regulation.ParseReceived(receivedAt)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(1, "The date of receipt cannot be used: "+err.Error()+".")
		return
	}
	due, err := regulation.Deadlines(name, received)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, "The regulation cannot be used: "+err.Error()+".")
		return
	}
	resp.Error = resp.Result.Set(ctx, deadlinesModel{DueAt: due.DueAt.String(), SubmitBy: due.SubmitBy.String()})
}
