// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net"
	"net/http"
	"net/url"
)

// Search interfaces run in a browser, on another origin than the platform's. The platform lets every origin read its
// answers; the simulator, whose administrator's token is public, only those of this machine.

// allowOrigin lets a page of this machine read the answer.
func allowOrigin(header http.Header, r *http.Request) {
	origin := r.Header.Get("Origin")
	if !loopbackOrigin(origin) {
		return
	}
	header.Set("Access-Control-Allow-Origin", origin)
	// Coveo's libraries send cookies along with events.
	header.Set("Access-Control-Allow-Credentials", "true")
	header.Set("Access-Control-Expose-Headers", "X-Request-ID")
	header.Add("Vary", "Origin")
}

func loopbackOrigin(origin string) bool {
	parsed, err := url.Parse(origin)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return false
	}
	host := parsed.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// isPreflight says whether a browser asks if a page may send a request.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}

// preflight permits a page what the organization has a route for. It carries no bearer and touches no state.
func (o *Organization) preflight(x *exchange) answer {
	header := http.Header{}
	header.Set("Access-Control-Allow-Methods", x.request.Header.Get("Access-Control-Request-Method"))
	if asked := x.request.Header.Get("Access-Control-Request-Headers"); asked != "" {
		header.Set("Access-Control-Allow-Headers", asked)
	}
	header.Set("Access-Control-Max-Age", "600")
	return answer{status: http.StatusNoContent, header: header}
}

// preflightRoute is the route of a preflight: there is one for each request that has a route.
func (o *Organization) preflightRoute(r *http.Request) *route {
	if found, _ := o.lookupAs(r.Header.Get("Access-Control-Request-Method"), r); found == nil {
		return nil
	}
	return newRoute(Preflight, http.MethodOptions, r.URL.EscapedPath(), (*Organization).preflight).
		unauthenticated().notDocumented()
}
