// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"maps"
	"net/http"
)

// commerceRoutes are the calls of a shop's interface. As with other queries, what matters here is that one may record an
// event, by `context.capture`.
func commerceRoutes() []*route {
	var routes []*route
	for leaf, operation := range map[string]Operation{
		"/search": SearchProducts, "/listing": ListProducts, "/search/querySuggest": SuggestProducts,
	} {
		r := newRoute(operation, http.MethodPost, organizationPath+"/commerce/v2"+leaf, (*Organization).shop).
			need("SEARCH_API", "EXECUTE_QUERY", "").notDocumented()
		r.captures = true
		routes = append(routes, r)
	}
	return routes
}

// shop answers a query for products with one, whatever is asked.
func (o *Organization) shop(x *exchange) answer {
	var q struct {
		ClientID string         `json:"clientId"`
		Context  map[string]any `json:"context"`
	}
	if problem := x.decode(&q); problem != nil {
		return x.refused(problem)
	}
	capture, said := q.Context["capture"].(bool)
	if !said {
		capture = !o.options.Readings.CommerceCaptureOff
	}
	if capture {
		event := maps.Clone(q.Context)
		if event == nil {
			event = map[string]any{}
		}
		event["clientId"] = q.ClientID
		o.recorded(x, o.attribute(x, "", false, o.visitor(x, q.ClientID)), Search, event)
	}
	if x.route.operation == SuggestProducts {
		return ok(map[string]any{"completions": []any{}, "responseId": o.uuid(), "query": ""})
	}
	uri := "https://shop.example.com/item/1"
	return ok(map[string]any{
		"responseId": o.uuid(),
		"products": []any{map[string]any{
			"permanentid": "item-1", "clickUri": uri, "ec_name": "First item", "ec_product_id": "item-1", "ec_price": 10,
			"ec_promo_price": nil, "ec_images": []any{}, "ec_thumbnails": []any{}, "ec_category": []any{}, "children": []any{},
			"additionalFields": map[string]any{}, "totalNumberOfChildren": 0,
		}},
		"facets":     []any{},
		"triggers":   []any{},
		"pagination": map[string]any{"page": 0, "perPage": 10, "totalEntries": 1, "totalPages": 1},
		"sort": map[string]any{
			"appliedSort":    map[string]any{"sortCriteria": "relevance"},
			"availableSorts": []any{map[string]any{"sortCriteria": "relevance"}},
		},
	})
}
