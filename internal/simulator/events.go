// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"crypto/sha256"
	"net/http"
	"regexp"
)

// writeRoutes are the calls that record events, under one of the prefixes in use.
func writeRoutes(prefix string, undocumented bool) []*route {
	base := prefix + "/analytics"
	logs := func(operation Operation, leaf string, handle func(*Organization, *exchange) answer) *route {
		return newRoute(operation, http.MethodPost, base+leaf, handle).need(ownerAnalytics, "ANALYTICS_DATA", "EDIT").writing()
	}
	routes := []*route{
		logs(LogSearch, "/search", (*Organization).logOne),
		logs(LogClick, "/click", (*Organization).logOne),
		logs(LogCustom, "/custom", (*Organization).logOne),
		logs(LogView, "/view", (*Organization).logOne),
		logs(LogSearches, "/searches", (*Organization).logSearches),
		logs(Collect, "/collect", (*Organization).collect),
		// Coveo's own library asks for the visit and the health without a bearer.
		newRoute(GetVisit, http.MethodGet, base+"/visit", (*Organization).getVisit).unauthenticated(),
		newRoute(DeleteVisit, http.MethodDelete, base+"/visit", (*Organization).deleteVisit).unauthenticated(),
		newRoute(Health, http.MethodGet, base+"/monitoring/health", (*Organization).writeHealth).unauthenticated(),
		newRoute(Health, http.MethodGet, base+"/status", (*Organization).health).unauthenticated(),
	}
	for _, r := range routes {
		r.undocumented = undocumented
	}
	return routes
}

func (o *Organization) writeHealth(*exchange) answer { return ok(map[string]any{"status": "UP"}) }

// eventShape is the kind that an operation records and the fields that it requires, with their JSON types.
type eventShape struct {
	kind     EventKind
	required map[string]string
}

func shapeOf(operation Operation) eventShape {
	const text, number = "string", "number"
	switch operation {
	case LogSearch, LogSearches:
		return eventShape{Search, map[string]string{
			"actionCause": text, "language": text, "queryText": text, "responseTime": number, "searchQueryUid": text,
		}}
	case LogClick:
		return eventShape{Click, map[string]string{
			"actionCause": text, "documentPosition": number, "language": text, "searchQueryUid": text, "sourceName": text,
		}}
	case LogCustom:
		return eventShape{Custom, map[string]string{"eventType": text, "eventValue": text, "language": text}}
	default:
		return eventShape{View, map[string]string{"language": text, "location": text}}
	}
}

// flaw is one reason to refuse an event.
type flaw struct{ kind, path, message string }

var (
	trackingIDForm = regexp.MustCompile(`^[a-z0-9_]+$`)
	uuidForm       = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

func (s eventShape) flaws(event map[string]any) []flaw {
	var flaws []flaw
	for _, field := range sortedKeys(s.required) {
		switch got := event[field]; {
		case got == nil:
			flaws = append(flaws, flaw{"REQUIRED", "$." + field, "The field " + field + " is required."})
		case jsonType(got) != s.required[field]:
			flaws = append(flaws, flaw{"TYPE", "$." + field, "The field " + field + " must be a " + s.required[field] + "."})
		}
	}
	for field, want := range map[string]string{
		"anonymous": "boolean", "clientId": "string", "trackingId": "string", "userDisplayName": "string", "username": "string",
	} {
		if got := event[field]; got != nil && jsonType(got) != want {
			flaws = append(flaws, flaw{"TYPE", "$." + field, "The field " + field + " must be a " + want + "."})
		}
	}
	if clientID, _ := event["clientId"].(string); clientID != "" && !uuidForm.MatchString(clientID) {
		flaws = append(flaws, flaw{"FORMAT", "$.clientId", "The field clientId must be a UUID."})
	}
	if trackingID, _ := event["trackingId"].(string); trackingID != "" && !trackingIDForm.MatchString(trackingID) {
		flaws = append(flaws, flaw{"FORMAT", "$.trackingId", "The field trackingId has forbidden characters."})
	}
	return flaws
}

func jsonType(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	default:
		return "object"
	}
}

func (o *Organization) logOne(x *exchange) answer {
	var event map[string]any
	if problem := x.decodeEvent(&event); problem != nil {
		return x.refused(problem)
	}
	shape := shapeOf(x.route.operation)
	if flaws := shape.flaws(event); len(flaws) > 0 {
		return x.refused(refuse(http.StatusBadRequest, "INVALID_EVENT", "%s", flaws[0].message))
	}
	return ok(o.recordEvent(x, shape.kind, event))
}

// logSearches refuses a batch as a whole: the contract has no partial answer for it.
func (o *Organization) logSearches(x *exchange) answer {
	var events []map[string]any
	if problem := x.decode(&events); problem != nil {
		return x.refused(problem)
	}
	shape := shapeOf(LogSearches)
	for _, event := range events {
		if flaws := shape.flaws(event); len(flaws) > 0 {
			return x.refused(refuse(http.StatusBadRequest, "INVALID_EVENT", "%s", flaws[0].message))
		}
	}
	recorded := make([]map[string]any, 0, len(events))
	for _, event := range events {
		recorded = append(recorded, o.recordEvent(x, shape.kind, event))
	}
	return ok(recorded)
}

// recordEvent attributes an event to a user, counts it and answers the visit.
func (o *Organization) recordEvent(x *exchange, kind EventKind, event map[string]any) map[string]any {
	clientID, _ := event["clientId"].(string)
	username, _ := event["username"].(string)
	anonymous, _ := event["anonymous"].(bool)
	visitor := o.visitor(x, clientID)
	o.recorded(x, o.attribute(x, username, anonymous, visitor), kind, event)
	answered := visit(visitor)
	if kind == Search {
		answered["searchEventUid"] = o.uuid()
	}
	return answered
}

// visitor is the client ID of an event or, failing that, the visitor of the query, whose name differs between clients.
func (o *Organization) visitor(x *exchange, clientID string) string {
	visitor := orDefault(x.query.Get("visitor"), x.query.Get("visitorId"))
	if x.query.Get("prioritizeVisitorParameter") == "true" && visitor != "" {
		return visitor
	}
	if clientID = orDefault(clientID, visitor); clientID != "" {
		return clientID
	}
	return o.uuid()
}

// attribute says whose an event is: the visitor's unless the token may say otherwise. Coveo's libraries send an explicit
// user name with anonymous too, so it is the server that must drop it.
func (o *Organization) attribute(x *exchange, username string, anonymous bool, visitor string) string {
	if anonymous {
		return visitor
	}
	if key := x.caller.key; key != nil && key.pinnedUser() != "" {
		return key.pinnedUser()
	}
	if username != "" && holds(x.caller.privileges, ImpersonatePrivilege()) {
		return username
	}
	return visitor
}

// visit gives each visitor one visit, whose ID follows from the visitor's so that none need be kept.
func visit(visitor string) map[string]any {
	sum := sha256.Sum256([]byte(visitor))
	return map[string]any{"visitId": formatUUID(sum[:16]), "visitorId": visitor, "clientId": visitor}
}

// collect records a hit of the measurement protocol, whose short keys no document lists: cid is the client, uid the
// user, and the library itself writes anonymous there when it knows none.
func (o *Organization) collect(x *exchange) answer {
	var hit map[string]any
	if problem := x.decodeEvent(&hit); problem != nil {
		return x.refused(problem)
	}
	clientID, _ := hit["cid"].(string)
	userID, _ := hit["uid"].(string)
	kind := Custom
	if hit["t"] == "pageview" {
		kind = View
	}
	visitor := o.visitor(x, clientID)
	o.recorded(x, o.attribute(x, userID, userID == "anonymous", visitor), kind, hit)
	return ok(visit(visitor))
}

func (o *Organization) getVisit(x *exchange) answer {
	body := visit(o.visitor(x, x.query.Get("clientId")))
	body["id"] = body["visitId"]
	delete(body, "visitId")
	return ok(body)
}

// deleteVisit drops the visitor's cookie. The document declares neither a status nor a body.
func (o *Organization) deleteVisit(*exchange) answer {
	expired := http.Cookie{Name: "visitorId", MaxAge: -1, HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}
	return answer{status: http.StatusOK, body: map[string]any{}, header: http.Header{"Set-Cookie": {expired.String()}}}
}
