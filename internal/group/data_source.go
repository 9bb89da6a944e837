// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

var _ datasource.DataSourceWithConfigure = (*groupsDataSource)(nil)

// NewDataSource is coveo_groups.
func NewDataSource() datasource.DataSource { return &groupsDataSource{} }

type groupsDataSource struct{ service *Service }

type groupsModel struct {
	DisplayNamePrefix types.String   `tfsdk:"display_name_prefix"`
	GroupType         types.String   `tfsdk:"group_type"`
	Duties            types.Set      `tfsdk:"duties"`
	WithPeople        types.Bool     `tfsdk:"with_people"`
	Groups            types.List     `tfsdk:"groups"`
	Timeouts          timeouts.Value `tfsdk:"timeouts"`
}

func (d *groupsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_groups"
}

func (d *groupsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.service = serviceOf(req.ProviderData, &resp.Diagnostics)
}

func (d *groupsDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The organization's groups: what people may do, and how many there are in each.\n\n" +
			"It names nobody unless `with_people` is true: then the people's names and e-mail addresses stand in state.\n\n" +
			"It is read whenever a plan is made, with one request that resources share; one more for each group where Coveo's list does not say who is " +
			"in them. The token needs the privilege *Organization – Groups: View*.",
		Attributes: map[string]schema.Attribute{
			"display_name_prefix": schema.StringAttribute{Optional: true, MarkdownDescription: prefixMeaning},
			"group_type":          schema.StringAttribute{Optional: true, MarkdownDescription: typeMeaning},
			"duties": schema.SetAttribute{
				Optional: true, ElementType: types.StringType, MarkdownDescription: dutyMeaning, Validators: dutyValidators(),
			},
			"with_people": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether `members` and `invites` name people. Default `false`.",
			},
			"groups": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The groups, sorted by name and then by ID.",
				NestedObject:        schema.NestedAttributeObject{Attributes: listedAttributes()},
			},
			"timeouts": timeouts.AttributesWithOpts(ctx, timeouts.Opts{ReadDescription: "How long listing may take, such as `5m` (default)."}),
		},
	}
}

func dutyValidators() []validator.Set {
	return []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.OneOf(privilege.Duties()...))}
}

func listedAttributes() map[string]schema.Attribute {
	text := func(meaning string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: meaning}
	}
	people := func(meaning string) schema.Attribute {
		return schema.SetNestedAttribute{
			Computed: true, MarkdownDescription: meaning,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"username": text("Coveo's name for the person."),
				"email":    text("The e-mail address."),
				"provider": text("What they sign in with."),
			}},
		}
	}
	ids := func(meaning string) schema.Attribute {
		return schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: meaning}
	}
	return map[string]schema.Attribute{
		"id":           text("The group's ID."),
		"display_name": text("The name in Coveo's administration console."),
		"group_type":   text("Coveo's word for the kind of group: `CUSTOM`, `ADMINISTRATOR`, `MCP_SEARCH_USERS`, or another one."),
		"deletable":    schema.BoolAttribute{Computed: true, MarkdownDescription: "`false` for groups that came with the organization."},
		"effective_privileges": schema.SetNestedAttribute{
			Computed: true, MarkdownDescription: "What the group may do.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"owner":         text("The service that the privilege belongs to."),
				"target_domain": text("What the privilege is about."),
				"type":          text("`VIEW`, `EDIT`, `CREATE` and the like; null where the domain has no types."),
				"target_id":     text("The resource that the privilege is limited to; `*` for all."),
			}},
		},
		"may_erase":    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the group may erase people. Null where Coveo's answer leaves its privileges out."},
		"member_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many people belong to the group by name. Those of its realms are not counted."},
		"invite_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many are invited and have not accepted."},
		"members":      people("Who belongs to the group; null unless `with_people` is true."),
		"invites":      people("Who is invited; null unless `with_people` is true."),
		"realms": schema.SetNestedAttribute{
			Computed: true, MarkdownDescription: "Identity providers whose users all belong to the group.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"provider":                  text("Coveo's name for it."),
				"saml_identity_provider_id": text("With `SAML`, the ID of the organization's SAML identity provider."),
			}},
		},
		"api_keys_that_can_edit": ids("IDs of API keys that may change the group, and so add people to it."),
		"groups_that_can_edit":   ids("IDs of groups whose members may change the group, and so add people to it."),
	}
}

// listedType is the object type of one group.
func listedType() types.ObjectType {
	fields := map[string]attr.Type{}
	for name, attribute := range listedAttributes() {
		fields[name] = attribute.GetType()
	}
	return types.ObjectType{AttrTypes: fields}
}

func listed(group *coveo.Group, withPeople bool) types.Object {
	f := factsOf(group)
	if !withPeople {
		f.members, f.invites = types.SetNull(personType()), types.SetNull(personType())
	}
	mayErase := types.BoolNull()
	if group.Privileges != nil {
		mayErase = types.BoolValue(privilege.MayErase(group.Privileges))
	}
	return types.ObjectValueMust(listedType().AttrTypes, map[string]attr.Value{
		"id": f.id, "display_name": f.displayName, "group_type": f.groupType, "deletable": f.deletable,
		"effective_privileges": f.effectivePrivileges, "may_erase": mayErase,
		"member_count": types.Int64Value(int64(len(group.Members))), "invite_count": types.Int64Value(int64(len(group.Invites))),
		"members": f.members, "invites": f.invites, "realms": f.realms,
		"api_keys_that_can_edit": f.apiKeysThatCanEdit, "groups_that_can_edit": f.groupsThatEdit,
	})
}

func (d *groupsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data groupsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := data.Timeouts.Read(ctx, 5*time.Minute)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	groups, err := d.service.All(ctx, true, d.service.filter(data.DisplayNamePrefix, data.GroupType, data.Duties).wants)
	if err != nil {
		resp.Diagnostics.Append(diagnose.Error("Groups cannot be listed", err))
		return
	}
	elements := make([]attr.Value, 0, len(groups))
	for _, group := range groups {
		elements = append(elements, listed(group, data.WithPeople.ValueBool()))
	}
	data.Groups = types.ListValueMust(listedType(), elements)
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}
