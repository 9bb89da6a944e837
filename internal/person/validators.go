// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package person

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// SubjectValidators check the argument subject.
func SubjectValidators() []validator.String { return []validator.String{caseValidator{}} }

// UserIDsValidators check the argument user_ids.
func UserIDsValidators() []validator.Set { return []validator.Set{idsValidator{}} }

type caseValidator struct{}

func (caseValidator) Description(context.Context) string {
	return "must be a case reference, not a person's identifier"
}

func (v caseValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (caseValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := subject.CheckCase(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Case reference cannot be used", "The case reference cannot be used: "+err.Error()+".")
	}
}

type idsValidator struct{}

func (idsValidator) Description(context.Context) string {
	return "must hold identifiers of 1 to 128 characters"
}

func (v idsValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (idsValidator) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	elements := req.ConfigValue.Elements()
	if len(elements) == 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "No identifier", "user_ids holds no identifier. Name at least one, or use subject.")
	}
	for _, element := range elements {
		id, ok := element.(types.String)
		if !ok || id.IsUnknown() {
			continue
		}
		if err := coveo.CheckUserID(id.ValueString()); err != nil {
			resp.Diagnostics.AddAttributeError(req.Path, "Identifier cannot be used", "One of the identifiers cannot be used: "+err.Error()+".")
		}
	}
}
