// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
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
