// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

var (
	_ datasource.DataSourceWithConfigure      = (*checkDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*checkDataSource)(nil)
)

// NewCheckDataSource is coveo_privilege_check.
func NewCheckDataSource() datasource.DataSource { return &checkDataSource{} }

type checkDataSource struct{ service *Service }

type checkModel struct {
	Duties     types.Set  `tfsdk:"duties"`
	Privileges types.Set  `tfsdk:"privileges"`
	Granted    types.Bool `tfsdk:"granted"`
	Missing    types.Set  `tfsdk:"missing"`
	Results    types.Set  `tfsdk:"results"`
}

func resultType() types.ObjectType {
	kind := privilegeset.Type()
	kind.AttrTypes["approved"] = types.BoolType
	kind.AttrTypes["codes"] = types.SetType{ElemType: types.StringType}
	kind.AttrTypes["console_name"] = types.StringType
	return kind
}

func (d *checkDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_privilege_check"
}

func (d *checkDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Whether the provider's token may do something, before anything is planned with it. A privilege that is missing is an answer and no " +
			"error: what it means is up to the configuration, such as a `precondition`.\n\n" +
			"Whether an API key may manage API keys is not documented. Ask for `PLATFORM`, `API_KEY`, `CREATE` to find out.\n\n" +
			"It is read whenever a plan is made, with one request for each privilege. It takes no privilege itself.",
		Attributes: map[string]schema.Attribute{
			"duties": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "What the token shall be fit for: any of `overview`, `export` and `erasure`. Exactly one of `duties` and `privileges`.",
				Validators:          dutyValidators(),
			},
			"privileges": schema.SetNestedAttribute{
				Optional:            true,
				MarkdownDescription: "The privileges one by one. Exactly one of `duties` and `privileges`.",
				Validators:          []validator.Set{setvalidator.SizeAtLeast(1)},
				NestedObject: schema.NestedAttributeObject{Attributes: privilegeArguments(
					"Leave it out for domains that the console shows as *Allowed*.", "Default `*`, all of them.")},
			},
			"granted": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether Coveo approves all of them: to this token, from this machine's address, and in the organization's present mode.",
			},
			"missing": schema.SetNestedAttribute{
				Computed:            true,
				MarkdownDescription: "Those that Coveo does not approve; empty where `granted` is true.",
				NestedObject:        privilegeFacts(nil),
			},
			"results": schema.SetNestedAttribute{
				Computed:            true,
				MarkdownDescription: "Coveo's answer to each.",
				NestedObject: privilegeFacts(map[string]schema.Attribute{
					"approved": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the token may."},
					"codes": schema.SetAttribute{
						Computed: true, ElementType: types.StringType,
						MarkdownDescription: "Why, in Coveo's words: `OPERATION_GRANTED`, `OPERATION_NOT_ALLOWED` (the privilege is not held), " +
							"`OPERATION_FORBIDDEN_FROM_REQUEST_LOCATION` (an IP list), `OPERATION_FORBIDDEN_FOR_ORGANIZATION_IN_READ_ONLY` and others. Coveo " +
							"adds more, and may give none: `approved` decides.",
					},
					"console_name": schema.StringAttribute{
						Computed:            true,
						MarkdownDescription: "What Coveo's administration console calls the privilege, or its parts where the console's documents do not name it.",
					},
				}),
			},
		},
	}
}

func (d *checkDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.service = serviceOf(req, resp)
}

func (d *checkDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config checkModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(exactlyOne("duties", "privileges", config.Duties, config.Privileges)...)
}

// wanted is what a configuration asks about, each privilege once.
func (m *checkModel) wanted(ctx context.Context) ([]coveo.Privilege, diag.Diagnostics) {
	var diags diag.Diagnostics
	if !m.Duties.IsNull() {
		var duties []string
		diags.Append(m.Duties.ElementsAs(ctx, &duties, false)...)
		expanded, err := privilege.Expand(duties)
		if err != nil {
			diags.Append(diagnose.Error("Duty cannot be checked", err))
		}
		return expanded, diags
	}
	return privilegeset.Read(m.Privileges), diags
}

func (d *checkDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data checkModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	wanted, diags := data.wanted(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	var (
		missing []coveo.Privilege
		results []attr.Value
	)
	for _, p := range wanted {
		answer, err := d.service.api.EvaluatePrivilege(ctx, p)
		if err != nil {
			detail := diagnose.Text(err)
			if coveo.IsOutcomeUnknown(err) {
				detail += " The question changes nothing in Coveo, so run again."
			}
			resp.Diagnostics.AddError("Privilege cannot be checked: "+privilege.ConsoleName(p), detail)
			return
		}
		if !answer.Approved {
			missing = append(missing, p)
		}
		values := privilegeset.Fields(p)
		values["approved"] = types.BoolValue(answer.Approved)
		values["codes"] = textSet(answer.Codes)
		values["console_name"] = types.StringValue(privilege.ConsoleName(p))
		results = append(results, types.ObjectValueMust(resultType().AttrTypes, values))
	}
	data.Granted = types.BoolValue(len(missing) == 0)
	data.Missing = privilegeset.Of(missing)
	data.Results = types.SetValueMust(resultType(), results)
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}
