// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/list/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

var _ list.ListResourceWithConfigure = (*keyList)(nil)

// NewListResource is the list resource coveo_api_key.
func NewListResource() list.ListResource { return &keyList{} }

type keyList struct{ service *Service }

type listModel struct {
	Statuses          types.List     `tfsdk:"statuses"`
	DisplayNamePrefix types.String   `tfsdk:"display_name_prefix"`
	Duties            types.List     `tfsdk:"duties"`
	Privileges        types.List     `tfsdk:"privileges"`
	Timeouts          timeouts.Value `tfsdk:"timeouts"`
}

func (l *keyList) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_api_key"
}

func (l *keyList) ListResourceConfigSchema(ctx context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The API keys of the organization, for `terraform query` (Terraform 1.14 or later): to see them, and to bring them under Terraform " +
			"by a configuration that it generates. They come in the order of their names. A key that passes every filter is found; without a filter, all are.\n\n" +
			"No value is found, not even a masked one: a key that is imported has none. All lists of a run share one request.\n\n" +
			"The provider's token needs the privilege *Organization – API keys: View*.",
		Attributes: map[string]schema.Attribute{
			"statuses": schema.ListAttribute{
				Optional: true, ElementType: types.StringType, MarkdownDescription: aboutStatuses,
				Validators: []validator.List{listvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
			},
			"display_name_prefix": schema.StringAttribute{Optional: true, MarkdownDescription: aboutPrefix},
			"duties": schema.ListAttribute{
				Optional: true, ElementType: types.StringType, MarkdownDescription: aboutDuties,
				Validators: []validator.List{listvalidator.ValueStringsAre(stringvalidator.OneOf(privilege.Duties()...))},
			},
			"privileges": schema.ListNestedAttribute{
				Optional: true, MarkdownDescription: aboutPrivileges,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"owner":         schema.StringAttribute{Required: true, MarkdownDescription: aboutOwner},
					"target_domain": schema.StringAttribute{Required: true, MarkdownDescription: aboutDomain},
					"type":          schema.StringAttribute{Optional: true, MarkdownDescription: aboutType},
					"target_id":     schema.StringAttribute{Optional: true, MarkdownDescription: aboutTarget},
				}},
			},
			"timeouts": listTimeout(ctx),
		},
	}
}

func (l *keyList) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	if req.ProviderData == nil {
		return
	}
	host, ok := req.ProviderData.(Host)
	if !ok {
		resp.Diagnostics.AddError("Provider defect", fmt.Sprintf("The list resource was configured with %T. Please report this.", req.ProviderData))
		return
	}
	l.service = host.APIKeys()
}

// List finds keys, at most as many as Terraform asks for.
func (l *keyList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	keys, diags := l.find(ctx, req.Config)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		for i, key := range keys {
			if int64(i) >= req.Limit || ctx.Err() != nil || !push(l.result(ctx, req, key)) {
				return
			}
		}
	}
}

func (l *keyList) find(ctx context.Context, config tfsdk.Config) ([]*coveo.APIKey, diag.Diagnostics) {
	var data listModel
	diags := config.Get(ctx, &data)
	if diags.HasError() {
		return nil, diags
	}
	timeout, more := data.Timeouts.List(ctx, defaultTimeout)
	diags.Append(more...)
	wanted, err := l.service.newFilter(data.Statuses, data.Duties, data.Privileges, data.DisplayNamePrefix)
	if err != nil {
		diags.AddAttributeError(path.Root("duties"), "Duty unknown", err.Error()+".")
	}
	if diags.HasError() {
		return nil, diags
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	keys, err := l.service.find(ctx, wanted)
	if err != nil {
		diags.Append(diagnose.Error("API keys cannot be listed", err))
	}
	return keys, diags
}

// result is one key, as an import of it would bring it.
func (l *keyList) result(ctx context.Context, req list.ListRequest, key *coveo.APIKey) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = cmp.Or(key.DisplayName, key.ID)
	result.Diagnostics.Append(result.Identity.Set(ctx, identityModel{
		OrganizationID: types.StringValue(l.service.api.OrganizationID()), ID: types.StringValue(key.ID),
	})...)
	if !req.IncludeResource {
		return result
	}
	result.Resource.Raw = allNull(ctx, req)
	var state resourceModel
	result.Diagnostics.Append(result.Resource.Get(ctx, &state)...)
	if result.Diagnostics.HasError() {
		return result
	}
	state.imported(key)
	result.Diagnostics.Append(result.Resource.Set(ctx, &state)...)
	return result
}

// allNull is a resource of which nothing is known, as at the beginning of an import.
func allNull(ctx context.Context, req list.ListRequest) tftypes.Value {
	object, ok := req.ResourceSchema.Type().TerraformType(ctx).(tftypes.Object)
	if !ok {
		return tftypes.NewValue(tftypes.DynamicPseudoType, nil)
	}
	values := make(map[string]tftypes.Value, len(object.AttributeTypes))
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
	}
	return tftypes.NewValue(object, values)
}

func listTimeout(ctx context.Context) schema.Attribute {
	attribute := timeouts.AttributesWithOpts(ctx, timeouts.Opts{
		ListDescription: "How long finding the keys may take, waiting and retries included, such as `5m` (default).",
	})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = aboutTimeouts
		return nested
	}
	return attribute
}
