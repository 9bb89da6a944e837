// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"slices"
	"strings"
)

// groupInviteRoutes are those that only Coveo's own client knows.
func groupInviteRoutes() []*route {
	invites := organizationPath + "/groups/{groupId}/invites"
	edit := func(r *route) *route { return r.needOn(ownerPlatform, domainGroup, "EDIT", "{groupId}").writing() }
	routes := []*route{
		newRoute(ListGroupInvites, http.MethodGet, invites, (*Organization).listGroupInvites).need(ownerPlatform, domainGroup, "VIEW"),
		edit(newRoute(AddGroupInvite, http.MethodPost, invites, (*Organization).addGroupInvite)),
		edit(newRoute(RemoveGroupInvite, http.MethodDelete, invites+"/{username}", (*Organization).removeGroupInvite)),
		// Who is invited answers for themselves.
		newRoute(AcceptGroupInvite, http.MethodPost, invites+"/accept", (*Organization).acceptGroupInvite).writing(),
		newRoute(DeclineGroupInvite, http.MethodPost, invites+"/decline", (*Organization).declineGroupInvite).writing(),
	}
	for _, r := range routes {
		r.undocumented = true
	}
	return routes
}

func (o *Organization) listGroupInvites(x *exchange) answer {
	g, problem := o.findGroup(x)
	if problem != nil {
		return x.refused(problem)
	}
	return ok(o.renderGroup(g)["invites"])
}

func (o *Organization) addGroupInvite(x *exchange) answer {
	g, problem := o.findGroup(x)
	if problem != nil {
		return x.refused(problem)
	}
	sendEmail, problem := x.flag("sendEmail", true)
	if problem != nil {
		return x.refused(problem)
	}
	var entry memberEntry
	if problem := x.decode(&entry); problem != nil {
		return x.refused(problem)
	}
	if problem := o.checkEntry(entry); problem != nil {
		return x.refused(problem)
	}
	o.ask(g, &group{}, entry, sendEmail)
	return ok(o.renderInvite(g.invited(entry)))
}

func (o *Organization) removeGroupInvite(x *exchange) answer {
	g, problem := o.findGroup(x)
	if problem != nil {
		return x.refused(problem)
	}
	name := x.parameters["username"]
	before := len(g.invites)
	g.invites = slices.DeleteFunc(g.invites, func(i *invite) bool {
		return strings.EqualFold(i.Username, name) || strings.EqualFold(i.Email, name)
	})
	if len(g.invites) == before {
		return x.refused(refuse(http.StatusNotFound, "INVITE_NOT_FOUND", "The invite '%s' was not found.", name))
	}
	return noContent()
}

func (o *Organization) acceptGroupInvite(x *exchange) answer {
	return o.answerInvite(x, func(g *group, u *user) { g.admit(u) })
}

func (o *Organization) declineGroupInvite(x *exchange) answer {
	return o.answerInvite(x, func(g *group, u *user) {
		g.invites = slices.DeleteFunc(g.invites, func(i *invite) bool { return i.Username == u.Username })
	})
}

func (o *Organization) answerInvite(x *exchange, do func(*group, *user)) answer {
	g, problem := o.findGroup(x)
	if problem != nil {
		return x.refused(problem)
	}
	u := x.caller.user
	if u == nil || g.invited(entryOf(u)) == nil {
		return x.refused(refuse(http.StatusNotFound, "INVITE_NOT_FOUND", "You are not invited to the group '%s'.", g.id))
	}
	do(g, u)
	return noContent()
}
