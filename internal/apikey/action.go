// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
)

var _ action.ActionWithConfigure = (*extendAction)(nil)

// NewExtendAction is the action coveo_extend_api_key.
func NewExtendAction() action.Action { return &extendAction{} }

type extendAction struct{ service *Service }

type extendModel struct {
	ID       types.String   `tfsdk:"id"`
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

func (a *extendAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_extend_api_key"
}

func (a *extendAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Keeps an API key from being deactivated for lack of use, as Coveo's console does with *Extend*. By how long is Coveo's choice. It takes " +
			"Terraform 1.14 or later.\n\n" +
			"It is for keys that are needed seldom, such as those of an eraser in a quiet quarter. It does not move the day on which a key expires, " +
			"and it switches nothing on: a key that is disabled already is activated by its `coveo_api_key` resource. The key is read before and " +
			"after, and the status before and after is reported.\n\n" +
			"The provider's token needs the privileges *Organization – API keys: View* and *Edit*.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The ID of the key, such as `coveo_api_key.dsr.id`.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"timeouts": invokeTimeout(ctx),
		},
	}
}

func (a *extendAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	if req.ProviderData == nil {
		return
	}
	host, ok := req.ProviderData.(Host)
	if !ok {
		resp.Diagnostics.AddError("Provider defect", fmt.Sprintf("The action was configured with %T. Please report this.", req.ProviderData))
		return
	}
	a.service = host.APIKeys()
}

// Invoke extends the key.
func (a *extendAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var data extendModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := data.Timeouts.Invoke(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	say := func(format string, args ...any) {
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, args...)})
	}

	id := data.ID.ValueString()
	key, err := a.service.Find(ctx, id)
	switch {
	case err != nil:
		resp.Diagnostics.Append(diagnose.Error("API key not extended: "+id, err))
		return
	case key == nil:
		resp.Diagnostics.AddAttributeError(path.Root("id"), "No such API key", fmt.Sprintf("The organization %s has no API key with the ID %q. The ID is shown in "+
			"Coveo's administration console (Organization > API Keys); the key's name and its value are something else.",
			a.service.api.OrganizationID(), id))
		return
	}
	if problem := extendable(key); problem != nil {
		resp.Diagnostics.Append(problem)
		return
	}
	say("%s (ID %s) is %s; asking Coveo to postpone its deactivation", key.DisplayName, id, orUntold(key.Status))
	if err := a.service.extend(ctx, id); err != nil {
		resp.Diagnostics.Append(diagnose.Error("API key not extended: "+key.DisplayName, err))
		return
	}
	seen, err := a.service.api.GetAPIKey(ctx, id)
	if err != nil {
		// The extension was accepted.
		resp.Diagnostics.Append(diagnose.Warning("Extended API key not read back: "+key.DisplayName,
			"Coveo accepted the extension, and reading the key back failed.", err))
		return
	}
	say("%s (ID %s) was extended, and is %s", key.DisplayName, id, orUntold(seen.Status))
	switch seen.Status {
	case coveo.KeySoonToBeDisabled:
		resp.Diagnostics.AddWarning("Extended API key is still to be disabled: "+key.DisplayName, "Coveo accepted the extension, and still says that the key will be "+
			"disabled soon for lack of use. It may take a while to show; otherwise use the key once.")
	case coveo.KeySoonToBeExpired:
		resp.Diagnostics.AddWarning("Extended API key expires soon: "+key.DisplayName, fmt.Sprintf("An extension keeps a key from being disabled for lack of use. "+
			"It does not move the day on which the key expires (%s): for that, make a new key.", endOf(seen)))
	}
}

// extendable is an error for a key whose deactivation there is nothing to postpone of.
func extendable(key *coveo.APIKey) diag.Diagnostic {
	summary := "API key cannot be extended: " + key.DisplayName
	switch {
	case key.Status == coveo.KeyExpired:
		return diag.NewErrorDiagnostic(summary, fmt.Sprintf("The key expired (%s), and an expiry cannot be moved. Make a new key, as the coveo_api_key resource "+
			"plans it on its own.", endOf(key)))
	case key.Status == coveo.KeyDisabledExposed:
		return diag.NewErrorDiagnostic(summary, "Coveo disabled the key because it was found somewhere public. Make a new key, as the coveo_api_key resource plans it "+
			"on its own, and find out where this one leaked.")
	case key.Status == coveo.KeyDisabledForInactivity:
		return diag.NewErrorDiagnostic(summary, "Coveo has disabled the key for lack of use already, so there is nothing left to postpone. Activate it: the coveo_api_key "+
			"resource plans that on its own, and Coveo's administration console (Organization > API Keys) does it too.")
	case !key.IsEnabled():
		return diag.NewErrorDiagnostic(summary, fmt.Sprintf("The key is disabled (%s). If it is to work again, activate it, with enabled = true in its coveo_api_key "+
			"resource or in Coveo's administration console (Organization > API Keys).", orUntold(key.Status)))
	}
	return nil
}

func endOf(key *coveo.APIKey) string {
	if key.ExpirationDate.IsZero() {
		return "when is not told"
	}
	return timestamp(key.ExpirationDate.Time)
}

func orUntold(status string) string {
	if status == "" {
		return "of a status that is not told"
	}
	return status
}

func invokeTimeout(ctx context.Context) schema.Attribute {
	attribute := timeouts.AttributesWithOpts(ctx, timeouts.Opts{
		InvokeDescription: "How long extending the key may take, waiting and retries included, such as `5m` (default).",
	})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = aboutTimeouts
		return nested
	}
	return attribute
}
