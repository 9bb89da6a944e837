// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package collection is what a search interface sends: the calls that record usage analytics, the code that masks them or turns
// them off, and the audit of what a browser really sent.
package collection

import (
	"regexp"
	"slices"
	"strings"
)

// Kind groups the endpoints that take the same form of body.
type Kind string

// The kinds of endpoints.
const (
	// WriteAPI takes one event, or a list of searches, of the usage analytics Write API.
	WriteAPI Kind = "write_api"
	// Collect takes one hit with the short keys of coveo.analytics.
	Collect Kind = "collect"
	// EventProtocol takes a list of events of the Event Protocol.
	EventProtocol Kind = "event_protocol"
	// The others are queries, which Coveo records itself where the body asks for it.
	SearchAPI     Kind = "search_api"
	CommerceAPI   Kind = "commerce_api"
	AnswerAPI     Kind = "answer_api"
	CaseAssistAPI Kind = "case_assist_api"
	InsightAPI    Kind = "insight_api"
	AgentAPI      Kind = "agent_api"
	// UnknownCall is what an analytics host of Coveo's gets at an address that the table does not have.
	UnknownCall Kind = "unknown"
)

// When an endpoint records.
const (
	// Always is said of endpoints that do nothing else.
	Always = "always"
	// WhenCaptured is said of queries that record where a switch in the body says so.
	WhenCaptured = "when_captured"
	// Uncertain is said where the library sends and no document tells what becomes of it. It counts as recording.
	Uncertain = "uncertain"
)

// Endpoint is a call that records usage analytics, or can.
type Endpoint struct {
	Kind   Kind
	Method string
	// Path has placeholders for what differs between organizations.
	Path string
	// Pattern matches the end of a URL's path, on any host and behind any prefix, because customers put proxies in front.
	Pattern *regexp.Regexp
	// Hosts are the families of Coveo's hosts that answer.
	Hosts []string
	// Records is Always, WhenCaptured or Uncertain.
	Records string
	// Switch is the field of the body that decides, where one does.
	Switch string
	// Default is what a body without the switch means: "false", or "uncertain".
	Default string
	// Note is what else has to be known.
	Note string
}

const (
	analyticsCapture = "analytics.capture"
	contextCapture   = "context.capture"
)

func logHosts() []string {
	return []string{
		"analytics.cloud.coveo.com", "analytics-{eu,au,ca}.cloud.coveo.com", "analyticshipaa.cloud.coveo.com",
		"{organization}.analytics.org.coveo.com", "{organization}.analytics.orghipaa.coveo.com",
		"platform.cloud.coveo.com", "platform-{eu,au,ca}.cloud.coveo.com", "platformhipaa.cloud.coveo.com",
		"usageanalytics.coveo.com",
	}
}

func protocolHosts() []string {
	return []string{
		"{organization}.analytics.org.coveo.com", "{organization}.analytics.orghipaa.coveo.com",
		"platform.cloud.coveo.com", "platform-{eu,au,ca}.cloud.coveo.com", "platformhipaa.cloud.coveo.com",
	}
}

func queryHosts() []string {
	return []string{
		"{organization}.org.coveo.com", "{organization}.orghipaa.coveo.com",
		"platform.cloud.coveo.com", "platform-{eu,au,ca}.cloud.coveo.com", "platformhipaa.cloud.coveo.com",
	}
}

// Endpoints is the one table of calls that record. The audit and the function tracking_endpoints both read it.
func Endpoints() []Endpoint { return slices.Clone(endpoints) }

// endpoints never changes after it was made.
var endpoints = makeEndpoints()

func makeEndpoints() []Endpoint {
	var table []Endpoint
	add := func(e Endpoint, pattern string) {
		e.Method = "POST"
		e.Pattern = regexp.MustCompile(pattern + `/?$`)
		table = append(table, e)
	}
	// exactly turns a path with placeholders into a pattern.
	exactly := func(path string) string {
		pattern := regexp.MustCompile(`\\\{[a-zA-Z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), `[^/]+`)
		return strings.TrimPrefix(pattern, "/rest")
	}
	for _, leaf := range []struct{ name, note string }{
		{"search", "Also under /rest/v15, and in v14, which is deprecated."},
		{"searches", "A list of searches. Also under /rest/v15, and in v14, which is deprecated."},
		{"click", "Browsers send it as a beacon, too: a form whose field clickEvent holds the event. Also under /rest/v15, and in v14, which is deprecated."},
		{"custom", "Also under /rest/v15, and in v14, which is deprecated."},
		{"view", "Also under /rest/v15."},
	} {
		add(Endpoint{Kind: WriteAPI, Path: "/rest/ua/v15/analytics/" + leaf.name, Hosts: logHosts(), Records: Always, Note: leaf.note},
			`/v1[45]/analytics/`+leaf.name)
	}
	add(Endpoint{Kind: WriteAPI, Path: "/rest/ua/v15/analytics/pageview", Hosts: logHosts(), Records: Uncertain,
		Note: "coveo.analytics sends it when it is used without its e-commerce plug-in. No document has it; it counts as recording."}, `/v1[45]/analytics/pageview`)
	add(Endpoint{Kind: Collect, Path: "/rest/ua/v15/analytics/collect", Hosts: logHosts(), Records: Always,
		Note: "It has no field anonymous. The person is uid, the browser cid, and aip asks for a shortened IP address. Also under /rest/v15."}, `/v1[45]/analytics/collect`)
	add(Endpoint{Kind: EventProtocol, Path: "/rest/organizations/{organizationId}/events/v1", Hosts: protocolHosts(), Records: Always,
		Note: "It has no field anonymous. Headless in next mode and Relay use a configured proxy as the complete URL, so that only the body tells."},
		`/organizations/[^/]+/events/v1`)

	for _, leaf := range []string{"", "/facet", "/plan", "/querySuggest", "/values", "/values/batch", "/html"} {
		add(Endpoint{Kind: SearchAPI, Path: "/rest/search/v2" + leaf, Hosts: queryHosts(), Records: WhenCaptured, Switch: analyticsCapture, Default: "false",
			Note: "The same for /rest/search/v3. Without an object analytics there is no event."}, `/search/v[23]`+leaf)
	}
	for _, leaf := range []string{
		"search", "search/redirect", "search/querySuggest", "search/productSuggest", "listing", "recommendations", "facet", "tracking-ids/{trackingId}/badges",
	} {
		path := "/rest/organizations/{organizationId}/commerce/v2/" + leaf
		add(Endpoint{Kind: CommerceAPI, Path: path, Hosts: queryHosts(), Records: WhenCaptured, Switch: contextCapture, Default: "uncertain",
			Note: "Coveo's documents disagree on the default, so that only false counts as not recording."}, exactly(path))
	}
	for _, query := range []struct {
		kind Kind
		path string
	}{
		{AnswerAPI, "/rest/organizations/{organizationId}/answer/v1/configs/{id}/generate"},
		{CaseAssistAPI, "/rest/organizations/{organizationId}/caseassists/{id}/classify"},
		{CaseAssistAPI, "/rest/organizations/{organizationId}/caseassists/{id}/documents/suggest"},
		{CaseAssistAPI, "/rest/organizations/{organizationId}/caseassists/preview/{id}/classify"},
		{CaseAssistAPI, "/rest/organizations/{organizationId}/caseassists/preview/{id}/documents/suggest"},
		{InsightAPI, "/rest/organizations/{organizationId}/insight/v1/configs/{id}/search"},
		{InsightAPI, "/rest/organizations/{organizationId}/insight/v1/configs/{id}/querysuggest"},
		{AgentAPI, "/api/preview/organizations/{organizationId}/agents/{id}/answer"},
		{AgentAPI, "/api/preview/organizations/{organizationId}/agents/{id}/follow-up"},
	} {
		add(Endpoint{Kind: query.kind, Path: query.path, Hosts: queryHosts(), Records: WhenCaptured, Switch: analyticsCapture, Default: "uncertain",
			Note: "No document tells the default. Without an object analytics it counts as not recording, as in the Search API; with one, only false does."},
			exactly(query.path))
	}
	return table
}

// quiet are calls of the same families that record nothing. Only whole endings of Coveo's own count: an address that a customer
// chose, such as /analytics/visit, may be anything.
var quiet = regexp.MustCompile(`/v1[45]/analytics/(.+/)?(validate|visit|monitoring/health|status)/?$|/organizations/[^/]+/events/v1/validate/?$`)

// endpointAt finds the endpoint of a path, or nil.
func endpointAt(path string) *Endpoint {
	for i := range endpoints {
		if endpoints[i].Pattern.MatchString(path) {
			return &endpoints[i]
		}
	}
	return nil
}

// coveoHost matches every host that is Coveo's.
var coveoHost = regexp.MustCompile(`^([a-z0-9-]+\.)*coveo\.com(:\d+)?$`)

// analyticsHost matches the hosts of Coveo's that take events and little else.
var analyticsHost = regexp.MustCompile(`^(analytics(hipaa|-[a-z]+)?\.cloud|usageanalytics|[a-z0-9-]+\.analytics\.org(hipaa)?)\.coveo\.com(:\d+)?$`)

// servicePath is how paths of Coveo's services begin. Its hosts also deliver libraries and pages, which are no calls.
var servicePath = regexp.MustCompile(`^/(rest|api)/`)

// organizationHost is a host of one organization, which stands in front.
var organizationHost = regexp.MustCompile(`^([a-z0-9_-]+)((\.[a-z]+)?\.org(hipaa)?\.coveo\.com(:\d+)?)$`)

// hostForm is what a host may be made of to be shown.
var hostForm = regexp.MustCompile(`^(\[[0-9a-f:]+\]|[a-z0-9._-]{1,253})(:\d{1,5})?$`)

// shownHost is a host as findings show it.
func shownHost(host string) string {
	host = strings.ToLower(host)
	switch {
	case organizationHost.MatchString(host):
		return organizationHost.ReplaceAllString(host, "{organization}$2")
	case hostForm.MatchString(host):
		return host
	default:
		return "{host}"
	}
}

// vocabulary are the segments of a path that findings show. What is not in it may be anything, a person's name included, and
// becomes a placeholder.
var vocabulary = words()

func words() map[string]bool {
	known := map[string]bool{}
	for word := range strings.FieldsSeq(`agents analytics answer api apis assets badges beacon bff batch caseassists cdn classify click
		collect commerce configs coveo custom data documents edge event events facet feedback follow-up gateway generate graphql
		html ingest insight log logger logging logs listing metrics monitor organizations pageview plan preview productSuggest
		proxy public querySuggest querysuggest rec recommendations recs redirect relay rest search searches services stats suggest
		t telemetry track tracker tracking tracking-ids ua usage usage-analytics v1 v2 v3 v14 v15 values view web`) {
		known[word] = true
	}
	return known
}

// identified are the segments that an identifier follows.
var identified = map[string]string{
	"organizations": "{organizationId}", "configs": "{id}", "caseassists": "{id}", "agents": "{id}", "tracking-ids": "{trackingId}",
}

// shownPath is a path as findings show it: known words, and placeholders for everything else.
func shownPath(path string) string {
	const longest = 24
	segments := strings.Split(strings.Trim(path, "/"), "/")
	var out strings.Builder
	for i, segment := range segments {
		if i == longest {
			out.WriteString("/…")
			break
		}
		placeholder := ""
		if i > 0 {
			placeholder = identified[segments[i-1]]
		}
		preview := segment == "preview" && i > 0 && segments[i-1] == "caseassists"
		switch {
		case segment == "" && len(segments) == 1:
			return "/"
		case placeholder != "" && !preview:
			out.WriteString("/" + placeholder)
		case i > 1 && segments[i-2] == "caseassists" && segments[i-1] == "preview":
			out.WriteString("/{id}")
		case vocabulary[segment]:
			out.WriteString("/" + segment)
		default:
			out.WriteString("/{segment}")
		}
	}
	return out.String()
}
