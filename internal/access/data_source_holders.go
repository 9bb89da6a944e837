// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

var (
	_ datasource.DataSourceWithConfigure      = (*holdersDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*holdersDataSource)(nil)
)

// NewHoldersDataSource is coveo_privilege_holders.
func NewHoldersDataSource() datasource.DataSource { return &holdersDataSource{} }

type holdersDataSource struct{ service *Service }

type holdersModel struct {
	Duty          types.String `tfsdk:"duty"`
	Privilege     types.Object `tfsdk:"privilege"`
	Kinds         types.Set    `tfsdk:"kinds"`
	IncludePeople types.Bool   `tfsdk:"include_people"`
	APIKeys       types.List   `tfsdk:"api_keys"`
	Groups        types.List   `tfsdk:"groups"`
	Complete      types.Bool   `tfsdk:"complete"`
	Notes         types.List   `tfsdk:"notes"`
}

const (
	kindAPIKeys = "api_keys"
	kindGroups  = "groups"
)

func (d *holdersDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_privilege_holders"
}

func (d *holdersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Who can do something: which API keys and which groups hold the privileges of a duty, whether they can act now, and who is in the " +
			"groups. Made for reviews, such as who can erase people.\n\n" +
			"~> **It puts staff into state.** `members` names people who work for you, and `created_by` may. Keep the state where that may be, or " +
			"set `include_people = false`. No person whose data is searched or erased is in it.\n\n" +
			"Two sources are asked, and whoever either of them names is counted: the holders' own privileges, and Coveo's listing of who has access, " +
			"in which it is not documented what a privilege without levels (*Allowed* in the console) counts as. `seen_by` tells which of the two named a " +
			"holder, and `notes` says where they differ. Not covered: OAuth 2.0 tokens and platform tokens of people, who act with what their groups " +
			"hold; and those who could give themselves the privilege, because they may edit a group or make keys. Ask for `PLATFORM`, `GROUP`, `EDIT` and " +
			"`PLATFORM`, `API_KEY`, `CREATE` to see them.\n\n" +
			"It is read whenever a plan is made, with four requests, however many keys there are; the lists of keys and groups are shared with whatever " +
			"else the run reads. One more goes to each group found where Coveo's list does not say who is in it. The token needs the privileges *Organization – API keys: View*, *Organization – Groups: View*, and for groups those " +
			"to view what is asked about.",
		Attributes: map[string]schema.Attribute{
			"duty": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Whose holders to look for: `overview`, `export` or `erasure`. Somebody who holds a part of a duty counts too. Exactly one of " +
					"`duty` and `privilege`.",
				Validators: []validator.String{stringvalidator.OneOf(privilege.Duties()...)},
			},
			"privilege": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "One privilege to look for the holders of. Exactly one of `duty` and `privilege`.",
				Attributes:          privilegeArguments("Default: any, which is right for domains that the console shows as *Allowed*.", "Default: any."),
			},
			"kinds": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "What to look among: `api_keys`, `groups` or, by default, both. For a token that may view only one of them.",
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(kindAPIKeys, kindGroups)),
				},
			},
			"include_people": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether `members` names the people in the groups, and `created_by` who made the keys. Default `true`. With `false` both are null. " +
					"Display names are shown as they are.",
			},
			"api_keys": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The keys, by display name and ID. Null where `kinds` leaves them out.",
				NestedObject: claimFacts(map[string]schema.Attribute{
					"id":           schema.StringAttribute{Computed: true, MarkdownDescription: "The key's ID. It is no secret."},
					"display_name": schema.StringAttribute{Computed: true, MarkdownDescription: "The key's name in the console."},
					"status":       schema.StringAttribute{Computed: true, MarkdownDescription: "Coveo's word for the key's state, such as `ENABLED`, `DISABLED` or `EXPIRED`. Coveo adds others."},
					"enabled":      schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the key is switched on."},
					"can_act": schema.BoolAttribute{
						Computed: true,
						MarkdownDescription: "Whether the key opens anything now: switched on, and not expired. One that is switched off can be switched on again, unless it " +
							"is expired or exposed.",
					},
					"created_date":    schema.StringAttribute{Computed: true, MarkdownDescription: "When the key was made (RFC 3339, UTC)."},
					"created_by":      schema.StringAttribute{Computed: true, MarkdownDescription: "The user or key that made the key, as Coveo names it. It may name a person of your staff. Null with `include_people = false`."},
					"last_used_date":  schema.StringAttribute{Computed: true, MarkdownDescription: "When the key was last used (RFC 3339, UTC); null where it never was."},
					"expiration_date": schema.StringAttribute{Computed: true, MarkdownDescription: "When the key ends (RFC 3339, UTC); null where Coveo names no end."},
					"expires":         schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether Coveo names an end."},
					"allowed_ips":     schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Where the key may be used from; empty for anywhere."},
					"denied_ips":      schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Where the key must not be used from."},
					"has_ip_list":     schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether `allowed_ips` keeps anybody out: it is not empty, and holds no range of every address."},
					"exposure": schema.StringAttribute{
						Computed:            true,
						MarkdownDescription: "The severity of Coveo's report that the key was found somewhere public, such as `CRITICAL`; null without a report.",
					},
				}),
			},
			"groups": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The groups, by display name and ID. Null where `kinds` leaves them out.",
				NestedObject: claimFacts(map[string]schema.Attribute{
					"id":           schema.StringAttribute{Computed: true, MarkdownDescription: "The group's ID."},
					"display_name": schema.StringAttribute{Computed: true, MarkdownDescription: "The group's name in the console."},
					"group_type":   schema.StringAttribute{Computed: true, MarkdownDescription: "`CUSTOM`, `ADMINISTRATOR` and the like; null where Coveo does not say."},
					"members": schema.SetAttribute{
						Computed: true, ElementType: types.StringType,
						MarkdownDescription: "Who is in the group: usernames, or e-mail addresses where there are none. **Personal data of staff.** Null with `include_people " +
							"= false`.",
					},
					"member_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many people are in the group, without those who come by `realms`."},
					"invite_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many people have been asked into the group and have not answered."},
					"realms": schema.SetAttribute{
						Computed: true, ElementType: types.StringType,
						MarkdownDescription: "Identity providers by name. Everyone who signs in by one of them belongs to the group, and is not among `members`.",
					},
				}),
			},
			"complete": schema.BoolAttribute{
				Computed: true,
				MarkdownDescription: "Whether every source answered for everything that was looked among. `false` comes with a reason in `notes`: do not take what is missing " +
					"for nobody.",
			},
			"notes": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "What is not certain, in sentences for the reviewer: where the two sources differ, who holds a part only, what did not answer. It names " +
					"keys and groups, never people.",
			},
		},
	}
}

// claimFacts are the attributes of a holder, with those of its kind.
func claimFacts(more map[string]schema.Attribute) schema.NestedAttributeObject {
	attributes := map[string]schema.Attribute{
		"covers": schema.SetNestedAttribute{
			Computed:            true,
			MarkdownDescription: "Its privileges that give what was asked for, or a part of it. Null where Coveo's answer leaves them out.",
			NestedObject:        privilegeFacts(nil),
		},
		"partial": schema.BoolAttribute{
			Computed: true,
			MarkdownDescription: "Whether something of what was asked for is not in `covers`, such as `export` with the right to view only, or a privilege on one " +
				"resource of many. Null where `covers` is.",
		},
		"access_level": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "The word of Coveo's listing of access: `EDIT_ALL`, `CUSTOM`, `VIEW_ALL` and the like; null where it does not name the holder.",
		},
		"seen_by": schema.SetAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Which sources name the holder: `privileges` (its own) and `access_listing` (Coveo's).",
		},
	}
	maps.Copy(attributes, more)
	return schema.NestedAttributeObject{Attributes: attributes}
}

func (d *holdersDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.service = serviceOf(req, resp)
}

func (d *holdersDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config holdersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(exactlyOne("duty", "privilege", config.Duty, config.Privilege)...)
}

// question is what a configuration asks.
func (m *holdersModel) question(ctx context.Context) (question, diag.Diagnostics) {
	var (
		q     = question{keys: true, groups: true}
		diags diag.Diagnostics
	)
	if m.Duty.IsNull() {
		q.wanted = []coveo.Privilege{privilegeset.One(m.Privilege)}
	} else {
		q.wanted = privilege.Of(privilege.Duty(m.Duty.ValueString()))
	}
	if !m.Kinds.IsNull() {
		var kinds []string
		diags.Append(m.Kinds.ElementsAs(ctx, &kinds, false)...)
		q.keys, q.groups = slices.Contains(kinds, kindAPIKeys), slices.Contains(kinds, kindGroups)
	}
	return q, diags
}

func (d *holdersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data holdersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	q, diags := data.question(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, diags := d.service.holders(ctx, q)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	data.APIKeys, data.Groups = types.ListNull(keyHolderType()), types.ListNull(groupHolderType())
	names := data.IncludePeople.IsNull() || data.IncludePeople.ValueBool()
	if q.keys {
		elements := []attr.Value{}
		for _, k := range found.keys {
			elements = append(elements, k.value(d.service.clock.Now(), names))
		}
		data.APIKeys = types.ListValueMust(keyHolderType(), elements)
	}
	if q.groups {
		elements := []attr.Value{}
		for _, g := range found.groups {
			elements = append(elements, g.value(names))
		}
		data.Groups = types.ListValueMust(groupHolderType(), elements)
	}
	data.Complete = types.BoolValue(len(found.incomplete) == 0)
	notes := []attr.Value{}
	for _, note := range slices.Concat(found.incomplete, found.notes) {
		notes = append(notes, types.StringValue(note))
	}
	data.Notes = types.ListValueMust(types.StringType, notes)
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}
