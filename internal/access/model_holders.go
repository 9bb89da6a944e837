// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"cmp"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

func holderType(more map[string]attr.Type) types.ObjectType {
	attributes := map[string]attr.Type{
		"id": types.StringType, "display_name": types.StringType,
		"covers": types.SetType{ElemType: privilegeset.Type()}, "partial": types.BoolType, "access_level": types.StringType,
		"seen_by": types.SetType{ElemType: types.StringType},
	}
	maps.Copy(attributes, more)
	return types.ObjectType{AttrTypes: attributes}
}

func keyHolderType() types.ObjectType {
	return holderType(map[string]attr.Type{
		"status": types.StringType, "enabled": types.BoolType, "can_act": types.BoolType,
		"created_date": types.StringType, "created_by": types.StringType, "last_used_date": types.StringType, "expiration_date": types.StringType,
		"expires": types.BoolType, "allowed_ips": types.SetType{ElemType: types.StringType}, "denied_ips": types.SetType{ElemType: types.StringType},
		"has_ip_list": types.BoolType, "exposure": types.StringType,
	})
}

func groupHolderType() types.ObjectType {
	return holderType(map[string]attr.Type{
		"group_type": types.StringType, "members": types.SetType{ElemType: types.StringType}, "member_count": types.Int64Type,
		"invite_count": types.Int64Type, "realms": types.SetType{ElemType: types.StringType},
	})
}

func (c claim) values(id, displayName string) map[string]attr.Value {
	values := map[string]attr.Value{
		"id": text(id), "display_name": text(displayName), "covers": types.SetNull(privilegeset.Type()), "partial": types.BoolNull(),
		"access_level": text(c.level), "seen_by": textSet(c.seenBy),
	}
	if c.covers != nil {
		values["covers"], values["partial"] = privilegeset.Of(c.covers), types.BoolValue(c.partial)
	}
	return values
}

// value converts a key, with or without the name of who made it. Of one that only the listing names, little is known.
func (k keyHolder) value(now time.Time, names bool) types.Object {
	values := k.values(k.id, k.displayName)
	for name, kind := range keyHolderType().AttrTypes {
		if values[name] == nil {
			values[name] = null(kind)
		}
	}
	values["created_date"] = instant(k.created)
	if key := k.key; key != nil {
		maps.Copy(values, map[string]attr.Value{
			"status": text(key.Status), "enabled": types.BoolValue(key.IsEnabled()), "can_act": types.BoolValue(canAct(key, now)),
			"last_used_date": instant(key.LastUsedDate), "expiration_date": instant(key.ExpirationDate),
			"expires":     types.BoolValue(!key.ExpirationDate.IsZero()),
			"allowed_ips": textSet(key.AllowedIPs), "denied_ips": textSet(key.DeniedIPs), "has_ip_list": types.BoolValue(hasIPList(key)),
		})
		if names {
			values["created_by"] = text(cmp.Or(key.CreatedBy.Username, key.CreatedBy.DisplayName))
		}
		if report := key.ExposureReport; report != nil && (report.Severity != "" || !report.DeactivationDate.IsZero()) {
			values["exposure"] = types.StringValue(cmp.Or(report.Severity, "UNKNOWN"))
		}
	}
	return types.ObjectValueMust(keyHolderType().AttrTypes, values)
}

// value converts a group, with or without the names of the people in it.
func (g groupHolder) value(names bool) types.Object {
	values := g.values(g.id, g.displayName)
	for name, kind := range groupHolderType().AttrTypes {
		if values[name] == nil {
			values[name] = null(kind)
		}
	}
	if group := g.group; group != nil {
		var members, realms []string
		for _, member := range group.Members {
			members = append(members, cmp.Or(member.Username, member.Email, member.ProviderUsername, member.ID))
		}
		for _, realm := range group.Realms {
			realms = append(realms, cmp.Or(realm.DisplayName, realm.Provider, realm.ID))
		}
		values["group_type"] = text(group.GroupType)
		if names {
			values["members"] = textSet(members)
		}
		values["member_count"], values["invite_count"] = types.Int64Value(int64(len(group.Members))), types.Int64Value(int64(len(group.Invites)))
		values["realms"] = textSet(realms)
	}
	return types.ObjectValueMust(groupHolderType().AttrTypes, values)
}

// null is a null of the kinds of values that a holder has.
func null(kind attr.Type) attr.Value {
	switch kind := kind.(type) {
	case types.SetType:
		return types.SetNull(kind.ElemType)
	default:
		switch kind {
		case types.BoolType:
			return types.BoolNull()
		case types.Int64Type:
			return types.Int64Null()
		}
	}
	return types.StringNull()
}

func instant(at coveo.Instant) types.String {
	if at.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(at.UTC().Format(time.RFC3339))
}
