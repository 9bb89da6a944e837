// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/approval"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/iso8601"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/regulation"
)

type acknowledged struct{}

func (acknowledged) Description(context.Context) string               { return "must be true" }
func (v acknowledged) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (acknowledged) ValidateBool(_ context.Context, req validator.BoolRequest, resp *validator.BoolResponse) {
	if req.ConfigValue.IsUnknown() || req.ConfigValue.ValueBool() {
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Erasure not acknowledged",
		"An erasure cannot be undone. Set acknowledge_irreversible = true to say that this is known.")
}

type instant struct{}

func (instant) Description(context.Context) string {
	return "must be an instant such as 2026-12-01T00:00:00Z"
}
func (v instant) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (instant) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := time.Parse(time.RFC3339, req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Instant cannot be used",
			fmt.Sprintf("%q is not an instant in RFC 3339, such as 2026-12-01T00:00:00Z.", req.ConfigValue.ValueString()))
	}
}

type interval struct{}

func (interval) Description(context.Context) string               { return "must be a duration such as 24h or 0s" }
func (v interval) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (interval) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err != nil || d < 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Duration cannot be used",
			fmt.Sprintf("%q is not a duration in Go's form, such as 24h, 90m or 0s.", req.ConfigValue.ValueString()))
	}
}

type period struct{}

func (period) Description(context.Context) string               { return "must be an ISO 8601 duration such as P60D" }
func (v period) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (period) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := iso8601.Parse(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Duration cannot be used",
			fmt.Sprintf("%q cannot be used: %s.", req.ConfigValue.ValueString(), err))
	}
}

type regulated struct{}

func (regulated) Description(context.Context) string {
	return "must be gdpr, uk_gdpr, ccpa or an ISO 8601 duration"
}
func (v regulated) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (regulated) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := regulation.Parse(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Regulation cannot be used", fmt.Sprintf("%q cannot be used: %s.", req.ConfigValue.ValueString(), err))
	}
}

type received struct{}

func (received) Description(context.Context) string               { return "must be a date or an instant" }
func (v received) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (received) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := regulation.ParseReceived(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Date of receipt cannot be used", fmt.Sprintf("%q cannot be used: %s.", req.ConfigValue.ValueString(), err))
	}
}

type expiry struct{}

func (expiry) Description(context.Context) string               { return "must be an instant in UTC" }
func (v expiry) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (expiry) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := approval.ParseExpiry(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Expiry cannot be used", fmt.Sprintf("%q cannot be used: %s.", req.ConfigValue.ValueString(), err))
	}
}

type date struct{}

func (date) Description(context.Context) string               { return "must be a date" }
func (v date) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (date) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := regulation.ParseDate(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Date cannot be used", fmt.Sprintf("%q cannot be used: %s.", req.ConfigValue.ValueString(), err))
	}
}
