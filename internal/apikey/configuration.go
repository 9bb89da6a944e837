// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// The types of additional_configuration, from the inside out.

func keyIdentityType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"name": types.StringType, "provider": types.StringType, "type": types.StringType,
	}}
}

func pipelineType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{"search_hub": types.StringType}}
}

func restrictionsType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{"allowed_user_ids": types.SetType{ElemType: keyIdentityType()}}}
}

func searchType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"api_key_query_authentication": types.SetType{ElemType: keyIdentityType()},
		"enforced_query_pipeline":      pipelineType(),
		"impersonation_restrictions":   restrictionsType(),
	}}
}

func eventType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{"user_id": types.StringType, "user_display_name": types.StringType}}
}

func analyticsType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{"event": eventType()}}
}

func configurationType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{"search": searchType(), "analytics": analyticsType()}}
}

// configurationObject is a key's additional configuration in Terraform's types; null where nothing of it is set.
func configurationObject(c coveo.KeyConfiguration) types.Object {
	return orNull(configurationType(), map[string]attr.Value{
		"search": orNull(searchType(), map[string]attr.Value{
			"api_key_query_authentication": keyIdentities(c.QueryAuthentication),
			"enforced_query_pipeline":      orNull(pipelineType(), map[string]attr.Value{"search_hub": text(c.SearchHub)}),
			"impersonation_restrictions":   orNull(restrictionsType(), map[string]attr.Value{"allowed_user_ids": keyIdentities(c.AllowedUserIDs)}),
		}),
		"analytics": orNull(analyticsType(), map[string]attr.Value{
			"event": orNull(eventType(), map[string]attr.Value{
				"user_id": text(c.EventUserID), "user_display_name": text(c.EventUserDisplayName),
			}),
		}),
	})
}

// orNull is an object, or null where none of its attributes is set.
func orNull(of types.ObjectType, attributes map[string]attr.Value) types.Object {
	for _, value := range attributes {
		if !value.IsNull() {
			return types.ObjectValueMust(of.AttrTypes, attributes)
		}
	}
	return types.ObjectNull(of.AttrTypes)
}

func keyIdentities(list []coveo.KeyIdentity) types.Set {
	if len(list) == 0 {
		return types.SetNull(keyIdentityType())
	}
	var elements []attr.Value
	seen := map[coveo.KeyIdentity]bool{}
	for _, identity := range list {
		if seen[identity] {
			continue
		}
		seen[identity] = true
		elements = append(elements, types.ObjectValueMust(keyIdentityType().AttrTypes, map[string]attr.Value{
			"name": types.StringValue(identity.Name), "provider": text(identity.Provider), "type": text(identity.Type),
		}))
	}
	return types.SetValueMust(keyIdentityType(), elements)
}

// configurationOf reads additional_configuration back. What is null or unknown is not set.
func configurationOf(object types.Object) coveo.KeyConfiguration {
	search, analytics := inner(object, "search"), inner(object, "analytics")
	event := inner(analytics, "event")
	return coveo.KeyConfiguration{
		QueryAuthentication:  identitiesOf(search, "api_key_query_authentication"),
		SearchHub:            textOf(inner(search, "enforced_query_pipeline"), "search_hub"),
		AllowedUserIDs:       identitiesOf(inner(search, "impersonation_restrictions"), "allowed_user_ids"),
		EventUserID:          textOf(event, "user_id"),
		EventUserDisplayName: textOf(event, "user_display_name"),
	}
}

func inner(object types.Object, name string) types.Object {
	value, _ := object.Attributes()[name].(types.Object)
	return value
}

func textOf(object types.Object, name string) string {
	value, _ := object.Attributes()[name].(types.String)
	return value.ValueString()
}

func identitiesOf(object types.Object, name string) []coveo.KeyIdentity {
	set, _ := object.Attributes()[name].(types.Set)
	var out []coveo.KeyIdentity
	for _, element := range set.Elements() {
		if identity, ok := element.(types.Object); ok {
			out = append(out, coveo.KeyIdentity{
				Name: textOf(identity, "name"), Provider: textOf(identity, "provider"), Type: textOf(identity, "type"),
			})
		}
	}
	return out
}

// editorSet is the IDs of keys or groups that may edit a key; null where there are none.
func editorSet(list []coveo.Reference) types.Set {
	ids := make([]string, 0, len(list))
	for _, reference := range list {
		ids = append(ids, reference.ID)
	}
	return textSet(ids)
}
