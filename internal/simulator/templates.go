// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"slices"
)

// template is a kind of key whose privileges Coveo has chosen.
type template struct {
	id, displayName, privacyLevel string
	privileges                    []Privilege
	// longestLifetime is the ISO 8601 duration that its keys live at most, or empty.
	longestLifetime string
}

// TemplateSpec describes a template beside those that every organization has.
type TemplateSpec struct {
	ID, DisplayName string
	Privileges      []Privilege
	// LongestLifetime is an ISO 8601 duration; empty enforces none.
	LongestLifetime string
}

// AddTemplate adds a template, or replaces the one of its ID. Keys that were made of that stay as they are.
func (o *Organization) AddTemplate(spec TemplateSpec) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.templates = slices.DeleteFunc(o.templates, func(t template) bool { return t.id == spec.ID })
	o.templates = append(o.templates, template{
		id: spec.ID, displayName: spec.DisplayName, privacyLevel: "PRIVATE", privileges: normalizeAll(spec.Privileges),
		longestLifetime: spec.LongestLifetime,
	})
}

// defaultTemplates are those whose IDs are known from Coveo's command line and client.
func defaultTemplates() []template {
	query := Privilege{Owner: "SEARCH_API", TargetDomain: "EXECUTE_QUERY", TargetID: everyTarget}
	impersonate := Privilege{Owner: "SEARCH_API", TargetDomain: "IMPERSONATE", TargetID: everyTarget}
	return []template{
		{id: "AnonymousSearch", displayName: "Anonymous search", privacyLevel: "PUBLIC", privileges: []Privilege{query, LoggingPrivilege()}},
		{id: "AuthenticatedSearch", displayName: "Authenticated search", privacyLevel: "PRIVATE", privileges: []Privilege{impersonate, LoggingPrivilege()}},
	}
}

func (o *Organization) findTemplate(id string) (template, *refusal) {
	for _, t := range o.templates {
		if t.id == id {
			return t, nil
		}
	}
	return template{}, refuse(http.StatusNotFound, "API_KEY_TEMPLATE_NOT_FOUND",
		"The API key template '%s' was not found.", id)
}

func templateRoutes() []*route {
	base := organizationPath + "/templates/apikeys"
	create := func(r *route) *route { return r.need(ownerPlatform, domainAPIKey, "CREATE") }
	return []*route{
		create(newRoute(ListAPIKeyTemplates, http.MethodGet, base, (*Organization).listTemplates)),
		create(newRoute(GetAPIKeyTemplate, http.MethodGet, base+"/{templateId}", (*Organization).getTemplate)),
		create(newRoute(APIKeyTemplateEligibility, http.MethodGet, base+"/privileges/eligibility",
			(*Organization).listEligibility)),
	}
}

func (o *Organization) renderTemplate(t template) map[string]any {
	rendered := map[string]any{
		"id":             t.id,
		"displayName":    t.displayName,
		"description":    "",
		"enabled":        true,
		"privileges":     o.renderPrivileges(t.privileges, false),
		"allowedIps":     []string{},
		"deniedIps":      []string{},
		"privacyLevel":   t.privacyLevel,
		"creationType":   "MANUAL",
		"creationSource": "DATABASE_REVISE",
	}
	if t.longestLifetime != "" {
		rendered["enforcedLifetimePeriod"] = t.longestLifetime
	}
	return rendered
}

func (o *Organization) listTemplates(*exchange) answer {
	var rendered []map[string]any
	for _, t := range o.templates {
		rendered = append(rendered, o.renderTemplate(t))
	}
	return ok(reorder(o, rendered))
}

func (o *Organization) getTemplate(x *exchange) answer {
	t, problem := o.findTemplate(x.parameters["templateId"])
	if problem != nil {
		return x.refused(problem)
	}
	return ok(o.renderTemplate(t))
}

func (o *Organization) listEligibility(x *exchange) answer {
	var rendered []map[string]any
	for _, t := range o.templates {
		missing := slices.DeleteFunc(slices.Clone(t.privileges), func(p Privilege) bool {
			return holds(x.caller.privileges, p)
		})
		rendered = append(rendered, map[string]any{
			"id": t.id, "canGenerate": len(missing) == 0, "missingPrivileges": o.renderPrivileges(missing, false),
		})
	}
	return ok(reorder(o, rendered))
}

// useTemplate gives a creation the template's privileges and, where it has none, its name. Whether privileges beside a
// template are ignored or refused is not documented; refusing is what a client notices.
func (o *Organization) useTemplate(request *createRequest, id string) (template, *refusal) {
	t, problem := o.findTemplate(id)
	if problem != nil {
		return t, problem
	}
	if len(request.Privileges) > 0 {
		return t, invalid("The privileges cannot be chosen with an API key template.")
	}
	request.Privileges = t.privileges
	if request.DisplayName == nil {
		request.DisplayName = &t.displayName
	}
	return t, nil
}
