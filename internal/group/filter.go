// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

// The documentation of the filters that coveo_groups and the list of groups share.
const (
	prefixMeaning = "Only groups whose name begins with this, upper and lower case alike."
	typeMeaning   = "Only groups of this type, such as `CUSTOM` or `ADMINISTRATOR`."
	dutyMeaning   = "Only groups that hold every privilege of each of these duties: " + dutiesMeaning + ". With `erasure` it is every group that may " +
		"erase people, however the privilege is spelled."
)

// filter chooses groups.
type filter struct {
	prefix, groupType string
	duties            []string
	expand            func([]string) ([]privilege.Privilege, error)
}

func (s *Service) filter(prefix, groupType types.String, duties collection) filter {
	return filter{prefix.ValueString(), groupType.ValueString(), texts(duties), s.expand}
}

func (f filter) wants(group *coveo.Group) bool {
	if !strings.HasPrefix(strings.ToLower(group.DisplayName), strings.ToLower(f.prefix)) {
		return false
	}
	if f.groupType != "" && !strings.EqualFold(f.groupType, group.GroupType) {
		return false
	}
	held := privilegeset.Read(privilegeset.Of(group.Privileges))
	return !slices.ContainsFunc(f.duties, func(duty string) bool {
		if privilege.Duty(duty) == privilege.Erasure {
			return !privilege.MayErase(held)
		}
		needed, err := f.expand([]string{duty})
		return err != nil || len(privilege.Difference(needed, held)) > 0
	})
}
