// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// The documented limits of a key's texts, in characters.
const (
	longestDisplayName = 125
	longestDescription = 1000
)

func keyRoutes() []*route {
	keys := organizationPath + "/apikeys"
	one := keys + "/{apiKeyId}"
	view := func(r *route) *route { return r.need(ownerPlatform, domainAPIKey, "VIEW") }
	create := func(r *route) *route { return r.need(ownerPlatform, domainAPIKey, "CREATE").writing() }
	edit := func(r *route) *route { return r.needOn(ownerPlatform, domainAPIKey, "EDIT", "{apiKeyId}").writing() }
	return []*route{
		view(newRoute(ListAPIKeys, http.MethodGet, keys, (*Organization).listKeys)),
		create(newRoute(CreateAPIKey, http.MethodPost, keys, (*Organization).createKey)),
		view(newRoute(GetAPIKey, http.MethodGet, one, (*Organization).getKey)),
		edit(newRoute(UpdateAPIKey, http.MethodPut, one, (*Organization).updateKey)),
		edit(newRoute(DeleteAPIKey, http.MethodDelete, one, (*Organization).deleteKey)),
		edit(newRoute(DisableAPIKey, http.MethodPut, one+"/disable", (*Organization).disableKey)),
		edit(newRoute(ActivateAPIKey, http.MethodPut, one+"/activate", (*Organization).activateKey)),
		edit(newRoute(ExtendAPIKey, http.MethodPut, one+"/activation/extend", (*Organization).extendKey)),
	}
}

// createRequest is the body of a key's creation. Unknown fields are ignored, as the platform evidently does.
type createRequest struct {
	keySettings
	Privileges       []Privilege `json:"privileges"`
	Enabled          *bool       `json:"enabled"`
	LifetimeDuration *string     `json:"lifetimeDuration"`
	RotationEnabled  bool        `json:"rotationEnabled"`
}

func (o *Organization) createKey(x *exchange) answer {
	var request createRequest
	if problem := x.decode(&request); problem != nil {
		return x.refused(problem)
	}
	request.Privileges = normalizeAll(request.Privileges)
	var from template
	if x.query.Has("apiKeyTemplateId") {
		var problem *refusal
		if from, problem = o.useTemplate(&request, x.query.Get("apiKeyTemplateId")); problem != nil {
			return x.refused(problem)
		}
	}
	if problem := request.validate(); problem != nil {
		return x.refused(problem)
	}
	if problem := o.grantable(x.caller, request.Privileges); problem != nil {
		return x.refused(problem)
	}
	k := o.newKey(request.keySettings, request.Privileges)
	k.createdBy, k.templateID = x.caller.name(), from.id
	k.privacyLevel = orDefault(from.privacyLevel, k.privacyLevel)
	if request.RotationEnabled {
		k.rotationSecret = o.uuid()
	}
	if o.options.Readings.WholeDayLifetimes && strings.Contains(value(request.LifetimeDuration), "T") {
		return x.refused(invalid("The lifetime must be a period of whole days."))
	}
	if problem := k.limit(request.LifetimeDuration); problem != nil {
		return x.refused(problem)
	}
	if problem := k.enforce(from.longestLifetime); problem != nil {
		return x.refused(problem)
	}
	if request.Enabled != nil && !*request.Enabled {
		k.disable(x.now)
	}
	o.keys.add(k)
	return answer{status: http.StatusCreated, body: o.renderKey(x, k, true)}
}

// validate checks what a request wants a key to be.
func (s keySettings) validate() *refusal {
	switch {
	case value(s.DisplayName) == "":
		return refuse(http.StatusPreconditionFailed, "MISSING_PARAMETER", "The displayName is required.")
	case utf8.RuneCountInString(*s.DisplayName) > longestDisplayName:
		return invalid("The displayName must not be longer than %d characters.", longestDisplayName)
	case utf8.RuneCountInString(value(s.Description)) > longestDescription:
		return invalid("The description must not be longer than %d characters.", longestDescription)
	}
	for _, entry := range slices.Concat(value(s.AllowedIPs), value(s.DeniedIPs)) {
		if _, err := parseRange(entry); err != nil {
			return invalid("The value '%s' is neither an IP address nor a CIDR range.", entry)
		}
	}
	for _, r := range slices.Concat(value(s.APIKeysThatCanEdit), value(s.GroupsThatCanEdit)) {
		if r.ID == "" {
			return invalid("An editor must have an id.")
		}
	}
	return checkConfiguration(s.AdditionalConfiguration)
}

// find returns the key that a request names.
func (o *Organization) find(x *exchange) (*apiKey, *refusal) {
	id := x.parameters["apiKeyId"]
	k := o.keys.byID[id]
	if k == nil {
		return nil, o.missing(id)
	}
	return k, nil
}

func (o *Organization) missing(id string) *refusal {
	code := "API_KEY_NOT_FOUND"
	status := orDefault(o.options.Readings.MissingKeyStatus, http.StatusNotFound)
	if status == http.StatusForbidden {
		code = "ACCESS_DENIED"
	}
	return refuse(status, code, "The API key '%s' was not found.", id)
}

func (o *Organization) getKey(x *exchange) answer {
	k, problem := o.find(x)
	if problem != nil {
		return x.refused(problem)
	}
	if k.lag > 0 {
		k.lag--
		return x.refused(refuse(http.StatusNotFound, "API_KEY_NOT_FOUND", "The API key '%s' was not found.", k.id))
	}
	return ok(o.renderKey(x, k, false))
}

func (o *Organization) listKeys(x *exchange) answer {
	filter := x.query.Get("status")
	if x.query.Has("status") && !slices.Contains(keyFilters(), filter) {
		return x.refused(invalid("The status '%s' is unknown.", filter))
	}
	rendered := make([]map[string]any, 0, len(o.keys.ordered))
	for _, k := range o.keys.ordered {
		if k.lag == 0 && k.passes(filter, x.now) {
			rendered = append(rendered, o.renderKey(x, k, false))
		}
	}
	return ok(reorder(o, rendered))
}

func (o *Organization) updateKey(x *exchange) answer {
	k, problem := o.find(x)
	if problem != nil {
		return x.refused(problem)
	}
	var settings keySettings
	if problem := x.decode(&settings); problem != nil {
		return x.refused(problem)
	}
	updated := *k
	updated.apply(settings, o.options.Readings.PutKeepsOmitted)
	if problem := updated.settings.validate(); problem != nil {
		return x.refused(problem)
	}
	*k = updated
	return noContent()
}

func (o *Organization) deleteKey(x *exchange) answer {
	k, problem := o.find(x)
	if problem != nil {
		return x.refused(problem)
	}
	o.keys.remove(k.id)
	return noContent()
}

func (o *Organization) disableKey(x *exchange) answer {
	k, problem := o.find(x)
	if problem != nil {
		return x.refused(problem)
	}
	k.disable(x.now)
	return noContent()
}

func (o *Organization) activateKey(x *exchange) answer {
	k, problem := o.find(x)
	if problem == nil {
		problem = k.activate(x.now)
	}
	if problem != nil {
		return x.refused(problem)
	}
	return noContent()
}

func (o *Organization) extendKey(x *exchange) answer {
	k, problem := o.find(x)
	if problem != nil {
		return x.refused(problem)
	}
	k.extend(x.now)
	return noContent()
}
