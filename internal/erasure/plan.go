// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
)

// ModifyPlan decides. It plans every computed value itself: after any edit the framework marks them all unknown, and an
// unknown status is what Update takes for leave to send.
func (r *deletion) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.service == nil {
		return
	}
	saved, known, diags := readPrivate(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, req, saved, &resp.Diagnostics)
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
	if prior == nil && known {
		// Terraform plans a replacement in two calls; the second has no prior state, but still the record's private one.
		r.refuse(replacedMessage(label(plan, Record{})), &resp.Diagnostics)
		return
	}
	p := planner{service: r.service, plan: &plan, prior: prior, saved: saved, known: known, diags: &resp.Diagnostics}
	p.decide(ctx)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

func (r *deletion) planDestroy(ctx context.Context, req resource.ModifyPlanRequest, saved private, diags *diag.Diagnostics) {
	var prior model
	diags.Append(req.State.Get(ctx, &prior)...)
	if diags.HasError() {
		return
	}
	record, d := prior.record(ctx, saved)
	diags.Append(d...)
	if diags.HasError() {
		return
	}
	if conflict := r.service.Register.Existing(entryOf(record)); conflict != nil {
		r.refuse(conflictMessage(*conflict), diags)
		return
	}
	if m, kept := prior.retained(label(prior, *record), r.service.Now()); kept {
		r.refuse(m, diags)
		return
	}
	m := removedMessage(label(prior, *record), *record)
	diags.AddWarning(m.summary, m.detail)
}

func (r *deletion) refuse(m message, diags *diag.Diagnostics) { add(diags, diag.SeverityError, m) }

// add reports a message. Attribute errors of the argument user_ids are reported on the whole resource: Terraform prints the
// line of the configuration that an attribute error points at.
func add(diags *diag.Diagnostics, severity diag.Severity, m message) {
	d := diag.Diagnostic(diag.NewErrorDiagnostic(m.summary, m.detail))
	if severity == diag.SeverityWarning {
		d = diag.NewWarningDiagnostic(m.summary, m.detail)
	}
	if m.attribute != "" {
		d = diag.WithPath(path.Root(m.attribute), d)
	}
	diags.Append(d)
}

// planner makes one plan.
type planner struct {
	service *Service
	plan    *model
	prior   *model
	saved   private
	known   bool // private state was there
	diags   *diag.Diagnostics
}

func (p *planner) decide(ctx context.Context) {
	if p.plan.Subject.IsUnknown() || p.plan.UserIDs.IsUnknown() || unknownElement(p.plan.UserIDs.Elements()) {
		add(p.diags, diag.SeverityError, message{person.SubjectAttribute, "Person not known at plan",
			"subject or user_ids depends on something that is known only after apply, so nobody could review who is erased. Give it a value that is known when the plan is made."})
		return
	}
	named, diags := person.Resolve(ctx, p.service.People, p.plan.Subject, p.plan.UserIDs)
	p.diags.Append(diags...)
	if p.diags.HasError() {
		return
	}
	ask, diags := p.plan.ask(ctx)
	p.diags.Append(diags...)
	if p.diags.HasError() {
		return
	}
	s := Situation{
		Want:     Want{Case: named.Case, Known: named.Known, IDs: named.IDs, Problem: named.Err},
		Simulate: p.service.Policy.Simulate,
		Review:   func(number int64, digests []string) Review { return p.service.review(ask, named.IDs, number, digests) },
		Gates: func(review Review, ids []string) GateState {
			if p.plan.gatesUnknown() {
				return GateState{Unknown: true}
			}
			return p.service.gateState(ctx, review, ask, ids)
		},
	}
	keys, err := p.service.People.Keyring()
	if err != nil {
		s.KeysProblem = err
	} else {
		s.Keys = keys
	}
	s.Want.Triggers, s.Want.TriggersUnknown = p.plan.triggers()
	if p.prior != nil {
		record, diags := p.prior.record(ctx, p.saved)
		p.diags.Append(diags...)
		if p.diags.HasError() {
			return
		}
		if !p.known || p.saved.Triggers == nil {
			// Nothing counts as changed for a record whose last request is not remembered.
			record.Triggers, _ = p.prior.triggers()
		}
		s.Record = record
		s.Want.Renamed = !p.plan.Subject.Equal(p.prior.Subject) || !p.plan.UserIDs.Equal(p.prior.UserIDs)
	}
	d := Decide(s)
	name := label(*p.plan, d.Planned)
	if d.Refusal != nil {
		add(p.diags, diag.SeverityError, refusalMessage(name, *d.Refusal))
		return
	}
	key := p.register(s)
	if p.diags.HasError() {
		return
	}
	if p.service.Policy.BlockedIsError && d.Notice == NoticeWaits {
		add(p.diags, diag.SeverityError, message{"", "Erasure blocked: " + name, gatesText(d.Planned.Review, d.Gates, p.plan.limits())})
		return
	}
	p.write(ctx, s, d)
	if len(d.Send) > 0 || d.Unknown {
		ids := values(d.Send)
		if d.Unknown {
			ids = s.Want.IDs
		}
		if overrun := p.service.Register.Run(key, name, ids); overrun != nil {
			add(p.diags, diag.SeverityError, overrunMessage(name, *overrun))
			return
		}
	}
	p.remark(ctx, s, d, name)
}

// register enters the record, and returns the key to run it by.
func (p *planner) register(s Situation) string {
	var (
		key      string
		conflict *Conflict
	)
	named := Entry{Case: s.Want.Case, Digests: p.everyDigest(s.Want.IDs)}
	if s.Record == nil {
		key, conflict = p.service.Register.Create(named)
	} else {
		entry := entryOf(s.Record)
		key, conflict = entry.key(), p.service.Register.Existing(entry)
		if conflict == nil && (s.Record.Runs == 0 && s.Want.Known || s.Want.Case != s.Record.Case) {
			if s.Record.Runs > 0 {
				named.Digests = nil // whom it was executed for is frozen; only its case is another
			}
			// key() of a record without an ID depends on what state says it names.
			named.ID = key
			conflict = p.service.Register.Renew(named)
		}
	}
	if conflict != nil {
		add(p.diags, diag.SeverityError, conflictMessage(*conflict))
	}
	return key
}

// everyDigest is the digests of identifiers under every key there is: an open record may hold them under an older one.
func (p *planner) everyDigest(ids []string) []string {
	keys, err := p.service.People.Keyring()
	if err != nil {
		return nil
	}
	var digests []string
	for _, keyID := range keys.IDs() {
		for digest := range keys.ByDigest(keyID, ids) {
			digests = append(digests, digest)
		}
	}
	return digests
}

// write plans the computed values.
func (p *planner) write(ctx context.Context, s Situation, d Decision) {
	if d.Row == 9 || d.Row == 10 {
		p.plan.restore(*p.prior)
		if !equal(d.Planned.Unerased, s.Record.Unerased) {
			p.plan.UnerasedIdentifierCount = types.Int64PointerValue(d.Planned.Unerased)
		}
		return
	}
	p.diags.Append(p.plan.set(ctx, d.Planned)...)
	if d.Notice == NoticeSimulated && (s.Record == nil || s.Record.Status != Simulated || len(s.Record.BlockedBy) > 0 || !slices.Equal(s.Record.Digests(), d.Planned.Digests())) {
		// A rehearsal is written down too.
		p.plan.Receipt, p.plan.ReceiptSignature = types.StringUnknown(), types.StringUnknown()
	}
	switch {
	case d.Unknown:
		p.plan.setUndecided(d.Planned, s.Record == nil)
	case len(d.Send) > 0:
		send := make([]string, 0, len(d.Send))
		for digest := range d.Send {
			send = append(send, digest)
		}
		p.plan.setPending(d.Planned, send, s.Record == nil)
	}
}

// remark says what a reviewer should know.
func (p *planner) remark(ctx context.Context, s Situation, d Decision, name string) {
	if d.Notice == NoticeErase || d.Notice == NoticeWaits || d.Notice == NoticeSimulated {
		if d.Planned.Review.late(p.service.Now()) {
			add(p.diags, diag.SeverityWarning, lateMessage(name, d.Planned.Review))
		}
	}
	if len(d.Send) > 0 {
		preview, err := p.service.look(ctx, values(d.Send))
		add(p.diags, diag.SeverityWarning, irreversible(name, d, preview, err))
		return
	}
	reason := s.Want.Problem
	if reason == nil && s.Want.Known {
		reason = s.KeysProblem
	}
	if m, ok := noticeMessage(name, d, reason, p.plan.limits()); ok {
		add(p.diags, diag.SeverityWarning, m)
	}
}

func unknownElement(elements []attr.Value) bool {
	for _, element := range elements {
		if element.IsUnknown() {
			return true
		}
	}
	return false
}
