// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package disclosure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/bundle"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/redact"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
)

// ModifyPlan finds out whether a package has to be made, and for whom.
func (r *disclosure) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.service == nil || req.Plan.Raw.IsNull() {
		return
	}
	var plan model
	var prior *model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if !req.State.Raw.IsNull() {
		prior = &model{}
		resp.Diagnostics.Append(req.State.Get(ctx, prior)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if prior != nil && !plan.differs(prior) {
		plan.keepResult(prior)
		resp.Diagnostics.Append(r.others(ctx, &plan)...)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
		return
	}
	plan.unmake()
	ids, digests, diags := r.resolve(ctx, &plan)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.IdentifierDigests = digests
	former := prior
	if former == nil {
		var d diag.Diagnostics
		former, d = recall(ctx, req.Private)
		resp.Diagnostics.Append(d...)
	}
	resp.Diagnostics.Append(plan.checkPath(former, ids)...)
	if plan.Plaintext.ValueBool() {
		resp.Diagnostics.AddAttributeWarning(path.Root("plaintext"), "Package not encrypted: "+plan.label(),
			"Applying this plan writes personal data into a file that is not encrypted. Whoever gets the file, or a backup of its folder, can read it. "+
				"Hand over packages that are encrypted to recipients, and remove this one once it was reviewed.")
	}
	if !plan.UncheckedTables.IsNull() && !plan.UncheckedTables.IsUnknown() {
		resp.Diagnostics.AddAttributeWarning(path.Root("unchecked_tables"), "Tables handed over unchecked: "+plan.label(),
			"The tables in unchecked_tables are handed over even if no column tells whose their rows are. Only the filter of the export vouches for them.")
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// resolve finds the person's identifiers, and the digests that stand for them.
func (r *disclosure) resolve(ctx context.Context, m *model) ([]string, types.Set, diag.Diagnostics) {
	none := types.SetNull(types.StringType)
	if m.Subject.IsUnknown() || m.UserIDs.IsUnknown() || hasUnknown(m.UserIDs.Elements()) {
		return nil, none, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root(person.SubjectAttribute), "Person not known at plan",
			"subject or user_ids depends on something that is known only after apply, so nobody could review whose package is made. Give it a value that is known when the plan is made.")}
	}
	named, diags := person.Resolve(ctx, r.service.people, m.Subject, m.UserIDs)
	if diags.HasError() {
		return nil, none, diags
	}
	keys, keysErr := r.service.people.Keyring()
	if named.Case != "" {
		for _, err := range []error{named.Err, keysErr} {
			if err != nil {
				diags.AddAttributeError(path.Root(person.SubjectAttribute), "Case cannot be resolved", fmt.Sprintf("%s cannot be looked up: %s.", named.Case, err))
			}
		}
		if named.Err == nil && !named.Known {
			diags.AddAttributeError(path.Root(person.SubjectAttribute), "Case not in the vault: "+named.Case,
				"The vault does not know "+named.Case+", so nobody can tell which rows are the person's. Put the case into the vault for as long as a package is made.")
		}
		if diags.HasError() {
			return nil, none, diags
		}
	}
	if keysErr != nil {
		return named.IDs, none, diags
	}
	digests := make([]attr.Value, 0, len(named.IDs))
	for _, id := range named.IDs {
		digests = append(digests, types.StringValue(keys.Digest(keys.Current(), id)))
	}
	set, d := types.SetValue(types.StringType, digests)
	diags.Append(d...)
	return named.IDs, set, diags
}

func hasUnknown(elements []attr.Value) bool {
	for _, element := range elements {
		if element.IsUnknown() {
			return true
		}
	}
	return false
}

// others warns where the vault names others by now than those for whom the package was made. A case that has left the vault
// says nothing.
func (r *disclosure) others(ctx context.Context, m *model) diag.Diagnostics {
	if m.Subject.IsNull() || m.IdentifierDigests.IsNull() {
		return nil
	}
	_, now, diags := r.resolve(ctx, m)
	if diags.HasError() || now.IsNull() || now.Equal(m.IdentifierDigests) {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root(person.SubjectAttribute), "Vault names others than the package: "+m.Subject.ValueString(),
		"The package was checked against other identifiers than the vault names for the case now, or under another digest key. Nothing is done about it. If "+
			"identifiers were added, export and package again, with a change of triggers in both.")}
}

// madeKey is where private state keeps which file was made. A replacement is planned without the state of what it replaces, but
// with its private state.
const madeKey = "made"

type made struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// privately is what private state offers.
type privately interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// recall gives the file of the package that is replaced, or nil where nothing is.
func recall(ctx context.Context, private privately) (*model, diag.Diagnostics) {
	data, diags := private.GetKey(ctx, madeKey)
	var file made
	if len(data) == 0 || json.Unmarshal(data, &file) != nil {
		return nil, diags
	}
	return &model{Path: types.StringValue(file.Path), SHA256: types.StringValue(file.SHA256)}, diags
}

// remember is what recall reads.
func (m *model) remember() []byte {
	data, _ := json.Marshal(made{m.Path.ValueString(), m.SHA256.ValueString()}) // texts always can be
	return data
}

// checkPath finds out early what would stop the package at the end. A folder that is not there yet may be there by then.
func (m *model) checkPath(prior *model, ids []string) diag.Diagnostics {
	if m.Path.IsUnknown() {
		return nil
	}
	var diags diag.Diagnostics
	if !m.Subject.IsNull() && redact.NewPerson(ids, nil).NamedIn(m.Path.ValueString()) {
		// On the whole resource: Terraform prints the line that an attribute error points at.
		diags.AddError("Path names the person: "+m.label(), "The path holds an identifier of the person, and would stand in state and in plans. Name the file after the case.")
		return diags
	}
	target, err := bundle.OpenTarget(m.Path.ValueString())
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			diags.AddAttributeError(path.Root("path"), "Package cannot be written: "+m.label(), explain(err))
		}
		return diags
	}
	defer target.Close() //nolint:errcheck // it was only looked at
	if err := target.Check(m.owned(prior)); err != nil {
		diags.AddAttributeError(path.Root("path"), "Package cannot be written: "+m.label(), explain(err))
	}
	return diags
}

// owned is the sum of the package that a new one replaces, empty where there is none.
func (m *model) owned(prior *model) string {
	if prior == nil || !m.sameFile(prior) {
		return ""
	}
	return prior.SHA256.ValueString()
}
