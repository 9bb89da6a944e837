// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

var _ datasource.DataSourceWithConfigure = (*keysDataSource)(nil)

// NewKeysDataSource is the data source coveo_api_keys.
func NewKeysDataSource() datasource.DataSource { return &keysDataSource{} }

type keysDataSource struct{ reader }

type keysDataModel struct {
	Statuses          types.Set      `tfsdk:"statuses"`
	DisplayNamePrefix types.String   `tfsdk:"display_name_prefix"`
	Duties            types.Set      `tfsdk:"duties"`
	Privileges        types.Set      `tfsdk:"privileges"`
	Keys              types.List     `tfsdk:"keys"`
	Timeouts          timeouts.Value `tfsdk:"timeouts"`
}

func (d *keysDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_api_keys"
}

func (d *keysDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The API keys of the organization, or those of them that pass every filter.\n\n" +
			"A key's value is never shown, not even masked, and neither are the identities that its configuration names. All keys of a run, this provider's " +
			"resources included, are read with one request.\n\n" +
			"The provider's token needs the privilege *Organization – API keys: View*.",
		Attributes: map[string]schema.Attribute{
			"statuses": schema.SetAttribute{
				Optional: true, ElementType: types.StringType, MarkdownDescription: aboutStatuses,
				Validators: []validator.Set{setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
			},
			"display_name_prefix": schema.StringAttribute{Optional: true, MarkdownDescription: aboutPrefix},
			"duties": schema.SetAttribute{
				Optional: true, ElementType: types.StringType, MarkdownDescription: aboutDuties,
				Validators: []validator.Set{setvalidator.ValueStringsAre(stringvalidator.OneOf(privilege.Duties()...))},
			},
			"privileges": schema.SetNestedAttribute{
				Optional: true, MarkdownDescription: aboutPrivileges,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"owner":         schema.StringAttribute{Required: true, MarkdownDescription: aboutOwner},
					"target_domain": schema.StringAttribute{Required: true, MarkdownDescription: aboutDomain},
					"type":          schema.StringAttribute{Optional: true, MarkdownDescription: aboutType},
					"target_id":     schema.StringAttribute{Optional: true, MarkdownDescription: aboutTarget},
				}},
			},
			"keys": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The keys that were found, by name and then by ID; empty without any.",
				NestedObject: schema.NestedAttributeObject{Attributes: keyAttributes(ctx)},
			},
			"timeouts": readTimeout(ctx, "How long finding the keys may take, waiting and retries included, such as `5m` (default)."),
		},
	}
}

func (d *keysDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data keysDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := data.Timeouts.Read(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	wanted, err := d.service.newFilter(data.Statuses, data.Duties, data.Privileges, data.DisplayNamePrefix)
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("duties"), "Duty unknown", err.Error()+".")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	keys, err := d.service.find(ctx, wanted)
	if err != nil {
		resp.Diagnostics.Append(diagnose.Error("API keys cannot be listed", err))
		return
	}
	seen := make([]seenKey, 0, len(keys))
	for _, key := range keys {
		seen = append(seen, seenKeyOf(key))
	}
	data.Keys, diags = types.ListValueFrom(ctx, types.ObjectType{AttrTypes: attributeTypes(keyAttributes(ctx))}, seen)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}
