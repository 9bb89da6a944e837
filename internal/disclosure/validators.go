// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package disclosure

import (
	"context"
	"os"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/bundle"
)

type exportIDValidator struct{}

func (exportIDValidator) Description(context.Context) string { return "must be the ID of an export" }

func (v exportIDValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (exportIDValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := coveo.CheckExportID(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Export ID cannot be used", "The ID of the export cannot be used: "+err.Error()+". Use the id of a coveo_user_data_export.")
	}
}

type patternValidator struct{}

func (patternValidator) Description(context.Context) string {
	return "must be a regular expression in RE2 syntax that does not match the empty text"
}

func (v patternValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (patternValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	pattern, err := regexp.Compile(req.ConfigValue.ValueString())
	switch {
	case err != nil:
		resp.Diagnostics.AddAttributeError(req.Path, "Pattern cannot be used",
			"The pattern is no regular expression in RE2 syntax: "+err.Error()+". Lookaround and back references do not exist there.")
	case pattern.MatchString(""):
		resp.Diagnostics.AddAttributeError(req.Path, "Pattern matches nothing",
			"The pattern matches the empty text, so the replacement would stand between all characters. Make it match at least one character.")
	}
}

type pathValidator struct{}

func (pathValidator) Description(context.Context) string { return "must be the path of a file" }

func (v pathValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (pathValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	path := req.ConfigValue.ValueString()
	if path == "" || os.IsPathSeparator(path[len(path)-1]) || strings.ContainsRune(path, 0) {
		resp.Diagnostics.AddAttributeError(req.Path, "Path cannot be used", "path must name a file, such as \"packages/DSR-2026-0142.zip.age\".")
	}
}

type recipientsValidator struct{}

func (recipientsValidator) Description(context.Context) string {
	return "must hold public keys of age or SSH"
}

func (v recipientsValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (recipientsValidator) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	elements := req.ConfigValue.Elements()
	if len(elements) == 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "No recipient",
			"recipients is empty, so nobody could decrypt the package. Name at least one public key, or say plaintext = true instead.")
	}
	var texts []string
	for _, element := range elements {
		if text, ok := element.(types.String); ok && !text.IsUnknown() && !text.IsNull() {
			texts = append(texts, text.ValueString())
		}
	}
	// The whole resource, not the attribute: Terraform prints the line that an attribute error points at, and somebody may have
	// given a private key.
	if _, err := bundle.ParseRecipients(texts); err != nil {
		resp.Diagnostics.AddError("Recipient cannot be used", "In recipients, "+err.Error()+".")
	}
}
