// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/base32"
	"slices"
	"strings"
	"time"
)

// expiryWarning is how long before its expiry a key says SOON_TO_BE_EXPIRED. Coveo's number is not public.
const expiryWarning = 7 * 24 * time.Hour

// reference names another key or a group in a key's access lists.
type reference struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName,omitempty"`
}

// apiKey is one API key.
type apiKey struct {
	id, value      string
	rotationSecret string
	templateID     string
	privacyLevel   string
	createdBy      string
	settings       keySettings
	privileges     []Privilege
	enabled        bool
	inactive       bool
	soonDisabled   bool
	exposed        time.Time
	severity       string
	// allowedIPs and deniedIPs are part of the settings, and apart because each request asks for them.
	allowedIPs, deniedIPs []string
	created               time.Time
	lastUsed              time.Time
	expires               time.Time
	disabled              time.Time
	activated             time.Time
	extended              time.Time
	lag                   int
}

// keySettings are the updatable fields of a key, as a request gives them. A pointer tells what was left out.
type keySettings struct {
	DisplayName             *string        `json:"displayName"`
	Description             *string        `json:"description"`
	AllowedIPs              *[]string      `json:"allowedIps"`
	DeniedIPs               *[]string      `json:"deniedIps"`
	AdditionalConfiguration map[string]any `json:"additionalConfiguration"`
	APIKeysThatCanEdit      *[]reference   `json:"apiKeysThatCanEdit"`
	GroupsThatCanEdit       *[]reference   `json:"groupsThatCanEdit"`
}

func value[T any](pointer *T) T {
	if pointer == nil {
		var zero T
		return zero
	}
	return *pointer
}

func (k *apiKey) expired(now time.Time) bool { return !k.expires.IsZero() && !now.Before(k.expires) }

// usable says whether the key opens anything now.
func (k *apiKey) usable(now time.Time) bool { return k.enabled && !k.expired(now) }

func (k *apiKey) status(now time.Time) string {
	switch {
	case !k.enabled && !k.exposed.IsZero():
		return "DISABLED_EXPOSED"
	case k.expired(now):
		return "EXPIRED"
	case !k.enabled && k.inactive:
		return "DISABLED_FOR_INACTIVITY"
	case !k.enabled:
		return "DISABLED"
	case !k.expires.IsZero() && k.expires.Sub(now) <= expiryWarning:
		return "SOON_TO_BE_EXPIRED"
	case k.soonDisabled:
		return "SOON_TO_BE_DISABLED"
	default:
		return "ENABLED"
	}
}

func (k *apiKey) disable(now time.Time) {
	if k.enabled {
		k.disabled = now
	}
	k.enabled, k.soonDisabled = false, false
}

// activate refuses expired and exposed keys: their expiry is fixed, and a leaked secret stays leaked.
func (k *apiKey) activate(now time.Time) *refusal {
	switch {
	case !k.exposed.IsZero():
		return invalid("The API key '%s' was exposed and cannot be activated.", k.id)
	case k.expired(now):
		return invalid("The API key '%s' is expired and cannot be activated.", k.id)
	}
	if !k.enabled {
		k.activated = now
	}
	k.enabled, k.inactive, k.disabled = true, false, time.Time{}
	return nil
}

func (k *apiKey) editableBy(keyID string) bool {
	return slices.ContainsFunc(value(k.settings.APIKeysThatCanEdit), func(r reference) bool { return r.ID == keyID })
}

// apply replaces the settings; keepOmitted leaves what the new ones do not name.
func (k *apiKey) apply(settings keySettings, keepOmitted bool) {
	if keepOmitted {
		old := k.settings
		settings.DisplayName = orDefault(settings.DisplayName, old.DisplayName)
		settings.Description = orDefault(settings.Description, old.Description)
		settings.AllowedIPs = orDefault(settings.AllowedIPs, old.AllowedIPs)
		settings.DeniedIPs = orDefault(settings.DeniedIPs, old.DeniedIPs)
		settings.APIKeysThatCanEdit = orDefault(settings.APIKeysThatCanEdit, old.APIKeysThatCanEdit)
		settings.GroupsThatCanEdit = orDefault(settings.GroupsThatCanEdit, old.GroupsThatCanEdit)
		if settings.AdditionalConfiguration == nil {
			settings.AdditionalConfiguration = old.AdditionalConfiguration
		}
	}
	k.settings = settings
	k.allowedIPs, k.deniedIPs = value(settings.AllowedIPs), value(settings.DeniedIPs)
}

// keyring holds the keys in the order of their creation.
type keyring struct {
	byID    map[string]*apiKey
	byValue map[string]*apiKey
	ordered []*apiKey
}

func newKeyring() keyring {
	return keyring{byID: map[string]*apiKey{}, byValue: map[string]*apiKey{}}
}

func (r *keyring) add(k *apiKey) {
	r.byID[k.id], r.byValue[k.value] = k, k
	r.ordered = append(r.ordered, k)
}

func (r *keyring) remove(id string) {
	k := r.byID[id]
	if k == nil {
		return
	}
	delete(r.byID, id)
	delete(r.byValue, k.value)
	r.ordered = slices.DeleteFunc(r.ordered, func(other *apiKey) bool { return other == k })
}

// newKey makes a key with an ID of 26 lower-case characters and digits and a value of xx and a UUID. It needs mu.
func (o *Organization) newKey(settings keySettings, privileges []Privilege) *apiKey {
	id := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(o.randomBytes(16))
	now := o.now()
	k := &apiKey{
		id:        strings.ToLower(id),
		value:     "xx" + o.uuid(),
		createdBy: administratorName,
		// Templates decide otherwise; what decides for other keys is not documented.
		privacyLevel: "PRIVATE",
		privileges:   normalizeAll(privileges),
		enabled:      true,
		created:      now,
		lag:          o.options.CreateLag,
	}
	k.apply(settings, false)
	return k
}

// masked hides a key's value but for its last four characters.
func (o *Organization) masked(value string) string {
	last := value[max(0, len(value)-4):]
	if o.options.Readings.MaskedValueForm == Masked2017 {
		return "**********-****-****-****-********" + last
	}
	return "xx*****" + last
}
