// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

var (
	_ datasource.DataSourceWithConfigure      = (*exportsSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*exportsSource)(nil)
)

// NewExportsDataSource is coveo_exports.
func NewExportsDataSource() datasource.DataSource { return &exportsSource{} }

type exportsSource struct {
	service *Service
	people  *subject.Directory
}

type exportsModel struct {
	Subject      types.String   `tfsdk:"subject"`
	UserIDs      types.Set      `tfsdk:"user_ids"`
	Exports      []exportModel  `tfsdk:"exports"`
	Total        types.Int64    `tfsdk:"total"`
	NamingPeople types.Int64    `tfsdk:"naming_people"`
	Timeouts     timeouts.Value `tfsdk:"timeouts"`
}

type exportModel struct {
	ID            types.String `tfsdk:"id"`
	Status        types.String `tfsdk:"status"`
	HasFile       types.Bool   `tfsdk:"has_file"`
	Description   types.String `tfsdk:"description"`
	Author        types.String `tfsdk:"author"`
	StartedAt     types.String `tfsdk:"started_at"`
	EffectiveFrom types.String `tfsdk:"effective_from"`
	EffectiveTo   types.String `tfsdk:"effective_to"`
	Size          types.Int64  `tfsdk:"size_bytes"`
	Tables        types.Set    `tfsdk:"tables"`
	ScheduleID    types.String `tfsdk:"schedule_id"`
	Filtered      types.Bool   `tfsdk:"filtered"`
	NamesSubject  types.Bool   `tfsdk:"names_subject"`
	Cases         types.Set    `tfsdk:"cases"`
}

func (d *exportsSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_exports"
}

func (d *exportsSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The exports that the organization keeps, whoever made them, and which of them still name a person of the vault in their " +
			"filters: leftovers that an erasure does not touch.\n\n" +
			"Filters are compared in memory and never shown. An export without filters names nobody and may hold everybody: see `filtered`. Expired " +
			"and failed exports have no file, yet Coveo still shows their filters until they are removed.\n\n" +
			"The token needs the privilege *Analytics – Data exports: View*.",
		Attributes: map[string]schema.Attribute{
			"subject": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "A case reference whose people to look for; `names_subject` tells where they are named. At most one of `subject` and " +
					"`user_ids`.",
				Validators: person.SubjectValidators(),
			},
			"user_ids": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Identifiers in the open to look for, for synthetic and test identities: they stay in the configuration, in plans and in state.",
				Validators:          person.UserIDsValidators(),
			},
			"total":         schema.Int64Attribute{Computed: true, MarkdownDescription: "How many exports there are. Coveo bounds their number."},
			"naming_people": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many of them name a person of the vault, of `subject` or of `user_ids`."},
			"exports": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The exports, oldest first.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":       schema.StringAttribute{Computed: true, MarkdownDescription: "The export's ID, by which it can be imported."},
					"status":   schema.StringAttribute{Computed: true, MarkdownDescription: "`PENDING`, `AVAILABLE`, `FAILED`, `EXPIRED`, or another word of Coveo's."},
					"has_file": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether there is a file, or will be: any status but `FAILED` and `EXPIRED`."},
					"description": schema.StringAttribute{
						Computed:            true,
						MarkdownDescription: "What the console says of it; null where it names a person of the vault, of `subject` or of `user_ids`.",
					},
					"author":         schema.StringAttribute{Computed: true, MarkdownDescription: "Who asked for it, as Coveo names them; null where that is a person of the vault."},
					"started_at":     schema.StringAttribute{Computed: true, MarkdownDescription: "When it was asked for (RFC 3339, UTC)."},
					"effective_from": schema.StringAttribute{Computed: true, MarkdownDescription: "The first moment that it covers (RFC 3339, UTC)."},
					"effective_to":   schema.StringAttribute{Computed: true, MarkdownDescription: "The last moment that it covers (RFC 3339, UTC)."},
					"size_bytes":     schema.Int64Attribute{Computed: true, MarkdownDescription: "The file's size as Coveo tells it."},
					"tables":         schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "The tables, in upper case."},
					"schedule_id":    schema.StringAttribute{Computed: true, MarkdownDescription: "The schedule that made it; null where a person or a program did."},
					"filtered":       schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether Coveo shows any filter. Without one it may hold everybody."},
					"names_subject": schema.BoolAttribute{
						Computed:            true,
						MarkdownDescription: "Whether its filters name somebody of `subject` or `user_ids`; null where neither is set, or the case is not in the vault.",
					},
					"cases": schema.SetAttribute{
						Computed: true, ElementType: types.StringType,
						MarkdownDescription: "Every case of the vault whose people its filters name; null without a vault.",
					},
				}},
			},
			"timeouts": timeouts.AttributesWithOpts(ctx, timeouts.Opts{ReadDescription: "How long reading may take, such as `5m` (default)."}),
		},
	}
}

func (d *exportsSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	if host := hostOf(req.ProviderData, &resp.Diagnostics); host != nil {
		d.service, d.people = host.Exports(), host.People()
	}
}

func (d *exportsSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config exportsModel
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("subject"), &config.Subject)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("user_ids"), &config.UserIDs)...)
	resp.Diagnostics.Append(atMostOne(config.Subject, config.UserIDs)...)
}

// atMostOne is person.Validate for what may name nobody.
func atMostOne(reference types.String, userIDs types.Set) diag.Diagnostics {
	if reference.IsNull() && userIDs.IsNull() {
		return nil
	}
	return person.Validate(reference, userIDs)
}

// lookedFor resolves an optional person: nobody where neither argument is set.
func lookedFor(ctx context.Context, people *subject.Directory, reference types.String, userIDs types.Set) (person.Named, diag.Diagnostics) {
	if reference.IsNull() && userIDs.IsNull() {
		return person.Named{}, nil
	}
	named, diags := person.Resolve(ctx, people, reference, userIDs)
	if !diags.HasError() && named.Err != nil {
		diags.AddAttributeError(path.Root(person.SubjectAttribute), "Case cannot be resolved", named.Case+" cannot be looked for: "+named.Err.Error()+".")
	}
	if !diags.HasError() && !named.Known {
		diags.AddAttributeWarning(path.Root(person.SubjectAttribute), "Case not in the vault: "+named.Case,
			"The vault does not know "+named.Case+", as it is once a case is closed, so nobody was looked for.")
	}
	return named, diags
}

func (d *exportsSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data exportsModel
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("subject"), &data.Subject)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("user_ids"), &data.UserIDs)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("timeouts"), &data.Timeouts)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := data.Timeouts.Read(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	named, diags := lookedFor(ctx, d.people, data.Subject, data.UserIDs)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	exports, err := d.service.List(ctx)
	if err != nil {
		resp.Diagnostics.Append(diagnose.Error("Exports cannot be read", err))
		return
	}
	exports = slices.Clone(exports)
	slices.SortFunc(exports, func(a, b coveo.Export) int {
		if order := a.StartDate.Compare(b.StartDate.Time); order != 0 {
			return order
		}
		return strings.Compare(a.ID, b.ID)
	})
	vault := casesOf(d.people)
	data.Exports, data.Total = []exportModel{}, types.Int64Value(int64(len(exports)))
	naming := int64(0)
	for i := range exports {
		seen := view(&exports[i], vault, named)
		if len(seen.Cases.Elements()) > 0 || seen.NamesSubject.ValueBool() {
			naming++
		}
		data.Exports = append(data.Exports, seen)
	}
	data.NamingPeople = types.Int64Value(naming)
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}

// casesOf is whom the vault names, by case; nil without a vault.
func casesOf(people *subject.Directory) map[string][]string {
	if people.VaultErr != nil || people.Vault == nil {
		return nil
	}
	cases := map[string][]string{}
	for _, reference := range people.Vault.Cases() {
		cases[reference], _ = people.Vault.IDs(reference)
	}
	return cases
}

// view is what may be shown of an export: case references and booleans instead of its filters.
func view(e *coveo.Export, vault map[string][]string, named person.Named) exportModel {
	filters := e.Filters.Texts()
	seen := exportModel{
		ID: types.StringValue(e.ID), Status: types.StringValue(statusOf(e)), HasFile: types.BoolValue(HasFile(e)),
		Description: text(undescribe(e.Description)), Author: text(e.Author), StartedAt: instant(e.StartDate), EffectiveFrom: instant(e.From),
		EffectiveTo: instant(e.To), Size: types.Int64Value(int64(e.Size)), Tables: setOf(e.Tables), ScheduleID: text(e.ScheduleID),
		Filtered: types.BoolValue(!e.Filters.Empty()), NamesSubject: types.BoolNull(), Cases: types.SetNull(types.StringType),
	}
	hide := func(ids []string) {
		if names(e.Description, ids) {
			seen.Description = types.StringNull()
		}
		if names(e.Author, ids) {
			seen.Author = types.StringNull()
		}
	}
	if named.Known {
		seen.NamesSubject = types.BoolValue(MentionsAny(filters, named.IDs))
		hide(named.IDs)
	}
	if vault != nil {
		cases := []string{}
		for reference, ids := range vault {
			if MentionsAny(filters, ids) {
				cases = append(cases, reference)
			}
			hide(ids)
		}
		seen.Cases = setOf(cases)
	}
	return seen
}
