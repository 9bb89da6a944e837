// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

// A privilege's fields where one is asked for or looked for.
const (
	aboutOwner  = "The service that the privilege belongs to, such as `USAGE_ANALYTICS`, `PLATFORM` or `SEARCH_API`."
	aboutDomain = "What the privilege is about, such as `EXPORTS`."
	aboutType   = "`VIEW`, `EDIT` or `CREATE`; absent for domains that the console shows as *Allowed*, for which `ENABLE` means the same."
	aboutTarget = "The one resource that the privilege is limited to. Default `*`, all of them."
)

// A privilege's fields where one is shown.
const (
	aboutShownOwner  = "The service that the privilege belongs to."
	aboutShownDomain = "What the privilege is about."
	aboutShownType   = "`VIEW`, `EDIT`, `CREATE` and the like; null where the domain has no types."
	aboutShownTarget = "The resource that the privilege is limited to; `*` for all."
)

// aboutTimeouts is for every kind with one operation only.
const aboutTimeouts = "How long the operation may take, waiting and retries included, as a duration such as `30s` or `5m`."

// readTimeout is the timeouts argument of a data source.
func readTimeout(ctx context.Context, description string) schema.Attribute {
	attribute := timeouts.AttributesWithOpts(ctx, timeouts.Opts{ReadDescription: description})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = aboutTimeouts
		return nested
	}
	return attribute
}

// seenKey is a key as data sources show it: never with its value, not even masked, and never with the identities that its
// configuration names.
type seenKey struct {
	ID                  types.String `tfsdk:"id"`
	DisplayName         types.String `tfsdk:"display_name"`
	Description         types.String `tfsdk:"description"`
	Enabled             types.Bool   `tfsdk:"enabled"`
	Duties              types.Set    `tfsdk:"duties"`
	EffectivePrivileges types.Set    `tfsdk:"effective_privileges"`
	TemplateID          types.String `tfsdk:"template_id"`
	AllowedIPs          types.Set    `tfsdk:"allowed_ips"`
	DeniedIPs           types.Set    `tfsdk:"denied_ips"`
	APIKeysThatCanEdit  types.Set    `tfsdk:"api_keys_that_can_edit"`
	GroupsThatCanEdit   types.Set    `tfsdk:"groups_that_can_edit"`
	Status              types.String `tfsdk:"status"`
	ExpirationDate      types.String `tfsdk:"expiration_date"`
	CreatedDate         types.String `tfsdk:"created_date"`
	LastUsedDate        types.String `tfsdk:"last_used_date"`
	CreatedBy           types.String `tfsdk:"created_by"`
	PrivacyLevel        types.String `tfsdk:"privacy_level"`
	Exposure            types.String `tfsdk:"exposure"`
}

func seenKeyOf(key *coveo.APIKey) seenKey {
	f := factsOf(key)
	seen := seenKey{
		ID: f.id, DisplayName: f.displayName, Description: f.description, Enabled: f.enabled,
		Duties: textSet(privilege.DutiesOf(privilegeset.Read(f.effectivePrivileges))), EffectivePrivileges: f.effectivePrivileges,
		TemplateID: f.templateID, AllowedIPs: f.allowedIPs, DeniedIPs: f.deniedIPs,
		APIKeysThatCanEdit: f.keyEditors, GroupsThatCanEdit: f.groupEditors,
		Status: f.status, ExpirationDate: f.expirationDate, CreatedDate: f.createdDate, LastUsedDate: f.lastUsedDate,
		CreatedBy: f.createdBy, PrivacyLevel: f.privacyLevel, Exposure: f.exposure,
	}
	return seen
}

// keyAttributes describe a key that is looked at. What they share with the resource they call by the same words, unless the
// resource speaks of what it does about it.
func keyAttributes(ctx context.Context) map[string]schema.Attribute {
	alike := resourceSchema(ctx).Attributes
	text := func(name string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: alike[name].GetMarkdownDescription()}
	}
	texts := func(description string) schema.SetAttribute {
		return schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"id":           schema.StringAttribute{Computed: true, MarkdownDescription: "The key's ID. It is no secret."},
		"display_name": schema.StringAttribute{Computed: true, MarkdownDescription: "The name in Coveo's administration console. It need not be unique."},
		"description":  schema.StringAttribute{Computed: true, MarkdownDescription: "What the key is for; null where nobody said so."},
		"enabled":      schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the key opens anything, as far as its switch goes: a key that is on may have expired."},
		"duties": texts("The duties that take exactly the key's privileges, any of `overview`, `export` and `erasure`; null where the key has others, or more, or not " +
			"all of one."),
		"effective_privileges":   shownPrivileges("What the key may do according to Coveo."),
		"template_id":            schema.StringAttribute{Computed: true, MarkdownDescription: "The template that the key was made of; null for a key with privileges of its own, and where Coveo does not tell."},
		"allowed_ips":            texts("Public addresses and CIDR ranges that the key may be used from; null where it may be used from anywhere."),
		"denied_ips":             texts("Addresses and CIDR ranges that the key must not be used from, even where `allowed_ips` holds them; null without any."),
		"api_keys_that_can_edit": texts("The IDs of API keys that may edit the key; null without any."),
		"groups_that_can_edit":   texts("The IDs of groups that may edit the key; null without any."),
		"status":                 text("status"),
		"expiration_date":        text("expiration_date"),
		"created_date":           text("created_date"),
		"last_used_date":         text("last_used_date"),
		"created_by":             text("created_by"),
		"privacy_level":          text("privacy_level"),
		"exposure": schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "The severity of Coveo's report that the key was found somewhere public, such as `CRITICAL`; null without a report. The `status` " +
				"tells whether Coveo has disabled it.",
		},
	}
}

func shownPrivileges(description string) schema.SetNestedAttribute {
	return schema.SetNestedAttribute{
		Computed: true, MarkdownDescription: description,
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"owner":         schema.StringAttribute{Computed: true, MarkdownDescription: aboutShownOwner},
			"target_domain": schema.StringAttribute{Computed: true, MarkdownDescription: aboutShownDomain},
			"type":          schema.StringAttribute{Computed: true, MarkdownDescription: aboutShownType},
			"target_id":     schema.StringAttribute{Computed: true, MarkdownDescription: aboutShownTarget},
		}},
	}
}

// attributeTypes are the types of computed attributes, as an object of them has them.
func attributeTypes(attributes map[string]schema.Attribute) map[string]attr.Type {
	kinds := make(map[string]attr.Type, len(attributes))
	for name, attribute := range attributes {
		kinds[name] = attribute.GetType()
	}
	return kinds
}
