// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package overview

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/ephemeral/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure      = (*ephemeralOverview)(nil)
	_ ephemeral.EphemeralResourceWithValidateConfig = (*ephemeralOverview)(nil)
)

// NewEphemeralResource is the ephemeral coveo_user_overview.
func NewEphemeralResource() ephemeral.EphemeralResource { return &ephemeralOverview{} }

type ephemeralOverview struct{ host Host }

type ephemeralModel struct {
	shown
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

func (e *ephemeralOverview) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_overview"
}

func (e *ephemeralOverview) Schema(ctx context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "What usage analytics holds on a person, as counts of events, for one run: unlike the data source, it leaves no trace in state or in a " +
			"saved plan. Someone whom Coveo does not know is `found = false`, never an error.\n\n" +
			"It is read at every plan and at every apply, with one request for each identifier. The token needs the privilege " +
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
				OpenDescription: "How long looking up all identifiers may take, such as `10m` (default). Many at once wait for the rate that the provider keeps.",
			}),
		},
	}
}

func (e *ephemeralOverview) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	if req.ProviderData == nil {
		return
	}
	host, ok := req.ProviderData.(Host)
	if !ok {
		resp.Diagnostics.AddError("Provider defect", fmt.Sprintf("The ephemeral resource was configured with %T. Please report this.", req.ProviderData))
		return
	}
	e.host = host
}

// ValidateConfig drops the warning that user_ids stay in state: here they do not, unless the configuration has them in the open.
func (e *ephemeralOverview) ValidateConfig(ctx context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse) {
	var config ephemeralModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(person.Validate(config.Subject, config.UserIDs).Errors()...)
}

func (e *ephemeralOverview) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var data ephemeralModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := data.Timeouts.Open(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	resp.Diagnostics.Append(data.look(ctx, e.host, "Remove this ephemeral resource, or put the case back into the vault.")...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Result.Set(ctx, &data)...)
}
