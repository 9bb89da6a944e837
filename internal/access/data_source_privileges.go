// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

var _ datasource.DataSourceWithConfigure = (*privilegesDataSource)(nil)

// NewPrivilegesDataSource is coveo_privileges.
func NewPrivilegesDataSource() datasource.DataSource { return &privilegesDataSource{} }

type privilegesDataSource struct{ service *Service }

type privilegesModel struct {
	Scope      types.String `tfsdk:"scope"`
	Privileges types.Set    `tfsdk:"privileges"`
	Duties     types.Set    `tfsdk:"duties"`
}

// The scopes of coveo_privileges.
const (
	scopeAll     = "all"
	scopeAPIKeys = "api_keys"
	scopeCustom  = "custom"
	scopeMine    = "mine"
)

func scopes() []string { return []string{scopeAll, scopeAPIKeys, scopeCustom, scopeMine} }

// listed is what a scope holds.
func (s *Service) listed(ctx context.Context, scope string) ([]coveo.GlobalPrivilege, error) {
	switch scope {
	case scopeAll:
		return s.api.ListPrivileges(ctx)
	case scopeAPIKeys:
		return s.api.ListAPIKeyPrivileges(ctx, coveo.AnyKey)
	case scopeCustom:
		return s.api.ListAPIKeyPrivileges(ctx, coveo.CustomKey)
	case scopeMine:
		return s.api.MyPrivileges(ctx)
	}
	return nil, fmt.Errorf("%q is no scope; write one of %s", scope, quoted(scopes()))
}

func (d *privilegesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_privileges"
}

func (d *privilegesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Which privileges there are, or which ones this token holds. Coveo publishes no complete list, and organizations differ: this " +
			"listing is the only authority on what can be granted.\n\n" +
			"It is read whenever a plan is made, with one request. All scopes but `mine` take the privilege *Organization – Organization: View*.",
		Attributes: map[string]schema.Attribute{
			"scope": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "What to list: `all` that exist in the organization; those that `api_keys` may hold; those that a `custom` API key may hold, one " +
					"that is made from no template, as `coveo_api_key` makes them; or `mine`, those of this token.",
				Validators: []validator.String{stringvalidator.OneOf(scopes()...)},
			},
			"privileges": schema.SetNestedAttribute{
				Computed: true,
				MarkdownDescription: "The privileges. A type that Coveo spells as absent, null, empty or `ENABLE` is null, so that they compare with those of " +
					"other attributes.",
				NestedObject: privilegeFacts(map[string]schema.Attribute{
					"level": schema.StringAttribute{
						Computed: true,
						MarkdownDescription: "Coveo's word beside some privileges, such as `GLOBAL` or `NORMAL`; null where it gives none. It is not documented, and " +
							"nothing here depends on it.",
					},
				}),
			},
			"duties": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The duties of answering a Data Subject Request that these privileges hold wholly: of `overview`, `export` and `erasure`. With " +
					"`mine`, what this token may do. An organization that does not know the privilege to create exports lacks `export` here.",
			},
		},
	}
}

func (d *privilegesDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.service = serviceOf(req, resp)
}

func (d *privilegesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data privilegesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	listed, err := d.service.listed(ctx, data.Scope.ValueString())
	if err != nil {
		resp.Diagnostics.Append(diagnose.Error("Privileges cannot be listed", err))
		return
	}
	kind := privilegeset.Type()
	kind.AttrTypes["level"] = types.StringType
	plain := make([]coveo.Privilege, 0, len(listed))
	elements := make([]attr.Value, 0, len(listed))
	seen := map[string]bool{}
	for _, p := range listed {
		plain = append(plain, p.Privilege)
		values := privilegeset.Fields(p.Privilege)
		values["level"] = text(p.Level)
		element := types.ObjectValueMust(kind.AttrTypes, values)
		if !seen[element.String()] {
			seen[element.String()] = true
			elements = append(elements, element)
		}
	}
	data.Privileges = types.SetValueMust(kind, elements)
	data.Duties = textSet(privilege.DutiesWithin(plain))
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}
