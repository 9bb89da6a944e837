// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// ExecuteQueryPrivilege is what a search interface needs to search.
func ExecuteQueryPrivilege() Privilege {
	return Privilege{Owner: "SEARCH_API", TargetDomain: "EXECUTE_QUERY", TargetID: everyTarget}
}

// searchRoutes are the calls of a search interface. The organization holds two items and finds both, whatever is asked:
// what matters here is that a query may record an event, by `analytics.capture`.
func searchRoutes() []*route {
	var routes []*route
	for _, version := range []string{"v2", "v3"} {
		for leaf, handle := range map[string]func(*Organization, *exchange) answer{
			"":              (*Organization).search,
			"/plan":         (*Organization).planQuery,
			"/querySuggest": (*Organization).suggestQueries,
			"/facet":        (*Organization).searchFacet,
			"/html":         (*Organization).itemPreview,
		} {
			r := newRoute(searchOperation(leaf), http.MethodPost, "/rest/search/"+version+leaf, handle).
				need("SEARCH_API", "EXECUTE_QUERY", "").notDocumented()
			r.captures = true
			routes = append(routes, r)
		}
	}
	return routes
}

func searchOperation(leaf string) Operation {
	switch leaf {
	case "/plan":
		return PlanQuery
	case "/querySuggest":
		return SuggestQueries
	case "/facet":
		return SearchFacet
	case "/html":
		return PreviewItem
	default:
		return SearchItems
	}
}

// query is the part of a query's body that matters here.
type query struct {
	Q         string           `json:"q"`
	Analytics map[string]any   `json:"analytics"`
	Facets    []map[string]any `json:"facets"`
}

// decodeQuery reads the body of a query. Coveo's search framework sends a form, whose fields are JSON where they are no text.
func (x *exchange) decodeQuery(q *query) *refusal {
	if !isForm(x.request) {
		return x.decode(q)
	}
	malformed := refuse(http.StatusBadRequest, "INVALID_FORM", "The request body is not a form of valid JSON.")
	form, err := url.ParseQuery(string(x.body))
	if err != nil {
		return malformed
	}
	q.Q = form.Get("q")
	for field, into := range map[string]any{"analytics": &q.Analytics, "facets": &q.Facets} {
		if text := form.Get(field); text != "" && json.Unmarshal([]byte(text), into) != nil {
			return malformed
		}
	}
	return nil
}

// decodeQuery reads a query and records the event that it asks for.
func (o *Organization) decodeQuery(x *exchange, kind EventKind) (query, *refusal) {
	var q query
	if named := x.query.Get("organizationId"); named != o.options.OrganizationID {
		return q, refuse(http.StatusBadRequest, "INVALID_ORGANIZATION", "The organization '%s' was not found.", named)
	}
	if problem := x.decodeQuery(&q); problem != nil {
		return q, problem
	}
	o.capture(x, kind, q.Analytics)
	return q, nil
}

// capture records the event that a query asks for. Without the object, or without its switch, there is none.
func (o *Organization) capture(x *exchange, kind EventKind, analytics map[string]any) {
	if wanted, _ := analytics["capture"].(bool); !wanted {
		return
	}
	clientID, _ := analytics["clientId"].(string)
	username, _ := analytics["userId"].(string)
	o.recorded(x, o.attribute(x, username, false, o.visitor(x, clientID)), kind, analytics)
}

func (o *Organization) search(x *exchange) answer {
	q, problem := o.decodeQuery(x, Search)
	if problem != nil {
		return x.refused(problem)
	}
	items := searchItems()
	facets := make([]map[string]any, 0, len(q.Facets))
	for _, asked := range q.Facets {
		facets = append(facets, facetOf(asked))
	}
	return ok(map[string]any{
		"totalCount":              len(items),
		"totalCountFiltered":      len(items),
		"duration":                12,
		"indexDuration":           8,
		"requestDuration":         10,
		"searchUid":               o.uuid(),
		"pipeline":                "default",
		"apiVersion":              2,
		"isFallbackToAdmin":       false,
		"warnings":                []any{},
		"errors":                  nil,
		"termsToHighlight":        map[string]any{},
		"phrasesToHighlight":      map[string]any{},
		"queryCorrections":        []any{},
		"groupByResults":          []any{},
		"facets":                  facets,
		"generateAutomaticFacets": map[string]any{"facets": []any{}},
		"suggestedFacets":         []any{},
		"categoryFacets":          []any{},
		"triggers":                []any{},
		"index":                   "index",
		"indexRegion":             "us-east-1",
		"indexToken":              "token",
		"refinedKeywords":         []any{},
		"extendedResults":         map[string]any{},
		"results":                 items,
	})
}

// searchItems are the items that every search finds.
func searchItems() []map[string]any {
	items := make([]map[string]any, 0, 2)
	for i, title := range []string{"First item", "Second item"} {
		number := strconv.Itoa(i + 1)
		uri := "https://shop.example.com/item/" + number
		items = append(items, map[string]any{
			"title":                     title,
			"uri":                       uri,
			"printableUri":              uri,
			"clickUri":                  uri,
			"uniqueId":                  "item-" + number,
			"excerpt":                   "What the item is about.",
			"firstSentences":            nil,
			"summary":                   nil,
			"flags":                     "HasHtmlVersion",
			"hasHtmlVersion":            true,
			"score":                     1000 - i,
			"percentScore":              90.0 - float64(i),
			"rankingInfo":               nil,
			"rating":                    0.0,
			"isTopResult":               false,
			"isRecommendation":          false,
			"isUserActionView":          false,
			"titleHighlights":           []any{},
			"excerptHighlights":         []any{},
			"firstSentencesHighlights":  []any{},
			"printableUriHighlights":    []any{},
			"summaryHighlights":         []any{},
			"parentResult":              nil,
			"childResults":              []any{},
			"totalNumberOfChildResults": 0,
			"absentTerms":               []any{},
			"raw": map[string]any{
				"source": "Shop", "collection": "default", "permanentid": "item-" + number, "urihash": "hash" + number,
				"filetype": "html", "language": []string{"English"}, "date": 1700000000000, "author": "Shop",
				"sysuri": uri, "sysurihash": "hash" + number, "syssource": "Shop", "syscollection": "default",
			},
		})
	}
	return items
}

// facetOf answers a facet with one value.
func facetOf(asked map[string]any) map[string]any {
	return map[string]any{
		"facetId":             asked["facetId"],
		"field":               asked["field"],
		"moreValuesAvailable": false,
		"values":              []any{map[string]any{"value": "Shop", "state": "idle", "numberOfResults": 2}},
		"indexScore":          0.5,
		"label":               "Source",
	}
}

// planQuery answers where a query would go, without results.
func (o *Organization) planQuery(x *exchange) answer {
	q, problem := o.decodeQuery(x, Search)
	if problem != nil {
		return x.refused(problem)
	}
	return ok(map[string]any{
		"parsedInput":         map[string]any{"basicExpression": q.Q, "largeExpression": ""},
		"preprocessingOutput": map[string]any{"triggers": []any{}},
	})
}

func (o *Organization) suggestQueries(x *exchange) answer {
	q, problem := o.decodeQuery(x, Custom)
	if problem != nil {
		return x.refused(problem)
	}
	completions := []any{}
	if text := strings.TrimSpace(q.Q); text != "" {
		completions = append(completions, map[string]any{
			"expression": text + " item", "score": 1.0, "highlighted": "{" + text + "}[ item]", "executableConfidence": 1.0,
		})
	}
	return ok(map[string]any{"completions": completions, "responseId": o.uuid()})
}

func (o *Organization) searchFacet(x *exchange) answer {
	if _, problem := o.decodeQuery(x, Custom); problem != nil {
		return x.refused(problem)
	}
	return ok(map[string]any{"values": []any{}, "moreValuesAvailable": false})
}

// itemPreview answers an item as HTML.
func (o *Organization) itemPreview(x *exchange) answer {
	if _, problem := o.decodeQuery(x, View); problem != nil {
		return x.refused(problem)
	}
	return ok(map[string]any{})
}
