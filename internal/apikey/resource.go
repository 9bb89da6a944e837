// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

var (
	_ resource.ResourceWithConfigure      = (*keyResource)(nil)
	_ resource.ResourceWithIdentity       = (*keyResource)(nil)
	_ resource.ResourceWithImportState    = (*keyResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*keyResource)(nil)
	_ resource.ResourceWithValidateConfig = (*keyResource)(nil)
)

// Host is what this package takes from the configured provider.
type Host interface{ APIKeys() *Service }

// NewResource is coveo_api_key.
func NewResource() resource.Resource { return &keyResource{} }

type keyResource struct{ service *Service }

type identityModel struct {
	OrganizationID types.String `tfsdk:"organization_id"`
	ID             types.String `tfsdk:"id"`
}

const (
	defaultTimeout = 5 * time.Minute
	// lagTime is how long a key that no read has shown since it was made is believed to exist. Coveo promises nothing; the
	// price of waiting is a warning, that of not waiting a second key beside a live one that nobody remembers.
	lagTime = 10 * time.Minute
)

func (r *keyResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_api_key"
}

func (r *keyResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = resourceSchema(ctx)
}

func (r *keyResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identitySchema()
}

func (r *keyResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	if req.ProviderData == nil {
		return
	}
	host, ok := req.ProviderData.(Host)
	if !ok {
		resp.Diagnostics.AddError("Provider defect", fmt.Sprintf("The resource was configured with %T. Please report this.", req.ProviderData))
		return
	}
	r.service = host.APIKeys()
}

func (r *keyResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config resourceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(checkConfig(&config)...)
}

// identify sets the identity where the command line knows identities.
func (r *keyResource) identify(ctx context.Context, identity *tfsdk.ResourceIdentity, id types.String) diag.Diagnostics {
	if identity == nil {
		return nil
	}
	return identity.Set(ctx, identityModel{OrganizationID: types.StringValue(r.service.api.OrganizationID()), ID: id})
}

// elsewhere is an error where a key belongs to another organization than the provider's: there its ID would look like a key
// that is gone.
func (r *keyResource) elsewhere(kept record, name string) diag.Diagnostics {
	present := r.service.api.OrganizationID()
	if kept.Organization == "" || kept.Organization == present {
		return nil
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic("Key of another organization: "+name,
		fmt.Sprintf("The key belongs to the organization %s, and the provider is configured for %s. Keys cannot move. Set organization_id "+
			"back; or, to give the key up without deleting it, remove it from state with: terraform state rm <resource address>.",
			kept.Organization, present))}
}

func (r *keyResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan resourceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	requested, _, err := r.service.asked(&plan)
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("duties"), "Duty unknown", err.Error()+".")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	name := plan.DisplayName.ValueString()
	since := r.service.clock.Now()
	key, err := r.service.create(ctx, plan.newKey(requested))
	if coveo.IsOutcomeUnknown(err) {
		resp.Diagnostics.Append(r.service.lost(ctx, name, since, key, err))
		return
	}
	if err != nil {
		resp.Diagnostics.Append(diagnose.Error("No API key made: "+name, err))
		return
	}

	// From here on the key exists and this is the only time that its value is seen: whatever happens, it is in state.
	kept := record{Organization: r.service.api.OrganizationID(), Requested: requested, UnseenSince: &since}
	plan.Value = types.StringValue(key.Value)
	plan.created(key)
	save := func() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
		resp.Diagnostics.Append(kept.write(ctx, resp.Private)...)
	}
	save()
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, plan.ID)...)

	seen, err := r.service.readNew(ctx, key.ID)
	if err != nil {
		// An error would taint the key, and the next apply would destroy it.
		resp.Diagnostics.Append(diagnose.Warning("New API key not read back: "+name,
			"The key was made and is saved with its value, and reading it back failed. The next plan looks again.", err))
	} else {
		kept.UnseenSince = nil
		plan.observe(factsOf(seen))
	}
	if shown := privileges(plan.EffectivePrivileges); !plan.EffectivePrivileges.IsNull() && !privilege.EqualSets(shown, requested) {
		kept.Granted = shown
		resp.Diagnostics.AddAttributeWarning(path.Root("effective_privileges"), "Key without exactly the privileges asked for: "+name,
			"Coveo made the key with other privileges than were asked for. "+differences(requested, shown)+" If that will not do, destroy it.")
	}
	save()
}

func (r *keyResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state resourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := state.Timeouts.Read(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	kept, name := readRecord(ctx, req.Private), state.DisplayName.ValueString()
	resp.Diagnostics.Append(r.elsewhere(kept, name)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, state.ID)...)

	importing := state.DisplayName.IsNull()
	key, err := r.service.Find(ctx, state.ID.ValueString())
	switch {
	case errors.Is(err, coveo.ErrTokenUnknown) && !importing:
		resp.Diagnostics.Append(diagnose.Warning("API keys not refreshed", "The keys in state are taken as they were last seen.", err))
		return
	case err != nil:
		resp.Diagnostics.Append(diagnose.Error("API key cannot be read", err))
		return
	case key == nil && importing:
		resp.Diagnostics.AddError("No such API key", fmt.Sprintf("The organization %s has no API key with the ID %q. The ID is shown in Coveo's "+
			"administration console (Organization > API Keys); the key's name and its value are something else.",
			r.service.api.OrganizationID(), state.ID.ValueString()))
		return
	case key == nil && kept.UnseenSince != nil && r.service.clock.Now().Before(kept.UnseenSince.Add(lagTime)):
		resp.Diagnostics.AddWarning("New API key not visible yet: "+name, fmt.Sprintf("The key %s was made at %s, and Coveo does not show it yet. It "+
			"stays in state. If it still does not show after %s, it counts as gone.", state.ID.ValueString(), timestamp(*kept.UnseenSince), lagTime))
		return
	case key == nil:
		resp.Diagnostics.AddWarning("API key gone: "+name, fmt.Sprintf("Coveo says that the key %s does not exist: somebody deleted it outside of "+
			"Terraform. It is removed from state, and the plan makes a new one, with a new value. If it was deleted on purpose, remove it from the "+
			"configuration as well.", state.ID.ValueString()))
		resp.State.RemoveResource(ctx)
		return
	}
	if importing {
		state.imported(key)
		kept.Requested = privileges(state.EffectivePrivileges)
		resp.Diagnostics.AddAttributeWarning(path.Root("value"), "Imported key without its value: "+state.DisplayName.ValueString(),
			"Coveo shows a key's value only when it makes the key, so value is null. Where the configuration uses it, make a new key in "+
				"place of this one, with terraform apply -replace=<resource address>, or destroy and create it.")
	} else {
		state.refreshed(key)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	if importing || kept.UnseenSince != nil || kept.Organization == "" {
		kept.Organization, kept.UnseenSince = r.service.api.OrganizationID(), nil
		resp.Diagnostics.Append(kept.write(ctx, resp.Private)...)
	}
}

func (r *keyResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state resourceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := plan.Timeouts.Update(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	kept, name := readRecord(ctx, req.Private), plan.DisplayName.ValueString()
	resp.Diagnostics.Append(r.elsewhere(kept, name)...)
	requested, _, err := r.service.asked(&plan)
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("duties"), "Duty unknown", err.Error()+".")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	wanted := changes{
		disable: state.Enabled.ValueBool() && !plan.Enabled.ValueBool(),
		activate: plan.Enabled.ValueBool() &&
			(!state.Enabled.ValueBool() || state.Status.ValueString() == coveo.KeyDisabledForInactivity),
	}
	if !plan.sameSettings(&state) {
		wanted.settings = plan.settings
	}
	if wanted.disable || wanted.activate || wanted.settings != nil {
		done, err := r.service.change(ctx, state.ID.ValueString(), wanted)
		if err != nil {
			resp.Diagnostics.Append(diagnose.Error("API key not changed as planned: "+name, err))
			state.partly(&plan, done)
			resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
			return
		}
	}
	if plan.Status.IsUnknown() {
		resp.Diagnostics.Append(r.readStatus(ctx, &plan)...)
	}
	if kept.Requested == nil || !plan.Duties.Equal(state.Duties) || !plan.Privileges.Equal(state.Privileges) {
		kept.Requested = requested
	}
	kept.Organization = r.service.api.OrganizationID()
	resp.Diagnostics.Append(kept.write(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, plan.ID)...)
}

// partly takes over what an update that failed had already changed, and nothing else.
func (m *resourceModel) partly(plan *resourceModel, done changes) {
	if done.disable {
		m.Enabled, m.Status = types.BoolValue(false), types.StringValue(coveo.KeyDisabled)
	}
	if done.settings != nil {
		m.DisplayName, m.Description, m.AllowedIPs, m.DeniedIPs = plan.DisplayName, plan.Description, plan.AllowedIPs, plan.DeniedIPs
	}
}

// readStatus fills the status after the key was switched.
func (r *keyResource) readStatus(ctx context.Context, plan *resourceModel) diag.Diagnostics {
	key, err := r.service.api.GetAPIKey(ctx, plan.ID.ValueString())
	if err == nil {
		plan.Status = text(key.Status)
		return nil
	}
	// Coveo accepted the switch, so this is what it said, until the next refresh.
	plan.Status = types.StringValue(coveo.KeyDisabled)
	if plan.Enabled.ValueBool() {
		plan.Status = types.StringValue(coveo.KeyEnabled)
	}
	return diag.Diagnostics{diagnose.Warning("API key not read back: "+plan.DisplayName.ValueString(),
		"The key was changed, and reading it back failed. The next plan looks again.", err)}
}

func (r *keyResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state resourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := state.Timeouts.Delete(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	name := state.DisplayName.ValueString()
	resp.Diagnostics.Append(r.elsewhere(readRecord(ctx, req.Private), name)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := r.service.remove(ctx, state.ID.ValueString()); err != nil {
		resp.Diagnostics.Append(diagnose.Error("API key not deleted: "+name, err))
	}
}

func (r *keyResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id := types.StringValue(req.ID)
	if req.ID == "" && req.Identity != nil {
		var identity identityModel
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		if resp.Diagnostics.HasError() {
			return
		}
		id = identity.ID
		if present := r.service.api.OrganizationID(); !identity.OrganizationID.IsNull() && identity.OrganizationID.ValueString() != present {
			resp.Diagnostics.AddError("Key of another organization", fmt.Sprintf("The identity names the organization %s, and the provider is "+
				"configured for %s. Leave organization_id out of the identity, or import with a provider of that organization.",
				identity.OrganizationID.ValueString(), present))
			return
		}
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, id)...)
}
