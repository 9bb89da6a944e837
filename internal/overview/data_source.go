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
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
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
	Subject     types.String   `tfsdk:"subject"`
	UserIDs     types.Set      `tfsdk:"user_ids"`
	InVault     types.Bool     `tfsdk:"in_vault"`
	Found       types.Bool     `tfsdk:"found"`
	TotalEvents types.Int64    `tfsdk:"total_events"`
	Stats       types.Map      `tfsdk:"stats"`
	Identifiers types.Set      `tfsdk:"identifiers"`
	Timeouts    timeouts.Value `tfsdk:"timeouts"`
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
	named, diags := person.Resolve(ctx, d.host.People(), data.Subject, data.UserIDs)
	resp.Diagnostics.Append(diags...)
	keys, keysErr := d.host.People().Keyring()
	if named.Case != "" {
		for _, err := range []error{named.Err, keysErr} {
			if err != nil {
				resp.Diagnostics.AddAttributeError(path.Root(person.SubjectAttribute), "Case cannot be resolved",
					fmt.Sprintf("%s cannot be looked up: %s.", named.Case, err))
			}
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !named.Known {
		resp.Diagnostics.AddAttributeWarning(path.Root(person.SubjectAttribute), "Case not in the vault: "+named.Case,
			"The vault does not know "+named.Case+", as it is once a case is closed, so nobody was looked up. Remove this data source, "+
				"or put the case back into the vault.")
		data.InVault = types.BoolValue(false)
		data.Stats = types.MapNull(types.Int64Type)
		data.Identifiers = types.SetNull(identifierType())
		resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
		return
	}

	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var (
		seen        []coveo.Overview
		identifiers []attr.Value
	)
	for _, id := range named.IDs {
		o, err := d.host.Overviews().Fresh(ctx, id)
		if err != nil {
			who := named.Case
			if who == "" {
				who = "the identifiers in user_ids"
			}
			resp.Diagnostics.Append(diagnose.Error("Overview cannot be read", fmt.Errorf("what Coveo holds on %s cannot be read: %w", who, err)))
			return
		}
		seen = append(seen, o)
		digest, userID := types.StringNull(), types.StringNull()
		if keysErr == nil {
			digest = types.StringValue(keys.Digest(keys.Current(), id))
		}
		if named.Case == "" {
			userID = types.StringValue(id)
		}
		identifier, diags := types.ObjectValue(identifierType().AttrTypes, map[string]attr.Value{
			"digest": digest, "user_id": userID, "found": types.BoolValue(o.Found),
			"total_events": types.Int64Value(o.Total), "stats": statsValue(o.Stats),
		})
		resp.Diagnostics.Append(diags...)
		identifiers = append(identifiers, identifier)
	}
	sum := Sum(seen)
	if named.Case != "" {
		data.InVault = types.BoolValue(true)
	}
	data.Found = types.BoolValue(sum.Found)
	data.TotalEvents = types.Int64Value(sum.Total)
	data.Stats = statsValue(sum.Stats)
	var setDiags diag.Diagnostics
	data.Identifiers, setDiags = types.SetValue(identifierType(), identifiers)
	resp.Diagnostics.Append(setDiags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}

func statsValue(stats map[string]int64) types.Map {
	elements := make(map[string]attr.Value, len(stats))
	for kind, count := range stats {
		elements[kind] = types.Int64Value(count)
	}
	return types.MapValueMust(types.Int64Type, elements)
}
