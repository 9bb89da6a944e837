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

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

var (
	_ resource.ResourceWithConfigure      = (*exportResource)(nil)
	_ resource.ResourceWithIdentity       = (*exportResource)(nil)
	_ resource.ResourceWithImportState    = (*exportResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*exportResource)(nil)
	_ resource.ResourceWithValidateConfig = (*exportResource)(nil)
)

// NewResource is coveo_user_data_export.
func NewResource() resource.Resource { return &exportResource{} }

type exportResource struct {
	service *Service
	people  *subject.Directory
}

type identityModel struct {
	OrganizationID types.String `tfsdk:"organization_id"`
	ID             types.String `tfsdk:"id"`
}

const (
	waitTimeout    = 30 * time.Minute
	defaultTimeout = 5 * time.Minute
	// callTimeout bounds the calls around a wait.
	callTimeout = 10 * time.Minute
)

func (r *exportResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_data_export"
}

func (r *exportResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = exportSchema(ctx)
}

func (r *exportResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = exportIdentity("export")
}

func (r *exportResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	if host := hostOf(req.ProviderData, &resp.Diagnostics); host != nil {
		r.service, r.people = host.Exports(), host.People()
	}
}

// hostOf is the configured provider, nil where there is none yet.
func hostOf(data any, diags *diag.Diagnostics) Host {
	if data == nil {
		return nil
	}
	host, ok := data.(Host)
	if !ok {
		diags.AddError("Provider defect", fmt.Sprintf("It was configured with %T. Please report this.", data))
		return nil
	}
	return host
}

func (r *exportResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(person.Validate(config.Subject, config.UserIDs)...)
	if !config.From.IsUnknown() && !config.To.IsUnknown() {
		if _, err := parsePeriod(config.From.ValueString(), config.To.ValueString()); err != nil {
			resp.Diagnostics.AddAttributeError(path.Root("to"), "Period cannot be used", "The period cannot be used: "+err.Error()+".")
		}
	}
}

func identify(ctx context.Context, identity *tfsdk.ResourceIdentity, organization string, id types.String) diag.Diagnostics {
	if identity == nil {
		return nil
	}
	return identity.Set(ctx, identityModel{OrganizationID: types.StringValue(organization), ID: id})
}

// elsewhere is an error where an export belongs to another organization than the provider's: there it would look gone.
func (r *exportResource) elsewhere(kept record, name string) diag.Diagnostics {
	present := r.service.api.OrganizationID()
	if kept.Organization == "" || kept.Organization == present {
		return nil
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic("Export of another organization: "+name,
		fmt.Sprintf("The export belongs to the organization %s, and the provider is configured for %s. Set organization_id back; or, to forget the "+
			"export without removing it, use: terraform state rm <resource address>.", kept.Organization, present))}
}

// failure explains why nothing was exported.
func failure(name string, err error) diag.Diagnostic {
	var doubt *unproved
	var lost *lostError
	switch {
	case errors.As(err, &doubt):
		return diag.NewErrorDiagnostic("Nothing exported: "+name, "Before the export of "+name+", Coveo was asked for counts. "+doubt.text+". Nothing was exported.")
	case errors.As(err, &lost):
		return diag.NewErrorDiagnostic("Answer lost while an export was made: "+name, capitalize(lost.Error())+".")
	case coveo.IsLimitReached(err):
		return diag.NewErrorDiagnostic("No room for another export: "+name, "Coveo makes no further export because the organization has as many as it may: "+err.Error()+
			".\n\nRemove exports that nobody needs any more, which the data source coveo_exports lists, and run again. Coveo can raise the limit.")
	}
	return diagnose.Error("Nothing exported: "+name, err)
}

func (r *exportResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := plan.Timeouts.Create(ctx, waitTimeout)
	resp.Diagnostics.Append(diags...)
	ids, keys, diags := r.resolve(ctx, &plan)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(checkIDs(&plan, ids)...)
	if keys != nil && !plan.Digests.Equal(setOf(digests(keys, keys.Current(), ids))) {
		resp.Diagnostics.AddError("Vault names others: "+plan.label(), "The vault names others for "+plan.label()+" than the reviewed plan did. Nothing was exported. Plan again.")
	}
	period, err := parsePeriod(plan.From.ValueString(), plan.To.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("to"), "Period cannot be used", "The period cannot be used: "+err.Error()+".")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	name := plan.label()
	made, found, err := r.export(ctx, &plan, period, ids)
	if err != nil {
		resp.Diagnostics.Append(failure(name, err))
		return
	}

	// From here on the export exists: whatever happens, it is in state.
	kept := record{Organization: r.service.api.OrganizationID()}
	kept.Triggers, _ = triggersOf(plan.Triggers)
	if found {
		resp.Diagnostics.AddWarning("Answer lost, export found: "+name, "The answer to the request for the export was lost. The export was found in Coveo by its "+
			"marker and is saved. Nothing was sent again.")
	}
	save := func() {
		plan.observe(made)
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	}
	save()
	resp.Diagnostics.Append(kept.write(ctx, resp.Private)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, kept.Organization, plan.ID)...)
	made, err = r.service.wait(ctx, made, timeout)
	save()
	resp.Diagnostics.Append(outcome(name, made, err)...)
}

// export proves the filter and asks for the export.
func (r *exportResource) export(ctx context.Context, plan *model, period coveo.Period, ids []string) (*coveo.Export, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	columns, err := r.service.columns(ctx, Columns{plan.UserDimension.ValueString(), plan.VisitorDimension.ValueString()})
	if err != nil {
		return nil, false, err
	}
	if err := r.service.checkColumns(ctx, stringsOf(plan.Dimensions)); err != nil {
		return nil, false, err
	}
	plan.UserDimension, plan.VisitorDimension = types.StringValue(columns.User), text(columns.Visitor)
	proof, err := r.service.prove(ctx, Question{
		Period: period, Tables: stringsOf(plan.Tables), Columns: columns, IDs: ids, Open: period.To.After(r.service.clock.Now()),
	})
	if err == nil {
		err = proof.exportable()
	}
	if err != nil {
		return nil, false, err
	}
	plan.EstimatedRows = types.Int64Value(proof.Person.Rows)
	return r.service.create(ctx, plan.request(period, proof.Filter), r.service.marker())
}

// outcome says what became of an export that is saved. Only a failed one is an error: it taints the export, and the next
// apply removes it and makes another.
func outcome(name string, made *coveo.Export, err error) diag.Diagnostics {
	var diags diag.Diagnostics
	switch {
	case errors.Is(err, errStillPending):
		diags.AddWarning("Export still under way: "+name, fmt.Sprintf("Coveo is still making the export %s (%s). It is saved as it stands, and the next apply goes on "+
			"waiting. Set timeouts to wait longer at once.", made.ID, statusOf(made)))
	case err != nil && coveo.IsCanceled(err):
		diags.AddWarning("Export still under way: "+name, "The command was interrupted while Coveo made the export "+made.ID+". It is saved, and the next apply goes on waiting.")
	case err != nil:
		diags.Append(diagnose.Warning("Export not seen to its end: "+name, "The export "+made.ID+" was asked for and is saved, and then it could not be looked at. The "+
			"next apply goes on waiting.", err))
	case statusOf(made) == coveo.ExportFailed:
		diags.AddError("Export failed: "+name, "Coveo could not make the export "+made.ID+" and does not say why. It has no file. The next apply removes it and exports "+
			"again; if that fails too, try a shorter period.")
	case statusOf(made) == coveo.ExportExpired:
		diags.AddWarning("Export expired: "+name, "The file of the export "+made.ID+" has expired already. Change triggers to export again.")
	}
	return diags
}

func (r *exportResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := state.Timeouts.Read(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	kept, name := readRecord(ctx, req.Private), state.label()
	resp.Diagnostics.Append(r.elsewhere(kept, name)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(identify(ctx, resp.Identity, r.service.api.OrganizationID(), state.ID)...)
	importing := state.Status.IsNull()
	if state.Status.ValueString() == statusGone {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	seen, err := r.service.Find(ctx, state.ID.ValueString())
	switch {
	case errors.Is(err, coveo.ErrTokenUnknown) && !importing:
		resp.Diagnostics.Append(diagnose.Warning("Exports not refreshed", "The exports in state are taken as they were last seen.", err))
		return
	case err != nil:
		resp.Diagnostics.Append(diagnose.Error("Export cannot be read: "+name, err))
		return
	case seen == nil && importing:
		resp.Diagnostics.AddError("No such export", fmt.Sprintf("The organization %s has no export with the ID %q. The data source coveo_exports lists them.",
			r.service.api.OrganizationID(), state.ID.ValueString()))
		return
	case seen == nil:
		// A fact, like expiry, and no drift: making it again by itself would be an export that nobody reviewed.
		resp.Diagnostics.AddWarning("Export gone: "+name, "Coveo knows the export "+state.ID.ValueString()+" no more, so its file is gone too. It is recorded as GONE and "+
			"not made again. Change triggers to export again, or remove the resource.")
		state.Status, state.Size = types.StringValue(statusGone), types.Int64Value(0)
	default:
		author := state.Author
		state.observe(seen)
		if !importing {
			// Nobody becomes another author; a name that was left out at import stays out.
			state.Author = author
		}
	}
	if importing {
		state.Description = text(undescribe(seen.Description))
		hidden := slices.Concat(slices.Collect(mapValues(casesOf(r.people)))...)
		if names(seen.Description, hidden) {
			state.Description = types.StringNull()
			resp.Diagnostics.AddWarning("Imported export whose description names a person", "The description of the export "+seen.ID+" holds an identifier of the vault. "+
				"It is left out of state, and Coveo shows it to whoever may see exports until the export is removed.")
		}
		if names(seen.Author, hidden) {
			state.Author = types.StringNull()
		}
		state.Tables, state.Dimensions = texts(seen.Tables), texts(seen.Dimensions)
		state.UseDisplayNames = types.BoolValue(seen.UsingDisplayNames)
		state.UserIDs, state.Digests = types.SetNull(types.StringType), types.SetNull(types.StringType)
		kept.Organization, kept.Imported = r.service.api.OrganizationID(), true
		resp.Diagnostics.Append(kept.write(ctx, resp.Private)...)
		resp.Diagnostics.AddWarning("Imported export without its people", "Coveo shows the filters of the export, and they are not taken into state: they name people. "+
			"subject, from and to are taken from the configuration as written, once the filters are seen to name that case's people.")
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// Update goes on waiting for an export that was under way, and gives an imported one its people.
func (r *exportResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := plan.Timeouts.Update(ctx, waitTimeout)
	resp.Diagnostics.Append(diags...)
	kept, name := readRecord(ctx, req.Private), plan.label()
	resp.Diagnostics.Append(r.elsewhere(kept, name)...)
	if resp.Diagnostics.HasError() {
		return
	}
	adopting := kept.Imported && state.Count.IsNull() && !plan.Count.IsNull()
	if adopting {
		resp.Diagnostics.Append(r.adopt(ctx, &plan)...)
		if resp.Diagnostics.HasError() {
			return
		}
		kept.Imported = false
		kept.Triggers, _ = triggersOf(plan.Triggers)
		resp.Diagnostics.Append(kept.write(ctx, resp.Private)...)
	}
	if plan.Status.IsUnknown() {
		seen, err := r.service.wait(ctx, &coveo.Export{ID: state.ID.ValueString(), Status: state.Status.ValueString()}, timeout)
		plan.Status, plan.Size = types.StringValue(statusOf(seen)), types.Int64Value(int64(seen.Size))
		resp.Diagnostics.Append(outcome(name, seen, err)...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, r.service.api.OrganizationID(), plan.ID)...)
}

// adopt checks that an imported export is about the people whom the configuration names, in memory only.
func (r *exportResource) adopt(ctx context.Context, plan *model) diag.Diagnostics {
	ids, _, diags := r.resolve(ctx, plan)
	if diags.HasError() {
		return diags
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	seen, err := r.service.Find(ctx, plan.ID.ValueString())
	if err != nil {
		diags.Append(diagnose.Error("Export cannot be read: "+plan.label(), err))
		return diags
	}
	filters := []string{}
	if seen != nil {
		filters = seen.Filters.Texts()
	}
	if missing := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return Mentions(filters, id) }); len(missing) > 0 {
		diags.AddError("Imported export of others: "+plan.label(), fmt.Sprintf("The filters of the export %s do not name %d of the %d identifiers of %s, so it is not an "+
			"export of that case. Forget it with terraform state rm, and let a new one be made.", plan.ID.ValueString(), len(missing), len(ids), plan.label()))
	}
	return diags
}

func (r *exportResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := state.Timeouts.Delete(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.elsewhere(readRecord(ctx, req.Private), state.label())...)
	if resp.Diagnostics.HasError() || state.Status.ValueString() == statusGone {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := r.service.remove(ctx, state.ID.ValueString()); err != nil {
		resp.Diagnostics.Append(diagnose.Error("Export not removed: "+state.label(), err))
	}
}

func (r *exportResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, diags := importedID(ctx, req, r.service.api.OrganizationID(), "Export")
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, r.service.api.OrganizationID(), id)...)
}

// importedID is the ID that an import names, by text or by identity. A text that can be none is not repeated: it may be a
// person's identifier, given by mistake.
func importedID(ctx context.Context, req resource.ImportStateRequest, organization, what string) (types.String, diag.Diagnostics) {
	var diags diag.Diagnostics
	id := types.StringValue(req.ID)
	if req.ID == "" && req.Identity != nil {
		var identity identityModel
		diags.Append(req.Identity.Get(ctx, &identity)...)
		if diags.HasError() {
			return id, diags
		}
		id = identity.ID
		if !identity.OrganizationID.IsNull() && identity.OrganizationID.ValueString() != organization {
			diags.AddError(what+" of another organization", fmt.Sprintf("The identity names the organization %s, and the provider is configured for %s. Leave "+
				"organization_id out of the identity, or import with a provider of that organization.", identity.OrganizationID.ValueString(), organization))
			return id, diags
		}
	}
	if err := coveo.CheckExportID(id.ValueString()); err != nil {
		diags.AddError("ID cannot be used", "What was given to import cannot be an ID: "+err.Error()+". Take the ID from the data source coveo_exports or from Coveo's "+
			"administration console; a case or a person is something else.")
	}
	return id, diags
}

func capitalize(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
