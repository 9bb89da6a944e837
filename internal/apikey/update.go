// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

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
		wanted.settings = plan.settings(&state)
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
	switch {
	case !plan.TemplateID.IsNull():
		// What a template gives is known from the key only.
		if kept.Requested == nil && !state.EffectivePrivileges.IsNull() {
			kept.Requested = privilegeset.Read(state.EffectivePrivileges)
		}
	case kept.Requested == nil || !plan.sameSpelling(&state):
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
		m.AdditionalConfiguration, m.APIKeysThatCanEdit, m.GroupsThatCanEdit = plan.AdditionalConfiguration, plan.APIKeysThatCanEdit, plan.GroupsThatCanEdit
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
