// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package disclosure

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/bundle"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
)

var (
	_ resource.ResourceWithConfigure      = (*disclosure)(nil)
	_ resource.ResourceWithValidateConfig = (*disclosure)(nil)
	_ resource.ResourceWithModifyPlan     = (*disclosure)(nil)
	_ resource.ResourceWithImportState    = (*disclosure)(nil)
)

// Host is what the resource takes from the configured provider.
type Host interface {
	Disclosures() *Service
}

// NewResource is coveo_disclosure_package.
func NewResource() resource.Resource { return &disclosure{} }

type disclosure struct{ service *Service }

func (r *disclosure) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_disclosure_package"
}

func (r *disclosure) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = resourceSchema(ctx)
}

func (r *disclosure) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	if req.ProviderData == nil {
		return
	}
	host, ok := req.ProviderData.(Host)
	if !ok {
		resp.Diagnostics.AddError("Provider defect", fmt.Sprintf("The resource was configured with %T. Please report this.", req.ProviderData))
		return
	}
	r.service = host.Disclosures()
}

func (r *disclosure) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(person.Validate(config.Subject, config.UserIDs)...)
	resp.Diagnostics.Append(config.validate(ctx)...)
}

// Create makes the package.
func (r *disclosure) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	resp.Diagnostics.Append(r.pack(ctx, &plan, nil)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, madeKey, plan.remember())...)
	}
}

// Update makes the package again where the plan said so. Until the new one is complete the former one stays.
func (r *disclosure) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, prior model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.SHA256.IsUnknown() {
		timeout, diags := plan.Timeouts.Update(ctx, defaultTimeout)
		resp.Diagnostics.Append(diags...)
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		resp.Diagnostics.Append(r.pack(ctx, &plan, &prior)...)
		if resp.Diagnostics.HasError() {
			return
		}
		if !plan.sameFile(&prior) {
			resp.Diagnostics.Append(removed(&prior)...)
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, madeKey, plan.remember())...)
}

func (r *disclosure) pack(ctx context.Context, plan, prior *model) diag.Diagnostics {
	ids, digests, diags := r.resolve(ctx, plan)
	if diags.HasError() {
		return diags
	}
	if !digests.Equal(plan.IdentifierDigests) {
		diags.AddAttributeError(path.Root(person.SubjectAttribute), "Vault names others than the plan did",
			"The identifiers that the reviewed plan named are not those that the vault names now. No package was made: make and review a new plan.")
		return diags
	}
	request, d := plan.request(ctx, ids)
	diags.Append(d...)
	if diags.HasError() {
		return diags
	}
	request.Owned = plan.owned(prior)
	result, at, err := r.service.make(ctx, plan.ExportID.ValueString(), request)
	if err != nil {
		diags.AddError("Package not made: "+plan.label(), nothingLeft(err))
		return diags
	}
	plan.set(result, at)
	diags.Append(review(plan.label(), result)...)
	return diags
}

// review warns of what a person should look at before the package is handed over.
func review(label string, result bundle.Result) diag.Diagnostics {
	var diags diag.Diagnostics
	var shared, rows int64
	for _, t := range result.Tables {
		shared += t.Shared
		rows += t.Rows
	}
	if shared > 0 {
		diags.AddWarning("Rows that name somebody else: "+label,
			fmt.Sprintf("%d of %d rows are the person's by the browser alone, and name somebody else, as rows of a browser that several people used can. "+
				"shared_rows says in which tables. Review the package before it is handed over; columns can be dropped or masked.", shared, rows))
	}
	if rows == 0 {
		diags.AddWarning("Package without rows: "+label, "The export holds no row on the person. The package says so. Check the period and the filter of the export.")
	}
	if len(result.Missing) > 0 {
		diags.AddWarning("Tables without a file: "+label,
			"Coveo says that the export holds the tables "+strings.Join(result.Missing, ", ")+", and its file does not. Coveo's documents do not tell whether that "+
				"means that they are empty. The manifest names them.")
	}
	return diags
}

// Read looks whether the file is still the one that was made, by its size and its permissions. That it is gone is no drift.
func (r *disclosure) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	info, err := os.Lstat(state.Path.ValueString())
	switch {
	case err != nil: // gone, or another machine
	case !info.Mode().IsRegular() || info.Size() != state.Size.ValueInt64():
		resp.Diagnostics.AddAttributeWarning(path.Root("path"), "Package changed: "+state.label(),
			"The file in path is not the package that was made: something has changed or replaced it. Compare its SHA-256 sum with sha256 before anything is handed over.")
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		resp.Diagnostics.AddAttributeWarning(path.Root("path"), "Package readable by others: "+state.label(),
			"The file in path was made for its owner alone, and others on this machine may read or change it now. Restrict it with: chmod 600")
	}
}

// Delete removes the file, if it still is the one that was made.
func (r *disclosure) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(removed(&state)...)
}

// removed removes a package. Where it cannot, a person has to: the record goes all the same, since it could not be removed later either.
func removed(m *model) diag.Diagnostics {
	var diags diag.Diagnostics
	target, err := bundle.OpenTarget(m.Path.ValueString())
	if err == nil {
		defer target.Close() //nolint:errcheck // nothing is written through the folder itself
		_, err = target.Remove(m.SHA256.ValueString())
	} else if _, gone := os.Lstat(m.Path.ValueString()); os.IsNotExist(gone) {
		return nil
	}
	if err != nil {
		diags.AddWarning("Package left behind: "+m.label(), explain(err)+"\n\nNobody looks after that file any more. If it holds personal data, remove it.")
	}
	return diags
}

// ImportState answers why there is nothing to import.
func (r *disclosure) ImportState(_ context.Context, _ resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resp.Diagnostics.AddError("Packages cannot be imported",
		"A record of coveo_disclosure_package says what this provider has packaged, and a file does not tell. Add a resource with another path; it makes a new package.")
}
