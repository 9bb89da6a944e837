// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

const everyTarget = "*"

// dutiesMeaning is what a set of duties says, for people.
const dutiesMeaning = "any of `overview` (count what usage analytics holds on a person), `export` (create, read and remove exports) and `erasure` " +
	"(ask for a person's data to be erased)"

func resourceSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A group: privileges for people.\n\n" +
			"~> **It names people.** The members and invites that a configuration lists stand in the configuration, in plans and in state. They are " +
			"staff, not the people whose data is erased, and yet personal data: keep the state where it may be. Leave `members` and `invites` out to " +
			"manage what a group may do and not who is in it. No message, log or ID of the provider names anybody; where logs are kept, set neither " +
			"`TF_LOG_SDK_FRAMEWORK` nor `TF_LOG_SDK_PROTO_DATA_DIR`, which bring the plugin libraries' own entries back.\n\n" +
			"Every list is managed where the configuration sets it, and left alone where it does not: `members = []` means nobody, and without `members` " +
			"no update removes or adds anyone. An update reads the group and writes it back whole, since Coveo takes nothing less; several updates " +
			"of one group in one run wait for each other. It removes only those whom the plan showed.\n\n" +
			"Coveo knows people who have signed in. Whoever else is named in `members` is invited, becomes a member by accepting, and counts as present " +
			"meanwhile; whoever is named in `invites` counts as present once they are a member. So neither list changes when somebody accepts. Coveo " +
			"would send an e-mail to everybody who is invited; this resource tells it not to, unless `send_invitation_emails` is true.\n\n" +
			"A group's privileges are changed in place. Whoever is in a group that may erase can do so from anywhere and for as long as they are in it: " +
			"a plan that lets more people erase says so in a warning. For a pipeline, prefer `coveo_api_key`, which can have a list of addresses and an end.\n\n" +
			"Groups that came with the organization can be imported and changed, and never destroyed. The provider's token needs the privileges " +
			"*Organization – Groups: View*, *Edit* and *Create*, and perhaps those that the group is to hold.",
		Attributes: map[string]schema.Attribute{
			// Required.
			"display_name": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The name in Coveo's administration console. It need not be unique, yet a unique one tells which group was made when an " +
					"answer is lost. Changed in place.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},

			// What the group may do: at most one of the two.
			"duties": schema.SetAttribute{
				Optional: true, Computed: true, ElementType: types.StringType,
				MarkdownDescription: "What the people of the group do in answering Data Subject Requests: " + dutiesMeaning + ". Each stands for exactly the " +
					"privileges that it takes, as `effective_privileges` shows. At most one of `duties` and `privileges`; with neither, what the group may " +
					"do is not managed, and a new group may do nothing. Changed in place.",
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(privilege.Duties()...)),
				},
			},
			"privileges": schema.SetNestedAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "The privileges one by one, for any other job; `[]` for none. Which ones exist depends on the organization; Coveo may refuse " +
					"those that the provider's token does not hold itself. At most one of `duties` and `privileges`. Changed in place.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"owner": schema.StringAttribute{
						Required:            true,
						MarkdownDescription: "The service that the privilege belongs to, such as `USAGE_ANALYTICS`, `PLATFORM` or `SEARCH_API`.",
						Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
					},
					"target_domain": schema.StringAttribute{
						Required:            true,
						MarkdownDescription: "What the privilege is about, such as `EXPORTS`.",
						Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
					},
					"type": schema.StringAttribute{
						Optional: true,
						MarkdownDescription: "`VIEW`, `EDIT` or `CREATE`; absent for domains that the console shows as *Allowed*, for which `ENABLE` means " +
							"the same.",
						Validators: []validator.String{stringvalidator.OneOf(privilege.Types()...)},
					},
					"target_id": schema.StringAttribute{
						Optional: true, Computed: true,
						MarkdownDescription: "The one resource that the privilege is limited to. Default `*`, all of them.",
						Default:             stringdefault.StaticString(everyTarget),
						Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
					},
				}},
			},

			// Who is in it.
			"members": schema.SetNestedAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "Who belongs to the group. Left out, members are not managed, and null unless the group was imported; `[]` means nobody. Those " +
					"whom Coveo does not know yet are invited. Changed in place.",
				NestedObject: schema.NestedAttributeObject{Attributes: personAttributes()},
			},
			"invites": schema.SetNestedAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "Who is invited, and stays in the group after accepting. Left out, invitations are not managed, and null unless the group was " +
					"imported; `[]` means that those which stand are withdrawn. Where the group's members are simply to be these people, `members` is " +
					"enough. Changed in place.",
				NestedObject: schema.NestedAttributeObject{Attributes: personAttributes()},
			},
			"realms": schema.SetNestedAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "Identity providers whose users all belong to the group. Left out, they are not managed, and null unless the group was imported; " +
					"`[]` means none. Changed in place.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"provider": schema.StringAttribute{
						Required:            true,
						MarkdownDescription: "Coveo's name for it: `SALESFORCE`, `SALESFORCE_SANDBOX`, `GOOGLE`, `OFFICE365`, `SAML` or `EMAIL`.",
					},
					"saml_identity_provider_id": schema.StringAttribute{
						Optional:            true,
						MarkdownDescription: "With `SAML`, the ID of the organization's SAML identity provider.",
					},
				}},
			},
			"send_invitation_emails": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether Coveo sends an e-mail to those whom this resource newly invites. Default `false`, which every request says: Coveo " +
					"sends them otherwise. A change by itself calls nothing.",
			},

			// Who else may change it.
			"api_keys_that_can_edit": schema.SetAttribute{
				Optional: true, Computed: true, ElementType: types.StringType,
				MarkdownDescription: "IDs of API keys that may change the group, and so add people to it. Left out, they are not managed, and null unless the group " +
					"was imported; `[]` means none. Changed in place.",
			},
			"groups_that_can_edit": schema.SetAttribute{
				Optional: true, Computed: true, ElementType: types.StringType,
				MarkdownDescription: "IDs of groups whose members may change the group, and so add people to it. Left out, they are not managed, and null unless the " +
					"group was imported; `[]` means none. A new group can never edit itself. Changed in place.",
			},

			// Computed.
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The group's ID.",
			},
			"effective_privileges": schema.SetNestedAttribute{
				Computed: true,
				MarkdownDescription: "What the group may do. Known in the plan, where `duties` or `privileges` are. Where Coveo shows something else than was asked for, " +
					"the plan changes it back, with a warning that names the difference.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"owner":         schema.StringAttribute{Computed: true, MarkdownDescription: "The service that the privilege belongs to."},
					"target_domain": schema.StringAttribute{Computed: true, MarkdownDescription: "What the privilege is about."},
					"type":          schema.StringAttribute{Computed: true, MarkdownDescription: "`VIEW`, `EDIT`, `CREATE` and the like; null where the domain has no types."},
					"target_id":     schema.StringAttribute{Computed: true, MarkdownDescription: "The resource that the privilege is limited to; `*` for all."},
				}},
			},
			"group_type": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Coveo's word for the kind of group: `CUSTOM`, `ADMINISTRATOR`, `MCP_SEARCH_USERS`, or another one.",
			},
			"deletable": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "`false` for groups that came with the organization: a plan that destroys one is an error.",
			},

			"timeouts": timeoutsAttribute(ctx),
		},
	}
}

func personAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"email": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "The e-mail address. Needed of somebody whom Coveo does not know yet.",
		},
		"provider": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "What they sign in with: `SALESFORCE`, `SALESFORCE_SANDBOX`, `GOOGLE`, `OFFICE365`, `SAML` or `EMAIL`. Left out, anyone with the " +
				"address is meant, and Coveo chooses for new ones.",
		},
		"username": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Coveo's name for them, such as `ann@example.com-google`. It decides where it is set; `email` or `username` is needed.",
		},
	}
}

func timeoutsAttribute(ctx context.Context) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Read: true, Update: true, Delete: true,
		CreateDescription: "How long making the group may take, such as `5m` (default).",
		ReadDescription:   "How long reading it may take at every refresh, such as `5m` (default).",
		UpdateDescription: "How long changing it may take, such as `5m` (default), waiting for other changes of the same group included.",
		DeleteDescription: "How long deleting it may take, such as `5m` (default). It counts only once it was applied.",
	})
	nested, ok := attribute.(schema.SingleNestedAttribute)
	if !ok {
		return attribute
	}
	nested.MarkdownDescription = "How long each operation may take, waiting and retries included, as durations such as `30s` or `5m`. Kept in state only; " +
		"a change calls nothing."
	return nested
}

func identitySchema() identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"organization_id": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "The organization that the group belongs to. Default, and only possible value: the provider's.",
		},
		"id": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The group's ID.",
		},
	}}
}
