// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
)

// A page that is about to be left sends what it has not sent yet as beacons. A beacon cannot set headers: the event is
// in a form field named after its leaf, and the token in the query or in the form.

// isBeacon says whether a request is an event in a form.
func (x *exchange) isBeacon() bool { return isForm(x.request) && x.beaconField() != "" }

// beaconField is the form field of an operation's beacon, or "" for an operation without one.
func (x *exchange) beaconField() string {
	if x.route == nil {
		return ""
	}
	switch x.route.operation {
	case LogSearch:
		return "searchEvent"
	case LogClick:
		return "clickEvent"
	case LogCustom:
		return "customEvent"
	case LogView:
		return "viewEvent"
	case Collect:
		return "collectEvent"
	default:
		return ""
	}
}

// beaconToken finds the token of a request without a header for it. The Event Protocol's beacons are JSON like its other
// requests, and have it in the query.
func (x *exchange) beaconToken() string {
	if x.route != nil && x.route.operation == LogEvents {
		return x.query.Get("access_token")
	}
	if !x.isBeacon() {
		return ""
	}
	if token := x.query.Get("access_token"); token != "" {
		return token
	}
	form, _ := url.ParseQuery(string(x.body))
	return form.Get("access_token")
}

// decodeEvent reads an event, which a beacon hides in a form.
func (x *exchange) decodeEvent(event *map[string]any) *refusal {
	if !x.isBeacon() {
		return x.decode(event)
	}
	field := x.beaconField()
	form, err := url.ParseQuery(string(x.body))
	if err != nil || json.Unmarshal([]byte(form.Get(field)), event) != nil {
		return refuse(http.StatusBadRequest, "INVALID_JSON", "The field %s is not valid JSON.", field)
	}
	return nil
}
