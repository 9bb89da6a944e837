// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// batch are events that differ in nothing but their number.
type batch struct {
	kind    EventKind
	n       int64
	at      time.Time
	visitor string
	values  map[string]string
}

func (b batch) sameBut(other batch) bool {
	return b.kind == other.kind && b.at.Equal(other.at) && b.visitor == other.visitor && maps.Equal(b.values, other.values)
}

// EventSpec describes events that somebody's interface sent at some time.
type EventSpec struct {
	UserID string
	Kind   EventKind
	// Count is how many there are. Default 1.
	Count int
	// Time is when. Default now.
	Time time.Time
	// VisitorID is the browser. Default the user ID where that is a UUID, else one that follows from it.
	VisitorID string
	// Values are those of other dimensions, by API name.
	Values map[string]string
}

// LogEvents records events with a time and a browser of their own.
func (o *Organization) LogEvents(events ...EventSpec) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range events {
		at := e.Time
		if at.IsZero() {
			at = o.now()
		}
		o.ledger.recordBatch(e.UserID, batch{
			kind: e.Kind, n: int64(orDefault(e.Count, 1)), at: at, visitor: e.VisitorID, values: maps.Clone(e.Values),
		})
	}
}

// owned is a batch with the user ID that it is attributed to.
type owned struct {
	batch
	userID string
}

// snapshot are all events that can be seen now. A deletion takes the oldest events first, so that what is left is what the
// overview counts.
func (l *ledger) snapshot(now time.Time, settleAfter time.Duration) []owned {
	var all []owned
	for _, userID := range slices.Sorted(maps.Keys(l.people)) {
		left := l.visible(userID, now, settleAfter)
		var kept []owned
		for _, b := range slices.Backward(l.people[userID].history) {
			n := min(b.n, left[b.kind])
			if n <= 0 {
				continue
			}
			left[b.kind] -= n
			b.n = n
			kept = append(kept, owned{b, userID})
		}
		slices.Reverse(kept)
		all = append(all, kept...)
	}
	slices.SortStableFunc(all, func(a, b owned) int { return a.at.Compare(b.at) })
	return all
}

// The dimensions that can hold the user IDs.
const (
	UserIDDimension   = "userid"
	UserNameDimension = "username"
	VisitorDimension  = "visitorid"
)

// dimension is one column of an export.
type dimension struct {
	displayName, apiName, returnName, kind string
	custom                                 bool
	// kinds are the events that have it; empty is all.
	kinds []EventKind
	value func(event) string
}

// event is one row in the making.
type event struct {
	owned
	index int64
	// userDimension is the reading.
	userDimension string
}

func (d dimension) appliesTo(kind EventKind) bool {
	if kind == View {
		kind = Custom
	}
	return len(d.kinds) == 0 || slices.Contains(d.kinds, kind)
}

func (d dimension) of(e event) string {
	if value, given := e.values[d.apiName]; given {
		return value
	}
	if d.value == nil {
		return ""
	}
	return d.value(e)
}

func (e event) visitorID() string {
	switch {
	case e.visitor != "":
		return e.visitor
	case uuidForm.MatchString(e.userID):
		return e.userID
	}
	return visit(e.userID)["visitId"].(string) //nolint:forcetypeassert // visit writes strings only
}

// accountName is the user ID without the provider that it ends in.
func (e event) accountName() string {
	at := strings.LastIndexByte(e.userID, '-')
	if e.userDimension == UserNameDimension || at < 0 || uuidForm.MatchString(e.userID) {
		return e.userID
	}
	return e.userID[:at]
}

// pick chooses one of several values by an event's index.
func pick(values ...string) func(event) string {
	return func(e event) string { return values[int(e.index)%len(values)] }
}

// exportDimensions are what exports can hold. The API names are invented: no page lists them.
func (o *Organization) exportDimensions() []dimension {
	const text = "TEXT"
	search, click, custom := []EventKind{Search}, []EventKind{Click}, []EventKind{Custom}
	clicked := []EventKind{Search, Click}
	all := []dimension{
		{displayName: "Date Time", apiName: "datetime", returnName: "datetime", kind: "DATETIME", value: func(e event) string {
			return e.at.UTC().Format("2006-01-02T15:04:05.000Z")
		}},
		{displayName: "User Id", apiName: UserIDDimension, returnName: "userId", kind: text, value: func(e event) string { return e.userID }},
		{displayName: "User Name", apiName: UserNameDimension, returnName: "userName", kind: text, value: event.accountName},
		{displayName: "Visitor Id", apiName: VisitorDimension, returnName: "visitorId", kind: text, value: event.visitorID},
		{displayName: "Visit Id", apiName: "visitid", returnName: "visitId", kind: text, value: func(e event) string {
			return visit(e.visitorID())["visitId"].(string) //nolint:forcetypeassert // visit writes strings only
		}},
		{displayName: "Language", apiName: "language", returnName: "language", kind: text, value: pick("en", "fr", "de")},
		{displayName: "Country", apiName: "country", returnName: "country", kind: text, value: pick("Canada", "Germany")},
		{displayName: "Origin 1 (Page/Hub)", apiName: "originlevel1", returnName: "originLevel1", kind: text, value: pick("Support", "Community", "Intranet")},
		{displayName: "Is Internal", apiName: "internal", returnName: "isInternal", kind: "BOOLEAN", value: pick("false", "true")},
		{displayName: "Query", apiName: "queryexpression", returnName: "queryExpression", kind: text, kinds: clicked, value: pick(
			"how to reset a password", `the "best" printer, 2026`, "première\nligne", "=1+1", "größe;40", "",
		)},
		{displayName: "Number Of Results", apiName: "numberofresults", returnName: "numberOfResults", kind: "NUMBER", kinds: search, value: func(e event) string {
			return itoa(int(e.index%97) * 3)
		}},
		{displayName: "Document Title", apiName: "documenttitle", returnName: "documentTitle", kind: text, kinds: click, value: pick("Passwords, explained", "Printers")},
		{displayName: "Click Rank", apiName: "clickrank", returnName: "clickRank", kind: "SHORT", kinds: click, value: func(e event) string {
			return itoa(int(e.index%9) + 1)
		}},
		{displayName: "Custom Event Type", apiName: "customeventtype", returnName: "customEventType", kind: text, kinds: custom, value: func(e event) string {
			if e.kind == View {
				return "view"
			}
			return "facet"
		}},
		{displayName: "Custom Event Value", apiName: "customeventvalue", returnName: "customEventValue", kind: text, kinds: custom, value: pick("opened", "closed")},
		{displayName: "Department", apiName: "c_department", returnName: "c_department", kind: text, custom: true, value: pick("sales", "")},
	}
	if o.options.Readings.UserDimension == UserNameDimension {
		all = slices.DeleteFunc(all, func(d dimension) bool { return d.apiName == UserIDDimension })
	}
	return all
}

func (o *Organization) listExportableDimensions(x *exchange) answer {
	rendered := []map[string]any{}
	for _, d := range o.exportDimensions() {
		if d.custom && x.query.Get("includeCustom") == "false" {
			continue
		}
		kinds := []string{}
		for _, kind := range []EventKind{Search, Click, Custom} {
			if d.appliesTo(kind) {
				kinds = append(kinds, strings.ToUpper(string(kind)))
			}
		}
		b := object{fields: map[string]any{}, nulls: x.nulls(o)}
		b.set("displayName", d.displayName)
		b.set("apiNames", []string{d.apiName})
		b.set("returnName", d.returnName)
		b.set("type", d.kind)
		b.set("custom", d.custom)
		b.set("eventTypes", kinds)
		b.set("status", "AVAILABLE")
		b.optional("path", nil, false)
		if o.options.Readings.UnknownEnums {
			b.set("status", "REINDEXING")
		}
		rendered = append(rendered, b.fields)
	}
	return ok(reorder(o, rendered))
}
