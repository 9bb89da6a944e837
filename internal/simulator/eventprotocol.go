// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func eventProtocolRoutes() []*route {
	base := organizationPath + "/events/v1"
	logging := func(operation Operation, path string, handle func(*Organization, *exchange) answer) *route {
		return newRoute(operation, http.MethodPost, path, handle).need(ownerAnalytics, "ANALYTICS_DATA", "EDIT")
	}
	routes := []*route{
		logging(LogEvents, base, (*Organization).logEvents).writing(),
		logging(ValidateEvents, base+"/validate", (*Organization).validateEvents),
	}
	for leaf, operation := range map[string]Operation{
		"click": LogClick, "custom": LogCustom, "search": LogSearch, "searches": LogSearches, "view": LogView, "collect": Collect,
	} {
		routes = append(routes, logging(ValidateEvents, base+"/analytics/"+leaf+"/validate",
			func(_ *Organization, x *exchange) answer { return validateLegacy(x, operation) }))
	}
	return routes
}

// logEvents answers 200 even when it refuses events: only the list in its answer tells.
func (o *Organization) logEvents(x *exchange) answer {
	var events []map[string]any
	if problem := x.decode(&events); problem != nil {
		return x.refused(problem)
	}
	results := make([]map[string]any, 0, len(events))
	for _, event := range events {
		if flaws := protocolFlaws(event); len(flaws) > 0 {
			results = append(results, map[string]any{
				"accepted": false, "errorCode": "INVALID_EVENT", "errorMessage": flaws[0].message,
			})
			continue
		}
		meta, _ := event["meta"].(map[string]any)
		clientID, _ := meta["clientId"].(string)
		// The protocol has no anonymous field and no user name: the token or the client ID says who it is.
		o.recorded(x, o.attribute(x, "", false, o.visitor(x, clientID)), protocolKind(meta), event)
		results = append(results, map[string]any{"accepted": true})
	}
	return ok(map[string]any{"events": results})
}

// protocolKind sorts the protocol's event types, which are more than the three that an overview counts.
func protocolKind(meta map[string]any) EventKind {
	name, _ := meta["type"].(string)
	name = strings.ToLower(name)
	switch {
	case strings.Contains(name, "search"):
		return Search
	case strings.Contains(name, "click"):
		return Click
	case strings.Contains(name, "view"):
		return View
	default:
		return Custom
	}
}

func protocolFlaws(event map[string]any) []flaw {
	meta, isObject := event["meta"].(map[string]any)
	if !isObject {
		return []flaw{{"REQUIRED", "$.meta", "The field meta is required."}}
	}
	var flaws []flaw
	for field, want := range map[string]string{"type": "string", "clientId": "string", "ts": "number"} {
		if jsonType(meta[field]) != want || meta[field] == "" {
			flaws = append(flaws, flaw{"REQUIRED", "$.meta." + field, "The field meta." + field + " is required."})
		}
	}
	config, _ := meta["config"].(map[string]any)
	if trackingID, _ := config["trackingId"].(string); trackingID == "" {
		flaws = append(flaws, flaw{"REQUIRED", "$.meta.config.trackingId", "The field meta.config.trackingId is required."})
	}
	slices.SortFunc(flaws, func(a, b flaw) int { return strings.Compare(a.path, b.path) })
	return flaws
}

// validateEvents judges events and records none.
func (o *Organization) validateEvents(x *exchange) answer {
	var events []map[string]any
	if problem := x.decode(&events); problem != nil {
		return x.refused(problem)
	}
	verdicts := make([]map[string]any, 0, len(events))
	for _, event := range events {
		verdicts = append(verdicts, verdict(protocolFlaws(event)))
	}
	return ok(verdicts)
}

// validateLegacy judges an event of the older calls, or a list of searches.
func validateLegacy(x *exchange, operation Operation) answer {
	judge := func(event map[string]any) map[string]any {
		// No document lists the short keys of a collect hit.
		if operation == Collect {
			return verdict(nil)
		}
		return verdict(shapeOf(operation).flaws(event))
	}
	if operation != LogSearches {
		var event map[string]any
		if problem := x.decode(&event); problem != nil {
			return x.refused(problem)
		}
		return ok(judge(event))
	}
	var events []map[string]any
	if problem := x.decode(&events); problem != nil {
		return x.refused(problem)
	}
	verdicts := make([]map[string]any, 0, len(events))
	for _, event := range events {
		verdicts = append(verdicts, judge(event))
	}
	return ok(verdicts)
}

func verdict(flaws []flaw) map[string]any {
	errors := make([]map[string]any, 0, len(flaws))
	for _, f := range flaws {
		errors = append(errors, map[string]any{"type": f.kind, "path": f.path, "message": f.message})
	}
	return map[string]any{"valid": len(flaws) == 0, "errors": errors}
}
