// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/approval"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/erasure"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/receipt"
)

// policyFileVariable names the runner's policy file. There is no attribute for it: what a pull request can change protects
// against the wrong person, not against its author.
const policyFileVariable = "COVEO_ERASURE_POLICY_FILE"

// newErasures makes the engine that this walk's erasures share.
func (p *coveoProvider) newErasures(ctx context.Context, config model, c *configured, diags *diag.Diagnostics) *erasure.Service {
	policy := erasurePolicy(ctx, config, diags)
	digest := ""
	if name, set := os.LookupEnv(policyFileVariable); set {
		runner, sum, err := erasure.LoadPolicy(name)
		if err != nil {
			// Without the file nothing would limit what it was put there to limit.
			diags.AddError("Runner's erasure policy cannot be used", fmt.Sprintf("The policy file %s (%s) cannot be used: %s. Nothing is planned or applied "+
				"until it can: it belongs to whoever runs this pipeline.", name, policyFileVariable, err))
		}
		policy, digest = policy.Tighten(runner), sum
	}
	key := signingKey(ctx, config, diags)
	if diags.HasError() {
		return nil
	}
	return &erasure.Service{
		Organization: c.client.OrganizationID(), Policy: policy, PolicyDigest: digest,
		People: c.people, Overviews: c.overviews, Exports: c.exports, Eraser: c.client,
		Register: erasure.NewRegister(policy.Limit()), Now: p.clock.Now, NewID: rand.Text,
		Evidence: erasure.Evidence{Key: key, Version: p.version},
	}
}

// erasurePolicy reads the provider block's part.
func erasurePolicy(ctx context.Context, config model, diags *diag.Diagnostics) erasure.Policy {
	var policy erasure.Policy
	block := path.Root("erasure")
	object := known(config.Erasure, block, diags)
	if object.IsNull() || object.IsUnknown() {
		return policy
	}
	var values erasureModel
	diags.Append(object.As(ctx, &values, basetypes.ObjectAsOptions{})...)
	if value := known(values.MaxPerRun, block.AtName("max_per_run"), diags); !value.IsNull() {
		policy.MaxPerRun = value.ValueInt64Pointer()
	}
	policy.Simulate = known(values.Simulate, block.AtName("simulate"), diags).ValueBool()
	policy.BlockedIsError = known(values.Blocked, block.AtName("blocked"), diags).ValueString() == "error"
	policy.RequireHolds = known(values.RequireHolds, block.AtName("require_holds"), diags).ValueBool()
	policy.RequiredApprovals = known(values.RequiredApprovals, block.AtName("required_approvals"), diags).ValueInt64()
	if holds := known(values.LegalHolds, block.AtName("legal_holds"), diags); !holds.IsNull() && !holds.IsUnknown() {
		policy.LegalHolds = []string{}
		diags.Append(holds.ElementsAs(ctx, &policy.LegalHolds, false)...)
	}
	if keys := known(values.Approvers, block.AtName("approvers"), diags); !keys.IsNull() && !keys.IsUnknown() {
		lines := map[string]string{}
		diags.Append(keys.ElementsAs(ctx, &lines, false)...)
		approvers, err := approval.NewApprovers(lines)
		if err != nil {
			diags.AddAttributeError(block.AtName("approvers"), "Approvers cannot be used", "The approvers cannot be used: "+err.Error()+".")
		}
		policy.Approvers = &approvers
	}
	return policy
}

// signingKey reads the key that signs receipts, nil where there is none.
func signingKey(ctx context.Context, config model, diags *diag.Diagnostics) *receipt.SigningKey {
	attribute := path.Root("erasure").AtName("receipt_signing_key")
	text := os.Getenv("COVEO_RECEIPT_SIGNING_KEY")
	if !config.Erasure.IsNull() && !config.Erasure.IsUnknown() {
		var values erasureModel
		diags.Append(config.Erasure.As(ctx, &values, basetypes.ObjectAsOptions{})...)
		if value := known(values.ReceiptSigningKey, attribute, diags); !value.IsNull() {
			text = value.ValueString()
		}
	}
	if text == "" {
		return nil
	}
	key, err := receipt.ParseSigningKey(text)
	if err != nil {
		diags.AddAttributeError(attribute, "Signing key cannot be used", "receipt_signing_key (COVEO_RECEIPT_SIGNING_KEY) cannot be used: "+err.Error()+".")
		return nil
	}
	return key
}
