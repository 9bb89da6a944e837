// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"slices"
	"strconv"
)

// Privilege is one privilege. The type of one without levels is empty; ENABLE is another spelling of that.
type Privilege struct {
	Owner        string `json:"owner"`
	TargetDomain string `json:"targetDomain"`
	Type         string `json:"type,omitempty"`
	TargetID     string `json:"targetId"`
}

const (
	ownerPlatform  = "PLATFORM"
	ownerAnalytics = "USAGE_ANALYTICS"
	domainAPIKey   = "API_KEY"
	domainGroup    = "GROUP"
	domainExports  = "EXPORTS"
	everyTarget    = "*"
	typeless       = "ENABLE"
)

// OverviewPrivilege is what the overview of a user needs.
func OverviewPrivilege() Privilege {
	return Privilege{Owner: ownerAnalytics, TargetDomain: "ADMINISTRATE", TargetID: everyTarget}
}

// ErasurePrivilege is what the deletion of a user's data needs.
func ErasurePrivilege() Privilege {
	return Privilege{Owner: ownerAnalytics, TargetDomain: "DELETE_USER_ANALYTICS_DATA", TargetID: everyTarget}
}

// LoggingPrivilege is what recording events needs.
func LoggingPrivilege() Privilege {
	return Privilege{Owner: ownerAnalytics, TargetDomain: "ANALYTICS_DATA", Type: "EDIT", TargetID: everyTarget}
}

// ImpersonatePrivilege lets a token name the user of the events that it records.
func ImpersonatePrivilege() Privilege {
	return Privilege{Owner: ownerAnalytics, TargetDomain: "IMPERSONATE", TargetID: everyTarget}
}

// KeyPrivilege is the privilege to VIEW, EDIT or CREATE API keys.
func KeyPrivilege(level string) Privilege {
	return Privilege{Owner: ownerPlatform, TargetDomain: domainAPIKey, Type: level, TargetID: everyTarget}
}

// domain is what the organization knows about one owner's domain.
type domain struct {
	owner, name string
	// levels are the types; a domain without any is either allowed or not.
	levels []string
	// granular domains can be granted on one resource.
	granular bool
}

// domains are the ones named in Coveo's pages and documents. There is no complete public list.
func domains() []domain {
	viewEdit := []string{"VIEW", "EDIT"}
	all := []string{"VIEW", "EDIT", "CREATE"}
	return []domain{
		{owner: ownerAnalytics, name: "ADMINISTRATE"},
		{owner: ownerAnalytics, name: "ANALYTICS_DATA", levels: viewEdit},
		{owner: ownerAnalytics, name: "CUSTOM_DIMENSIONS", levels: viewEdit},
		{owner: ownerAnalytics, name: "DELETE_USER_ANALYTICS_DATA"},
		{owner: ownerAnalytics, name: domainExports, levels: all},
		{owner: ownerAnalytics, name: "IMPERSONATE"},
		{owner: ownerAnalytics, name: "INCOHERENT_EVENTS", levels: []string{"VIEW"}},
		{owner: ownerAnalytics, name: "NAMED_FILTERS", levels: viewEdit},
		{owner: ownerAnalytics, name: "PERMISSION_FILTERS", levels: viewEdit},
		{owner: ownerAnalytics, name: "REPORTS", levels: viewEdit},
		{owner: ownerAnalytics, name: "VIEW_ALL_REPORTS"},
		{owner: ownerPlatform, name: "ACTIVITIES", levels: []string{"VIEW"}},
		{owner: ownerPlatform, name: domainAPIKey, levels: all, granular: true},
		{owner: ownerPlatform, name: domainGroup, levels: all, granular: true},
		{owner: ownerPlatform, name: "FIELD", levels: viewEdit},
		{owner: ownerPlatform, name: "ORGANIZATION", levels: viewEdit},
		{owner: ownerPlatform, name: "SOURCE", levels: all, granular: true},
		{owner: "SEARCH_API", name: "EXECUTE_QUERY"},
		{owner: "SEARCH_API", name: "IMPERSONATE"},
		{owner: "SEARCH_API", name: "QUERY_PIPELINE", levels: all, granular: true},
		{owner: "SEARCH_API", name: "VIEW_ALL_CONTENT"},
		{owner: "COVEO_ML", name: "ALLOW_CONTENT_PREVIEW"},
		{owner: "COVEO_ML", name: "MODELS", levels: viewEdit},
		{owner: "COMMERCE", name: "CATALOG", levels: viewEdit},
	}
}

// everyPrivilege is what exists in the organization.
func (o *Organization) everyPrivilege() []Privilege {
	var every []Privilege
	for _, d := range domains() {
		if len(d.levels) == 0 {
			every = append(every, Privilege{Owner: d.owner, TargetDomain: d.name, TargetID: everyTarget})
		}
		for _, level := range d.levels {
			if d.name == domainExports && level == "CREATE" && o.options.Readings.ExportsWithoutCreate {
				continue
			}
			every = append(every, Privilege{Owner: d.owner, TargetDomain: d.name, Type: level, TargetID: everyTarget})
		}
	}
	return every
}

// keyPrivileges are what an API key may hold; Coveo's pages say that some keys cannot hold some, without the list.
func (o *Organization) keyPrivileges() []Privilege {
	privileges := o.everyPrivilege()
	if o.options.Readings.KeysMayManageKeys {
		return privileges
	}
	return slices.DeleteFunc(privileges, func(p Privilege) bool {
		return p.Owner == ownerPlatform && p.TargetDomain == domainAPIKey
	})
}

func (p Privilege) normalize() Privilege {
	if p.Type == typeless {
		p.Type = ""
	}
	return p
}

func normalizeAll(privileges []Privilege) []Privilege {
	normalized := make([]Privilege, 0, len(privileges))
	for _, p := range privileges {
		normalized = append(normalized, p.normalize())
	}
	return normalized
}

// holds says whether one of the privileges covers the wanted one.
func holds(held []Privilege, wanted Privilege) bool {
	wanted = wanted.normalize()
	return slices.ContainsFunc(held, func(p Privilege) bool {
		return p.Owner == wanted.Owner && p.TargetDomain == wanted.TargetDomain && p.Type == wanted.Type &&
			(p.TargetID == everyTarget || p.TargetID == wanted.TargetID)
	})
}

// grantable checks privileges that a new key shall have.
func (o *Organization) grantable(c caller, privileges []Privilege) *refusal {
	return o.grantableTo("an API key", o.keyPrivileges(), c, privileges)
}

// grantableTo checks privileges that something shall have which can have the known ones.
func (o *Organization) grantableTo(holder string, known []Privilege, c caller, privileges []Privilege) *refusal {
	granular := map[[2]string]bool{}
	for _, d := range domains() {
		granular[[2]string{d.owner, d.name}] = d.granular
	}
	for i, p := range privileges {
		switch {
		case p.Owner == "" || p.TargetDomain == "" || p.TargetID == "":
			return invalid("The privilege at index %d needs an owner, a targetDomain and a targetId.", i)
		case p.TargetID != everyTarget && !granular[[2]string{p.Owner, p.TargetDomain}]:
			return invalid("The privilege %s/%s can only be granted on every target.", p.Owner, p.TargetDomain)
		case !holds(known, p):
			return invalid("The privilege %s is unknown or cannot be granted to %s.",
				need{p.Owner, p.TargetDomain, p.Type, ""}, holder)
		case slices.Index(privileges, p) != i:
			return invalid("The privilege %s is given twice.", need{p.Owner, p.TargetDomain, p.Type, ""})
		case !holds(c.privileges, p):
			return refuse(http.StatusForbidden, "ACCESS_DENIED",
				"You cannot grant the privilege %s, which you do not hold.", need{p.Owner, p.TargetDomain, p.Type, ""})
		}
	}
	return nil
}

// renderPrivileges writes privileges; listings, unlike keys, have a level too.
func (o *Organization) renderPrivileges(privileges []Privilege, listing bool) []map[string]any {
	rendered := make([]map[string]any, 0, len(privileges))
	for _, p := range privileges {
		fields := map[string]any{"owner": p.Owner, "targetDomain": p.TargetDomain, "targetId": p.TargetID}
		level := "NORMAL"
		if p.TargetID == everyTarget && p.Type != "" {
			level = "GLOBAL"
		}
		switch form := o.options.Readings.TypelessPrivilege; {
		case p.Type != "":
			fields["type"] = p.Type
		case form == TypelessNull:
			fields["type"] = nil
		case form == TypelessEmpty:
			fields["type"] = ""
		case form == TypelessEnable:
			fields["type"] = typeless
		}
		if listing && (p.Type != "" || o.options.Readings.TypelessPrivilege == TypelessEnable) {
			fields["level"] = level
		}
		rendered = append(rendered, fields)
	}
	return reorder(o, rendered)
}

func (o *Organization) listPrivileges(*exchange) answer {
	return ok(o.renderPrivileges(o.everyPrivilege(), true))
}

func (o *Organization) listKeyPrivileges(x *exchange) answer {
	switch x.query.Get("filter") {
	case "", "ALL", "CUSTOM":
		return ok(o.renderPrivileges(o.keyPrivileges(), true))
	default:
		return x.refused(invalid("The parameter filter must be ALL or CUSTOM."))
	}
}

func (o *Organization) myPrivileges(x *exchange) answer {
	return ok(o.renderPrivileges(x.caller.privileges, true))
}

func itoa(n int) string { return strconv.Itoa(n) }
