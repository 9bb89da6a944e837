// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

var (
	_ resource.ResourceWithConfigure      = (*scheduleResource)(nil)
	_ resource.ResourceWithIdentity       = (*scheduleResource)(nil)
	_ resource.ResourceWithImportState    = (*scheduleResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*scheduleResource)(nil)
	_ resource.ResourceWithValidateConfig = (*scheduleResource)(nil)
)

// NewScheduleResource is coveo_export_schedule.
func NewScheduleResource() resource.Resource { return &scheduleResource{} }

type scheduleResource struct {
	service *Service
	people  *subject.Directory
}

type scheduleModel struct {
	ID                  types.String   `tfsdk:"id"`
	Frequency           types.String   `tfsdk:"frequency"`
	DayOfWeek           types.String   `tfsdk:"day_of_week"`
	Timezone            types.String   `tfsdk:"timezone"`
	Description         types.String   `tfsdk:"description"`
	Tables              types.Set      `tfsdk:"tables"`
	Dimensions          types.Set      `tfsdk:"dimensions"`
	CommonFilters       types.List     `tfsdk:"common_filters"`
	SearchesFilters     types.List     `tfsdk:"searches_filters"`
	CustomEventsFilters types.List     `tfsdk:"custom_events_filters"`
	Format              types.String   `tfsdk:"format"`
	UseDisplayNames     types.Bool     `tfsdk:"use_display_names"`
	NotificationEmails  types.Set      `tfsdk:"notification_emails"`
	Author              types.String   `tfsdk:"author"`
	Timeouts            timeouts.Value `tfsdk:"timeouts"`
}

func (r *scheduleResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_export_schedule"
}

func (r *scheduleResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = scheduleSchema(ctx)
}

func (r *scheduleResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = exportIdentity("schedule")
}

func (r *scheduleResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	if host := hostOf(req.ProviderData, &resp.Diagnostics); host != nil {
		r.service, r.people = host.Exports(), host.People()
	}
}

func (r *scheduleResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config scheduleModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || config.Frequency.IsUnknown() || config.DayOfWeek.IsUnknown() {
		return
	}
	if weekly := config.Frequency.ValueString() == "WEEKLY"; weekly == config.DayOfWeek.IsNull() {
		resp.Diagnostics.AddAttributeError(path.Root("day_of_week"), "Day of the week misplaced",
			"day_of_week says when a WEEKLY schedule exports, and nothing with any other frequency. Set it with WEEKLY, and only then.")
	}
}

// ModifyPlan refuses filters that name somebody of the vault: they stand in the configuration, in state and in every plan.
func (r *scheduleResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.service == nil || req.Plan.Raw.IsNull() {
		return
	}
	var plan scheduleModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	filters := plan.filters()
	for reference, ids := range casesOf(r.people) {
		if MentionsAny(filters, ids) || names(plan.Description.ValueString(), ids) {
			resp.Diagnostics.AddError("Schedule that names a person", fmt.Sprintf("The filters or the description of an export schedule hold an identifier of %s. They stand in the "+
				"configuration, in every plan, in state and in Coveo. Export a person once with coveo_user_data_export, which keeps identifiers out of "+
				"all of these; schedules are for everything else.", reference))
			return
		}
	}
	if !req.State.Raw.IsNull() {
		var prior scheduleModel
		resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
		plan.ID, plan.Author = prior.ID, prior.Author
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	}
}

func (m *scheduleModel) filters() []string {
	return slices.Concat(inOrder(m.CommonFilters), inOrder(m.SearchesFilters), inOrder(m.CustomEventsFilters))
}

func inOrder(list types.List) []string {
	var out []string
	for _, element := range list.Elements() {
		if value, ok := element.(types.String); ok && !value.IsUnknown() && !value.IsNull() {
			out = append(out, value.ValueString())
		}
	}
	return out
}

func (m *scheduleModel) request() coveo.ScheduleModel {
	return coveo.ScheduleModel{
		Frequency: m.Frequency.ValueString(), DayOfWeek: m.DayOfWeek.ValueString(), Timezone: m.Timezone.ValueString(),
		CommonFilters: inOrder(m.CommonFilters), SearchesFilters: inOrder(m.SearchesFilters), CustomEventsFilters: inOrder(m.CustomEventsFilters),
		Tables: stringsOf(m.Tables), Dimensions: stringsOf(m.Dimensions), Description: m.Description.ValueString(), ExportFormat: m.Format.ValueString(),
		UsingDisplayNames: m.UseDisplayNames.ValueBool(), Emails: append([]string{}, stringsOf(m.NotificationEmails)...),
	}
}

// observe takes over what Coveo tells. The format and the filters never come back, so they stay as configured.
func (m *scheduleModel) observe(s *coveo.ExportSchedule) {
	m.ID, m.Author = types.StringValue(s.ID), text(s.Author)
	m.Frequency, m.Timezone = types.StringValue(strings.ToUpper(s.Frequency)), types.StringValue(s.Timezone)
	m.DayOfWeek, m.Description = types.StringNull(), same(m.Description, s.Description)
	if m.Frequency.ValueString() == "WEEKLY" {
		// With any other frequency a day means nothing, and could not be configured.
		m.DayOfWeek = text(strings.ToUpper(s.DayOfWeek))
	}
	m.UseDisplayNames = types.BoolValue(s.UsingDisplayNames)
	m.Tables = sameSet(m.Tables, s.Tables)
	m.Dimensions = sameSet(m.Dimensions, s.Dimensions)
	m.NotificationEmails = sameSet(m.NotificationEmails, s.Emails)
}

// same keeps an empty text that was written as such: Coveo tells it as null.
func same(kept types.String, seen string) types.String {
	if seen == "" && !kept.IsUnknown() && !kept.IsNull() && kept.ValueString() == "" {
		return kept
	}
	return text(seen)
}

// defaultTables are what Coveo lists where none were chosen, sorted.
func defaultTables() []string {
	return []string{"CLICKS", "CUSTOM_EVENTS", "GROUPS", "KEYWORDS", "SEARCHES"}
}

// sameSet keeps an absent list where Coveo shows the default that it stands for, or nothing.
func sameSet(kept types.Set, seen []string) types.Set {
	all := len(seen) == 0 || slices.Equal(slices.Sorted(slices.Values(seen)), defaultTables())
	if (kept.IsNull() || len(kept.Elements()) == 0) && all {
		return types.SetNull(types.StringType)
	}
	return texts(seen)
}

func (r *scheduleResource) elsewhere(kept record) diag.Diagnostics {
	return (&exportResource{service: r.service}).elsewhere(kept, "schedule")
}

func (r *scheduleResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan scheduleModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	before, listErr := r.service.api.ListExportSchedules(ctx)
	made, err := r.service.api.CreateExportSchedule(ctx, plan.request())
	if coveo.IsOutcomeUnknown(err) {
		made, err = r.lost(ctx, before, listErr, plan, err)
		if err == nil {
			resp.Diagnostics.AddWarning("Answer lost, schedule found", "The answer to the request for the schedule was lost. The one schedule that is new and like it was found "+
				"in Coveo and is saved. Nothing was sent again.")
		}
	}
	if err != nil {
		resp.Diagnostics.Append(diagnose.Error("No export schedule made", err))
		return
	}
	plan.ID, plan.Author = types.StringValue(made.ID), text(made.Author)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(record{Organization: r.service.api.OrganizationID()}.write(ctx, resp.Private)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, r.service.api.OrganizationID(), plan.ID)...)
}

// lost looks for the schedule of a request whose answer never came: one that was not there before and is like it.
func (r *scheduleResource) lost(ctx context.Context, before []coveo.ExportSchedule, listErr error, plan scheduleModel, cause error) (*coveo.ExportSchedule, error) {
	if listErr != nil {
		return nil, cause
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), searchTime)
	defer cancel()
	after, err := r.service.api.ListExportSchedules(ctx)
	if err != nil {
		return nil, cause
	}
	var found []coveo.ExportSchedule
	for i := range after {
		known := slices.ContainsFunc(before, func(s coveo.ExportSchedule) bool { return s.ID == after[i].ID })
		if !known && after[i].Frequency == plan.Frequency.ValueString() && after[i].Description == plan.Description.ValueString() {
			found = append(found, after[i])
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%w. Nothing was sent again. Coveo shows %d new schedules like it: look in its administration console, and remove or import the one "+
			"that was made", cause, len(found))
	}
	return &found[0], nil
}

func (r *scheduleResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state scheduleModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := state.Timeouts.Read(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	kept := readRecord(ctx, req.Private)
	resp.Diagnostics.Append(r.elsewhere(kept)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	resp.Diagnostics.Append(identify(ctx, resp.Identity, r.service.api.OrganizationID(), state.ID)...)
	importing := state.Frequency.IsNull()
	seen, err := r.find(ctx, state.ID.ValueString())
	switch {
	case errors.Is(err, coveo.ErrTokenUnknown) && !importing:
		resp.Diagnostics.Append(diagnose.Warning("Export schedules not refreshed", "The schedules in state are taken as they were last seen.", err))
		return
	case err != nil:
		resp.Diagnostics.Append(diagnose.Error("Export schedule cannot be read", err))
		return
	case seen == nil && importing:
		resp.Diagnostics.AddError("No such export schedule", fmt.Sprintf("The organization %s has no export schedule with the ID %q.", r.service.api.OrganizationID(), state.ID.ValueString()))
		return
	case seen == nil:
		resp.Diagnostics.AddWarning("Export schedule gone", "Coveo says that the schedule "+state.ID.ValueString()+" does not exist: somebody removed it outside of Terraform. The plan "+
			"makes a new one.")
		resp.State.RemoveResource(ctx)
		return
	}
	state.observe(seen)
	if importing {
		kept.Organization = r.service.api.OrganizationID()
		resp.Diagnostics.Append(kept.write(ctx, resp.Private)...)
		if !seen.Filters.Empty() {
			resp.Diagnostics.AddWarning("Imported schedule with filters", "Coveo shows the filters of the schedule in another form than they are given, so they are not taken into "+
				"state. The next apply sets them to what the configuration says.")
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// find is one schedule, nil where the list confirms that there is none.
func (r *scheduleResource) find(ctx context.Context, id string) (*coveo.ExportSchedule, error) {
	seen, err := r.service.api.GetExportSchedule(ctx, id)
	if err == nil || !coveo.IsNotFound(err) && !coveo.IsRefused(err) {
		return seen, err
	}
	schedules, listErr := r.service.api.ListExportSchedules(ctx)
	if listErr != nil {
		return nil, err
	}
	for i := range schedules {
		if schedules[i].ID == id {
			return &schedules[i], nil
		}
	}
	return nil, nil //nolint:nilnil // absence is an answer here, not an error
}

func (r *scheduleResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state scheduleModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := plan.Timeouts.Update(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.elsewhere(readRecord(ctx, req.Private))...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if !plan.like(&state) {
		if _, err := r.service.api.UpdateExportSchedule(ctx, state.ID.ValueString(), plan.request()); err != nil {
			resp.Diagnostics.Append(diagnose.Error("Export schedule not changed", err))
			return
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, r.service.api.OrganizationID(), plan.ID)...)
}

// like tells whether nothing that Coveo keeps differs.
func (m *scheduleModel) like(other *scheduleModel) bool {
	for _, pair := range [][2]attr.Value{
		{m.Frequency, other.Frequency}, {m.DayOfWeek, other.DayOfWeek}, {m.Timezone, other.Timezone}, {m.Description, other.Description}, {m.Tables, other.Tables},
		{m.Dimensions, other.Dimensions}, {m.CommonFilters, other.CommonFilters}, {m.SearchesFilters, other.SearchesFilters},
		{m.CustomEventsFilters, other.CustomEventsFilters}, {m.Format, other.Format}, {m.UseDisplayNames, other.UseDisplayNames},
		{m.NotificationEmails, other.NotificationEmails},
	} {
		if !pair[0].Equal(pair[1]) {
			return false
		}
	}
	return true
}

func (r *scheduleResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state scheduleModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.elsewhere(readRecord(ctx, req.Private))...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := state.Timeouts.Delete(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := r.service.api.DeleteExportSchedule(ctx, state.ID.ValueString()); err != nil {
		resp.Diagnostics.Append(diagnose.Error("Export schedule not removed", err))
	}
}

func (r *scheduleResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, diags := importedID(ctx, req, r.service.api.OrganizationID(), "Schedule")
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, r.service.api.OrganizationID(), id)...)
}

// knownTimezone refuses what no table of time zones has. The machine's table may lack what Coveo's has, so only the form of a
// name counts.
func knownTimezone(name string) error {
	if name == "" || name == "Local" || strings.ContainsAny(name, " \t\n") {
		return errors.New(`it must be the name of a time zone, such as "Europe/Berlin" or "UTC"`)
	}
	if _, err := time.LoadLocation(name); err != nil && !strings.Contains(name, "/") {
		return errors.New(`it must be the name of a time zone, such as "Europe/Berlin" or "UTC"`)
	}
	return nil
}
