// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
)

const longestText = 500

// filenamePattern is the part of US-ASCII that is a file name everywhere.
var filenamePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// endValidator checks one end of a period.
type endValidator struct{}

func (endValidator) Description(context.Context) string               { return "must be a date or an instant" }
func (v endValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (endValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, _, err := parseEnd(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Period cannot be used", fmt.Sprintf("%q cannot be used: %s.", req.ConfigValue.ValueString(), err))
	}
}

// dimensionValidator checks an API name that will stand in a filter.
type dimensionValidator struct{}

func (dimensionValidator) Description(context.Context) string {
	return "must be the API name of a dimension"
}
func (v dimensionValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}
func (dimensionValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := CheckDimension(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Dimension cannot be used", fmt.Sprintf("%q cannot be used: %s.", req.ConfigValue.ValueString(), err))
	}
}

const again = " A change exports again and removes the old file."

// descriptions that twins share.
const (
	aboutFrom = "The first moment of the period: a date (UTC, its whole day) or an RFC 3339 instant."
	aboutTo   = "The last moment of the period: a date (UTC, its whole day) or an RFC 3339 instant."
	aboutUser = "The API name of the dimension that identifiers are compared with. Default: the one that the organization calls *User Id*, else " +
		"*User Name*. A name that the organization does not list is an error."
	aboutVisitor = "The API name of the dimension of anonymous visitors, joined with the other by *or*. Default: the one that the organization calls " +
		"*Visitor Id*. Null where there is none."
	aboutTables = "Any of `SEARCHES`, `CLICKS`, `CUSTOM_EVENTS`, `KEYWORDS`, `GROUPS` and `ALL_EVENTS`, which joins the first three. Default: all but the last."
)

func tablesValidators() []validator.Set {
	return []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.OneOf(coveo.ExportTables()...))}
}

func dimensionsValidators() []validator.Set {
	return []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(dimensionValidator{})}
}

func exportSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "An export of what usage analytics holds on a person: a ZIP file that Coveo keeps until it expires or this resource is " +
			"destroyed.\n\n" +
			"Before anything is exported, Coveo has to show that it understands the filter: made-up identifiers must count no rows, the person at " +
			"most as many as everybody, and no more than one export holds. An ignored filter would export everybody, so what cannot be shown is an " +
			"error.\n\n" +
			"-> **No identifier leaves the vault for state.** `subject` is resolved when it is needed; state, plan and the export's own " +
			"description hold a case reference and digests. Coveo itself shows the filter, and with it the identifiers, to whoever may see exports: " +
			"destroy the resource once the file is handed over.\n\n" +
			"A plan names the people by `identifier_digests`, so an apply whose vault names others stops before any call. An export that " +
			"expired or was removed by somebody is recorded and not made again: `triggers` does that. One that failed is replaced by the next apply. A closed case, which the vault knows no " +
			"more, plans from state.\n\n" +
			"The token needs the privileges *Analytics – Data exports: View*, *Edit* and, where the organization knows it, *Create*.",
		Attributes: map[string]schema.Attribute{
			"subject": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "A case reference, such as `DSR-2026-0142`, that the provider's vault resolves to the person's identifiers. Takes a " +
					"digest key. Exactly one of `subject` and `user_ids`." + again,
				Validators: person.SubjectValidators(),
			},
			"user_ids": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Identifiers in the open, of 1 to 128 characters each, for synthetic and test identities: they stay in the " +
					"configuration, in plans and in state." + again,
				Validators: person.UserIDsValidators(),
			},
			"from": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: aboutFrom + " Coveo may widen it to whole days, as `effective_from` shows." + again,
				Validators:          []validator.String{endValidator{}},
			},
			"to": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: aboutTo + " Events after the export was made are in none." + again,
				Validators:          []validator.String{endValidator{}},
			},
			"tables": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: aboutTables + " Each is one CSV file." + again,
				Validators:          tablesValidators(),
			},
			"dimensions": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "API names of the columns to export. Default: all. What is checked later needs the columns of `user_dimension` and " +
					"`visitor_dimension`, so include them." + again,
				Validators: dimensionsValidators(),
			},
			"format": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "`EXCEL` (default) or `NO_NEWLINE`, which takes line breaks out of values. Coveo does not tell it back." + again,
				Default:             stringdefault.StaticString("EXCEL"),
				Validators:          []validator.String{stringvalidator.OneOf(coveo.ExportFormats()...)},
			},
			"use_display_names": schema.BoolAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "Whether columns are titled for people instead of programs. Default `false`." + again,
				Default:             booldefault.StaticBool(false),
			},
			"filename": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The name of the file in Coveo, of at most 100 letters, digits, dots, underscores and hyphens. Default: the export's ID. It " +
					"must name nobody: one of the person's identifiers in it is an error. Coveo does not tell it back." + again,
				Validators: []validator.String{stringvalidator.RegexMatches(filenamePattern, "must be a file name of letters, digits, dots, underscores and hyphens")},
			},
			"description": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What the console says of the export, of at most 500 characters. Default: none. Coveo's copy ends in a random marker, by which " +
					"the export is found if the answer to its creation is lost. It must name nobody: one of the person's identifiers in it is an " +
					"error." + again,
				Validators: []validator.String{stringvalidator.UTF8LengthAtMost(longestText)},
			},
			"user_dimension": schema.StringAttribute{
				Optional: true, Computed: true, MarkdownDescription: aboutUser + again,
				Validators: []validator.String{dimensionValidator{}},
			},
			"visitor_dimension": schema.StringAttribute{
				Optional: true, Computed: true, MarkdownDescription: aboutVisitor + again,
				Validators: []validator.String{dimensionValidator{}},
			},
			"allow_unusual_ids": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Takes identifiers that hold quotes, backslashes or control characters. They are escaped as Coveo's documents say, which is " +
					"in half a sentence, so look at the export. Default `false`: they are errors. Kept in state only; a change calls nothing.",
			},
			"triggers": schema.MapAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Any texts. A change exports again and removes the old file; removing the argument does nothing.",
			},

			"id": schema.StringAttribute{Computed: true, MarkdownDescription: "The export's ID."},
			"identifier_digests": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Digests of the identifiers that were exported, known when the plan is made. Null where there is no digest key, with " +
					"`user_ids` only, and after an import.",
			},
			"identifier_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many identifiers were exported; null after an import."},
			"status": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "`PENDING`, `AVAILABLE`, `FAILED` or `EXPIRED`, as Coveo says, or `GONE` where Coveo knows the export no more. Only " +
					"`AVAILABLE` has a file. Any other word counts as under way: the next apply goes on waiting.",
			},
			"started_at":     schema.StringAttribute{Computed: true, MarkdownDescription: "When the export was asked for, as Coveo says (RFC 3339, UTC)."},
			"effective_from": schema.StringAttribute{Computed: true, MarkdownDescription: "The first moment that Coveo took (RFC 3339, UTC)."},
			"effective_to":   schema.StringAttribute{Computed: true, MarkdownDescription: "The last moment that Coveo took (RFC 3339, UTC)."},
			"size_bytes":     schema.Int64Attribute{Computed: true, MarkdownDescription: "The file's size as Coveo tells it; 0 while there is none."},
			"estimated_rows": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many rows Coveo estimated for the person before the export; null after an import."},
			"author":         schema.StringAttribute{Computed: true, MarkdownDescription: "Who asked for the export, as Coveo names them."},
			"timeouts": timeouts.Attributes(ctx, timeouts.Opts{
				Create: true, Read: true, Update: true, Delete: true,
				CreateDescription: "How long to wait until the export is available, such as `30m` (default). After that it is saved as it stands, with a " +
					"warning, and the next apply goes on waiting.",
				ReadDescription:   "How long reading it may take at every refresh, such as `5m` (default).",
				UpdateDescription: "How long to go on waiting for an export that was under way, such as `30m` (default).",
				DeleteDescription: "How long removing it may take, such as `5m` (default).",
			}),
		},
	}
}

func exportIdentity(what string) identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"organization_id": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "The organization that the " + what + " belongs to. Default, and only possible value: the provider's.",
		},
		"id": identityschema.StringAttribute{RequiredForImport: true, Description: "The " + what + "'s ID."},
	}}
}
