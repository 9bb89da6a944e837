// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

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
		kept.Requested, kept.Imported = privilegeset.Read(state.EffectivePrivileges), true
		resp.Diagnostics.AddAttributeWarning(path.Root("value"), "Imported key without its value: "+state.DisplayName.ValueString(),
			"Coveo shows a key's value only when it makes the key, so value is null. Where the configuration uses it, make a new key in "+
				"place of this one, with terraform apply -replace=<resource address>, or destroy and create it.")
	} else {
		state.refreshed(key)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	judged := kept.judgeRenewal(&state, r.service.clock.Now())
	if importing || judged || kept.UnseenSince != nil || kept.Organization == "" {
		kept.Organization, kept.UnseenSince = r.service.api.OrganizationID(), nil
		resp.Diagnostics.Append(kept.write(ctx, resp.Private)...)
	}
}
