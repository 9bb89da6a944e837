// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package organization tells what Coveo says about the organization itself: coveo_organization.
package organization

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
)

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

// Host is what the data source takes from the configured provider.
type Host interface {
	Client() *coveo.Client
}

// NewDataSource is coveo_organization.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataSource struct{ client *coveo.Client }

func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_organization"
}

func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The organization that the provider works on: whether it takes changes, and where it lives. It has no arguments, and " +
			"takes three requests whenever a plan is made.\n\n" +
			"Any token of the organization may read it. Where it lives takes the privilege *Organization – Organization: View*; without it those " +
			"attributes are null, with a warning.",
		Attributes: map[string]schema.Attribute{
			"id":           schema.StringAttribute{Computed: true, MarkdownDescription: "The organization's ID, which is the provider's `organization_id`."},
			"display_name": schema.StringAttribute{Computed: true, MarkdownDescription: "The organization's name in Coveo's administration console."},
			"created_date": schema.StringAttribute{Computed: true, MarkdownDescription: "When the organization was created (RFC 3339, UTC); null where Coveo does not say."},

			"read_only": schema.BoolAttribute{
				Computed: true,
				MarkdownDescription: "Whether the organization refuses changes at present, keys and erasures included. Null where Coveo does not say. Two answers " +
					"tell it; one that says yes is enough.",
			},
			"status": schema.StringAttribute{Computed: true, MarkdownDescription: "Coveo's word for the organization's health, such as `HEALTHY` or `ERROR`. Coveo adds others."},
			"life_cycle_state": schema.StringAttribute{
				Computed: true, MarkdownDescription: "Such as `ACTIVE`, `PAUSED` or `DELETING`. Coveo adds others.",
			},
			"pause_state": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Such as `ACTIVE`, `IDLE`, `PAUSING`, `PAUSED`, `RESUMING`, `PAUSING_FAILED` or `RESUMING_FAILED`. Coveo adds others.",
			},
			"paused":    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the organization is paused. A paused one may refuse changes. Null where Coveo does not say."},
			"resumable": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it can be resumed now. Null where Coveo does not say."},
			"error_codes": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "What is wrong with it, such as `SEARCH_ERROR`; empty where nothing is.",
			},

			"main_region": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The region that the organization lives in, in the words of the cloud that Coveo runs on, such as `us-east-1`. Null where it could not be asked.",
			},
			"main_regions": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "All of its main regions. Null where they could not be asked.",
			},
			"satellite_regions": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Further regions that answer for it, so that data may be there too. Null where they could not be asked.",
			},
			"distributed_dns": schema.StringAttribute{Computed: true, MarkdownDescription: "The host name that leads to the nearest region. Null where it could not be asked."},
			"admin_dns":       schema.StringAttribute{Computed: true, MarkdownDescription: "The host name of its administration. Null where it could not be asked."},
			"analytics_dns":   schema.StringAttribute{Computed: true, MarkdownDescription: "The host name of its usage analytics. Null where it could not be asked."},
			"region": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The provider's word for `main_region`: `us`, `eu`, `au` or `ca`. It is read out of the region's name; null where that tells " +
					"nothing.",
			},
			"environment": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "A hint, not Coveo's word: `hipaa` where a host name has `orghipaa` in it, `production` where one ends in `.org.coveo.com`, null " +
					"otherwise. No call tells it outright.",
			},
			"region_matches": schema.BoolAttribute{
				Computed: true,
				MarkdownDescription: "Whether the provider calls the region that the organization lives in: the region of the platform's host where it is one of " +
					"Coveo's own, else the argument `region`. Null where either is not known, and on the HIPAA platform, which has no regions.",
			},
			"environment_matches": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "The same for `environment`. Null where either is not known.",
			},
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
	d.client = host.Client()
}

func (d *dataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	organization, err := d.client.Organization(ctx)
	if err != nil {
		resp.Diagnostics.Append(diagnose.Error("Organization cannot be read", err))
		return
	}
	status, err := d.client.OrganizationStatus(ctx)
	if err != nil {
		resp.Diagnostics.Append(diagnose.Error("Organization cannot be read", err))
		return
	}
	found, err := d.client.OrganizationPlacement(ctx)
	placement := &found
	switch {
	case coveo.IsCanceled(err):
		resp.Diagnostics.Append(diagnose.Error("Organization cannot be read", err))
		return
	case err != nil:
		// A hint is not worth a failed plan.
		placement = nil
		resp.Diagnostics.Append(diagnose.Warning("Where the organization lives is not known",
			"The attributes about regions, host names and the environment are null. Everything else was read.", err))
	}
	data := facts(organization, status, placement)
	data.ID = types.StringValue(d.client.OrganizationID())
	data.compare(d.client.Place())
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}
