// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

// ModifyPlan decides what becomes of a group. It calls nothing: what Coveo shows was read by the refresh.
func (r *groupResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.service == nil {
		return
	}
	d := &decision{service: r.service, record: readRecord(ctx, req.Private)}
	if !req.State.Raw.IsNull() {
		d.state = &resourceModel{}
		resp.Diagnostics.Append(req.State.Get(ctx, d.state)...)
	}
	if req.Plan.Raw.IsNull() {
		if d.state != nil {
			resp.Diagnostics.Append(d.state.undeletable()...)
		}
		return
	}
	var config, plan resourceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	d.config, d.plan = &config, &plan
	d.decideLists()
	d.decidePrivileges()
	d.reviewErasure()
	resp.Diagnostics.Append(d.diags...)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// undeletable is an error for groups that Coveo keeps.
func (m *resourceModel) undeletable() diag.Diagnostics {
	if m.Deletable.IsNull() || m.Deletable.ValueBool() {
		return nil
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic("Built-in group cannot be deleted: "+m.DisplayName.ValueString(), fmt.Sprintf("The group %s came with "+
		"the organization, and Coveo does not delete such groups. To give it up without deleting it, replace its resource block by removed "+
		"{ from = <resource address>, lifecycle { destroy = false } }, or run: terraform state rm <resource address>. It then stays in Coveo as it is.",
		m.ID.ValueString()))}
}

// decision is the plan for a group; state is nil for one that is to be made.
type decision struct {
	service             *Service
	config, plan, state *resourceModel
	record              record
	diags               diag.Diagnostics
}

func (d *decision) warn(attribute, summary, detail string) {
	d.diags.AddAttributeWarning(path.Root(attribute), summary+": "+d.plan.DisplayName.ValueString(), detail)
}

// decideLists settles what the framework takes for unknown after any edit: a list that the configuration leaves out is not
// managed and stays as it is, and one that says the same in other words does not change.
func (d *decision) decideLists() {
	people := func(config, state types.Set) bool { return restates(persons(config), persons(state)) }
	d.settle(d.config.Members, &d.plan.Members, func(m *resourceModel) types.Set { return m.Members }, people)
	d.settle(d.config.Invites, &d.plan.Invites, func(m *resourceModel) types.Set { return m.Invites }, people)
	exactly := func(a, b types.Set) bool { return a.Equal(b) }
	d.settle(d.config.Realms, &d.plan.Realms, func(m *resourceModel) types.Set { return m.Realms }, exactly)
	d.settle(d.config.APIKeysThatCanEdit, &d.plan.APIKeysThatCanEdit, func(m *resourceModel) types.Set { return m.APIKeysThatCanEdit }, exactly)
	d.settle(d.config.GroupsThatCanEdit, &d.plan.GroupsThatCanEdit, func(m *resourceModel) types.Set { return m.GroupsThatCanEdit }, exactly)
	if d.state != nil && (newlyManaged(d.config.Members, d.state.Members) || newlyManaged(d.config.Invites, d.state.Invites)) {
		// At the attribute Terraform would print its line of the configuration, which names people.
		d.diags.AddWarning("People of a group were not managed so far: "+d.plan.DisplayName.ValueString(), "Who is in the group now is not known to "+
			"this plan, so applying it removes nobody. Whoever is in the group and not in the configuration shows in the plan after that.")
	}
	if d.state != nil {
		d.plan.ID, d.plan.GroupType, d.plan.Deletable = d.state.ID, d.state.GroupType, d.state.Deletable
	}
}

func newlyManaged(config, state types.Set) bool { return !config.IsNull() && state.IsNull() }

func (d *decision) settle(config types.Set, plan *types.Set, of func(*resourceModel) types.Set, same func(config, state types.Set) bool) {
	switch {
	case config.IsNull() && d.state == nil:
		*plan = config
	case config.IsNull():
		*plan = of(d.state)
	case d.state == nil || !fullyKnown(config):
	case !of(d.state).IsNull() && same(config, of(d.state)):
		*plan = of(d.state)
	}
}

// decidePrivileges compares what the configuration asks for with what Coveo shows. Unlike a key's, a group's privileges are
// changed in place.
func (d *decision) decidePrivileges() {
	if !d.config.saysPrivileges() {
		d.leavePrivileges()
		return
	}
	if d.config.Duties.IsNull() {
		d.plan.Duties = types.SetNull(types.StringType)
	}
	if d.config.Privileges.IsNull() {
		d.plan.Privileges = types.SetNull(privilegeset.Type())
	}
	wanted, known, err := d.service.asked(d.config)
	switch {
	case err != nil:
		d.diags.AddAttributeError(path.Root("duties"), "Duty unknown", err.Error()+".")
		return
	case !known:
		d.plan.EffectivePrivileges = types.SetUnknown(privilegeset.Type())
		return
	}
	d.plan.EffectivePrivileges = privilegeset.Of(wanted)
	if d.state == nil {
		return
	}
	same := d.config.Duties.Equal(d.state.Duties)
	if before := d.state.Privileges; !before.IsNull() && !d.config.Privileges.IsNull() && privilege.EqualSets(privilegeset.Read(before), wanted) {
		d.plan.Privileges = before
	} else {
		same = same && d.config.Privileges.Equal(before)
	}
	if d.state.EffectivePrivileges.IsNull() {
		return
	}
	shown := privilegeset.Read(d.state.EffectivePrivileges)
	if privilege.EqualSets(shown, wanted) {
		d.plan.EffectivePrivileges = d.state.EffectivePrivileges
		return
	}
	switch requested := d.record.Requested; {
	case d.record.Granted != nil && privilege.EqualSets(shown, d.record.Granted) && privilege.EqualSets(wanted, requested):
		d.plan.EffectivePrivileges = d.state.EffectivePrivileges
		d.warn("effective_privileges", "Group without exactly the privileges asked for", "Coveo gave the group other privileges than were asked for, and asking "+
			"again would bring no more. "+differences(wanted, shown)+" Ask for what the organization knows, by listing privileges one by one.")
	case same && requested != nil && !privilege.EqualSets(wanted, requested):
		d.warn("duties", "Duties of a group now mean other privileges", fmt.Sprintf("The group was made by a release of this provider that took its duties to "+
			"mean %s. This release takes them to mean %s, and this plan changes the group in place. To keep it as it is, list its privileges one by one.",
			privilege.Strings(requested), privilege.Strings(wanted)))
	case same:
		d.warn("effective_privileges", "Group with other privileges than asked for", differences(wanted, shown)+" This plan changes them back. Find out who "+
			"changed them, and what they were used for meanwhile.")
	}
}

// leavePrivileges keeps what a group may do, which the configuration does not say.
func (d *decision) leavePrivileges() {
	d.plan.Duties, d.plan.Privileges = types.SetNull(types.StringType), types.SetNull(privilegeset.Type())
	d.plan.EffectivePrivileges = privilegeset.Of(nil)
	if d.state == nil {
		return
	}
	d.plan.EffectivePrivileges = d.state.EffectivePrivileges
	if d.record.Requested != nil && privilege.MayErase(privilegeset.Read(d.state.EffectivePrivileges)) {
		// Taking the argument away takes nothing from the group, and the plan would be empty.
		d.warn("duties", "Group keeps the right to erase people", "The configuration does not say what the group may do, so its privileges stay as they are: "+
			privilege.Strings(privilegeset.Read(d.state.EffectivePrivileges))+". To take them away, write privileges = [], or list those that are to stay.")
	}
	// What was imported, or managed before, stands as long as it is true.
	if spelled, known, err := d.service.asked(d.state); err == nil && known && privilege.EqualSets(spelled, privilegeset.Read(d.state.EffectivePrivileges)) {
		d.plan.Duties, d.plan.Privileges = d.state.Duties, d.state.Privileges
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

// reviewErasure tells whoever reads the plan that it lets more people erase people. It counts and names nobody.
func (d *decision) reviewErasure() {
	plan := d.plan
	if plan.EffectivePrivileges.IsUnknown() || !privilege.MayErase(privilegeset.Read(plan.EffectivePrivileges)) {
		return
	}
	none := &resourceModel{}
	before, gains := none, true
	if d.state != nil && privilege.MayErase(privilegeset.Read(d.state.EffectivePrivileges)) {
		before, gains = d.state, false
	}
	joining := without(append(persons(plan.Members), persons(plan.Invites)...), persons(before.Members), persons(before.Invites))
	var who []string
	if n := len(joining); n > 0 {
		who = append(who, plural(n, "person that the configuration names", "people whom the configuration names"))
	}
	for _, field := range objects(plan.Realms) {
		if !slices.ContainsFunc(objects(before.Realms), func(f func(string) string) bool {
			return f("provider") == field("provider") && f("saml_identity_provider_id") == field("saml_identity_provider_id")
		}) {
			who = append(who, "everybody who signs in with "+field("provider"))
		}
	}
	fresh := func(plan, before types.Set) int {
		return len(slices.DeleteFunc(texts(plan), func(id string) bool { return slices.Contains(texts(before), id) }))
	}
	if n := fresh(plan.APIKeysThatCanEdit, before.APIKeysThatCanEdit) + fresh(plan.GroupsThatCanEdit, before.GroupsThatCanEdit); n > 0 {
		who = append(who, "whomever "+plural(n, "editor", "editors")+" of the group may add")
	}
	if plan.Members.IsUnknown() || plan.Invites.IsUnknown() {
		who = append(who, "people who are not known before the apply")
	}
	switch {
	case !gains:
	case plan.Members.IsNull() && d.state == nil:
		who = append(who, "whoever is added in Coveo's console, since members is not set")
	case plan.Members.IsNull():
		who = append(who, "whoever is in it now or is added in Coveo's console, since members is not set")
	case d.state != nil && d.state.Members.IsNull():
		who = append(who, "whoever is in it now, since members was not managed so far")
	}
	if !gains && len(who) == 0 {
		return
	}
	whom := "Nobody is in it yet."
	switch {
	case len(who) > 0:
		whom = "Applying this plan allows it to " + strings.Join(who, ", ") + "."
	case d.state != nil:
		whom = "The configuration names nobody, and whom it does not manage is not looked at."
	}
	d.warn("effective_privileges", "Group that may erase people", "Everybody in this group may erase all usage analytics of any person, which cannot be undone. "+
		"A group has neither a list of addresses nor an end, as an API key has. "+whom)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
