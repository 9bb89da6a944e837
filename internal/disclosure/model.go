// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package disclosure

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/bundle"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/redact"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/table"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
)

type model struct {
	ExportID        types.String `tfsdk:"export_id"`
	Subject         types.String `tfsdk:"subject"`
	UserIDs         types.Set    `tfsdk:"user_ids"`
	IdentityColumns types.Set    `tfsdk:"identity_columns"`
	UncheckedTables types.Set    `tfsdk:"unchecked_tables"`
	Triggers        types.Map    `tfsdk:"triggers"`

	Format             types.String `tfsdk:"format"`
	Columns            types.Object `tfsdk:"columns"`
	Summary            types.Bool   `tfsdk:"summary"`
	Contact            types.String `tfsdk:"contact"`
	ReplaceInvalidUTF8 types.Bool   `tfsdk:"replace_invalid_utf8"`
	Limits             types.Object `tfsdk:"limits"`

	Path       types.String `tfsdk:"path"`
	Recipients types.Set    `tfsdk:"recipients"`
	Plaintext  types.Bool   `tfsdk:"plaintext"`

	IdentifierDigests types.Set    `tfsdk:"identifier_digests"`
	SHA256            types.String `tfsdk:"sha256"`
	ContentSHA256     types.String `tfsdk:"content_sha256"`
	Size              types.Int64  `tfsdk:"size"`
	PackagedAt        types.String `tfsdk:"packaged_at"`
	Rows              types.Map    `tfsdk:"rows"`
	RemovedColumns    types.Map    `tfsdk:"removed_columns"`
	MaskedCells       types.Map    `tfsdk:"masked_cells"`
	NeutralizedCells  types.Map    `tfsdk:"neutralized_cells"`
	SharedRows        types.Map    `tfsdk:"shared_rows"`

	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

type columnsModel struct {
	Keep   types.Set    `tfsdk:"keep"`
	Drop   types.Set    `tfsdk:"drop"`
	Mask   types.List   `tfsdk:"mask"`
	Reason types.String `tfsdk:"reason"`
}

type maskModel struct {
	Columns     types.Set    `tfsdk:"columns"`
	Pattern     types.String `tfsdk:"pattern"`
	Replacement types.String `tfsdk:"replacement"`
	Reason      types.String `tfsdk:"reason"`
}

type limitsModel struct {
	MaxDownloadBytes     types.Int64 `tfsdk:"max_download_bytes"`
	MaxUncompressedBytes types.Int64 `tfsdk:"max_uncompressed_bytes"`
	MaxRatio             types.Int64 `tfsdk:"max_ratio"`
	MaxFieldBytes        types.Int64 `tfsdk:"max_field_bytes"`
}

// tolerant reads objects whose parts may be unknown while a configuration is validated.
func tolerant() basetypes.ObjectAsOptions { return basetypes.ObjectAsOptions{} }

// validate checks what concerns several arguments. What is unknown is checked when it is known.
func (m *model) validate(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics
	if !m.Recipients.IsUnknown() && !m.Plaintext.IsUnknown() {
		switch {
		case m.Recipients.IsNull() && !m.Plaintext.ValueBool():
			diags.AddError("Encrypted to nobody",
				"A package is encrypted to recipients, which are public keys of age or SSH. If the file shall stand there readable by whoever gets it, "+
					"say so aloud with plaintext = true.")
		case !m.Recipients.IsNull() && m.Plaintext.ValueBool():
			diags.AddAttributeError(path.Root("plaintext"), "Encrypted and not",
				"Both recipients and plaintext = true are set. Keep recipients, unless the package must not be encrypted.")
		}
	}
	if m.Columns.IsNull() || m.Columns.IsUnknown() {
		return diags
	}
	var columns columnsModel
	diags.Append(m.Columns.As(ctx, &columns, tolerant())...)
	if !columns.Keep.IsNull() && !columns.Drop.IsNull() && !columns.Keep.IsUnknown() && !columns.Drop.IsUnknown() {
		diags.AddAttributeError(path.Root("columns").AtName("drop"), "Columns kept and dropped",
			"Both keep and drop are set. With keep, every other column is left out anyway; remove one of the two.")
	}
	return diags
}

// inputs are the arguments that bear on what the package is, without triggers.
func (m *model) inputs() []attr.Value {
	return []attr.Value{
		m.ExportID, m.Subject, m.UserIDs, m.IdentityColumns, m.UncheckedTables, m.Format, m.Columns, m.Summary, m.Contact,
		m.ReplaceInvalidUTF8, m.Path, m.Recipients, m.Plaintext,
	}
}

// differs tells whether an argument is another one than before, or may turn out to be.
func (m *model) differs(prior *model) bool {
	if !m.Triggers.Equal(prior.Triggers) && (m.Triggers.IsUnknown() || len(m.Triggers.Elements()) > 0) {
		// Taking triggers away asks for nothing.
		return true
	}
	before := prior.inputs()
	for n, value := range m.inputs() {
		if !value.Equal(before[n]) {
			return true
		}
	}
	return false
}

// request is what the arguments ask for. They are known.
func (m *model) request(ctx context.Context, ids []string) (bundle.Request, diag.Diagnostics) {
	var diags diag.Diagnostics
	texts := func(set types.Set) []string {
		var list []string
		if !set.IsNull() {
			diags.Append(set.ElementsAs(ctx, &list, false)...)
		}
		slices.Sort(list)
		return list
	}
	r := bundle.Request{
		Case: m.Subject.ValueString(), Path: m.Path.ValueString(), Format: bundle.Format(m.Format.ValueString()), Summary: m.Summary.ValueBool(),
		Contact: m.Contact.ValueString(), ReplaceInvalid: m.ReplaceInvalidUTF8.ValueBool(), Unchecked: texts(m.UncheckedTables),
		Recipients: texts(m.Recipients), Download: bundle.DefaultDownload, Limits: table.Defaults(),
	}
	identity := texts(m.IdentityColumns)
	if m.IdentityColumns.IsNull() {
		identity = redact.DefaultIdentityColumns()
	}
	r.Person = redact.NewPerson(ids, identity)
	if !m.Columns.IsNull() {
		var columns columnsModel
		diags.Append(m.Columns.As(ctx, &columns, tolerant())...)
		r.Reason = columns.Reason.ValueString()
		r.Rules = redact.Rules{Keep: texts(columns.Keep), Drop: texts(columns.Drop)}
		var masks []maskModel
		if !columns.Mask.IsNull() {
			diags.Append(columns.Mask.ElementsAs(ctx, &masks, false)...)
		}
		for n, mask := range masks {
			pattern, err := regexp.Compile(mask.Pattern.ValueString())
			if err != nil || pattern.MatchString("") {
				diags.AddAttributeError(path.Root("columns").AtName("mask").AtListIndex(n).AtName("pattern"), "Pattern cannot be used",
					"The pattern is no regular expression in RE2 syntax, or matches the empty text.")
				continue
			}
			r.Rules.Masks = append(r.Rules.Masks, redact.Mask{
				Columns: texts(mask.Columns), Pattern: pattern, Replacement: mask.Replacement.ValueString(), Reason: mask.Reason.ValueString(),
			})
		}
	}
	if !m.Limits.IsNull() {
		var limits limitsModel
		diags.Append(m.Limits.As(ctx, &limits, tolerant())...)
		set := func(limit *int64, value types.Int64) {
			if !value.IsNull() {
				*limit = value.ValueInt64()
			}
		}
		field := int64(r.Limits.Field)
		set(&r.Download, limits.MaxDownloadBytes)
		set(&r.Limits.Inflated, limits.MaxUncompressedBytes)
		set(&r.Limits.Ratio, limits.MaxRatio)
		set(&field, limits.MaxFieldBytes)
		r.Limits.Field = int(field)
	}
	return r, diags
}

// set writes what was made.
func (m *model) set(result bundle.Result, at time.Time) {
	m.SHA256, m.ContentSHA256 = types.StringValue(result.SHA256), types.StringValue(result.Content)
	m.Size = types.Int64Value(result.Size)
	m.PackagedAt = types.StringValue(at.UTC().Format(time.RFC3339))
	counts := func(count func(bundle.Table) int64) types.Map {
		values := make(map[string]attr.Value, len(result.Tables))
		for _, t := range result.Tables {
			values[t.Name] = types.Int64Value(count(t))
		}
		return types.MapValueMust(types.Int64Type, values)
	}
	m.Rows = counts(func(t bundle.Table) int64 { return t.Rows })
	m.RemovedColumns = counts(func(t bundle.Table) int64 { return t.RemovedColumns })
	m.MaskedCells = counts(func(t bundle.Table) int64 { return t.MaskedCells })
	m.NeutralizedCells = counts(func(t bundle.Table) int64 { return t.Neutralized })
	m.SharedRows = counts(func(t bundle.Table) int64 { return t.Shared })
}

// unmake makes everything unknown that only packaging can tell.
func (m *model) unmake() {
	m.SHA256, m.ContentSHA256, m.PackagedAt = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	m.Size = types.Int64Unknown()
	m.Rows, m.RemovedColumns, m.MaskedCells = types.MapUnknown(types.Int64Type), types.MapUnknown(types.Int64Type), types.MapUnknown(types.Int64Type)
	m.NeutralizedCells, m.SharedRows = types.MapUnknown(types.Int64Type), types.MapUnknown(types.Int64Type)
}

// keepResult copies what was made from the state.
func (m *model) keepResult(prior *model) {
	m.IdentifierDigests, m.SHA256, m.ContentSHA256, m.Size, m.PackagedAt = prior.IdentifierDigests, prior.SHA256, prior.ContentSHA256, prior.Size, prior.PackagedAt
	m.Rows, m.RemovedColumns, m.MaskedCells = prior.Rows, prior.RemovedColumns, prior.MaskedCells
	m.NeutralizedCells, m.SharedRows = prior.NeutralizedCells, prior.SharedRows
}

// sameFile tells whether both write the same file, as far as the path alone tells.
func (m *model) sameFile(prior *model) bool {
	return filepath.Clean(m.Path.ValueString()) == filepath.Clean(prior.Path.ValueString())
}

// label names a package in messages, without naming a person.
func (m *model) label() string {
	if m.Subject.ValueString() != "" {
		return m.Subject.ValueString()
	}
	return "the identifiers in " + person.UserIDsAttribute
}
