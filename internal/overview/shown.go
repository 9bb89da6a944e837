// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package overview

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
)

// shown is what the data source and the ephemeral resource have in common: whom they name, and what was seen.
type shown struct {
	Subject     types.String `tfsdk:"subject"`
	UserIDs     types.Set    `tfsdk:"user_ids"`
	InVault     types.Bool   `tfsdk:"in_vault"`
	Found       types.Bool   `tfsdk:"found"`
	TotalEvents types.Int64  `tfsdk:"total_events"`
	Stats       types.Map    `tfsdk:"stats"`
	Identifiers types.Set    `tfsdk:"identifiers"`
}

// look resolves the person and asks Coveo. way is what to do about a case that is not in the vault.
func (s *shown) look(ctx context.Context, host Host, way string) diag.Diagnostics {
	named, diags := person.Resolve(ctx, host.People(), s.Subject, s.UserIDs)
	keys, keysErr := host.People().Keyring()
	if named.Case != "" {
		for _, err := range []error{named.Err, keysErr} {
			if err != nil {
				diags.AddAttributeError(path.Root(person.SubjectAttribute), "Case cannot be resolved",
					fmt.Sprintf("%s cannot be looked up: %s.", named.Case, err))
			}
		}
	}
	if diags.HasError() {
		return diags
	}
	if !named.Known {
		diags.AddAttributeWarning(path.Root(person.SubjectAttribute), "Case not in the vault: "+named.Case,
			"The vault does not know "+named.Case+", as it is once a case is closed, so nobody was looked up. "+way)
		s.InVault = types.BoolValue(false)
		s.Stats = types.MapNull(types.Int64Type)
		s.Identifiers = types.SetNull(identifierType())
		return diags
	}
	var (
		seen        []coveo.Overview
		identifiers []attr.Value
	)
	for _, id := range named.IDs {
		o, err := host.Overviews().Fresh(ctx, id)
		if err != nil {
			who := named.Case
			if who == "" {
				who = "the identifiers in user_ids"
			}
			diags.Append(diagnose.Error("Overview cannot be read", fmt.Errorf("what Coveo holds on %s cannot be read: %w", who, err)))
			return diags
		}
		seen = append(seen, o)
		digest, userID := types.StringNull(), types.StringNull()
		if keysErr == nil {
			digest = types.StringValue(keys.Digest(keys.Current(), id))
		}
		if named.Case == "" {
			userID = types.StringValue(id)
		}
		identifier, d := types.ObjectValue(identifierType().AttrTypes, map[string]attr.Value{
			"digest": digest, "user_id": userID, "found": types.BoolValue(o.Found),
			"total_events": types.Int64Value(o.Total), "stats": statsValue(o.Stats),
		})
		diags.Append(d...)
		identifiers = append(identifiers, identifier)
	}
	sum := Sum(seen)
	if named.Case != "" {
		s.InVault = types.BoolValue(true)
	}
	s.Found = types.BoolValue(sum.Found)
	s.TotalEvents = types.Int64Value(sum.Total)
	s.Stats = statsValue(sum.Stats)
	var d diag.Diagnostics
	s.Identifiers, d = types.SetValue(identifierType(), identifiers)
	diags.Append(d...)
	return diags
}

func statsValue(stats map[string]int64) types.Map {
	elements := make(map[string]attr.Value, len(stats))
	for kind, count := range stats {
		elements[kind] = types.Int64Value(count)
	}
	return types.MapValueMust(types.Int64Type, elements)
}
