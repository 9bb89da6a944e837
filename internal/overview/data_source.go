// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package overview

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

var (
	_ datasource.DataSourceWithConfigure      = (*dataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*dataSource)(nil)
)

// Host is what the data source takes from the configured provider.
type Host interface {
	People() *subject.Directory
	Overviews() *Reader
}

// NewDataSource is coveo_user_overview.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataSource struct{ host Host }

type model struct {
	shown
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

const defaultTimeout = 10 * time.Minute

func identifierType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"digest": types.StringType, "user_id": types.StringType, "found": types.BoolType,
		"total_events": types.Int64Type, "stats": types.MapType{ElemType: types.Int64Type},
	}}
}

func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_overview"
}

func (d *dataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "What usage analytics holds on a person, as counts of events. Someone whom Coveo does not know is " +
			"`found = false`, never an error. The counts stand in state and in the plan; identifiers do only with `user_ids`.\n\n" +
			"It is read whenever a plan is made, with one request for each identifier. The token needs the privilege " +
			"*Analytics – Administrate: Allowed*.",
		Attributes: map[string]schema.Attribute{
			"subject": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "A case reference, such as `DSR-2026-0142`, that the provider's vault resolves to the person's identifiers. Takes a " +
					"digest key. Exactly one of `subject` and `user_ids`.",
				Validators: person.SubjectValidators(),
			},
			"user_ids": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Identifiers in the open, of 1 to 128 characters each, for synthetic and test identities: they stay in the " +
					"configuration, in plans and in state.",
				Validators: person.UserIDsValidators(),
			},
			"in_vault": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether the vault knows the case. A closed case leaves the vault; then nobody can be looked up, and the other attributes are null. Null with `user_ids`.",
			},
			"found": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether any of the identifiers has events. Coveo does not tell an unknown identifier from one without events.",
			},
			"total_events": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "All events of all identifiers.",
			},
			"stats": schema.MapAttribute{
				Computed: true, ElementType: types.Int64Type,
				MarkdownDescription: "Kind of event to count, summed over the identifiers. Coveo does not document the kinds: do not rely on their names.",
			},
			"identifiers": schema.SetNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The same for each identifier.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"digest": schema.StringAttribute{
						Computed:            true,
						MarkdownDescription: "The identifier's digest under the present digest key; null without one.",
					},
					"user_id": schema.StringAttribute{
						Computed:            true,
						MarkdownDescription: "The identifier, only with `user_ids`; null otherwise.",
					},
					"found":        schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether this identifier has events."},
					"total_events": schema.Int64Attribute{Computed: true, MarkdownDescription: "This identifier's events."},
					"stats":        schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: "This identifier's events by kind."},
				}},
			},
			"timeouts": timeouts.AttributesWithOpts(ctx, timeouts.Opts{
				ReadDescription: "How long looking up all identifiers may take, such as `10m` (default). Many at once wait for the rate that the provider keeps.",
			}),
		},
	}
}

func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	if req.ProviderData == nil {
		return
	}
	host, ok := req.ProviderData.(Host)
	if !ok {
		resp.Diagnostics.AddError("Provider defect", fmt.Sprintf("The data source was configured with %T. Please report this.", req.ProviderData))
		return
	}
	d.host = host
}

func (d *dataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(person.Validate(config.Subject, config.UserIDs)...)
}

func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data model
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
	resp.Diagnostics.Append(data.look(ctx, d.host, "Remove this data source, or put the case back into the vault.")...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}
