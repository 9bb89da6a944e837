// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package export

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// ModifyPlan plans every computed value itself: after any edit the framework marks them all unknown.
func (r *exportResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.service == nil || req.Plan.Raw.IsNull() {
		return
	}
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	var prior *model
	if !req.State.Raw.IsNull() {
		prior = &model{}
		resp.Diagnostics.Append(req.State.Get(ctx, prior)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if prior == nil {
		plan.UserDimension, plan.VisitorDimension = orUnknown(config.UserDimension), orUnknown(config.VisitorDimension)
		resp.Diagnostics.Append(r.planNew(ctx, &plan)...)
	} else {
		kept := readRecord(ctx, req.Private)
		diags := r.elsewhere(kept, prior.label())
		resp.Diagnostics.Append(diags...)
		if !diags.HasError() {
			replaced, diags := r.planOld(ctx, &plan, prior, &config, kept)
			resp.Diagnostics.Append(diags...)
			resp.RequiresReplace = append(resp.RequiresReplace, replaced...)
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

func orUnknown(value types.String) types.String {
	if value.IsNull() {
		return types.StringUnknown()
	}
	return value
}

// planNew plans an export that there is none of yet.
func (r *exportResource) planNew(ctx context.Context, plan *model) diag.Diagnostics {
	ids, keys, diags := r.resolve(ctx, plan)
	if diags.HasError() {
		return diags
	}
	diags.Append(checkIDs(plan, ids)...)
	plan.Digests, plan.Count = types.SetNull(types.StringType), types.Int64Value(int64(len(ids)))
	if keys != nil {
		plan.Digests = setOf(digests(keys, keys.Current(), ids))
	} else if _, err := r.people.Keyring(); errors.Is(err, subject.ErrDigestKeysUnknown) {
		plan.Digests = types.SetUnknown(types.StringType)
	}
	if !diags.HasError() && plan.ID.IsUnknown() {
		diags.AddWarning("Personal data is exported: "+plan.label(), fmt.Sprintf("Applying this plan asks Coveo for a file of what usage analytics holds on the %d identifiers of %s. "+
			"It stays in Coveo, for whoever may see exports, until it expires or this resource is destroyed.\n\nShould Terraform stop beside this with \"Provider produced "+
			"inconsistent final plan\", the vault names others than the reviewed plan did. Nothing was exported then: make and review a new plan.", len(ids), plan.label()))
	}
	return diags
}

// resolve finds whom the configuration names. It is an error where nobody can be found; keys is nil without a digest key, which
// only user_ids can do without.
func (r *exportResource) resolve(ctx context.Context, plan *model) ([]string, *subject.Keyring, diag.Diagnostics) {
	var diags diag.Diagnostics
	if plan.Subject.IsUnknown() || plan.UserIDs.IsUnknown() || slices.ContainsFunc(plan.UserIDs.Elements(), attr.Value.IsUnknown) {
		diags.AddAttributeError(path.Root(person.SubjectAttribute), "Person not known at plan",
			"subject or user_ids depends on something that is known only after apply, so nobody could review who is exported. Give it a value that is "+
				"known when the plan is made.")
		return nil, nil, diags
	}
	named, d := person.Resolve(ctx, r.people, plan.Subject, plan.UserIDs)
	diags.Append(d...)
	if diags.HasError() {
		return nil, nil, diags
	}
	keys, keysErr := r.people.Keyring()
	if named.Case != "" {
		for _, err := range []error{named.Err, keysErr} {
			if err != nil {
				diags.AddAttributeError(path.Root(person.SubjectAttribute), "Case cannot be resolved",
					fmt.Sprintf("%s cannot be exported: %s.", named.Case, err))
				return nil, nil, diags
			}
		}
		if !named.Known {
			diags.AddAttributeError(path.Root(person.SubjectAttribute), "Case not in the vault: "+named.Case,
				"The vault does not know "+named.Case+", so there is nobody to export. Put the case into the vault, or correct subject.")
			return nil, nil, diags
		}
	}
	if keysErr != nil {
		keys = nil
	}
	return named.IDs, keys, diags
}

// checkIDs refuses identifiers that the filter language could mistake, and texts that name the person. It points at no
// attribute: Terraform would print the line.
func checkIDs(plan *model, ids []string) diag.Diagnostics {
	var diags diag.Diagnostics
	unusual := 0
	for _, id := range ids {
		if Unusual(id) {
			unusual++
		}
	}
	if unusual > 0 && !plan.AllowUnusualIDs.ValueBool() && !plan.AllowUnusualIDs.IsUnknown() {
		diags.AddError("Unusual identifiers: "+plan.label(), fmt.Sprintf("%d of the %d identifiers of %s hold quotes, backslashes, control characters or the "+
			"like, which mean something in Coveo's filters. They are escaped as documented, in half a sentence, so look at such an export before "+
			"you trust it. To go on, set allow_unusual_ids = true; or correct the vault, if they are there by mistake.", unusual, len(ids), plan.label()))
	}
	for name, value := range map[string]types.String{"filename": plan.Filename, "description": plan.Description} {
		if !value.IsUnknown() && names(value.ValueString(), ids) {
			diags.AddError("Identifier in a text: "+plan.label(), fmt.Sprintf("The argument %s of the export of %s holds one of the person's identifiers. It is "+
				"kept in state and shown to everybody who may see exports. Name the case instead.", name, plan.label()))
		}
	}
	return diags
}

// planOld plans for an export that exists, and tells what makes a new one of it.
func (r *exportResource) planOld(ctx context.Context, plan, prior, config *model, kept record) (path.Paths, diag.Diagnostics) {
	var diags diag.Diagnostics
	replaced := changedInputs(plan, prior, config)
	if triggers, known := triggersOf(plan.Triggers); !kept.Imported && (!known || len(triggers) > 0 && !sameTexts(triggers, kept.Triggers)) {
		replaced = append(replaced, path.Root("triggers"))
	}
	failed := prior.Status.ValueString() == coveo.ExportFailed
	inVault, foreign, further := r.compare(ctx, plan, prior, &diags)
	if diags.HasError() {
		return nil, diags
	}
	if len(replaced) == 0 && failed && inVault {
		diags.AddWarning("Export failed: "+prior.label(), "Coveo could not make the export. A new one is planned.")
		replaced = append(replaced, path.Root("status"))
	}
	if len(replaced) > 0 {
		// The plan of what comes in its place is made in a second call, without a prior state. This one has to differ from it in
		// nothing that Terraform compares.
		unknownOutcome(plan)
		plan.UserDimension, plan.VisitorDimension = orUnknown(config.UserDimension), orUnknown(config.VisitorDimension)
		diags.Append(r.planNew(ctx, plan)...)
		return replaced, diags
	}
	if foreign {
		diags.AddError("Vault names others: "+prior.label(), fmt.Sprintf("The export of %s holds none of the people that the vault names for it now. The file and the "+
			"case have come apart. If the vault is right, change triggers, which exports again and removes the old file; else correct the vault.",
			prior.label()))
		return nil, diags
	}
	if further > 0 {
		diags.AddWarning("Further identifiers: "+prior.label(), fmt.Sprintf("The vault names %d identifiers of %s that the export does not cover. Nothing is "+
			"exported for them until triggers changes.", further, prior.label()))
	}
	if failed {
		diags.AddWarning("Export failed: "+prior.label(), "Coveo could not make the export, and the vault does not name the case any more, so none is made in its place.")
	}
	copyOutcome(plan, prior)
	if prior.UserDimension.IsNull() {
		plan.UserDimension = config.UserDimension
	}
	if prior.VisitorDimension.IsNull() {
		plan.VisitorDimension = config.VisitorDimension
	}
	if prior.Subject.IsNull() && prior.UserIDs.IsNull() {
		// An imported export gets its people from the configuration; Update checks that they are the ones in its filters.
		diags.Append(r.planNew(ctx, plan)...)
	}
	if unsettled(prior.Status.ValueString()) {
		plan.Status, plan.Size = types.StringUnknown(), types.Int64Unknown()
		diags.AddWarning("Export under way: "+prior.label(), "Coveo was still making the export when it was last looked at. Applying goes on waiting for it.")
	}
	return nil, diags
}

// compare holds the people of the record against those that are named now. A case that left the vault is closed: its record
// stands.
func (r *exportResource) compare(ctx context.Context, plan, prior *model, diags *diag.Diagnostics) (inVault, foreign bool, further int) {
	if plan.Subject.IsUnknown() || plan.UserIDs.IsUnknown() {
		return false, false, 0
	}
	named, d := person.Resolve(ctx, r.people, plan.Subject, plan.UserIDs)
	diags.Append(d...)
	if diags.HasError() || !named.Known {
		return false, false, 0
	}
	recorded := stringsOf(prior.Digests)
	keys, err := r.people.Keyring()
	if err != nil || len(recorded) == 0 || !keys.Has(subject.KeyID(recorded[0])) {
		return true, false, 0
	}
	shared := 0
	now := digests(keys, subject.KeyID(recorded[0]), named.IDs)
	for _, digest := range now {
		if slices.Contains(recorded, digest) {
			shared++
		}
	}
	return true, shared == 0, len(now) - shared
}

// changedInputs are the arguments that make another export. A null in state, after an import, makes none.
func changedInputs(plan, prior, config *model) path.Paths {
	var changed path.Paths
	for _, input := range []struct {
		name      string
		now, then attr.Value
	}{
		{"subject", plan.Subject, prior.Subject}, {"user_ids", plan.UserIDs, prior.UserIDs}, {"from", plan.From, prior.From}, {"to", plan.To, prior.To},
		{"tables", plan.Tables, prior.Tables}, {"dimensions", plan.Dimensions, prior.Dimensions}, {"format", plan.Format, prior.Format},
		{"use_display_names", plan.UseDisplayNames, prior.UseDisplayNames}, {"filename", plan.Filename, prior.Filename},
		{"description", plan.Description, prior.Description},
	} {
		if input.name == "tables" && importedAll(prior, plan) {
			continue
		}
		if !input.now.Equal(input.then) && !imported(prior, input.then) {
			changed = append(changed, path.Root(input.name))
		}
	}
	if !config.UserDimension.IsNull() && !prior.UserDimension.IsNull() && !config.UserDimension.Equal(prior.UserDimension) {
		changed = append(changed, path.Root("user_dimension"))
	}
	if !config.VisitorDimension.IsNull() && !prior.VisitorDimension.IsNull() && !config.VisitorDimension.Equal(prior.VisitorDimension) {
		changed = append(changed, path.Root("visitor_dimension"))
	}
	return changed
}

// imported tells whether a null in state is one that an import left: then nothing names the people yet.
func imported(prior *model, then attr.Value) bool {
	return then.IsNull() && prior.Count.IsNull()
}

// importedAll tells whether an import left the list of tables that stands for no choice of them.
func importedAll(prior, plan *model) bool {
	return prior.Count.IsNull() && plan.Tables.IsNull() && slices.Equal(stringsOf(prior.Tables), defaultTables())
}

func triggersOf(triggers types.Map) (map[string]string, bool) {
	if triggers.IsUnknown() {
		return nil, false
	}
	out := map[string]string{}
	for name, element := range triggers.Elements() {
		value, ok := element.(types.String)
		if !ok || value.IsUnknown() {
			return nil, false
		}
		out[name] = value.ValueString()
	}
	return out, true
}

func sameTexts(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for name, value := range a {
		if other, ok := b[name]; !ok || other != value {
			return false
		}
	}
	return true
}

func copyOutcome(plan, prior *model) {
	plan.UserDimension, plan.VisitorDimension = prior.UserDimension, prior.VisitorDimension
	plan.ID, plan.Digests, plan.Count, plan.Status = prior.ID, prior.Digests, prior.Count, prior.Status
	plan.StartedAt, plan.EffectiveFrom, plan.EffectiveTo = prior.StartedAt, prior.EffectiveFrom, prior.EffectiveTo
	plan.Size, plan.EstimatedRows, plan.Author = prior.Size, prior.EstimatedRows, prior.Author
}

func unknownOutcome(plan *model) {
	plan.ID, plan.Status, plan.Author = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	plan.StartedAt, plan.EffectiveFrom, plan.EffectiveTo = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	plan.Size, plan.EstimatedRows = types.Int64Unknown(), types.Int64Unknown()
}
