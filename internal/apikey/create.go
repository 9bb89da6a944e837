// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

func (r *keyResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan resourceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	name := plan.DisplayName.ValueString()
	request, requested, diags := r.request(ctx, &plan)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	since := r.service.clock.Now()
	key, err := r.service.create(ctx, request)
	if coveo.IsOutcomeUnknown(err) {
		resp.Diagnostics.Append(r.service.lost(ctx, name, since, key, err))
		return
	}
	if err != nil {
		resp.Diagnostics.Append(diagnose.Error("No API key made: "+name, err))
		return
	}

	// From here on the key exists and this is the only time that its value is seen: whatever happens, it is in state, in the
	// open or encrypted.
	kept := record{Organization: r.service.api.OrganizationID(), Requested: requested, UnseenSince: &since}
	resp.Diagnostics.Append(r.service.keepValue(&plan, key)...)
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
			"The key was made and is saved "+plan.withValue()+", and reading it back failed. The next plan looks again.", err))
	} else {
		kept.UnseenSince = nil
		plan.observe(factsOf(seen))
	}
	resp.Diagnostics.Append(judgeGranted(&plan, &kept)...)
	save()
}

// request is what is asked of Coveo for a plan, and the privileges that come of it: nil where a template brings them and
// cannot be read. It refuses what a check at plan may have missed, while nothing is made yet.
func (r *keyResource) request(ctx context.Context, plan *resourceModel) (coveo.NewAPIKey, []privilege.Privilege, diag.Diagnostics) {
	requested, _, err := r.service.asked(plan)
	if err != nil {
		return coveo.NewAPIKey{}, nil, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("duties"), "Duty unknown", err.Error()+".")}
	}
	diags := checkRecipients(plan.ValueRecipients)
	if !plan.TemplateID.IsNull() {
		var more diag.Diagnostics
		requested, more = r.service.checkTemplate(ctx, plan, beforeTheCall)
		diags.Append(more...)
	}
	request, err := plan.newKey(requested)
	if err != nil {
		diags.Append(diagnose.Error("No API key made: "+plan.DisplayName.ValueString(), err))
	}
	return request, requested, diags
}

// judgeGranted compares what a new key may do with what was asked for. The key exists, so nothing of it is an error.
func judgeGranted(plan *resourceModel, kept *record) (diags diag.Diagnostics) {
	if plan.EffectivePrivileges.IsNull() {
		return nil
	}
	shown, name := privilegeset.Read(plan.EffectivePrivileges), plan.DisplayName.ValueString()
	if len(kept.Requested) == 0 {
		// The template could not be read, or lists nothing, so what it gave is what it gives.
		kept.Requested = shown
	}
	if !privilege.EqualSets(shown, kept.Requested) {
		kept.Granted = shown
		diags.AddAttributeWarning(path.Root("effective_privileges"), "Key without exactly the privileges asked for: "+name,
			"Coveo made the key with other privileges than were asked for. "+differences(kept.Requested, shown)+" If that will not do, destroy it.")
	}
	if missing := plan.unlimitedErasure(shown); missing != "" {
		diags.AddAttributeWarning(path.Root("effective_privileges"), "Key may erase people without limits: "+name, "Coveo made a key that may erase "+
			"everything usage analytics holds on any person, and "+missing+". The key is live. Set what is missing; or destroy it now, by removing "+
			"it from the configuration and applying that; or say unrestricted_erasure = true if this is meant."+plan.refusal())
	}
	return diags
}

// refusal says what becomes of later plans of a key that may erase without limits. Those of a key with privileges of its own
// only warn of what it was given beside them.
func (m *resourceModel) refusal() string {
	if m.TemplateID.IsNull() {
		return ""
	}
	return " Until then every other plan is refused, and so is terraform destroy, which plans first."
}
