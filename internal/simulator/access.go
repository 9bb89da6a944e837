// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"slices"
	"time"
)

// holder is a key or a group in a listing of who has what access.
type holder struct {
	id, displayName, kind string
	privileges            []Privilege
	created               time.Time
	hasCaller             bool
}

// listKeyAccess answers which keys have what access to one domain.
func (o *Organization) listKeyAccess(x *exchange) answer {
	holders := make([]holder, 0, len(o.keys.ordered))
	for _, k := range o.keys.ordered {
		holders = append(holders, holder{
			k.id, value(k.settings.DisplayName), "API_KEY", k.privileges, k.created, x.caller.key == k,
		})
	}
	return o.listAccess(x, holders)
}

// listGroupAccess answers which groups have what access to one domain, to callers who may view the domain themselves.
func (o *Organization) listGroupAccess(x *exchange) answer {
	wanted := need{x.query.Get("privilegeOwner"), x.query.Get("privilegeTargetDomain"), "", everyTarget}
	for _, d := range domains() {
		if d.owner == wanted.owner && d.name == wanted.domain && len(d.levels) > 0 {
			wanted.kind = "VIEW"
		}
	}
	if wanted.owner != "" && wanted.domain != "" && !o.mayUse(x, wanted) {
		return x.refused(o.lacking(x, wanted))
	}
	holders := make([]holder, 0, len(o.roster.ordered))
	for _, g := range o.roster.ordered {
		if g.lag == 0 {
			holders = append(holders, holder{
				g.id, value(g.settings.DisplayName), "GROUP", g.privileges(), g.created, x.caller.user != nil && g.has(x.caller.user),
			})
		}
	}
	return o.listAccess(x, holders)
}

func (o *Organization) listAccess(x *exchange, holders []holder) answer {
	owner, domain := x.query.Get("privilegeOwner"), x.query.Get("privilegeTargetDomain")
	levels := x.query["accessLevel"]
	if owner == "" || domain == "" || len(levels) == 0 {
		return x.refused(refuse(http.StatusPreconditionFailed, "MISSING_PARAMETER",
			"The parameters privilegeOwner, privilegeTargetDomain and accessLevel are required."))
	}
	listed := make([]map[string]any, 0, len(holders))
	for _, h := range holders {
		level := o.access(h, owner, domain)
		if !slices.Contains(levels, level) {
			continue
		}
		listed = append(listed, map[string]any{
			"id":                       h.id,
			"displayName":              h.displayName,
			"privilegeHolderType":      h.kind,
			"accessLevel":              level,
			"callerPartOf":             h.hasCaller,
			"createdDate":              o.date(h.created),
			"resourceIdsWithEditLevel": h.editableTargets(owner, domain),
		})
	}
	return ok(reorder(o, listed))
}

// access sums up a holder's privileges on a domain. What a privilege without levels counts as is not documented; it allows
// everything there is, hence EDIT_ALL, unless the readings say otherwise.
func (o *Organization) access(h holder, owner, domain string) string {
	access := "NONE"
	typeless := orDefault(o.options.Readings.TypelessAccess, "EDIT_ALL")
	for _, p := range h.privileges {
		switch {
		case p.Owner != owner || p.TargetDomain != domain:
		case p.TargetID != everyTarget:
			access = "CUSTOM"
		case p.Type == "" && typeless != "EDIT_ALL":
			if access == "NONE" {
				access = typeless
			}
		case p.Type != "VIEW":
			return "EDIT_ALL"
		case access == "NONE":
			access = "VIEW_ALL"
		}
	}
	return access
}

func (h holder) editableTargets(owner, domain string) []string {
	targets := []string{}
	for _, p := range h.privileges {
		if p.Owner == owner && p.TargetDomain == domain && p.Type == "EDIT" && p.TargetID != everyTarget {
			targets = append(targets, p.TargetID)
		}
	}
	return targets
}
