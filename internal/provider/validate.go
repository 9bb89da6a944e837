// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/erasure"
)

type urlValidator struct {
	check func(string) error
	form  string
}

func (v urlValidator) Description(context.Context) string             { return "must be an https URL: " + v.form }
func (v urlValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (v urlValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := v.check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "URL cannot be used", "The URL cannot be used: "+err.Error()+".")
	}
}

type durationValidator struct{}

func (durationValidator) Description(context.Context) string               { return "must be a duration such as 30s" }
func (v durationValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (durationValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	d, err := time.ParseDuration(req.ConfigValue.ValueString())
	if err != nil || d < time.Second || d > time.Hour {
		resp.Diagnostics.AddAttributeError(req.Path, "Duration cannot be used",
			"The value must be a duration between 1s and 1h in Go's form, such as 30s or 1m30s.")
	}
}

type digestValidator struct{}

func (digestValidator) Description(context.Context) string               { return "must be an identifier digest" }
func (v digestValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (digestValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := erasure.CheckDigest(req.ConfigValue.ValueString()); err != nil {
		// The element's own path would repeat it, and what is no digest may be an identifier.
		resp.Diagnostics.AddAttributeError(path.Root("erasure").AtName("legal_holds"), "Legal hold cannot be used", "A legal hold cannot be used: "+err.Error()+".")
	}
}

// ValidateConfig checks what can be said without the environment.
func (p *coveoProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !config.Subjects.IsNull() && !config.SubjectsFile.IsNull() {
		resp.Diagnostics.AddAttributeError(path.Root("subjects"), "Two vaults",
			"Both subjects_file and subjects are set, so it is open which of them names a person. Keep one; a file is the recommended form.")
	}
}
