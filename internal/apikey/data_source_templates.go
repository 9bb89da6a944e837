// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

var _ datasource.DataSourceWithConfigure = (*templatesDataSource)(nil)

// NewTemplatesDataSource is the data source coveo_api_key_templates.
func NewTemplatesDataSource() datasource.DataSource { return &templatesDataSource{} }

type templatesDataSource struct{ reader }

type templatesModel struct {
	Templates types.List     `tfsdk:"templates"`
	Timeouts  timeouts.Value `tfsdk:"timeouts"`
}

type templateModel struct {
	ID                types.String `tfsdk:"id"`
	DisplayName       types.String `tfsdk:"display_name"`
	Description       types.String `tfsdk:"description"`
	PrivacyLevel      types.String `tfsdk:"privacy_level"`
	Privileges        types.Set    `tfsdk:"privileges"`
	EnforcedLifetime  types.String `tfsdk:"enforced_lifetime"`
	CanGenerate       types.Bool   `tfsdk:"can_generate"`
	MissingPrivileges types.Set    `tfsdk:"missing_privileges"`
}

func (d *templatesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_api_key_templates"
}

func templateAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":            schema.StringAttribute{Computed: true, MarkdownDescription: "The template's ID, for the `template_id` of a key."},
		"display_name":  schema.StringAttribute{Computed: true, MarkdownDescription: "The name in Coveo's administration console."},
		"description":   schema.StringAttribute{Computed: true, MarkdownDescription: "What Coveo says that the template is for; null where it says nothing."},
		"privacy_level": schema.StringAttribute{Computed: true, MarkdownDescription: "`PRIVATE` for secret keys, `PUBLIC` for such as may stand in a web page."},
		"privileges":    shownPrivileges("What a key of the template may do; null where Coveo does not tell."),
		"enforced_lifetime": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "How long a key of the template lives at most, as an ISO 8601 duration; null where Coveo names no limit, and then a default of its own may apply.",
		},
		"can_generate": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the provider's token may make keys of the template; null where Coveo does not tell.",
		},
		"missing_privileges": shownPrivileges("What the provider's token lacks to make keys of the template; empty where it lacks nothing, null where Coveo does not tell."),
	}
}

func (d *templatesDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The templates that API keys can be made of, and which of them the provider's token may use. A template brings privileges that Coveo has " +
			"chosen; no template for Data Subject Requests is known, so keys for those are made by `duties`.\n\n" +
			"The provider's token needs the privilege *Organization – API keys: Create*.",
		Attributes: map[string]schema.Attribute{
			"templates": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The templates, by name and then by ID.",
				NestedObject: schema.NestedAttributeObject{Attributes: templateAttributes()},
			},
			"timeouts": readTimeout(ctx, "How long finding the templates may take, waiting and retries included, such as `5m` (default)."),
		},
	}
}

func (d *templatesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data templatesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := data.Timeouts.Read(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	templates, err := d.service.api.ListAPIKeyTemplates(ctx)
	if err != nil {
		resp.Diagnostics.Append(diagnose.Error("API key templates cannot be listed", err))
		return
	}
	eligible := map[string]coveo.TemplateEligibility{}
	switch list, err := d.service.api.APIKeyTemplateEligibility(ctx); {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		resp.Diagnostics.Append(diagnose.Error("API key templates cannot be listed", err))
		return
	case err != nil:
		resp.Diagnostics.Append(diagnose.Warning("Whether templates may be used is not known",
			"The templates are listed, and which of them the provider's token may use could not be found out: can_generate and missing_privileges are null.", err))
	default:
		for _, e := range list {
			eligible[e.ID] = e
		}
	}
	models := make([]templateModel, 0, len(templates))
	for _, t := range templates {
		models = append(models, templateOf(t, eligible[t.ID]))
	}
	slices.SortFunc(models, func(a, b templateModel) int {
		return cmp.Or(strings.Compare(a.DisplayName.ValueString(), b.DisplayName.ValueString()), strings.Compare(a.ID.ValueString(), b.ID.ValueString()))
	})
	data.Templates, diags = types.ListValueFrom(ctx, types.ObjectType{AttrTypes: attributeTypes(templateAttributes())}, models)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}

func templateOf(t coveo.APIKeyTemplate, e coveo.TemplateEligibility) templateModel {
	m := templateModel{
		ID: text(t.ID), DisplayName: text(t.DisplayName), Description: text(t.Description), PrivacyLevel: text(t.PrivacyLevel),
		Privileges: types.SetNull(privilegeset.Type()), EnforcedLifetime: text(t.LongestLifetime),
		CanGenerate: types.BoolPointerValue(e.CanGenerate), MissingPrivileges: types.SetNull(privilegeset.Type()),
	}
	if t.Privileges != nil {
		m.Privileges = privilegeset.Of(t.Privileges)
	}
	if e.MissingPrivileges != nil {
		m.MissingPrivileges = privilegeset.Of(e.MissingPrivileges)
	}
	return m
}
