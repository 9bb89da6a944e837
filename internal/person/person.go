// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package person is how a configuration names a person: the arguments subject and user_ids, their checks, and whom they
// resolve to. Everything that is about a person takes exactly one of the two.
package person

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// The arguments' names, for attribute paths.
const (
	SubjectAttribute = "subject"
	UserIDsAttribute = "user_ids"
)

// Named is whom a configuration names, as far as it can be told now.
type Named struct {
	// Case is the case reference, empty where identifiers are given in the open.
	Case string
	// Known tells whether IDs were resolved.
	Known bool
	IDs   []string
	// Err is why nobody could be resolved: the vault is absent, unreadable or unknown. Without it, the case is not in the vault.
	Err error
}

// Resolve finds whom a configuration names. The arguments are known.
func Resolve(ctx context.Context, people *subject.Directory, reference types.String, userIDs types.Set) (Named, diag.Diagnostics) {
	if diags := exactlyOne(reference, userIDs); diags.HasError() {
		return Named{}, diags
	}
	if !userIDs.IsNull() {
		ids, diags := IDs(ctx, userIDs)
		return Named{Known: !diags.HasError(), IDs: ids}, diags
	}
	named := Named{Case: reference.ValueString()}
	named.IDs, named.Known, named.Err = people.Lookup(named.Case)
	return named, nil
}

// IDs reads the set of identifiers, sorted.
func IDs(ctx context.Context, userIDs types.Set) ([]string, diag.Diagnostics) {
	var ids []string
	diags := userIDs.ElementsAs(ctx, &ids, false)
	slices.Sort(ids)
	return ids, diags
}

// Validate checks that exactly one of the two arguments is set, and warns of identifiers in the open. What is unknown may yet
// turn out to be null, as a module's variables are while a configuration is validated: it is checked when it is known.
func Validate(reference types.String, userIDs types.Set) diag.Diagnostics {
	if reference.IsUnknown() || userIDs.IsUnknown() {
		return nil
	}
	diags := exactlyOne(reference, userIDs)
	if !diags.HasError() && !userIDs.IsNull() {
		diags.AddAttributeWarning(path.Root(UserIDsAttribute), "Identifiers in the open",
			"What stands in user_ids stands in the configuration, in every plan and, for good, in state. Use it for synthetic and test "+
				"identities only; a person is named by subject, which keeps identifiers out of all of these.")
	}
	return diags
}

func exactlyOne(reference types.String, userIDs types.Set) diag.Diagnostics {
	var diags diag.Diagnostics
	switch {
	case reference.IsNull() && userIDs.IsNull():
		diags.AddAttributeError(path.Root(SubjectAttribute), "Nobody named",
			"Set subject to a case reference that the provider's vault resolves, such as \"DSR-2026-0142\". For synthetic and test "+
				"identities, user_ids takes identifiers in the open instead.")
	case !reference.IsNull() && !userIDs.IsNull():
		diags.AddAttributeError(path.Root(UserIDsAttribute), "Named twice",
			"Both subject and user_ids are set, so it is open who is meant. Keep subject for people; user_ids is for synthetic and "+
				"test identities.")
	}
	return diags
}
