// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package privilegeset turns privileges into Terraform's values and back, for everything that shows or takes them.
package privilegeset

import (
	"cmp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

// Type is the object type of one privilege. It is made anew for each caller, who may add attributes.
func Type() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"owner": types.StringType, "target_domain": types.StringType, "type": types.StringType, "target_id": types.StringType,
	}}
}

// Fields are one privilege in its canonical form, by attribute. An answer without a target speaks of all of them.
func Fields(p privilege.Privilege) map[string]attr.Value {
	p = privilege.Canonical(p)
	kind := types.StringNull()
	if p.Type != "" {
		kind = types.StringValue(p.Type)
	}
	return map[string]attr.Value{
		"owner": types.StringValue(p.Owner), "target_domain": types.StringValue(p.TargetDomain), "type": kind,
		"target_id": types.StringValue(cmp.Or(p.TargetID, privilege.EveryTarget)),
	}
}

// Of is a set of privileges, each once. Nil is an empty set.
func Of(set []privilege.Privilege) types.Set {
	whole := slices.Clone(set)
	for i := range whole {
		whole[i].TargetID = cmp.Or(whole[i].TargetID, privilege.EveryTarget)
	}
	elements := make([]attr.Value, 0, len(set))
	for _, p := range privilege.CanonicalSet(whole) {
		elements = append(elements, types.ObjectValueMust(Type().AttrTypes, Fields(p)))
	}
	return types.SetValueMust(Type(), elements)
}

// Read is what a set or a list holds, in canonical form. What is unknown in a privilege is empty.
func Read(from interface{ Elements() []attr.Value }) []privilege.Privilege {
	out := []privilege.Privilege{}
	for _, element := range from.Elements() {
		if object, ok := element.(types.Object); ok {
			out = append(out, One(object))
		}
	}
	return privilege.CanonicalSet(out)
}

// One is the privilege of an object, in canonical form. A target that is not said is all of them.
func One(object types.Object) privilege.Privilege {
	attributes := object.Attributes()
	field := func(name string) string {
		value, ok := attributes[name].(types.String)
		if !ok {
			return ""
		}
		return value.ValueString()
	}
	return privilege.Canonical(privilege.Privilege{
		Owner: field("owner"), TargetDomain: field("target_domain"), Type: field("type"),
		TargetID: cmp.Or(field("target_id"), privilege.EveryTarget),
	})
}
