// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import "net/http"

func readRoutes() []*route {
	user := "/rest/ua/v15/users/{userId}"
	routes := []*route{
		newRoute(UserOverview, http.MethodGet, user+"/overview", (*Organization).overview).
			need(ownerAnalytics, "ADMINISTRATE", ""),
		newRoute(DeleteUserData, http.MethodDelete, user+"/alldata", (*Organization).deleteUserData).
			need(ownerAnalytics, "DELETE_USER_ANALYTICS_DATA", "").writing(),
	}
	for _, service := range []string{"users", "exports", "filters"} {
		for _, leaf := range []string{"/monitoring/health", "/status"} {
			path := "/rest/ua/v15/" + service + leaf
			routes = append(routes, newRoute(Health, http.MethodGet, path, (*Organization).health).unauthenticated())
		}
	}
	return routes
}

func (o *Organization) health(x *exchange) answer {
	status := "up"
	if x.route.segments[len(x.route.segments)-1] == "status" {
		status = "online"
	}
	return ok(map[string]any{"status": status})
}

// overview counts a user's events. The keys of stats are not documented.
func (o *Organization) overview(x *exchange) answer {
	userID, problem := x.user()
	if problem != nil {
		return x.refused(problem)
	}
	readings := o.options.Readings
	visible := o.ledger.visible(userID, x.now, o.options.SettleAfter)
	if len(visible) == 0 && readings.UnknownUserNotFound {
		return x.refused(noSuchUser(userID))
	}
	nulls := x.nulls(o)
	stats := map[string]any{}
	if len(visible) > 0 || !readings.UnknownUserEmptyStats {
		for _, kind := range []EventKind{Search, Click, Custom} {
			stats[readings.EventPrefix+string(kind)] = int64(0)
			if nulls {
				stats[readings.EventPrefix+string(kind)] = nil
			}
		}
	}
	for kind, n := range visible {
		stats[readings.EventPrefix+string(kind)] = n
	}
	body := map[string]any{"userId": userID, "account": o.options.OrganizationID, "stats": stats}
	if nulls {
		body["account"] = nil
		if len(visible) == 0 {
			body["stats"] = nil
		}
	}
	return ok(body)
}

// deleteUserData accepts the deletion of everything recorded about a user until now. No later call tells how far it is
// or takes it back.
func (o *Organization) deleteUserData(x *exchange) answer {
	userID, problem := x.user()
	if problem != nil {
		return x.refused(problem)
	}
	readings := o.options.Readings
	p := o.ledger.people[userID]
	unknown := p == nil || !p.known
	repeated := p != nil && p.deletions > 0 && len(p.recorded) == 0
	if unknown && readings.UnknownUserDeletionNotFound || repeated && readings.RepeatedDeletionNotFound {
		return x.refused(noSuchUser(userID))
	}
	o.ledger.delete(userID, x.now, o.options.SettleAfter)
	body := map[string]any{
		"account": o.options.OrganizationID,
		"message": "The deletion of the data of user '" + userID + "' was accepted.",
		"userId":  userID,
	}
	if x.nulls(o) {
		body["account"], body["message"], body["userId"] = nil, nil, nil
	}
	return answer{status: http.StatusAccepted, body: body}
}

func noSuchUser(userID string) *refusal {
	return refuse(http.StatusNotFound, "USER_NOT_FOUND", "The user '%s' was not found.", userID)
}

// user is the decoded user ID of a request.
func (x *exchange) user() (string, *refusal) {
	userID := x.parameters["userId"]
	if userID == "." || userID == ".." {
		return "", refuse(http.StatusBadRequest, "INVALID_PARAMETER", "The user '%s' is no user ID.", userID)
	}
	return userID, nil
}
