// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
)

// NewDimensionsDataSource is coveo_analytics_dimensions.
func NewDimensionsDataSource() datasource.DataSource { return &dimensionsSource{} }

var _ datasource.DataSourceWithConfigure = (*dimensionsSource)(nil)

type dimensionsSource struct{ service *Service }

type dimensionsModel struct {
	UserDimension    types.String     `tfsdk:"user_dimension"`
	VisitorDimension types.String     `tfsdk:"visitor_dimension"`
	Dimensions       []dimensionModel `tfsdk:"dimensions"`
}

type dimensionModel struct {
	DisplayName types.String `tfsdk:"display_name"`
	APINames    types.Set    `tfsdk:"api_names"`
	ReturnName  types.String `tfsdk:"return_name"`
	Type        types.String `tfsdk:"type"`
	Custom      types.Bool   `tfsdk:"custom"`
	EventTypes  types.Set    `tfsdk:"event_types"`
	Status      types.String `tfsdk:"status"`
}

func (d *dimensionsSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_analytics_dimensions"
}

func (d *dimensionsSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The dimensions that exports can be filtered by and hold as columns.\n\nThe token needs the privilege *Analytics – Data exports: View*; " +
			"Coveo does not document whether that is enough.",
		Attributes: map[string]schema.Attribute{
			"user_dimension": schema.StringAttribute{
				Computed: true, MarkdownDescription: "The API name that exports compare identifiers with unless they are told otherwise; null where none is recognized.",
			},
			"visitor_dimension": schema.StringAttribute{
				Computed: true, MarkdownDescription: "The API name of the dimension of anonymous visitors; null where none is recognized.",
			},
			"dimensions": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "All of them, in the order of their display names.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"display_name": schema.StringAttribute{Computed: true, MarkdownDescription: "What the console calls it."},
					"api_names":    schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "What filters and `dimensions` call it."},
					"return_name":  schema.StringAttribute{Computed: true, MarkdownDescription: "What the column is titled."},
					"type":         schema.StringAttribute{Computed: true, MarkdownDescription: "`TEXT`, `NUMBER`, `SHORT`, `BOOLEAN`, `DATE` or `DATETIME`."},
					"custom":       schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the organization added it."},
					"event_types":  schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "The kinds of events that have it."},
					"status":       schema.StringAttribute{Computed: true, MarkdownDescription: "`AVAILABLE` or `UPDATING`."},
				}},
			},
		},
	}
}

func (d *dimensionsSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	if host := hostOf(req.ProviderData, &resp.Diagnostics); host != nil {
		d.service = host.Exports()
	}
}

func (d *dimensionsSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	dimensions, err := d.service.Dimensions(ctx)
	if err != nil {
		resp.Diagnostics.Append(diagnose.Error("Dimensions cannot be read", err))
		return
	}
	data := dimensionsModel{
		UserDimension: text(titled(dimensions, "User Id", "User Name")), VisitorDimension: text(titled(dimensions, "Visitor Id")),
		Dimensions: []dimensionModel{},
	}
	for _, one := range byDisplayName(dimensions) {
		data.Dimensions = append(data.Dimensions, dimensionModel{
			DisplayName: text(one.DisplayName), APINames: setOf(one.APINames), ReturnName: text(one.ReturnName), Type: text(one.Type),
			Custom: types.BoolValue(one.Custom), EventTypes: setOf(one.EventTypes), Status: text(one.Status),
		})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}

func byDisplayName(dimensions []coveo.Dimension) []coveo.Dimension {
	return slices.SortedStableFunc(slices.Values(dimensions), func(a, b coveo.Dimension) int { return strings.Compare(a.DisplayName, b.DisplayName) })
}
