// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
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

// sameConfiguration compares what two objects set; null and empty are one.
func sameConfiguration(a, b types.Object) bool { return configurationOf(a).Equal(configurationOf(b)) }

func configurationAttribute() schema.Attribute {
	some := []validator.String{stringvalidator.LengthAtLeast(1)}
	identities := func(description string) schema.Attribute {
		return schema.SetNestedAttribute{
			Optional: true, MarkdownDescription: description, Validators: []validator.Set{setvalidator.SizeAtLeast(1)},
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"name":     schema.StringAttribute{Required: true, MarkdownDescription: "The name of the user or group. It stands in state.", Validators: some},
				"provider": schema.StringAttribute{Optional: true, MarkdownDescription: "The security provider that knows the name, such as `Email Security Provider`. Default: Coveo's.", Validators: some},
				"type":     schema.StringAttribute{Optional: true, MarkdownDescription: "`User`, `Group`, `VirtualGroup` or `Unknown`. Default: Coveo's.", Validators: some},
			}},
		}
	}
	return schema.SingleNestedAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: "What the key is bound to beyond its privileges. Left out, all of it stays as it is and is shown; written, `search` and " +
			"`analytics` are as written, and `{}` clears both. What Coveo keeps there beside them, such as a commerce catalog, is never touched. " +
			"Changed in place.",
		Attributes: map[string]schema.Attribute{
			"search": schema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: "How the key may query. Default: nothing is bound.",
				Attributes: map[string]schema.Attribute{
					"api_key_query_authentication": identities("The identities that queries with the key run as. Default: none."),
					"enforced_query_pipeline": schema.SingleNestedAttribute{
						Optional: true, MarkdownDescription: "Binds queries to the query pipeline of one search hub. Default: any.",
						Attributes: map[string]schema.Attribute{
							"search_hub": schema.StringAttribute{Required: true, MarkdownDescription: "The search hub that all queries with the key count as coming from.", Validators: some},
						},
					},
					"impersonation_restrictions": schema.SingleNestedAttribute{
						Optional: true, MarkdownDescription: "Limits whom a key that may impersonate can act as. Default: anyone.",
						Attributes: map[string]schema.Attribute{
							"allowed_user_ids": identities("The only identities that the key may act as. Default: anyone."),
						},
					},
				},
			},
			"analytics": schema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: "How usage analytics records what is done with the key. Default: nothing is bound.",
				Attributes: map[string]schema.Attribute{
					"event": schema.SingleNestedAttribute{
						Optional: true,
						MarkdownDescription: "Pins the identity of every event that is logged with the key, whoever the page says its visitor is. Default: the " +
							"identity that each event brings.",
						Attributes: map[string]schema.Attribute{
							"user_id": schema.StringAttribute{
								Optional: true,
								MarkdownDescription: "The user ID that all events are attributed to, such as one constant pseudonym. Not a person's: it stands in state. " +
									"Default: the event's own.",
								Validators: some,
							},
							"user_display_name": schema.StringAttribute{
								Optional: true, MarkdownDescription: "The display name that goes with it. Default: the event's own.", Validators: some,
							},
						},
					},
				},
			},
		},
	}
}
