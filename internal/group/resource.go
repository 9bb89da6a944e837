// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

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
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

var (
	_ resource.ResourceWithConfigure      = (*groupResource)(nil)
	_ resource.ResourceWithIdentity       = (*groupResource)(nil)
	_ resource.ResourceWithImportState    = (*groupResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*groupResource)(nil)
	_ resource.ResourceWithValidateConfig = (*groupResource)(nil)
)

// NewResource is coveo_group.
func NewResource() resource.Resource { return &groupResource{} }

type groupResource struct{ service *Service }

type identityModel struct {
	OrganizationID types.String `tfsdk:"organization_id"`
	ID             types.String `tfsdk:"id"`
}

const (
	defaultTimeout = 5 * time.Minute
	// lagTime is how long a group that no read has shown since it was made is believed to exist. Coveo promises nothing; the
	// price of waiting is a warning, that of not waiting a second group beside one that nobody remembers.
	lagTime = 10 * time.Minute
)

func (r *groupResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_group"
}

func (r *groupResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = resourceSchema(ctx)
}

func (r *groupResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identitySchema()
}

func (r *groupResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.service = serviceOf(req.ProviderData, &resp.Diagnostics)
}

// serviceOf is the service of the configured provider, nil while there is none.
func serviceOf(data any, diags *diag.Diagnostics) *Service {
	if data == nil {
		return nil
	}
	host, ok := data.(Host)
	if !ok {
		diags.AddError("Provider defect", fmt.Sprintf("Groups were configured with %T. Please report this.", data))
		return nil
	}
	return host.Groups()
}

func (r *groupResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config resourceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(checkConfig(&config)...)
}

// identify sets the identity where the command line knows identities.
func (r *groupResource) identify(ctx context.Context, identity *tfsdk.ResourceIdentity, id types.String) diag.Diagnostics {
	if identity == nil {
		return nil
	}
	return identity.Set(ctx, identityModel{OrganizationID: types.StringValue(r.service.api.OrganizationID()), ID: id})
}

// elsewhere is an error where a group belongs to another organization than the provider's: there its ID would look like a group
// that is gone.
func (r *groupResource) elsewhere(kept record, name string) diag.Diagnostics {
	present := r.service.api.OrganizationID()
	if kept.Organization == "" || kept.Organization == present {
		return nil
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic("Group of another organization: "+name,
		fmt.Sprintf("The group belongs to the organization %s, and the provider is configured for %s. Groups cannot move. Set organization_id "+
			"back; or, to give the group up without deleting it, remove it from state with: terraform state rm <resource address>.",
			kept.Organization, present))}
}

func (r *groupResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
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
	id, err := r.service.create(ctx, plan.newGroup(requested))
	if coveo.IsOutcomeUnknown(err) {
		resp.Diagnostics.Append(r.service.lost(ctx, name, err))
		return
	}
	if err != nil {
		resp.Diagnostics.Append(diagnose.Error("No group made: "+name, err))
		return
	}

	// From here on the group exists, and whatever happens, it is in state.
	kept := record{Organization: r.service.api.OrganizationID(), Requested: requested, UnseenSince: &since}
	plan.ID, plan.EffectivePrivileges = types.StringValue(id), privilegeset.Of(requested)
	plan.observe(facts{})
	save := func() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
		resp.Diagnostics.Append(kept.write(ctx, resp.Private)...)
	}
	save()
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, plan.ID)...)

	seen, err := r.service.readNew(ctx, id)
	if err != nil {
		// An error would taint the group, and the next apply would destroy it.
		resp.Diagnostics.Append(diagnose.Warning("New group not read back: "+name,
			"The group was made and is saved, and reading it back failed. The next plan looks again.", err))
		return
	}
	kept.UnseenSince = nil
	plan.observe(factsOf(seen))
	if seen.Privileges != nil && !privilege.EqualSets(seen.Privileges, requested) {
		kept.Granted = privilege.CanonicalSet(seen.Privileges)
		resp.Diagnostics.AddAttributeWarning(path.Root("effective_privileges"), "Group without exactly the privileges asked for: "+name,
			"Coveo made the group with other privileges than were asked for. "+differences(requested, seen.Privileges)+" If that will not do, destroy it.")
	}
	save()
}

func (r *groupResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
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
	group, err := r.service.Find(ctx, state.ID.ValueString(), importing || state.whole())
	switch {
	case errors.Is(err, coveo.ErrTokenUnknown) && !importing:
		resp.Diagnostics.Append(diagnose.Warning("Groups not refreshed", "The groups in state are taken as they were last seen.", err))
		return
	case err != nil:
		resp.Diagnostics.Append(diagnose.Error("Group cannot be read", err))
		return
	case group == nil && importing:
		resp.Diagnostics.AddError("No such group", fmt.Sprintf("The organization %s has no group with the ID %q. The ID is shown in %s; the "+
			"group's name is something else.", r.service.api.OrganizationID(), state.ID.ValueString(), console))
		return
	case group == nil && kept.UnseenSince != nil && r.service.clock.Now().Before(kept.UnseenSince.Add(lagTime)):
		resp.Diagnostics.AddWarning("New group not visible yet: "+name, fmt.Sprintf("The group %s was made at %s, and Coveo does not show it yet. It "+
			"stays in state. If it still does not show after %s, it counts as gone.", state.ID.ValueString(), timestamp(*kept.UnseenSince), lagTime))
		return
	case group == nil:
		resp.Diagnostics.AddWarning("Group gone: "+name, fmt.Sprintf("Coveo says that the group %s does not exist: somebody deleted it outside of "+
			"Terraform. It is removed from state, and the plan makes a new one. If it was deleted on purpose, remove it from the configuration "+
			"as well.", state.ID.ValueString()))
		resp.State.RemoveResource(ctx)
		return
	}
	if importing {
		state.imported(group)
		kept.Requested = privilegeset.Read(state.EffectivePrivileges)
	} else {
		state.refreshed(group)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	if importing || kept.UnseenSince != nil || kept.Organization == "" {
		kept.Organization, kept.UnseenSince = r.service.api.OrganizationID(), nil
		resp.Diagnostics.Append(kept.write(ctx, resp.Private)...)
	}
}

func (r *groupResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config, plan, state resourceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := plan.Timeouts.Update(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	kept, name := readRecord(ctx, req.Private), plan.DisplayName.ValueString()
	resp.Diagnostics.Append(r.elsewhere(kept, name)...)
	requested, _, err := r.service.asked(&config)
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("duties"), "Duty unknown", err.Error()+".")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if plan.EffectivePrivileges.IsUnknown() {
		plan.EffectivePrivileges = privilegeset.Of(requested)
	}
	if !plan.sameInCoveo(&state) {
		if err := r.service.update(ctx, plan.ID.ValueString(), changeOf(&config, &plan, &state)); err != nil {
			resp.Diagnostics.Append(diagnose.Error("Group not changed as planned: "+name, err))
			return
		}
	}
	if config.saysPrivileges() {
		if !privilege.EqualSets(kept.Requested, requested) {
			kept.Granted = nil
		}
		kept.Requested = requested
	}
	if !plan.EffectivePrivileges.Equal(state.EffectivePrivileges) {
		resp.Diagnostics.Append(r.confirm(ctx, &kept, &plan, requested)...)
	}
	kept.Organization = r.service.api.OrganizationID()
	resp.Diagnostics.Append(kept.write(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, plan.ID)...)
}

// confirm looks whether Coveo gave what was asked for. A look that fails changes nothing: the next refresh looks again.
func (r *groupResource) confirm(ctx context.Context, kept *record, plan *resourceModel, requested []privilege.Privilege) diag.Diagnostics {
	seen, err := r.service.api.GetGroup(ctx, plan.ID.ValueString())
	if err != nil || seen.Privileges == nil || privilege.EqualSets(seen.Privileges, requested) {
		return nil
	}
	kept.Granted = privilege.CanonicalSet(seen.Privileges)
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root("effective_privileges"),
		"Group without exactly the privileges asked for: "+plan.DisplayName.ValueString(),
		"Coveo gave the group other privileges than were asked for. "+differences(requested, seen.Privileges))}
}

// sameInCoveo tells whether two models agree in all that Coveo keeps.
func (m *resourceModel) sameInCoveo(other *resourceModel) bool {
	return m.DisplayName.Equal(other.DisplayName) && m.EffectivePrivileges.Equal(other.EffectivePrivileges) &&
		m.Members.Equal(other.Members) && m.Invites.Equal(other.Invites) && m.Realms.Equal(other.Realms) &&
		m.APIKeysThatCanEdit.Equal(other.APIKeysThatCanEdit) && m.GroupsThatCanEdit.Equal(other.GroupsThatCanEdit)
}

func (r *groupResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state resourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := state.Timeouts.Delete(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	name := state.DisplayName.ValueString()
	resp.Diagnostics.Append(r.elsewhere(readRecord(ctx, req.Private), name)...)
	// A replacement comes here without a plan for the deletion.
	resp.Diagnostics.Append(state.undeletable()...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := r.service.remove(ctx, state.ID.ValueString()); err != nil {
		resp.Diagnostics.Append(diagnose.Error("Group not deleted: "+name, err))
	}
}

func (r *groupResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id := types.StringValue(req.ID)
	if req.ID == "" && req.Identity != nil {
		var identity identityModel
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		if resp.Diagnostics.HasError() {
			return
		}
		id = identity.ID
		if present := r.service.api.OrganizationID(); !identity.OrganizationID.IsNull() && identity.OrganizationID.ValueString() != present {
			resp.Diagnostics.AddError("Group of another organization", fmt.Sprintf("The identity names the organization %s, and the provider is "+
				"configured for %s. Leave organization_id out of the identity, or import with a provider of that organization.",
				identity.OrganizationID.ValueString(), present))
			return
		}
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, id)...)
}
