// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"time"
)

// longestOverlap is how long a rotated key lives on at most.
const longestOverlap = 30 * 24 * time.Hour

func keyCopyRoutes() []*route {
	keys := organizationPath + "/apikeys"
	return []*route{
		newRoute(DuplicateAPIKey, http.MethodPut, keys+"/{apiKeyId}/duplicate", (*Organization).duplicateKey).
			need(ownerPlatform, domainAPIKey, "CREATE").writing(),
		// No privilege is documented: the secret is the authority.
		newRoute(RotateAPIKey, http.MethodPost, keys+"/rotate", (*Organization).rotateKey).writing(),
		newRoute(BulkDisableAPIKeys, http.MethodPut, keys+"/disable/bulk", (*Organization).bulkDisable).writing(),
		newRoute(BulkActivateAPIKeys, http.MethodPut, keys+"/activate/bulk", (*Organization).bulkActivate).writing(),
		newRoute(BulkDeleteAPIKeys, http.MethodPost, keys+"/delete/bulk", (*Organization).bulkDelete).writing(),
	}
}

func (o *Organization) duplicateKey(x *exchange) answer {
	source, problem := o.find(x)
	if problem != nil {
		return x.refused(problem)
	}
	var request struct {
		DisplayName      *string `json:"displayName"`
		Description      *string `json:"description"`
		LifetimeDuration *string `json:"lifetimeDuration"`
	}
	if len(x.body) > 0 {
		if problem := x.decode(&request); problem != nil {
			return x.refused(problem)
		}
	}
	if problem := o.grantable(x.caller, source.privileges); problem != nil {
		return x.refused(problem)
	}
	settings := source.settings
	settings.DisplayName = orDefault(request.DisplayName, settings.DisplayName)
	settings.Description = orDefault(request.Description, settings.Description)
	k := o.newKey(settings, source.privileges)
	k.createdBy = x.caller.name()
	if problem := k.limit(request.LifetimeDuration); problem != nil {
		return x.refused(problem)
	}
	o.keys.add(k)
	return answer{status: http.StatusCreated, body: o.renderKey(x, k, true)}
}

// limit gives a new key its expiry.
func (k *apiKey) limit(lifetime *string) *refusal {
	if lifetime == nil {
		return nil
	}
	after, valid := parsePeriod(*lifetime)
	if !valid {
		return invalid("The lifetime must be a positive ISO 8601 duration.")
	}
	k.expires = after(k.created)
	return nil
}

// enforce ends a new key no later than its template allows.
func (k *apiKey) enforce(longest string) *refusal {
	if longest == "" {
		return nil
	}
	after, valid := parsePeriod(longest)
	if !valid {
		return invalid("The template's enforcedLifetimePeriod is no duration.")
	}
	if end := after(k.created); k.expires.IsZero() || end.Before(k.expires) {
		k.expires = end
	}
	return nil
}

// rotateKey makes a new key with a new ID; the old one stays for at most 30 days.
func (o *Organization) rotateKey(x *exchange) answer {
	var request struct {
		RotationSecret              string  `json:"rotationSecret"`
		NewKeyExpirationPeriod      *string `json:"newKeyExpirationPeriod"`
		PreviousKeyExpirationPeriod *string `json:"previousKeyExpirationPeriod"`
	}
	if problem := x.decode(&request); problem != nil {
		return x.refused(problem)
	}
	var old *apiKey
	for _, k := range o.keys.ordered {
		if request.RotationSecret != "" && k.rotationSecret == request.RotationSecret {
			old = k
		}
	}
	if old == nil {
		return x.refused(invalid("The rotationSecret is unknown."))
	}
	k := o.newKey(old.settings, old.privileges)
	k.createdBy = x.caller.name()
	if problem := k.limit(request.NewKeyExpirationPeriod); problem != nil {
		return x.refused(problem)
	}
	end := x.now.Add(longestOverlap)
	if request.PreviousKeyExpirationPeriod != nil {
		after, valid := parsePeriod(*request.PreviousKeyExpirationPeriod)
		if !valid {
			return x.refused(invalid("The previousKeyExpirationPeriod must be a positive ISO 8601 duration."))
		}
		if sooner := after(x.now); sooner.Before(end) {
			end = sooner
		}
	}
	if old.expires.IsZero() || end.Before(old.expires) {
		old.expires = end
	}
	k.rotationSecret, old.rotationSecret = o.uuid(), ""
	o.keys.add(k)
	return ok(o.renderKey(x, k, true))
}

func (o *Organization) bulkDisable(x *exchange) answer {
	return o.bulk(x, func(k *apiKey) *refusal {
		k.disable(x.now)
		return nil
	})
}

func (o *Organization) bulkActivate(x *exchange) answer {
	return o.bulk(x, func(k *apiKey) *refusal { return k.activate(x.now) })
}

func (o *Organization) bulkDelete(x *exchange) answer {
	return o.bulk(x, func(k *apiKey) *refusal {
		o.keys.remove(k.id)
		return nil
	})
}

// bulk does something to several keys, and to none when one of them is missing.
func (o *Organization) bulk(x *exchange, do func(*apiKey) *refusal) answer {
	var ids []string
	if problem := x.decode(&ids); problem != nil {
		return x.refused(problem)
	}
	keys := make([]*apiKey, 0, len(ids))
	for _, id := range ids {
		if !o.mayUse(x, need{ownerPlatform, domainAPIKey, "EDIT", id}) {
			return x.refused(o.lacking(x, need{ownerPlatform, domainAPIKey, "EDIT", id}))
		}
		k := o.keys.byID[id]
		if k == nil {
			return x.refused(invalid("The API key '%s' was not found.", id))
		}
		keys = append(keys, k)
	}
	for _, k := range keys {
		if problem := do(k); problem != nil {
			return x.refused(problem)
		}
	}
	return noContent()
}
