// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"net/url"
	"strings"
)

// route is one operation of the contract.
type route struct {
	operation Operation
	method    string
	segments  []string
	// open routes need no bearer.
	open bool
	// writes are refused in a read-only organization.
	writes bool
	// undocumented routes are known from client libraries only, so no document can be checked.
	undocumented bool
	// anyLocation leaves the caller's IP lists to the handler.
	anyLocation bool
	// captures says that the operation records an event only if its body asks for it.
	captures bool
	needs    *need
	handle   func(*Organization, *exchange) answer
}

// need is a privilege that an operation asks for. A target of "{name}" is that path parameter.
type need struct{ owner, domain, kind, target string }

// routeShape is what routes are looked up by before their segments are compared.
type routeShape struct {
	method   string
	segments int
}

func indexRoutes() map[routeShape][]*route {
	index := map[routeShape][]*route{}
	for _, r := range allRoutes() {
		shape := routeShape{r.method, len(r.segments)}
		index[shape] = append(index[shape], r)
	}
	return index
}

func allRoutes() []*route {
	routes := platformRoutes()
	routes = append(routes, keyRoutes()...)
	routes = append(routes, keyCopyRoutes()...)
	routes = append(routes, templateRoutes()...)
	routes = append(routes, groupRoutes()...)
	routes = append(routes, groupInviteRoutes()...)
	routes = append(routes, readRoutes()...)
	routes = append(routes, exportRoutes()...)
	routes = append(routes, exportScheduleRoutes()...)
	routes = append(routes, writeRoutes("/rest/ua/v15", false)...)
	// Clients and pages use this prefix too; the documents have only the other one.
	routes = append(routes, writeRoutes("/rest/v15", true)...)
	routes = append(routes, searchRoutes()...)
	routes = append(routes, commerceRoutes()...)
	return append(routes, eventProtocolRoutes()...)
}

const organizationPath = "/rest/organizations/{organizationId}"

func newRoute(operation Operation, method, path string, handle func(*Organization, *exchange) answer) *route {
	return &route{operation: operation, method: method, segments: split(path), handle: handle}
}

func (r *route) need(owner, domain, kind string) *route {
	r.needs = &need{owner, domain, kind, "*"}
	return r
}

func (r *route) needOn(owner, domain, kind, target string) *route {
	r.needs = &need{owner, domain, kind, target}
	return r
}

func (r *route) writing() *route {
	r.writes = true
	return r
}

func (r *route) unauthenticated() *route {
	r.open = true
	return r
}

func (r *route) fromAnywhere() *route {
	r.anyLocation = true
	return r
}

func (r *route) notDocumented() *route {
	r.undocumented = true
	return r
}

func platformRoutes() []*route {
	return []*route{
		newRoute(ListOrganizations, http.MethodGet, "/rest/organizations", (*Organization).listOrganizations),
		newRoute(GetOrganization, http.MethodGet, organizationPath, (*Organization).getOrganization),
		newRoute(GlobalOrganization, http.MethodGet, "/rest/global/organizations/{organizationId}",
			(*Organization).getPlacement).need("PLATFORM", "ORGANIZATION", "VIEW"),
		newRoute(OrganizationStatus, http.MethodGet, organizationPath+"/status", (*Organization).getStatus),
		newRoute(ListPrivileges, http.MethodGet, organizationPath+"/privileges", (*Organization).listPrivileges).
			need("PLATFORM", "ORGANIZATION", "VIEW"),
		newRoute(ListAPIKeyPrivileges, http.MethodGet, organizationPath+"/privileges/apikeys",
			(*Organization).listKeyPrivileges).need("PLATFORM", "ORGANIZATION", "VIEW"),
		newRoute(MyPrivileges, http.MethodGet, organizationPath+"/privileges/me", (*Organization).myPrivileges),
		newRoute(MemberPrivileges, http.MethodGet, organizationPath+"/members/privileges",
			(*Organization).myPrivileges),
		newRoute(ListAPIKeyAccess, http.MethodGet, organizationPath+"/access/apikeys",
			(*Organization).listKeyAccess).need("PLATFORM", "API_KEY", "VIEW"),
		newRoute(EvaluatePrivilege, http.MethodPost, "/rest/privilege/evaluate",
			(*Organization).evaluatePrivilege).fromAnywhere(),
		newRoute(EvaluateGeneralAccess, http.MethodPost, "/rest/privilege/evaluate/general-access",
			(*Organization).evaluateGeneralAccess).fromAnywhere(),
	}
}

// lookup finds the route of a request and its decoded path parameters. It works on the escaped path, as a user ID may
// hold an escaped slash, and decodes each segment once.
func (o *Organization) lookup(r *http.Request) (*route, map[string]string) {
	if isPreflight(r) {
		return o.preflightRoute(r), nil
	}
	return o.lookupAs(r.Method, r)
}

func (o *Organization) lookupAs(method string, r *http.Request) (*route, map[string]string) {
	segments := split(r.URL.EscapedPath())
	for _, candidate := range o.routes[routeShape{method, len(segments)}] {
		if parameters, matches := candidate.match(segments); matches {
			return candidate, parameters
		}
	}
	return nil, nil
}

func (r *route) match(segments []string) (map[string]string, bool) {
	var parameters map[string]string
	for i, want := range r.segments {
		name, isParameter := parameterName(want)
		if !isParameter {
			if segments[i] != want {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil || value == "" {
			return nil, false
		}
		if parameters == nil {
			parameters = map[string]string{}
		}
		parameters[name] = value
	}
	return parameters, true
}

func parameterName(segment string) (string, bool) {
	name, isParameter := strings.CutPrefix(segment, "{")
	return strings.TrimSuffix(name, "}"), isParameter
}

func split(path string) []string { return strings.Split(strings.TrimPrefix(path, "/"), "/") }
