// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

var (
	_ resource.ResourceWithConfigure      = (*deletion)(nil)
	_ resource.ResourceWithValidateConfig = (*deletion)(nil)
	_ resource.ResourceWithModifyPlan     = (*deletion)(nil)
	_ resource.ResourceWithImportState    = (*deletion)(nil)

	objectAsOptions = basetypes.ObjectAsOptions{}
)

// Host is what the resource takes from the configured provider.
type Host interface {
	Erasures() *Service
}

// NewResource is coveo_user_data_deletion.
func NewResource() resource.Resource { return &deletion{} }

type deletion struct{ service *Service }

func (r *deletion) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_data_deletion"
}

func (r *deletion) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = resourceSchema(ctx)
}

func (r *deletion) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	if req.ProviderData == nil {
		return
	}
	host, ok := req.ProviderData.(Host)
	if !ok {
		resp.Diagnostics.AddError("Provider defect", fmt.Sprintf("The resource was configured with %T. Please report this.", req.ProviderData))
		return
	}
	r.service = host.Erasures()
}

func (r *deletion) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(person.Validate(config.Subject, config.UserIDs)...)
	resp.Diagnostics.Append(config.validate()...)
}

// Create carries out what the plan of a new record found: nothing, or everything that it left unknown.
func (r *deletion) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	saved := private{ID: r.service.NewID()}
	if plan.Status.IsUnknown() {
		timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
		resp.Diagnostics.Append(diags...)
		record, diags := plan.record(ctx, saved)
		resp.Diagnostics.Append(diags...)
		ask, diags := plan.ask(ctx)
		resp.Diagnostics.Append(diags...)
		send := r.senders(ctx, plan, &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		result, accepted, err := r.service.execute(ctx, *record, send, ask)
		if err != nil {
			m := outcomeMessage(label(plan, *record), result, accepted, err)
			if accepted == 0 {
				resp.Diagnostics.AddError(m.summary, m.detail)
				return
			}
			// An error would taint the record, and the next apply would ask for everything again.
			resp.Diagnostics.AddWarning(m.summary, m.detail)
		}
		saved.Triggers, _ = plan.triggers()
		saved.LastLook = result.LastLook
		resp.Diagnostics.Append(r.document(&result, ask)...)
		resp.Diagnostics.Append(plan.set(ctx, result)...)
	} else {
		resp.Diagnostics.Append(r.rehearse(ctx, &plan)...)
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateKey, saved.bytes())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Update sends only what the plan found, and only where it left the status unknown. Every other update copies the plan.
func (r *deletion) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, prior model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	saved, _, diags := readPrivate(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !plan.Status.IsUnknown() {
		before, diags := prior.record(ctx, saved)
		resp.Diagnostics.Append(diags...)
		if before.Status.Accepted() && Status(plan.Status.ValueString()) == Waiting {
			// A later request waits from now on; withdrawing it brings back what was reviewed of this one.
			saved.Executed = &before.Review
			if saved.Triggers == nil {
				saved.Triggers, _ = prior.triggers()
			}
			resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateKey, saved.bytes())...)
		}
		resp.Diagnostics.Append(r.rehearse(ctx, &plan)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
		return
	}
	timeout, diags := plan.Timeouts.Update(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	record, diags := r.executed(ctx, plan, prior, saved)
	resp.Diagnostics.Append(diags...)
	ask, diags := plan.ask(ctx)
	resp.Diagnostics.Append(diags...)
	send := r.senders(ctx, plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	result, accepted, err := r.service.execute(ctx, *record, send, ask)
	if err != nil {
		m := outcomeMessage(label(plan, *record), result, accepted, err)
		resp.Diagnostics.AddError(m.summary, m.detail)
		if accepted == 0 {
			return
		}
	}
	if before := Status(prior.Status.ValueString()); before != Incomplete && before != Abandoned {
		// A resume belongs to the request that it finishes.
		saved.Triggers, _ = plan.triggers()
	}
	if saved.Triggers == nil {
		// A record whose last request is not remembered: what state holds counts as it.
		saved.Triggers, _ = prior.triggers()
	}
	if saved.ID == "" {
		saved.ID = r.service.NewID()
	}
	saved.LastLook, saved.Executed = result.LastLook, nil
	resp.Diagnostics.Append(r.document(&result, ask)...)
	resp.Diagnostics.Append(plan.set(ctx, result)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateKey, saved.bytes())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// document writes the evidence of a run. Coveo has accepted by then, so what cannot be written is a warning: an error would
// taint the record.
func (r *deletion) document(record *Record, ask Ask) diag.Diagnostics {
	record.Review.MaxEvents = ask.MaxEvents
	return r.written(record, r.service.Evidence.accepted, r.service.Evidence.verified)
}

// rehearse writes what a simulation leaves, where the plan left room for it.
func (r *deletion) rehearse(ctx context.Context, plan *model) diag.Diagnostics {
	if !plan.Receipt.IsUnknown() {
		return nil
	}
	record, diags := plan.record(ctx, private{})
	record.Review.MaxEvents = plan.MaxEvents.ValueInt64Pointer()
	diags.Append(r.written(record, r.service.Evidence.simulated)...)
	diags.Append(plan.set(ctx, *record)...)
	return diags
}

func (r *deletion) written(record *Record, write ...func(string, *Record) error) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, w := range write {
		if err := w(r.service.Organization, record); err != nil {
			diags.AddWarning("Receipt not written: "+Entry{Case: record.Case, Digests: record.Digests()}.Label(),
				"The record holds what was done, and its receipt could not be written: "+err.Error()+". Please report this.")
		}
	}
	return diags
}

// executed is the record that an update starts from: the former evidence, with the planned numbers and identifiers.
func (r *deletion) executed(ctx context.Context, plan, prior model, saved private) (*Record, diag.Diagnostics) {
	record, diags := prior.record(ctx, saved)
	planned, d := plan.record(ctx, saved)
	diags.Append(d...)
	if diags.HasError() {
		return nil, diags
	}
	record.Case = planned.Case
	record.Runs, record.RequestNumber, record.Unerased, record.BlockedBy = planned.Runs, planned.RequestNumber, planned.Unerased, planned.BlockedBy
	record.Review = planned.Review
	identifiers := make(map[string]Identifier, len(planned.Identifiers))
	for digest, identifier := range planned.Identifiers {
		if before, ok := record.Identifiers[digest]; ok {
			identifier = before
		}
		identifiers[digest] = identifier
	}
	record.Identifiers = identifiers
	return record, diags
}

// senders maps the digests that the plan left pending to identifiers, and refuses a vault that no longer names them.
func (r *deletion) senders(ctx context.Context, plan model, diags *diag.Diagnostics) map[string]string {
	named, d := person.Resolve(ctx, r.service.People, plan.Subject, plan.UserIDs)
	diags.Append(d...)
	keys, err := r.service.People.Keyring()
	pending := plan.pending(ctx)
	send := make(map[string]string, len(pending))
	if err == nil && named.Known && len(pending) > 0 && keys.Has(subject.KeyID(pending[0])) {
		byDigest := keys.ByDigest(subject.KeyID(pending[0]), named.IDs)
		for _, digest := range pending {
			if id, ok := byDigest[digest]; ok {
				send[digest] = id
			}
		}
	}
	if len(send) == 0 || len(send) != len(pending) {
		diags.AddAttributeError(path.Root(person.SubjectAttribute), "Vault names others than the plan did",
			"The identifiers that the reviewed plan named cannot all be resolved any more. Nothing was sent for this case: make and review a new plan.")
	}
	return send
}

// Read looks at an accepted record from time to time, and leaves everything else alone.
func (r *deletion) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	saved, _, diags := readPrivate(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	record, diags := state.record(ctx, saved)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	name := label(state, *record)
	if conflict := r.service.Register.Existing(entryOf(record)); conflict != nil {
		m := conflictMessage(*conflict)
		resp.Diagnostics.AddError(m.summary, m.detail)
		return
	}
	if state.schedule().due(record, r.service.Now()) {
		timeout, diags := state.Timeouts.Read(ctx, defaultTimeout)
		resp.Diagnostics.Append(diags...)
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		seen := r.service.verify(ctx, record, r.lookable(ctx, state, record))
		if seen.Moved {
			resp.Diagnostics.Append(r.written(record, r.service.Evidence.verified)...)
			resp.Diagnostics.Append(state.set(ctx, *record)...)
			resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
		}
		if seen.Looked {
			saved.LastLook = record.LastLook
			resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateKey, saved.bytes())...)
		}
		resp.Diagnostics.Append(r.seenMessages(name, record, seen)...)
	}
	if record.Status.needsPerson() && state.schedule().open(record, r.service.Now()) {
		m := attentionMessage(name, *record)
		resp.Diagnostics.AddWarning(m.summary, m.detail)
	}
}

// lookable maps the record's digests to those identifiers that can still be named.
func (r *deletion) lookable(ctx context.Context, state model, record *Record) map[string]string {
	named, _ := person.Resolve(ctx, r.service.People, state.Subject, state.UserIDs)
	keys, err := r.service.People.Keyring()
	digests := record.Digests()
	if err != nil || !named.Known || len(digests) == 0 || !keys.Has(subject.KeyID(digests[0])) {
		return nil
	}
	return keys.ByDigest(subject.KeyID(digests[0]), named.IDs)
}

// Delete removes the record and asks Coveo for nothing: an erasure is not undone by forgetting it.
func (r *deletion) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	record, diags := state.record(ctx, private{})
	resp.Diagnostics.Append(diags...)
	if m, kept := state.retained(label(state, *record), r.service.Now()); kept {
		resp.Diagnostics.AddError(m.summary, m.detail)
		return
	}
	m := removedMessage(label(state, *record), *record)
	resp.Diagnostics.AddWarning(m.summary, m.detail)
}

// ImportState answers why there is nothing to import.
func (r *deletion) ImportState(_ context.Context, _ resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resp.Diagnostics.AddError("Erasures cannot be imported",
		"A record of coveo_user_data_deletion is evidence of calls that this provider made; Coveo keeps no list of erasures that one could be "+
			"read from. To erase a case, add a resource for it. A record that was removed from state with terraform state rm comes back "+
			"only from a backup of the state.")
}

// label names a record in messages, without naming a person.
func label(m model, record Record) string {
	return Entry{Case: m.Subject.ValueString(), Digests: record.Digests()}.Label()
}

// entryOf is a record as the register sees it.
func entryOf(record *Record) Entry {
	return Entry{ID: record.ID, Case: record.Case, Digests: record.Digests(), Open: record.Status.openForRegister()}
}

// seenMessages tells what a look cannot put into state.
func (r *deletion) seenMessages(name string, record *Record, seen Seen) diag.Diagnostics {
	var diags diag.Diagnostics
	late := r.service.Now().After(record.ExpectedBy)
	if seen.Problem != nil {
		m := unverifiedMessage(name, seen.Problem)
		diags.AddWarning(m.summary, m.detail)
	}
	if seen.Unnamed && late && (record.Status == Submitted || record.Status == Settling) {
		diags.AddWarning("Erasure not verified: "+name, "The date by which Coveo says to be done ("+record.ExpectedBy.Format(time.DateOnly)+") has passed, and the "+
			"vault no longer names the case or its digest key is gone, so nobody can be looked up. Put the case back until its status is final.")
	}
	return diags
}
