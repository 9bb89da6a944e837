// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/iso8601"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

// ModifyPlan decides what becomes of a key. It calls nothing for a key that exists: what Coveo shows was read by the refresh.
// For a new one of a template it reads the template.
func (r *keyResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || r.service == nil {
		return
	}
	var config, plan resourceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		if config.Enabled.IsNull() {
			plan.Enabled = types.BoolValue(true)
		}
		plan.planValue()
		_, diags := r.service.checkTemplate(ctx, &config, atPlan)
		resp.Diagnostics.Append(diags...)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
		return
	}
	var state resourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	d := &decision{service: r.service, config: &config, plan: &plan, state: &state, record: readRecord(ctx, req.Private)}
	d.keepComputed()
	d.decidePrivileges()
	d.decideLifetime()
	d.decideRecipients()
	d.decideRotation()
	d.decideRenewal()
	d.decideSwitch()
	d.decideTemplate()
	d.warnStopped()
	resp.Diagnostics.Append(d.diags...)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	resp.RequiresReplace = append(resp.RequiresReplace, d.replace...)
}

// decision is the plan for a key that exists.
type decision struct {
	service             *Service
	config, plan, state *resourceModel
	record              record

	replace path.Paths
	diags   diag.Diagnostics
}

func (d *decision) warn(attribute, summary, detail string) {
	d.diags.AddAttributeWarning(path.Root(attribute), summary+": "+d.state.DisplayName.ValueString(), detail)
}

// keepComputed undoes what the framework does to computed values after any edit: none of them changes unless a later step
// says so, and "known after apply" beside a secret would alarm whoever reads the plan.
func (d *decision) keepComputed() {
	p, s := d.plan, d.state
	p.ID, p.Value, p.EncryptedValue, p.EffectivePrivileges = s.ID, s.Value, s.EncryptedValue, s.EffectivePrivileges
	p.Status, p.ExpirationDate, p.Exposure = s.Status, s.ExpirationDate, s.Exposure
	p.CreatedDate, p.LastUsedDate, p.CreatedBy, p.PrivacyLevel = s.CreatedDate, s.LastUsedDate, s.CreatedBy, s.PrivacyLevel
	if d.config.Enabled.IsNull() {
		p.Enabled = s.Enabled
	}
	// What the configuration leaves out of these stays as it is.
	if d.config.AdditionalConfiguration.IsNull() {
		p.AdditionalConfiguration = s.AdditionalConfiguration
	}
	if d.config.APIKeysThatCanEdit.IsNull() {
		p.APIKeysThatCanEdit = s.APIKeysThatCanEdit
	}
	if d.config.GroupsThatCanEdit.IsNull() {
		p.GroupsThatCanEdit = s.GroupsThatCanEdit
	}
}

// imported tells whether the key was made elsewhere. Then a null in state is not known rather than decided.
func (d *decision) imported() bool {
	s := d.state
	return d.record.Imported || s.Value.IsNull() && s.EncryptedValue.IsNull() && s.ValueRecipients.IsNull()
}

// sameSpelling tells whether two models say what the key may do in the same words.
func (m *resourceModel) sameSpelling(other *resourceModel) bool {
	return m.Duties.Equal(other.Duties) && m.Privileges.Equal(other.Privileges) && m.TemplateID.Equal(other.TemplateID)
}

// decidePrivileges compares three sets: what the configuration asks for now, what was asked for when the key was made, and
// what Coveo shows.
func (d *decision) decidePrivileges() {
	wanted, known, err := d.service.asked(d.config)
	if err != nil {
		d.diags.AddAttributeError(path.Root("duties"), "Duty unknown", err.Error()+".")
		return
	}
	same := d.plan.sameSpelling(d.state)
	if !d.config.TemplateID.IsNull() {
		if wanted, known = d.ofTemplate(same); wanted == nil && known {
			return
		}
	}
	if !known {
		// It may turn out to be the same, yet only a replacement can carry out every outcome.
		d.replaceSpelling()
		return
	}
	shown := privilegeset.Read(d.state.EffectivePrivileges)
	isShown := !d.state.EffectivePrivileges.IsNull()
	expected := wanted
	switch requested := d.record.Requested; {
	case same && requested != nil && !privilege.EqualSets(wanted, requested):
		d.warn("duties", "Duties of a key now mean other privileges", fmt.Sprintf("The key was made by a release of this provider that "+
			"took its duties to mean %s. This release takes them to mean %s. The key stays as it is. To make one with the new "+
			"privileges: terraform apply -replace=<resource address>.", privilege.Strings(requested), privilege.Strings(wanted)))
		expected = requested
	case !same && (requested == nil || !privilege.EqualSets(wanted, requested)) && (!isShown || !privilege.EqualSets(wanted, shown)):
		d.replaceSpelling()
		if d.imported() && isShown {
			d.warn("effective_privileges", "Imported key is to be replaced", fmt.Sprintf("The key was imported, and the configuration "+
				"describes another one. %s A key's privileges cannot be changed, so applying this plan makes a new key and deletes "+
				"the imported one, and whatever uses it is locked out. To keep it, write its privileges as effective_privileges shows them.",
				differences(wanted, shown)))
		}
		return
	}
	if !isShown || privilege.EqualSets(shown, expected) || privilege.EqualSets(shown, wanted) {
		return
	}
	if d.record.Granted != nil && privilege.EqualSets(shown, d.record.Granted) {
		d.warn("effective_privileges", "Key without exactly the privileges asked for", "Coveo made this key with other privileges than were asked for, "+
			"and a new key would most likely be the same. "+differences(expected, shown)+" Ask for what the organization knows, by listing "+
			"privileges one by one.")
		return
	}
	d.plan.EffectivePrivileges = types.SetUnknown(privilegeset.Type())
	d.replace.Append(path.Root("effective_privileges"))
	d.warn("effective_privileges", "Key with other privileges than asked for", differences(expected, shown)+
		" A key's privileges cannot be changed back, so this plan makes a new key and deletes this one. Find out who changed it, and what "+
		"it was used for meanwhile.")
}

// replaceSpelling asks for a replacement because of the attributes that spell the privileges.
func (d *decision) replaceSpelling() {
	if !d.plan.Duties.Equal(d.state.Duties) {
		d.replace.Append(path.Root("duties"))
	}
	if !d.plan.Privileges.Equal(d.state.Privileges) {
		d.replace.Append(path.Root("privileges"))
	}
	if !d.plan.TemplateID.Equal(d.state.TemplateID) {
		d.replace.Append(path.Root("template_id"))
	}
}

func differences(expected, shown []privilege.Privilege) string {
	var parts []string
	if surplus := privilege.Difference(shown, expected); len(surplus) > 0 {
		parts = append(parts, "It holds what was not asked for: "+privilege.Strings(surplus)+".")
	}
	if missing := privilege.Difference(expected, shown); len(missing) > 0 {
		parts = append(parts, "It lacks what was asked for: "+privilege.Strings(missing)+".")
	}
	return strings.Join(parts, " ")
}

func (d *decision) decideLifetime() {
	if d.plan.Lifetime.Equal(d.state.Lifetime) {
		return
	}
	if !d.state.Lifetime.IsNull() || !d.imported() {
		// A lifetime that is not in the state of a key that was made here was not asked for.
		d.replace.Append(path.Root("lifetime"))
		return
	}
	// Nothing says what lifetime an imported key was made with. That it ends no later can be checked.
	lifetime, err := iso8601.Parse(d.plan.Lifetime.ValueString())
	created, createdErr := time.Parse(time.RFC3339, d.state.CreatedDate.ValueString())
	if err != nil || createdErr != nil {
		return
	}
	latest := lifetime.After(created).Add(24 * time.Hour)
	ends, endsErr := time.Parse(time.RFC3339, d.state.ExpirationDate.ValueString())
	switch {
	case d.state.ExpirationDate.IsNull():
		d.warn("lifetime", "Key does not end", "The configuration gives the key a lifetime, and the key that was imported has no end. A lifetime "+
			"counts only when a key is made: terraform apply -replace=<resource address> makes one that ends.")
	case endsErr == nil && ends.After(latest):
		d.warn("lifetime", "Key outlives its lifetime", fmt.Sprintf("By the configuration the key ends about %s, and the key that was imported "+
			"ends %s. A lifetime counts only when a key is made: terraform apply -replace=<resource address> makes one that ends in time.",
			timestamp(lifetime.After(created)), d.state.ExpirationDate.ValueString()))
	}
}

// decideSwitch decides about keys that are off, or about to be.
func (d *decision) decideSwitch() {
	exposed := !d.state.Exposure.IsNull()
	switch status := d.state.Status.ValueString(); {
	case status == coveo.KeyExpired:
		d.replaceStatus("Expired key is to be replaced", "Coveo says that the key has expired. Its end cannot be moved, so this plan makes a new "+
			"key and deletes this one. Whatever uses the key needs the new value.")
		return
	case status == coveo.KeyDisabledExposed:
		d.replaceStatus("Exposed key is to be replaced", "Coveo found the key somewhere public and has disabled it (severity "+d.state.severity()+"). "+
			"This plan makes a new key and deletes this one. Find out where it leaked, and what it was used for meanwhile.")
		return
	case exposed && d.state.Enabled.ValueBool():
		d.warn("exposure", "Key found somewhere public", "Coveo reports that the key was found somewhere public (severity "+d.state.severity()+"), "+
			"and it still works. Replace it now with: terraform apply -replace=<resource address>. Then find out where it leaked.")
	}
	inactive := d.state.Status.ValueString() == coveo.KeyDisabledForInactivity
	off := inactive || !d.state.Enabled.ValueBool()
	switch wanted := d.config.Enabled; {
	case wanted.IsUnknown():
		d.plan.Status = types.StringUnknown()
	case !off:
		if !d.plan.Enabled.ValueBool() {
			d.plan.Status = types.StringUnknown()
		}
	case len(d.replace) > 0:
		// What the new key will be is not about this one's switch.
	case wanted.IsNull() && !inactive:
		d.warn("enabled", "Key is disabled", "The key is disabled in Coveo, and the configuration does not say what enabled should be, so it stays "+
			"disabled: somebody may have stopped it for a reason. To switch it on, write enabled = true; to agree with it, enabled = false.")
	case wanted.IsNull() || wanted.ValueBool():
		d.activate(inactive, exposed)
	}
}

func (d *decision) activate(inactive, exposed bool) {
	d.plan.Enabled = types.BoolValue(true)
	if exposed {
		d.replaceStatus("Exposed key is to be replaced", "The key is disabled and the configuration wants it enabled, but Coveo has found it somewhere "+
			"public (severity "+d.state.severity()+"). Such a key is not switched on again: this plan makes a new key and deletes this one.")
		return
	}
	d.plan.Status = types.StringUnknown()
	if inactive {
		d.warn("enabled", "Key disabled for lack of use", "Coveo disabled the key because nobody used it for long. This plan switches it on again. "+
			"If it is no longer needed, remove it from the configuration instead.")
		return
	}
	d.warn("enabled", "Disabled key is to be activated", "The key is disabled in Coveo, and enabled = true is written in the configuration, so this "+
		"plan switches it on. If somebody stopped it for a reason, do not apply: write enabled = false, or leave enabled out.")
}

func (d *decision) replaceStatus(summary, detail string) {
	d.plan.Status = types.StringUnknown()
	d.replace.Append(path.Root("status"))
	d.warn("status", summary, detail)
}

func (m *resourceModel) severity() string {
	if m.Exposure.IsNull() {
		return "not told"
	}
	return m.Exposure.ValueString()
}
