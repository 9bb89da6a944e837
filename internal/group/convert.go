// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"cmp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

func text(value string) types.String {
	if value == "" {
		return types.StringNull()
	}
	return types.StringValue(value)
}

// textSet is a set of texts, each once. An empty list is an empty set.
func textSet(list []string) types.Set {
	elements := make([]attr.Value, 0, len(list))
	for _, element := range slices.Compact(slices.Sorted(slices.Values(list))) {
		elements = append(elements, types.StringValue(element))
	}
	return types.SetValueMust(types.StringType, elements)
}

// collection is a set or a list.
type collection interface{ Elements() []attr.Value }

// texts are the known elements of a collection of strings.
func texts(of collection) []string {
	out := []string{}
	for _, element := range of.Elements() {
		if value, ok := element.(types.String); ok && !value.IsNull() && !value.IsUnknown() {
			out = append(out, value.ValueString())
		}
	}
	return out
}

// objects are the elements of a set of objects of texts, each as a function from a field's name to its text.
func objects(set types.Set) []func(string) string {
	var out []func(string) string
	for _, element := range set.Elements() {
		object, ok := element.(types.Object)
		if !ok {
			continue
		}
		out = append(out, func(name string) string {
			value, ok := object.Attributes()[name].(types.String)
			if !ok {
				return ""
			}
			return value.ValueString()
		})
	}
	return out
}

// fullyKnown tells whether a set and everything in it is known.
func fullyKnown(set types.Set) bool {
	if set.IsUnknown() {
		return false
	}
	for _, element := range set.Elements() {
		if element.IsUnknown() {
			return false
		}
		if object, ok := element.(types.Object); ok {
			for _, field := range object.Attributes() {
				if field.IsUnknown() {
					return false
				}
			}
		}
	}
	return true
}

func realmType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{"provider": types.StringType, "saml_identity_provider_id": types.StringType}}
}

// realm is an identity provider whose users all belong to a group.
type realm struct{ provider, saml string }

func realmOf(r coveo.Realm) realm { return realm{r.Provider, r.SAMLIdentityProviderID} }

func realmsOf(list []coveo.Realm) []realm {
	out := make([]realm, 0, len(list))
	for _, r := range list {
		out = append(out, realmOf(r))
	}
	slices.SortFunc(out, func(a, b realm) int { return cmp.Or(cmp.Compare(a.provider, b.provider), cmp.Compare(a.saml, b.saml)) })
	return slices.Compact(out)
}

func realmSet(list []coveo.Realm) types.Set {
	elements := make([]attr.Value, 0, len(list))
	for _, r := range realmsOf(list) {
		elements = append(elements, types.ObjectValueMust(realmType().AttrTypes, map[string]attr.Value{
			"provider": text(r.provider), "saml_identity_provider_id": text(r.saml),
		}))
	}
	return types.SetValueMust(realmType(), elements)
}

// realms are the elements of a set of realms, each as it was read where it is among those.
func realms(set types.Set, read []coveo.Realm) []coveo.Realm {
	out := []coveo.Realm{}
	for _, field := range objects(set) {
		wanted := realm{field("provider"), field("saml_identity_provider_id")}
		at := slices.IndexFunc(read, func(r coveo.Realm) bool { return realmOf(r) == wanted })
		if at >= 0 {
			out = append(out, read[at])
			continue
		}
		out = append(out, coveo.Realm{Provider: wanted.provider, SAMLIdentityProviderID: wanted.saml})
	}
	return out
}

func editorIDs(list []coveo.Reference) []string {
	ids := make([]string, 0, len(list))
	for _, editor := range list {
		if editor.ID != "" {
			ids = append(ids, editor.ID)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// editors are the elements of a set of IDs, each as it was read where it is among those.
func editors(set types.Set, read []coveo.Reference) []coveo.Reference {
	out := []coveo.Reference{}
	for _, id := range texts(set) {
		at := slices.IndexFunc(read, func(e coveo.Reference) bool { return e.ID == id })
		if at >= 0 {
			out = append(out, read[at])
			continue
		}
		out = append(out, coveo.Reference{ID: id})
	}
	return out
}
