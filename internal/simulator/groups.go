// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/base32"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

func groupRoutes() []*route {
	groups := organizationPath + "/groups"
	one := groups + "/{groupId}"
	view := func(r *route) *route { return r.need(ownerPlatform, domainGroup, "VIEW") }
	edit := func(r *route) *route { return r.needOn(ownerPlatform, domainGroup, "EDIT", "{groupId}").writing() }
	return []*route{
		view(newRoute(ListGroups, http.MethodGet, groups, (*Organization).listGroups)),
		newRoute(CreateGroup, http.MethodPost, groups, (*Organization).createGroup).need(ownerPlatform, domainGroup, "CREATE").writing(),
		view(newRoute(GetGroup, http.MethodGet, one, (*Organization).getGroup)),
		edit(newRoute(UpdateGroup, http.MethodPut, one, (*Organization).updateGroup)),
		edit(newRoute(DeleteGroup, http.MethodDelete, one, (*Organization).deleteGroup)),
		view(newRoute(ListGroupMembers, http.MethodGet, one+"/members", (*Organization).listGroupMembers)),
		edit(newRoute(AddGroupMember, http.MethodPost, one+"/members", (*Organization).addGroupMember)),
		view(newRoute(GetGroupMember, http.MethodGet, one+"/members/{username}", (*Organization).getGroupMember)),
		edit(newRoute(RemoveGroupMember, http.MethodDelete, one+"/members/{username}", (*Organization).removeGroupMember)),
		view(newRoute(GroupExclusivePrivileges, http.MethodGet, one+"/privileges/exclusive/me", (*Organization).exclusivePrivileges)),
		view(newRoute(ListDefaultGroups, http.MethodGet, organizationPath+"/defaultgroups", (*Organization).listDefaultGroups)),
		view(newRoute(ListGroupAccess, http.MethodGet, organizationPath+"/access/groups", (*Organization).listGroupAccess)),
	}
}

func (o *Organization) listGroups(*exchange) answer {
	rendered := make([]map[string]any, 0, len(o.roster.ordered))
	for _, g := range o.roster.ordered {
		if g.lag > 0 {
			continue
		}
		fields := o.renderGroup(g)
		if o.options.Readings.LeanGroupList {
			for _, name := range []string{"members", "invites", "realms"} {
				delete(fields, name)
			}
		}
		rendered = append(rendered, fields)
	}
	return ok(reorder(o, rendered))
}

func (o *Organization) listDefaultGroups(*exchange) answer {
	rendered := []map[string]any{}
	for _, g := range o.roster.ordered {
		if !g.deletable {
			fields := o.renderGroup(g)
			maps.DeleteFunc(fields, func(name string, _ any) bool {
				return !slices.Contains([]string{"id", "displayName", "deletable", "privileges", "groupType"}, name)
			})
			rendered = append(rendered, fields)
		}
	}
	return ok(reorder(o, rendered))
}

// findGroup returns the group that a request names.
func (o *Organization) findGroup(x *exchange) (*group, *refusal) {
	id := x.parameters["groupId"]
	if g := o.roster.byID[id]; g != nil {
		return g, nil
	}
	code := "GROUP_NOT_FOUND"
	status := orDefault(o.options.Readings.MissingGroupStatus, http.StatusNotFound)
	if status == http.StatusForbidden {
		code = "ACCESS_DENIED"
	}
	return nil, refuse(status, code, "The group '%s' was not found.", id)
}

func (o *Organization) getGroup(x *exchange) answer {
	g, problem := o.findGroup(x)
	if problem != nil {
		return x.refused(problem)
	}
	if g.lag > 0 {
		g.lag--
		return x.refused(refuse(http.StatusNotFound, "GROUP_NOT_FOUND", "The group '%s' was not found.", g.id))
	}
	return ok(o.renderGroup(g))
}

// flag reads a boolean parameter of a query.
func (x *exchange) flag(name string, fallback bool) (bool, *refusal) {
	switch x.query.Get(name) {
	case "":
		return fallback, nil
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, invalid("The parameter %s must be true or false.", name)
}

// decodeGroup reads the body of a creation or an update.
func (o *Organization) decodeGroup(x *exchange, held []Privilege) (groupSettings, *refusal) {
	var settings groupSettings
	if problem := x.decode(&settings); problem != nil {
		return settings, problem
	}
	if settings.Privileges != nil {
		privileges := normalizeAll(*settings.Privileges)
		settings.Privileges = &privileges
		for i, p := range privileges {
			if slices.Index(privileges, p) != i {
				return settings, invalid("The privilege %s is given twice.", need{p.Owner, p.TargetDomain, p.Type, ""})
			}
		}
		// Who edits a group need not hold what it holds already.
		added := slices.DeleteFunc(slices.Clone(privileges), func(p Privilege) bool { return slices.Contains(held, p) })
		if problem := o.grantableTo("a group", o.everyPrivilege(), x.caller, added); problem != nil {
			return settings, problem
		}
	}
	return settings, o.checkGroup(settings)
}

func (o *Organization) checkGroup(settings groupSettings) *refusal {
	if settings.DisplayName != nil && strings.TrimSpace(*settings.DisplayName) == "" {
		return refuse(http.StatusPreconditionFailed, "MISSING_PARAMETER", "The displayName is required.")
	}
	for _, r := range value(settings.Realms) {
		if !isProvider(r.Provider) {
			return invalid("The provider '%s' of a realm is unknown.", r.Provider)
		}
	}
	for _, r := range value(settings.APIKeysThatCanEdit) {
		if o.keys.byID[r.ID] == nil {
			return invalid("The API key '%s' that can edit was not found.", r.ID)
		}
	}
	for _, r := range value(settings.GroupsThatCanEdit) {
		if o.roster.byID[r.ID] == nil {
			return invalid("The group '%s' that can edit was not found.", r.ID)
		}
	}
	for _, entry := range slices.Concat(value(settings.Members), value(settings.Invites)) {
		if problem := o.checkEntry(entry); problem != nil {
			return problem
		}
	}
	return nil
}

// checkEntry quotes the person, as services do; clients must not pass it on.
func (o *Organization) checkEntry(entry memberEntry) *refusal {
	switch {
	case entry.Username == "" && entry.Email == "":
		return invalid("A member needs a username or an email.")
	case entry.Provider != "" && !isProvider(entry.Provider):
		return invalid("The provider '%s' of the member '%s' is unknown.", entry.Provider, entry.Email+entry.Username)
	case entry.Email == "" && o.roster.find(entry) == nil:
		return invalid("The user '%s' was not found.", entry.Username)
	case entry.Email != "" && !strings.Contains(entry.Email, "@"):
		return invalid("The email '%s' is invalid.", entry.Email)
	}
	return nil
}

func isProvider(name string) bool {
	return slices.Contains([]string{"SALESFORCE", "SALESFORCE_SANDBOX", "GOOGLE", "OFFICE365", "SAML", "EMAIL"}, name)
}

func (o *Organization) createGroup(x *exchange) answer {
	sendEmails, problem := x.flag("sendEmailToInvitedUsers", true)
	if problem != nil {
		return x.refused(problem)
	}
	canEditItself, problem := x.flag("canEditItself", false)
	if problem != nil {
		return x.refused(problem)
	}
	settings, problem := o.decodeGroup(x, nil)
	if problem != nil {
		return x.refused(problem)
	}
	if settings.DisplayName == nil {
		return x.refused(refuse(http.StatusPreconditionFailed, "MISSING_PARAMETER", "The displayName is required."))
	}
	g := o.newGroup(settings)
	g.lag = o.options.CreateLag
	if canEditItself {
		editors := append(slices.Clone(value(settings.GroupsThatCanEdit)), reference{g.id, *settings.DisplayName})
		g.settings.GroupsThatCanEdit = &editors
	}
	o.staff(g, value(settings.Members), value(settings.Invites), sendEmails)
	o.roster.add(g)
	// The document declares no more than the ID.
	return answer{status: http.StatusCreated, body: map[string]any{"id": g.id}}
}

func (o *Organization) newGroup(settings groupSettings) *group {
	id := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(o.randomBytes(16))
	settings.Members, settings.Invites = nil, nil
	return &group{id: strings.ToLower(id), kind: customGroup, deletable: true, settings: settings, created: o.now(), extra: map[string]any{}}
}

func (o *Organization) updateGroup(x *exchange) answer {
	g, problem := o.findGroup(x)
	if problem != nil {
		return x.refused(problem)
	}
	sendEmails, problem := x.flag("sendEmailToInvitedUsers", true)
	if problem != nil {
		return x.refused(problem)
	}
	settings, problem := o.decodeGroup(x, g.privileges())
	if problem != nil {
		return x.refused(problem)
	}
	keeps := o.options.Readings.PutKeepsOmitted
	if settings.DisplayName == nil && !keeps {
		return x.refused(refuse(http.StatusPreconditionFailed, "MISSING_PARAMETER", "The displayName is required."))
	}
	members, invites := value(settings.Members), value(settings.Invites)
	if keeps && settings.Members == nil {
		members = entriesOf(g.members)
	}
	if keeps && settings.Invites == nil {
		for _, i := range g.invites {
			invites = append(invites, entryOf(&i.user))
		}
	}
	o.staff(g, members, invites, sendEmails)
	g.apply(settings, keeps)
	g.applyExtra(x.body, keeps)
	return noContent()
}

// apply replaces the settings; keepOmitted leaves what the new ones do not name.
func (g *group) apply(settings groupSettings, keepOmitted bool) {
	if keepOmitted {
		old := g.settings
		settings.DisplayName = orDefault(settings.DisplayName, old.DisplayName)
		settings.Privileges = orDefault(settings.Privileges, old.Privileges)
		settings.Realms = orDefault(settings.Realms, old.Realms)
		settings.APIKeysThatCanEdit = orDefault(settings.APIKeysThatCanEdit, old.APIKeysThatCanEdit)
		settings.GroupsThatCanEdit = orDefault(settings.GroupsThatCanEdit, old.GroupsThatCanEdit)
	}
	settings.Members, settings.Invites = nil, nil
	g.settings = settings
}

// applyExtra treats the fields that no document knows as those that one does.
func (g *group) applyExtra(body []byte, keepOmitted bool) {
	var sent map[string]any
	_ = json.Unmarshal(body, &sent)
	for name := range g.extra {
		if given, isGiven := sent[name]; isGiven {
			g.extra[name] = given
		} else if !keepOmitted {
			delete(g.extra, name)
		}
	}
}

func (o *Organization) deleteGroup(x *exchange) answer {
	g, problem := o.findGroup(x)
	if problem == nil && !g.deletable {
		problem = invalid("The group '%s' cannot be deleted.", g.id)
	}
	if problem != nil {
		return x.refused(problem)
	}
	o.roster.remove(g)
	return noContent()
}

// exclusivePrivileges are those that the caller would lose with the group.
func (o *Organization) exclusivePrivileges(x *exchange) answer {
	g, problem := o.findGroup(x)
	if problem != nil {
		return x.refused(problem)
	}
	exclusive := []Privilege{}
	if u := x.caller.user; u != nil && g.has(u) {
		others := o.roster.privilegesOf(u, g)
		exclusive = slices.DeleteFunc(slices.Clone(g.privileges()), func(p Privilege) bool { return slices.Contains(others, p) })
	}
	return ok(o.renderPrivileges(exclusive, false))
}
