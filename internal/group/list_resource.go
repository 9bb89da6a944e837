// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

var _ list.ListResourceWithConfigure = (*listResource)(nil)

// NewListResource is the list of coveo_group, which `terraform query` asks for.
func NewListResource() list.ListResource { return &listResource{} }

type listResource struct{ service *Service }

type listModel struct {
	DisplayNamePrefix types.String `tfsdk:"display_name_prefix"`
	GroupType         types.String `tfsdk:"group_type"`
	Duties            types.List   `tfsdk:"duties"`
}

func (l *listResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_group"
}

func (l *listResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.service = serviceOf(req.ProviderData, &resp.Diagnostics)
}

func (l *listResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds groups for `terraform query`, which can write the configuration to import them (Terraform 1.14 and later). With " +
			"`include_resource = true`, and in the configuration that it writes, the results name the groups' people.\n\n" +
			"Groups that came with the organization are among the results. They can be imported and changed, and not destroyed.",
		Attributes: map[string]schema.Attribute{
			"display_name_prefix": schema.StringAttribute{Optional: true, MarkdownDescription: prefixMeaning},
			"group_type":          schema.StringAttribute{Optional: true, MarkdownDescription: typeMeaning},
			// The framework has no sets for lists.
			"duties": schema.ListAttribute{
				Optional: true, ElementType: types.StringType, MarkdownDescription: dutyMeaning,
				Validators: []validator.List{listvalidator.SizeAtLeast(1), listvalidator.ValueStringsAre(stringvalidator.OneOf(privilege.Duties()...))},
			},
		},
	}
}

func (l *listResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config listModel
	if diags := req.Config.Get(ctx, &config); diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	groups, err := l.service.All(ctx, req.IncludeResource, l.service.filter(config.DisplayNamePrefix, config.GroupType, config.Duties).wants)
	if err != nil {
		stream.Results = list.ListResultsStreamDiagnostics(diag.Diagnostics{diagnose.Error("Groups cannot be listed", err)})
		return
	}
	if req.Limit > 0 && int64(len(groups)) > req.Limit {
		groups = groups[:req.Limit]
	}
	stream.Results = func(push func(list.ListResult) bool) {
		for _, group := range groups {
			result := req.NewListResult(ctx)
			result.DisplayName = group.DisplayName
			result.Diagnostics.Append(result.Identity.Set(ctx, identityModel{
				OrganizationID: types.StringValue(l.service.api.OrganizationID()), ID: types.StringValue(group.ID),
			})...)
			if req.IncludeResource {
				model := emptyModel()
				model.imported(group)
				result.Diagnostics.Append(result.Resource.Set(ctx, &model)...)
			}
			if !push(result) {
				return
			}
		}
	}
}

// emptyModel is a model in which nothing is set.
func emptyModel() resourceModel {
	return resourceModel{
		Duties: types.SetNull(types.StringType), Privileges: types.SetNull(privilegeset.Type()),
		Timeouts: timeouts.Value{Object: types.ObjectNull(map[string]attr.Type{
			"create": types.StringType, "read": types.StringType, "update": types.StringType, "delete": types.StringType,
		})},
	}
}
