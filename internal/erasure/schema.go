// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
)

const (
	defaultVerifyInterval = "24h"
	defaultVerifyFor      = "P60D"
	// defaultTimeout leaves room for ten records that wait for each other at the long-run rate of one call a second.
	defaultTimeout = time.Hour
)

func resourceSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "One case's erasure: all usage analytics that Coveo holds on a person, and the evidence of having asked.\n\n" +
			"~> **An erasure cannot be undone.** Applying a plan in which `runs` rises asks Coveo to delete everything it holds on the " +
			"named identifiers. Nothing else does: planning, refreshing, destroying, importing and changing any other argument send no " +
			"deletion. Coveo answers that it has accepted, completes within 28 days, and has no way to ask for the progress; the provider " +
			"looks at what is still visible instead.\n\n" +
			"The decision table, the gates and the statuses are explained in the guide *How an erasure is decided*.",
		Attributes: map[string]schema.Attribute{
			// Who.
			"subject": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "A case reference, such as `DSR-2026-0142`, that the provider's vault resolves to the person's identifiers. It may hold " +
					"letters, digits, dots, underscores and hyphens, at most 64, and is no UUID. Exactly one of `subject` and `user_ids`. A change " +
					"sends nothing: it is accepted where it still names someone of the record, and an error otherwise.",
				Validators: person.SubjectValidators(),
			},
			"user_ids": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Identifiers in the open, of 1 to 128 characters each, for synthetic and test identities: they stay in the configuration, " +
					"in plans and in state. A change sends nothing by itself, like one of `subject`.",
				Validators: person.UserIDsValidators(),
			},

			// Whether, and how much.
			"acknowledge_irreversible": schema.BoolAttribute{
				Required:            true,
				MarkdownDescription: "Must be `true`: whoever writes this block knows that an erasure cannot be undone.",
				Validators:          []validator.Bool{acknowledged{}},
			},
			"max_events": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "A gate: with more events than this, summed over the identifiers that would be sent, the case waits. Write the number from " +
					"the review as a constant; a ceiling that follows the counts bounds nothing. Takes the privilege to read overviews, without which it stays shut.",
				Validators: []validator.Int64{int64validator.AtLeast(0)},
			},
			"require_found": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "A gate: with `true`, the case waits until at least one identifier has events, which catches mistyped identifiers. Default `false`.",
			},
			"require_no_exports": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "A gate: with `true`, the case waits while an export is left in Coveo whose filters name one of its identifiers, and which has a " +
					"file or will have one. An erasure does not touch exports. An export without filters names nobody, so it is not counted. Takes the privilege " +
					"*Analytics – Data exports: View*; exports that cannot be read keep the gate shut. Make or remove an export in another apply than the erasure's. Default `false`.",
			},
			"not_before": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "A gate: the case waits until this instant, such as `2026-12-01T00:00:00Z`. It opens for plans made after it; a plan made " +
					"before it and applied after it is stopped, and nothing is sent.",
				Validators: []validator.String{instant{}},
			},
			"regulation": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What sets the deadline, counted from `received_at`: `gdpr` (one month), `uk_gdpr` (one calendar month), `ccpa` (45 days), or " +
					"an ISO 8601 duration such as `P30D`. Dates are not moved for weekends or holidays. Being late warns, and refuses nothing.",
				Validators: []validator.String{regulated{}},
			},
			"received_at": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The day on which the person's request was received, such as `2026-11-20`, or an instant, whose day in UTC counts. Required with `regulation`.",
				Validators:          []validator.String{received{}},
			},
			"approvals": schema.ListNestedAttribute{
				Optional: true,
				MarkdownDescription: "Signatures over `approval_statement`, made with `ssh-keygen -Y sign -n erasure-approval@coveo-privacy`. Each of the provider's " +
					"`approvers` counts once. A gate: with fewer than `required_approvals`, the case waits.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"approver": schema.StringAttribute{
						Required:            true,
						MarkdownDescription: "The name under which the provider knows the approver's key.",
					},
					"signature": schema.StringAttribute{
						Required:            true,
						MarkdownDescription: "The armored signature, from `-----BEGIN SSH SIGNATURE-----` on; `file(\"…sig\")` reads it.",
					},
				}},
			},
			"approvals_expire_at": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Until when approvals count, such as `2026-12-01T12:00:00Z`, in UTC. It is part of what is signed, as it is written. Required " +
					"with `approvals`.",
				Validators: []validator.String{expiry{}},
			},
			"retain_until": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "A date, such as `2029-12-31`, before which destroying or removing the record is an error. It does not hold against " +
					"`terraform state rm` and `removed` blocks with `destroy = false`, which Terraform carries out without asking the provider.",
				Validators: []validator.String{date{}},
			},
			"triggers": schema.MapAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Any values; a change after an executed request asks to erase again, everyone whom the case names by then. Removing it asks " +
					"for nothing, and so does putting the former values back. Values that are unknown at plan make `runs` unknown.",
			},

			// What is watched afterwards.
			"verify_interval": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(defaultVerifyInterval),
				MarkdownDescription: "How long a refresh leaves a record alone after the last look, such as `24h` (default); `0s` looks at every refresh. A look " +
					"costs one request for each identifier.",
				Validators: []validator.String{interval{}},
			},
			"verify_for": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(defaultVerifyFor),
				MarkdownDescription: "How long after the request a record is looked at at all, as an ISO 8601 duration such as `P60D` (default).",
				Validators:          []validator.String{period{}},
			},

			// What a reviewer and a policy read: all of it known at plan.
			"identifier_digests": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "What stands for the identifiers in plans and state: `<key ID>:<hex>`, an HMAC under the provider's digest key. Known at plan, so " +
					"that a vault that names others at apply is stopped by Terraform itself. Frozen once executed.",
			},
			"identifier_count": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "How many identifiers the record names. Known at plan.",
			},
			"unerased_identifier_count": schema.Int64Attribute{
				Computed: true,
				MarkdownDescription: "How many identifiers the case names now that no request of this record covers, those of the present plan counted as covered. " +
					"Known at plan.",
			},
			"runs": schema.Int64Attribute{
				Computed: true,
				MarkdownDescription: "How often applying may have sent deletions for this record. It rises by one in exactly those plans that send any, so a policy " +
					"counts the cases in which it rises. Known at plan, except where `triggers`, or the token that counting takes, is unknown.",
			},
			"request_number": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "1, plus the executed changes of `triggers`. Finishing an incomplete request belongs to it. Known at plan.",
			},
			"blocked_by": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The gates that hold this case back: `legal_hold`, `hold_unchecked`, `approvals`, `not_before`, `max_events`, `require_found`, `exports_left`, and " +
					"`simulate` for records that ran before. " +
					"Counting gates are looked at when all others are open. Known at plan.",
			},
			"hold_status": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "`clear` (every declared hold was compared), `held` (one is on an identifier), or `unchecked` (nobody declared holds, or one is " +
					"under a digest key that is gone). Known at plan; frozen once executed.",
			},
			"required_approvals": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "How many people have to approve, by the provider block and the runner's policy file. Known at plan; frozen once executed.",
			},
			"approved_by": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Whose approvals count: name and key fingerprint. Known at plan; frozen once executed.",
			},
			"approval_statement": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The text to sign, byte for byte: organization, case, request number, ceiling, expiry, and the identifier digests. Null without " +
					"`approvals_expire_at`. Known at plan; frozen once executed.",
			},
			"erasure_policy_digest": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "`sha256:` and the digest of the runner's policy file (`COVEO_ERASURE_POLICY_FILE`), by which a policy sees which one the plan was " +
					"made under. Null where there is none. Known at plan; frozen once executed.",
			},
			"due_at": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The day on which the regulation wants the request answered. Known at plan; frozen once executed.",
			},
			"submit_by": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "`due_at` less the 28 days that Coveo may take: an operational target, not a legal date. Known at plan; frozen once executed.",
			},

			// What happened.
			"status": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "`waiting` (a gate is shut), `simulated`, `incomplete` (some identifiers not accepted), `abandoned` (and they can no longer be " +
					"named), `submitted`, `settling` (fewer events than at the request), `zero_observed` (none visible at the last look), `still_visible` " +
					"(events after `expected_by`: unfinished, or new activity), `reappeared` (events after none), `unverified` (`expected_by` passed, and the " +
					"token cannot look). An accepted record shows the most alarming of its identifiers' statuses.",
			},
			"first_requested_at": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When Coveo first accepted an identifier of this record.",
			},
			"requested_at": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When Coveo last accepted an identifier of this record.",
			},
			"expected_by": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "`requested_at` plus 28 days, by which Coveo says to be done.",
			},
			"events_at_request": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Events that were visible just before the request. Null where the token may not look.",
			},
			"events_remaining": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Events that were visible at the last look that saw a change.",
			},
			"verified_at": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When a look first saw the present status. Null before the first look that changed anything.",
			},
			"identifiers": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The same by identifier digest.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"status": schema.StringAttribute{
						Computed: true,
						MarkdownDescription: "A status as above, or `failed` (not seen to be accepted), or `not_found_before` (accepted, and nothing was " +
							"visible when it was asked for).",
					},
					"requested_at":      schema.StringAttribute{Computed: true, MarkdownDescription: "When Coveo accepted it."},
					"verified_at":       schema.StringAttribute{Computed: true, MarkdownDescription: "When a look first saw its present status."},
					"events_at_request": schema.Int64Attribute{Computed: true, MarkdownDescription: "Its events just before the request."},
					"events_remaining":  schema.Int64Attribute{Computed: true, MarkdownDescription: "Its events at the last look that saw a change."},
					"last_error":        schema.StringAttribute{Computed: true, MarkdownDescription: "Why it was not accepted, in short; null when it was."},
				}},
			},
			"receipt": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The evidence of the last run, a JSON document: what was asked for, when, by whose approval, and what was seen before. Written at " +
					"acceptance, rewritten by a later run only, and then with its predecessor's SHA-256. It holds digests, and no identifier.",
			},
			"receipt_signature": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The receipt's SSH signature in the namespace `erasure-receipt@coveo-privacy`, for `ssh-keygen -Y verify`. Null without the " +
					"provider's `receipt_signing_key`.",
			},
			"verification_receipt": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The evidence of the look at which the status first became final, once for each request: a JSON document. It claims what was seen, " +
					"at that time, in the live API, and nothing more.",
			},
			"verification_receipt_signature": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The verification receipt's SSH signature, as above.",
			},
			"timeouts": timeouts.Attributes(ctx, timeouts.Opts{
				Create: true, Update: true, Read: true,
				CreateDescription: "How long erasing may take, waiting for the provider's rate included. Default `60m`.",
				UpdateDescription: "As for create.",
				ReadDescription:   "How long looking may take. Default `60m`.",
			}),
		},
	}
}
