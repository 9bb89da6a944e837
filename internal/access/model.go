// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

// privilegeArguments are the arguments that name a privilege.
func privilegeArguments(openType, openTarget string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
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
			Optional:            true,
			MarkdownDescription: "`VIEW`, `EDIT` or `CREATE`. " + openType + " `ENABLE` means the same as leaving it out.",
			Validators:          []validator.String{stringvalidator.OneOf(privilege.Types()...)},
		},
		"target_id": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "The one resource that the privilege is limited to. " + openTarget,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
		},
	}
}

// privilegeFacts are the attributes of a privilege in an answer, with more where a kind has more to say.
func privilegeFacts(more map[string]schema.Attribute) schema.NestedAttributeObject {
	attributes := map[string]schema.Attribute{
		"owner":         schema.StringAttribute{Computed: true, MarkdownDescription: "The service that the privilege belongs to."},
		"target_domain": schema.StringAttribute{Computed: true, MarkdownDescription: "What the privilege is about."},
		"type":          schema.StringAttribute{Computed: true, MarkdownDescription: "`VIEW`, `EDIT`, `CREATE` and the like; null where the domain has no types."},
		"target_id":     schema.StringAttribute{Computed: true, MarkdownDescription: "The resource that the privilege is limited to; `*` for all."},
	}
	maps.Copy(attributes, more)
	return schema.NestedAttributeObject{Attributes: attributes}
}

func dutyValidators() []validator.Set {
	return []validator.Set{
		setvalidator.SizeAtLeast(1),
		setvalidator.ValueStringsAre(stringvalidator.OneOf(privilege.Duties()...)),
	}
}

// exactlyOne says what is wrong where of two arguments none or both are given. An unknown one may turn out to be absent.
func exactlyOne(first, second string, a, b attr.Value) diag.Diagnostics {
	var diags diag.Diagnostics
	switch {
	case a.IsNull() && b.IsNull():
		diags.AddAttributeError(path.Root(first), "Nothing to ask for", fmt.Sprintf("Neither %s nor %s is set. Set one of them.", first, second))
	case !a.IsNull() && !b.IsNull() && !a.IsUnknown() && !b.IsUnknown():
		diags.AddAttributeError(path.Root(second), "Two questions at once",
			fmt.Sprintf("Both %s and %s are set, so it is open which of them is asked about. Keep one.", first, second))
	}
	return diags
}

// serviceOf takes the service out of what the provider was configured as, or nil while it is not.
func serviceOf(req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) *Service {
	if req.ProviderData == nil {
		return nil
	}
	host, ok := req.ProviderData.(Host)
	if !ok {
		resp.Diagnostics.AddError("Provider defect", fmt.Sprintf("The data source was configured with %T. Please report this.", req.ProviderData))
		return nil
	}
	return host.Access()
}

func text(value string) types.String {
	if value == "" {
		return types.StringNull()
	}
	return types.StringValue(value)
}

// textSet is a set of texts, empty where there are none.
func textSet(list []string) types.Set {
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	elements := []attr.Value{}
	for _, element := range slices.Compact(sorted) {
		elements = append(elements, types.StringValue(element))
	}
	return types.SetValueMust(types.StringType, elements)
}

// quoted joins words for a sentence.
func quoted(words []string) string {
	return `"` + strings.Join(words, `", "`) + `"`
}
