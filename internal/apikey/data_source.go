// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
)

var (
	_ datasource.DataSourceWithConfigure      = (*keyDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*keyDataSource)(nil)
)

// NewDataSource is the data source coveo_api_key.
func NewDataSource() datasource.DataSource { return &keyDataSource{} }

// reader is what the data sources of this package have in common.
type reader struct{ service *Service }

func (r *reader) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	if req.ProviderData == nil {
		return
	}
	host, ok := req.ProviderData.(Host)
	if !ok {
		resp.Diagnostics.AddError("Provider defect", fmt.Sprintf("The data source was configured with %T. Please report this.", req.ProviderData))
		return
	}
	r.service = host.APIKeys()
}

type keyDataSource struct{ reader }

type keyDataModel struct {
	seenKey
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

func (d *keyDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_api_key"
}

func (d *keyDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := keyAttributes(ctx)
	attributes["id"] = schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: "The key's ID. It is no secret. Exactly one of `id` and `display_name` is given.",
		Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
	}
	attributes["display_name"] = schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: "The name in Coveo's administration console, whole and in upper and lower case as written. Names need not be unique: where several keys have it, " +
			"the error names their IDs.",
		Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
	}
	attributes["timeouts"] = readTimeout(ctx, "How long looking the key up may take, waiting and retries included, such as `5m` (default).")
	resp.Schema = schema.Schema{
		MarkdownDescription: "One API key, by its ID or by its name. A key that does not exist is an error.\n\n" +
			"A key's value is never shown, not even masked, and neither are the identities that its configuration names. All keys of a run, this provider's " +
			"resources included, are read with one request.\n\n" +
			"The provider's token needs the privilege *Organization – API keys: View*.",
		Attributes: attributes,
	}
}

func (d *keyDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config keyDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	switch {
	case resp.Diagnostics.HasError() || config.ID.IsUnknown() || config.DisplayName.IsUnknown():
	case config.ID.IsNull() && config.DisplayName.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("id"), "Which key is not said", "Neither id nor display_name is set. Set one of them.")
	case !config.ID.IsNull() && !config.DisplayName.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("display_name"), "Key named twice", "Both id and display_name are set, so it is open which of them counts. Keep one.")
	}
}

func (d *keyDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data keyDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := data.Timeouts.Read(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	key, problem := d.lookUp(ctx, data.ID, data.DisplayName)
	if problem != nil {
		resp.Diagnostics.Append(problem)
		return
	}
	data.seenKey = seenKeyOf(key)
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}

// lookUp is the one key of an ID or a name, or an error.
func (d *keyDataSource) lookUp(ctx context.Context, id, name types.String) (*coveo.APIKey, diag.Diagnostic) {
	organization := d.service.api.OrganizationID()
	if !id.IsNull() {
		key, err := d.service.Find(ctx, id.ValueString())
		switch {
		case err != nil:
			return nil, diagnose.Error("API key cannot be read", err)
		case key == nil:
			return nil, diag.NewAttributeErrorDiagnostic(path.Root("id"), "No such API key", fmt.Sprintf("The organization %s has no API key with the ID %q. The ID is "+
				"shown in Coveo's administration console (Organization > API Keys); the key's name and its value are something else.", organization, id.ValueString()))
		}
		return key, nil
	}
	keys, err := d.service.List(ctx)
	if err != nil {
		return nil, diagnose.Error("API key cannot be read", err)
	}
	var (
		found *coveo.APIKey
		ids   []string
	)
	for _, key := range keys {
		if key.DisplayName == name.ValueString() {
			found = key
			ids = append(ids, key.ID)
		}
	}
	slices.Sort(ids)
	switch {
	case found == nil:
		return nil, diag.NewAttributeErrorDiagnostic(path.Root("display_name"), "No such API key", fmt.Sprintf("The organization %s has no API key named %q. Upper and "+
			"lower case count, and the name has to be whole; coveo_api_keys finds keys by what their names begin with.", organization, name.ValueString()))
	case len(ids) > 1:
		return nil, diag.NewAttributeErrorDiagnostic(path.Root("display_name"), "Several API keys of one name", fmt.Sprintf("%d API keys are named %q, with the IDs %s. "+
			"Say which one is meant by its id.", len(ids), name.ValueString(), strings.Join(ids, ", ")))
	}
	return found, nil
}
