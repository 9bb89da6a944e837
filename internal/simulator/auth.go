// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"net/netip"
	"strings"
)

// caller is who sent a request.
type caller struct {
	token      string
	kind       TokenKind
	key        *apiKey
	user       *user
	privileges []Privilege
}

// bearer finds the token of a request.
func bearer(x *exchange) string {
	scheme, token, _ := strings.Cut(x.request.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return x.beaconToken()
}

// admit checks everything about a request but its content. It needs mu.
func (o *Organization) admit(x *exchange) *refusal {
	if x.route.open {
		return nil
	}
	if problem := o.authenticate(x); problem != nil {
		return problem
	}
	if problem := o.throttle(x); problem != nil {
		return problem
	}
	if problem := o.sameOrganization(x); problem != nil {
		return problem
	}
	if !x.route.anyLocation && !o.locationAllowed(x.caller) {
		return refuse(http.StatusForbidden, "ACCESS_DENIED", "The request comes from an address that is not allowed%s.",
			x.about())
	}
	if x.route.needs != nil && !o.mayUse(x, *x.route.needs) {
		return o.lacking(x, *x.route.needs)
	}
	if x.route.writes && o.readOnly {
		return refuse(orDefault(o.options.Readings.ReadOnlyStatus, http.StatusForbidden), "ORGANIZATION_IN_READ_ONLY",
			"The organization is in read-only mode%s.", x.about())
	}
	return nil
}

func (o *Organization) lacking(x *exchange, n need) *refusal {
	return refuse(orDefault(o.options.Readings.MissingPrivilegeStatus, http.StatusForbidden), "ACCESS_DENIED",
		"The privilege %s is missing%s.", n, x.about())
}

func (n need) String() string { return strings.Trim(n.owner+"/"+n.domain+"/"+n.kind, "/") }

// authenticate finds out who calls. The kind stays InvalidToken for whoever is refused.
func (o *Organization) authenticate(x *exchange) *refusal {
	if x.caller.token == "" {
		return refuse(http.StatusUnauthorized, "UNAUTHORIZED", "A bearer token is required.")
	}
	x.record.Token = InvalidToken
	if x.caller.token == o.options.AdminToken {
		x.caller.kind, x.caller.privileges = Administrator, o.everyPrivilege()
		x.caller.user = o.roster.administrator()
	} else if privileges, isToken := o.tokens[x.caller.token]; isToken {
		x.caller.kind, x.caller.privileges = AccessToken, privileges
	} else if u := o.roster.byToken[x.caller.token]; u != nil {
		x.caller.kind, x.caller.user, x.caller.privileges = AccessToken, u, o.roster.privilegesOf(u, nil)
	} else if key := o.keys.byValue[x.caller.token]; key != nil && key.usable(x.now) {
		x.caller.kind, x.caller.key, x.caller.privileges = APIKey, key, key.privileges
		key.lastUsed = x.now
	} else {
		status := http.StatusUnauthorized
		if x.analytics() {
			status = orDefault(o.options.Readings.InvalidTokenStatus, status)
		}
		return refuse(status, "INVALID_TOKEN", "The bearer token is invalid%s.", x.about())
	}
	x.record.Token = x.caller.kind
	return nil
}

func (o *Organization) throttle(x *exchange) *refusal {
	limit := o.options.RateLimit
	if limit.Requests <= 0 || !x.analytics() {
		return nil
	}
	now := x.now
	if limit.Now != nil {
		now = limit.Now()
	}
	left, admitted := o.limiter.admit(limit, now)
	if admitted {
		return nil
	}
	refused := refuse(http.StatusTooManyRequests, "TOO_MANY_REQUESTS", "Too many requests%s.", x.about())
	switch limit.RetryAfter {
	case "seconds":
		refused.header = http.Header{"Retry-After": {itoa(wholeSeconds(left))}}
	case "date":
		// The date has whole seconds only, so it is rounded up as well.
		refused.header = http.Header{"Retry-After": {now.Add(left).UTC().Truncate(1e9).Add(1e9).Format(http.TimeFormat)}}
	}
	return refused
}

// sameOrganization refuses requests that name another organization. An API key implies its own on analytics calls; with
// any other token the pages say that the parameter is needed.
func (o *Organization) sameOrganization(x *exchange) *refusal {
	named, inPath := x.parameters["organizationId"]
	if !inPath && x.analytics() {
		named = x.query.Get("org")
		if named == "" && x.caller.kind != APIKey {
			return refuse(http.StatusBadRequest, "MISSING_PARAMETER", "The parameter org is required%s.", x.about())
		}
	}
	if named != "" && named != o.options.OrganizationID {
		return refuse(http.StatusNotFound, "ORGANIZATION_NOT_FOUND", "The organization '%s' was not found%s.", named,
			x.about())
	}
	return nil
}

// locationAllowed applies a key's IP lists: the denied ones win, and an empty list of allowed ones allows everybody.
func (o *Organization) locationAllowed(c caller) bool {
	if c.key == nil {
		return true
	}
	address, err := netip.ParseAddr(o.options.CallerIP)
	if err != nil {
		return false
	}
	if listed(address, c.key.deniedIPs) {
		return false
	}
	return len(c.key.allowedIPs) == 0 || listed(address, c.key.allowedIPs)
}

func listed(address netip.Addr, list []string) bool {
	for _, entry := range list {
		prefix, err := parseRange(entry)
		if err == nil && prefix.Contains(address) {
			return true
		}
	}
	return false
}

// parseRange reads an address or a CIDR range.
func parseRange(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		prefix, err := netip.ParsePrefix(text)
		return prefix.Masked(), err
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return address.Prefix(address.BitLen())
}

// mayUse says whether the caller has a privilege.
func (o *Organization) mayUse(x *exchange, n need) bool {
	if name, isParameter := parameterName(n.target); isParameter {
		n.target = x.parameters[name]
	}
	if x.caller.key != nil && n.domain == domainAPIKey && n.owner == ownerPlatform {
		if !o.options.Readings.KeysMayManageKeys {
			return false
		}
		if target := o.keys.byID[n.target]; target != nil && n.kind == "EDIT" && target.editableBy(x.caller.key.id) {
			return true
		}
	}
	if n.domain == domainGroup && n.owner == ownerPlatform && n.kind == "EDIT" && o.mayEditGroup(x.caller, n.target) {
		return true
	}
	wanted := Privilege{Owner: n.owner, TargetDomain: n.domain, Type: n.kind, TargetID: n.target}
	return holds(x.caller.privileges, wanted)
}

func isForm(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}
