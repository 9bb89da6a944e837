// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// KeyIdentity is a user or group as Coveo's search names one.
type KeyIdentity struct {
	Name     string `json:"name,omitempty"`
	Provider string `json:"provider,omitempty"`
	Type     string `json:"type,omitempty"` // User, Group, VirtualGroup or Unknown
}

// KeyConfiguration is the part of a key's additional configuration that this provider knows. What is empty is not set.
type KeyConfiguration struct {
	// QueryAuthentication are the identities that queries with the key run as.
	QueryAuthentication []KeyIdentity
	// SearchHub is the one search hub, and so the query pipeline, that queries with the key go through.
	SearchHub string
	// AllowedUserIDs are the only identities that the key may act as.
	AllowedUserIDs []KeyIdentity
	// EventUserID and EventUserDisplayName pin who usage analytics events are attributed to that are logged with the key.
	EventUserID, EventUserDisplayName string
}

// Equal compares two configurations. The order and repetition of identities do not count.
func (c KeyConfiguration) Equal(other KeyConfiguration) bool {
	return c.SearchHub == other.SearchHub && c.EventUserID == other.EventUserID && c.EventUserDisplayName == other.EventUserDisplayName &&
		slices.Equal(sortedIdentities(c.QueryAuthentication), sortedIdentities(other.QueryAuthentication)) &&
		slices.Equal(sortedIdentities(c.AllowedUserIDs), sortedIdentities(other.AllowedUserIDs))
}

// ShownAs tells whether an answer shows what was written: the same, where the answer may name the provider and the type of an
// identity that was written without them.
func (c KeyConfiguration) ShownAs(shown KeyConfiguration) bool {
	return c.SearchHub == shown.SearchHub && c.EventUserID == shown.EventUserID && c.EventUserDisplayName == shown.EventUserDisplayName &&
		identitiesShownAs(c.QueryAuthentication, shown.QueryAuthentication) && identitiesShownAs(c.AllowedUserIDs, shown.AllowedUserIDs)
}

func identitiesShownAs(written, shown []KeyIdentity) bool {
	written, left := sortedIdentities(written), sortedIdentities(shown)
	// What leaves nothing open is paired first, so that it is not taken by what leaves much open.
	slices.SortStableFunc(written, func(a, b KeyIdentity) int { return a.left() - b.left() })
	for _, w := range written {
		at := slices.IndexFunc(left, func(s KeyIdentity) bool {
			return w.Name == s.Name && (w.Provider == "" || w.Provider == s.Provider) && (w.Type == "" || w.Type == s.Type)
		})
		if at < 0 {
			return false
		}
		left = slices.Delete(left, at, at+1)
	}
	return len(left) == 0
}

// left is how much of an identity is left to Coveo.
func (i KeyIdentity) left() (n int) {
	for _, text := range []string{i.Provider, i.Type} {
		if text == "" {
			n++
		}
	}
	return n
}

func sortedIdentities(list []KeyIdentity) []KeyIdentity {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b KeyIdentity) int {
		return strings.Compare(a.Name+"\x00"+a.Provider+"\x00"+a.Type, b.Name+"\x00"+b.Provider+"\x00"+b.Type)
	})
	return slices.Compact(sorted)
}

// Coveo's documents and its client spell the restrictions in two ways.
const (
	restrictions      = "impersonationRestrictions"
	restrictionsOfOld = "impersonationRestriction"
)

// Configuration reads what is known of the key's additional configuration. What is of another form than documented is
// skipped, as it is left alone by [KeyConfiguration.Onto].
func (k *APIKey) Configuration() KeyConfiguration {
	root := objectOf(k.AdditionalConfiguration)
	search := objectOf(root["search"])
	var c KeyConfiguration
	read(search["apiKeyQueryAuthentication"], &c.QueryAuthentication)
	read(objectOf(search["enforcedQueryPipelineConfiguration"])["searchHub"], &c.SearchHub)
	read(objectOf(search[restrictionsIn(search)])["allowedUserIds"], &c.AllowedUserIDs)
	event := objectOf(objectOf(root["analytics"])["event"])
	read(event["userId"], &c.EventUserID)
	read(event["userDisplayName"], &c.EventUserDisplayName)
	return c
}

// Onto puts the configuration into an answer's, without touching what this provider does not know: the update of a key
// replaces the whole of it.
func (c KeyConfiguration) Onto(answered json.RawMessage) (json.RawMessage, error) {
	root := objectOf(answered)
	search := objectOf(root["search"])
	analytics := objectOf(root["analytics"])
	for _, part := range []json.RawMessage{
		answered, root["search"], search["enforcedQueryPipelineConfiguration"], search[restrictionsIn(search)], root["analytics"], analytics["event"],
	} {
		if present(part) != nil && objectOf(part) == nil {
			return nil, fmt.Errorf("the key's additional configuration has another form than documented, so it cannot be changed without losing " +
				"what is there; change it in Coveo's administration console")
		}
	}
	before := (&APIKey{AdditionalConfiguration: answered}).Configuration()
	if !slices.Equal(sortedIdentities(before.QueryAuthentication), sortedIdentities(c.QueryAuthentication)) {
		search = with(search, "apiKeyQueryAuthentication", c.QueryAuthentication, len(c.QueryAuthentication) > 0)
	}
	const pipeline = "enforcedQueryPipelineConfiguration"
	search = with(search, pipeline, with(objectOf(search[pipeline]), "searchHub", c.SearchHub, c.SearchHub != ""), true)
	if name := restrictionsIn(search); !slices.Equal(sortedIdentities(before.AllowedUserIDs), sortedIdentities(c.AllowedUserIDs)) {
		search = with(search, name, with(objectOf(search[name]), "allowedUserIds", c.AllowedUserIDs, len(c.AllowedUserIDs) > 0), true)
	}
	event := with(objectOf(analytics["event"]), "userId", c.EventUserID, c.EventUserID != "")
	event = with(event, "userDisplayName", c.EventUserDisplayName, c.EventUserDisplayName != "")
	root = with(root, "search", search, true)
	root = with(root, "analytics", with(analytics, "event", event, true), true)
	if root == nil {
		root = object{}
	}
	return json.Marshal(root)
}

type object map[string]json.RawMessage

func objectOf(raw json.RawMessage) object {
	var o object
	if json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return o
}

// with sets or removes one field. An object that is left empty is removed by whoever holds it.
func with(o object, name string, value any, set bool) object {
	if inner, ok := value.(object); ok && len(inner) == 0 {
		// What was an empty object stays one: it may mean something to Coveo.
		if existing := objectOf(o[name]); existing != nil && len(existing) == 0 {
			return o
		}
		set = false
	}
	raw, err := json.Marshal(value)
	if !set || err != nil {
		delete(o, name)
		return o
	}
	if o == nil {
		o = object{}
	}
	o[name] = raw
	return o
}

func read[T any](raw json.RawMessage, into *T) {
	var value T
	if json.Unmarshal(raw, &value) == nil {
		*into = value
	}
}

// restrictionsIn is the name under which an answer holds the restrictions: the documented one, unless only the other is there.
func restrictionsIn(search object) string {
	_, documented := search[restrictions]
	if _, other := search[restrictionsOfOld]; other && !documented {
		return restrictionsOfOld
	}
	return restrictions
}

// identitiesIn are the names in a configuration, which no message repeats. One or two letters name nobody, and are in every
// message.
func identitiesIn(raw json.RawMessage) []string {
	c := (&APIKey{AdditionalConfiguration: raw}).Configuration()
	names := []string{c.EventUserID, c.EventUserDisplayName}
	for _, identity := range slices.Concat(c.QueryAuthentication, c.AllowedUserIDs) {
		names = append(names, identity.Name)
	}
	return slices.DeleteFunc(names, func(name string) bool { return len(name) < 3 })
}

// Reference names a key or a group that may edit a key or a group.
type Reference struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName,omitempty"`
}

// UnmarshalJSON also reads a bare ID.
func (r *Reference) UnmarshalJSON(data []byte) error {
	*r = Reference{}
	var object struct {
		ID          string `json:"id"`
		DisplayName string `json:"displayName"`
	}
	if json.Unmarshal(data, &object) == nil {
		*r = Reference(object)
		return nil
	}
	return json.Unmarshal(data, &r.ID)
}

// KeyEditors are the keys that may edit the key; nil where the answer does not say.
func (k *APIKey) KeyEditors() []Reference { return references(k.APIKeysThatCanEdit) }

// GroupEditors are the groups that may edit the key; nil where the answer does not say.
func (k *APIKey) GroupEditors() []Reference { return references(k.GroupsThatCanEdit) }

func references(raw json.RawMessage) []Reference {
	var list []Reference
	if present(raw) == nil || json.Unmarshal(raw, &list) != nil {
		return nil
	}
	list = slices.DeleteFunc(list, func(r Reference) bool { return r.ID == "" })
	return orEmpty(list)
}

// EditorsOnto is a list of editors for a request. What an answer says beside the ID of one that stays is kept.
func EditorsOnto(answered json.RawMessage, ids []string) (json.RawMessage, error) {
	var before []json.RawMessage
	_ = json.Unmarshal(answered, &before) // nothing is kept of what cannot be read
	out := make([]json.RawMessage, 0, len(ids))
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		at := slices.IndexFunc(before, func(raw json.RawMessage) bool {
			var r Reference
			return bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) && json.Unmarshal(raw, &r) == nil && r.ID == id
		})
		if at >= 0 {
			out = append(out, before[at])
			continue
		}
		raw, err := json.Marshal(Reference{ID: id})
		if err != nil {
			return nil, err
		}
		out = append(out, raw)
	}
	return json.Marshal(out)
}
