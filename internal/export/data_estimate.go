// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

var (
	_ datasource.DataSourceWithConfigure      = (*estimateSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*estimateSource)(nil)
)

// NewEstimateDataSource is coveo_export_estimate.
func NewEstimateDataSource() datasource.DataSource { return &estimateSource{} }

type estimateSource struct {
	service *Service
	people  *subject.Directory
}

type estimateModel struct {
	Subject          types.String   `tfsdk:"subject"`
	UserIDs          types.Set      `tfsdk:"user_ids"`
	From             types.String   `tfsdk:"from"`
	To               types.String   `tfsdk:"to"`
	Tables           types.Set      `tfsdk:"tables"`
	UserDimension    types.String   `tfsdk:"user_dimension"`
	VisitorDimension types.String   `tfsdk:"visitor_dimension"`
	AllowUnusualIDs  types.Bool     `tfsdk:"allow_unusual_ids"`
	Rows             types.Int64    `tfsdk:"rows"`
	RowsByTable      types.Map      `tfsdk:"rows_by_table"`
	TotalRows        types.Int64    `tfsdk:"total_rows"`
	RowLimit         types.Int64    `tfsdk:"row_limit"`
	WithinLimit      types.Bool     `tfsdk:"within_row_limit"`
	Timeouts         timeouts.Value `tfsdk:"timeouts"`
}

func (d *estimateSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_export_estimate"
}

func (d *estimateSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "How many rows an export would have, without making it. With a person it takes the same looks as `coveo_user_data_export` takes " +
			"before it exports, so a filter that Coveo ignores is an error here too.\n\n" +
			"The token needs the privilege *Analytics – Data exports: View*.",
		Attributes: map[string]schema.Attribute{
			"subject": schema.StringAttribute{
				Optional: true, Validators: person.SubjectValidators(),
				MarkdownDescription: "A case reference that the provider's vault resolves. At most one of `subject` and `user_ids`; with neither, everybody counts.",
			},
			"user_ids": schema.SetAttribute{
				Optional: true, ElementType: types.StringType, Validators: person.UserIDsValidators(),
				MarkdownDescription: "Identifiers in the open, for synthetic and test identities: they stay in the configuration, in plans and in state.",
			},
			"from":              schema.StringAttribute{Required: true, MarkdownDescription: aboutFrom, Validators: []validator.String{endValidator{}}},
			"to":                schema.StringAttribute{Required: true, MarkdownDescription: aboutTo, Validators: []validator.String{endValidator{}}},
			"tables":            schema.SetAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: aboutTables, Validators: tablesValidators()},
			"user_dimension":    schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: aboutUser, Validators: []validator.String{dimensionValidator{}}},
			"visitor_dimension": schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: aboutVisitor, Validators: []validator.String{dimensionValidator{}}},
			"allow_unusual_ids": schema.BoolAttribute{Optional: true, MarkdownDescription: "Takes identifiers that hold quotes, backslashes or control characters. Default `false`."},
			"rows":              schema.Int64Attribute{Computed: true, MarkdownDescription: "How many rows all tables have together; null where the case is not in the vault."},
			"rows_by_table": schema.MapAttribute{
				Computed: true, ElementType: types.Int64Type,
				MarkdownDescription: "Table to rows. Coveo does not document how it names the tables here: do not rely on the names.",
			},
			"total_rows": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many rows everybody has together in this period and these tables."},
			"row_limit":  schema.Int64Attribute{Computed: true, MarkdownDescription: "How many rows one export holds at most; null where Coveo names no limit."},
			"within_row_limit": schema.BoolAttribute{
				Computed: true, MarkdownDescription: "Whether an export would hold all rows. Where it is false, Coveo would cut it, and `coveo_user_data_export` refuses.",
			},
			"timeouts": timeouts.AttributesWithOpts(ctx, timeouts.Opts{ReadDescription: "How long reading may take, such as `5m` (default)."}),
		},
	}
}

func (d *estimateSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	if host := hostOf(req.ProviderData, &resp.Diagnostics); host != nil {
		d.service, d.people = host.Exports(), host.People()
	}
}

func (d *estimateSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config estimateModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(atMostOne(config.Subject, config.UserIDs)...)
	if !config.From.IsUnknown() && !config.To.IsUnknown() {
		if _, err := parsePeriod(config.From.ValueString(), config.To.ValueString()); err != nil {
			resp.Diagnostics.AddAttributeError(path.Root("to"), "Period cannot be used", "The period cannot be used: "+err.Error()+".")
		}
	}
}

func (d *estimateSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data estimateModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := data.Timeouts.Read(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	named, diags := lookedFor(ctx, d.people, data.Subject, data.UserIDs)
	resp.Diagnostics.Append(diags...)
	period, err := parsePeriod(data.From.ValueString(), data.To.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("to"), "Period cannot be used", "The period cannot be used: "+err.Error()+".")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	everybody := data.Subject.IsNull() && data.UserIDs.IsNull()
	if !everybody && named.Known {
		like := model{Subject: data.Subject, AllowUnusualIDs: data.AllowUnusualIDs}
		resp.Diagnostics.Append(checkIDs(&like, named.IDs)...)
		if resp.Diagnostics.HasError() {
			return
		}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	data.RowsByTable = types.MapNull(types.Int64Type)
	if everybody || !named.Known {
		err = d.everybody(ctx, &data, period, everybody)
	} else {
		err = d.person(ctx, &data, period, named.IDs)
	}
	if err != nil {
		resp.Diagnostics.Append(estimateFailure(err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}

func (d *estimateSource) everybody(ctx context.Context, data *estimateModel, period coveo.Period, counts bool) error {
	all, err := d.service.api.EstimateExport(ctx, period, stringsOf(data.Tables), nil)
	if err != nil {
		return err
	}
	limit, limited, err := d.service.api.ExportRowLimit(ctx)
	if err != nil {
		return err
	}
	data.TotalRows = types.Int64Value(all.Rows)
	if !counts {
		return nil
	}
	data.take(Proof{Person: all, Everyone: all, Limit: limit, Limited: limited})
	return nil
}

func (d *estimateSource) person(ctx context.Context, data *estimateModel, period coveo.Period, ids []string) error {
	columns, err := d.service.columns(ctx, Columns{data.UserDimension.ValueString(), data.VisitorDimension.ValueString()})
	if err != nil {
		return err
	}
	data.UserDimension, data.VisitorDimension = types.StringValue(columns.User), text(columns.Visitor)
	proof, err := d.service.prove(ctx, Question{
		Period: period, Tables: stringsOf(data.Tables), Columns: columns, IDs: ids, Open: period.To.After(d.service.clock.Now()),
	})
	if err != nil {
		return err
	}
	data.take(proof)
	return nil
}

func (m *estimateModel) take(proof Proof) {
	m.Rows, m.TotalRows = types.Int64Value(proof.Person.Rows), types.Int64Value(proof.Everyone.Rows)
	rows := map[string]attr.Value{}
	for table, n := range proof.Person.Tables {
		rows[table] = types.Int64Value(n)
	}
	m.RowsByTable = types.MapValueMust(types.Int64Type, rows)
	m.WithinLimit = types.BoolValue(!proof.Limited || proof.Person.Rows <= proof.Limit)
	if proof.Limited {
		m.RowLimit = types.Int64Value(proof.Limit)
	}
}

// estimateFailure explains why nothing was counted.
func estimateFailure(err error) diag.Diagnostic {
	var doubt *unproved
	if errors.As(err, &doubt) {
		return diag.NewErrorDiagnostic("Export cannot be estimated", doubt.text+". No export of this filter could be trusted.")
	}
	return diagnose.Error("Export cannot be estimated", err)
}
