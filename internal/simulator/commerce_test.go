// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestCommerce_RecordsAsTheBodyOrTheReadingSays(t *testing.T) {
	for name, test := range map[string]struct {
		context fields
		off     bool
		events  int
	}{
		"on":                 {context: fields{"capture": true}, events: 1},
		"off":                {context: fields{"capture": false}},
		"unsaid":             {context: fields{}, events: 1},
		"no context":         {events: 1},
		"unsaid, other way":  {context: fields{}, off: true},
		"on, with the other": {context: fields{"capture": true}, off: true, events: 1},
	} {
		t.Run(name, func(t *testing.T) {
			c := searcher(t, simulator.Options{KeepRecordings: true, Readings: simulator.Readings{CommerceCaptureOff: test.off}})
			for _, leaf := range []string{"search", "listing", "search/querySuggest"} {
				body := fields{"clientId": visitor, "trackingId": "shop", "context": test.context}
				equal(t, "answered", c.want(200, "POST", "commerce/v2/"+leaf, body).has("responseId"), true)
			}
			equal(t, "events", int(c.Events(visitor)["search"]), 3*test.events)
			equal(t, "recordings", len(c.Recordings()), 3*test.events)
			c.want(400, "POST", "commerce/v2/search", "[")
			c.as("").want(401, "POST", "commerce/v2/search", fields{})
		})
	}
}
