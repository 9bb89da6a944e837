// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"slices"
)

// listKeyAccess answers which keys have what access to one domain.
func (o *Organization) listKeyAccess(x *exchange) answer {
	owner, domain := x.query.Get("privilegeOwner"), x.query.Get("privilegeTargetDomain")
	levels := x.query["accessLevel"]
	if owner == "" || domain == "" || len(levels) == 0 {
		return x.refused(refuse(http.StatusPreconditionFailed, "MISSING_PARAMETER",
			"The parameters privilegeOwner, privilegeTargetDomain and accessLevel are required."))
	}
	holders := make([]map[string]any, 0, len(o.keys.ordered))
	for _, k := range o.keys.ordered {
		level := k.access(owner, domain)
		if !slices.Contains(levels, level) {
			continue
		}
		holders = append(holders, map[string]any{
			"id":                       k.id,
			"displayName":              value(k.settings.DisplayName),
			"privilegeHolderType":      "API_KEY",
			"accessLevel":              level,
			"callerPartOf":             x.caller.key == k,
			"createdDate":              o.date(k.created),
			"resourceIdsWithEditLevel": k.editableTargets(owner, domain),
		})
	}
	return ok(reorder(o, holders))
}

// access sums up a key's privileges on a domain. What a privilege without levels counts as is not documented; it allows
// everything there is, hence EDIT_ALL.
func (k *apiKey) access(owner, domain string) string {
	access := "NONE"
	for _, p := range k.privileges {
		switch {
		case p.Owner != owner || p.TargetDomain != domain:
		case p.TargetID != everyTarget:
			access = "CUSTOM"
		case p.Type != "VIEW":
			return "EDIT_ALL"
		case access == "NONE":
			access = "VIEW_ALL"
		}
	}
	return access
}

func (k *apiKey) editableTargets(owner, domain string) []string {
	targets := []string{}
	for _, p := range k.privileges {
		if p.Owner == owner && p.TargetDomain == domain && p.Type == "EDIT" && p.TargetID != everyTarget {
			targets = append(targets, p.TargetID)
		}
	}
	return targets
}
