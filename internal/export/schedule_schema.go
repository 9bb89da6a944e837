// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

type timezoneValidator struct{}

func (timezoneValidator) Description(context.Context) string               { return "must be a time zone" }
func (v timezoneValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }
func (timezoneValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := knownTimezone(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Time zone cannot be used", fmt.Sprintf("%q cannot be used: %s.", req.ConfigValue.ValueString(), err))
	}
}

func filtersAttribute(what string) schema.ListAttribute {
	return schema.ListAttribute{
		Optional: true, ElementType: types.StringType,
		MarkdownDescription: what + " Filters in Coveo's language, such as `country=='Canada'`; all must hold. Default: none. They stand in the " +
			"configuration, in plans and in state, so they must name nobody: one that holds an identifier of the vault is an error. Coveo does not tell them " +
			"back in this form, so a change outside of Terraform is not seen. Changed in place.",
		Validators: []validator.List{listvalidator.SizeAtLeast(1), listvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
	}
}

func scheduleSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A schedule by which Coveo makes exports of usage analytics by itself, such as for reports that hold nobody's identifiers.\n\n" +
			"-> Scheduled exports pile up: each is a file that an erasure does not touch, until it expires. Leave identifiers out of `dimensions`. What a " +
			"schedule made stays when the schedule is destroyed; `coveo_exports` lists it.\n\n" +
			"The token needs the privileges *Analytics – Data exports: View*, *Edit* and, where the organization knows it, *Create*.",
		Attributes: map[string]schema.Attribute{
			"frequency": schema.StringAttribute{
				Required: true, MarkdownDescription: "`DAILY`, `WEEKLY` or `MONTHLY`. Changed in place.",
				Validators: []validator.String{stringvalidator.OneOf("DAILY", "WEEKLY", "MONTHLY")},
			},
			"day_of_week": schema.StringAttribute{
				Optional: true, MarkdownDescription: "`MONDAY` to `SUNDAY`; with `WEEKLY`, and only then. Changed in place.",
				Validators: []validator.String{stringvalidator.OneOf("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")},
			},
			"timezone": schema.StringAttribute{
				Required: true, MarkdownDescription: "The time zone that days count by, such as `Europe/Berlin` or `UTC`. Changed in place.",
				Validators: []validator.String{timezoneValidator{}},
			},
			"description": schema.StringAttribute{
				Optional: true, MarkdownDescription: "What the console says of it, of at most 500 characters. Default: none. It must name nobody. Changed in place.",
				Validators: []validator.String{stringvalidator.UTF8LengthAtMost(longestText)},
			},
			"tables": schema.SetAttribute{
				Optional: true, ElementType: types.StringType, MarkdownDescription: aboutTables + " Changed in place.", Validators: tablesValidators(),
			},
			"dimensions": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "API names of the columns. Default: all, and with them everybody's identifiers. Changed in place.", Validators: dimensionsValidators(),
			},
			"common_filters":        filtersAttribute("For all tables."),
			"searches_filters":      filtersAttribute("For searches and clicks."),
			"custom_events_filters": filtersAttribute("For custom events."),
			"format": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString("EXCEL"),
				MarkdownDescription: "`EXCEL` (default) or `NO_NEWLINE`. Coveo does not tell it back, so a change outside of Terraform is not seen. Changed in place.",
				Validators:          []validator.String{stringvalidator.OneOf(coveo.ExportFormats()...)},
			},
			"use_display_names": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether columns are titled for people instead of programs. Default `false`. Changed in place.",
			},
			"notification_emails": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Addresses that Coveo tells of each export: shared mailboxes, as they stand in state. Default: none. Changed in place.",
				Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(3))},
			},
			"id":     schema.StringAttribute{Computed: true, MarkdownDescription: "The schedule's ID."},
			"author": schema.StringAttribute{Computed: true, MarkdownDescription: "Who made it, as Coveo names them."},
			"timeouts": timeouts.Attributes(ctx, timeouts.Opts{
				Create: true, Read: true, Update: true, Delete: true,
				CreateDescription: "How long making it may take, such as `5m` (default).",
				ReadDescription:   "How long reading it may take, such as `5m` (default).",
				UpdateDescription: "How long changing it may take, such as `5m` (default).",
				DeleteDescription: "How long removing it may take, such as `5m` (default).",
			}),
		},
	}
}
