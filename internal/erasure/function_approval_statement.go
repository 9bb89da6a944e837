// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/approval"
)

var _ function.Function = approvalStatement{}

// NewApprovalStatementFunction is provider::coveo::approval_statement.
func NewApprovalStatementFunction() function.Function { return approvalStatement{} }

type approvalStatement struct{}

func (approvalStatement) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "approval_statement"
}

func (approvalStatement) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The text that approves an erasure",
		MarkdownDescription: "The exact bytes that an approver signs, as the attribute `approval_statement` of `coveo_user_data_deletion` holds them: for " +
			"tools that collect approvals apart from the plan. A text that differs in a single byte approves nothing.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "organization_id", MarkdownDescription: "The organization's ID."},
			function.StringParameter{Name: "case", MarkdownDescription: "The case reference; `-` for a record by `user_ids`."},
			function.Int64Parameter{Name: "request_number", MarkdownDescription: "The number of the request: 1, plus the executed changes of `triggers`, this one included."},
			function.StringParameter{Name: "max_events", MarkdownDescription: "The ceiling, a number; `none` where there is none."},
			function.StringParameter{Name: "expires_at", MarkdownDescription: "Until when approvals count, in UTC, such as `2026-12-01T12:00:00Z`; signed as it is written."},
			function.SetParameter{Name: "identifier_digests", ElementType: types.StringType, MarkdownDescription: "The digests of everyone whom the request names."},
		},
		Return: function.StringReturn{},
	}
}

func (approvalStatement) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var (
		organization, reference, ceiling, expires string
		number                                    int64
		digests                                   []string
	)
	resp.Error = req.Arguments.Get(ctx, &organization, &reference, &number, &ceiling, &expires, &digests)
	if resp.Error != nil {
		return
	}
	// As in the statement's own text. Null would be the natural word, but OpenTofu 1.12 cannot hand null to a provider's function.
	statement := approval.Statement{Organization: organization, Case: reference, Request: number, Expires: expires, Digests: digests}
	if reference == "-" {
		statement.Case = ""
	}
	if ceiling != "none" {
		n, err := strconv.ParseInt(ceiling, 10, 64)
		if err != nil {
			resp.Error = function.NewArgumentFuncError(3, "The ceiling must be a whole number, or \"none\".")
			return
		}
		statement.MaxEvents = &n
	}
	if err := statement.Check(); err != nil {
		resp.Error = function.NewFuncError("There is no such statement: " + err.Error() + ".")
		return
	}
	resp.Error = resp.Result.Set(ctx, string(statement.Bytes()))
}
