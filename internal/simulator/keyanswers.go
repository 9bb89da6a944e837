// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"math/rand/v2"
	"slices"
	"time"
)

// administratorName is the user name of the default administrator.
const administratorName = "admin@example.com-google"

func (c caller) name() string {
	if c.key != nil {
		return c.key.id
	}
	if c.user != nil {
		return c.user.Username
	}
	return administratorName
}

// renderKey writes a key as the platform answers it; only the answer that made it shows its whole value.
func (o *Organization) renderKey(x *exchange, k *apiKey, whole bool) map[string]any {
	readings := o.options.Readings
	b := object{fields: map[string]any{}, nulls: x.nulls(o)}
	b.set("id", k.id)
	b.set("tokenId", k.id)
	b.set("resourceId", k.id)
	b.set("organizationId", o.options.OrganizationID)
	b.set("displayName", value(k.settings.DisplayName))
	b.optional("description", value(k.settings.Description), value(k.settings.Description) != "")
	b.set("enabled", k.enabled)
	b.set("value", o.masked(k.value))
	if whole {
		b.set("value", k.value)
		b.optional("rotationSecret", k.rotationSecret, k.rotationSecret != "")
	}
	list(b, "privileges", o.renderPrivileges(k.privileges, false))
	list(b, "allowedIps", reorder(o, slices.Clone(k.allowedIPs)))
	list(b, "deniedIps", reorder(o, slices.Clone(k.deniedIPs)))
	list(b, "apiKeysThatCanEdit", value(k.settings.APIKeysThatCanEdit))
	list(b, "groupsThatCanEdit", value(k.settings.GroupsThatCanEdit))
	if configuration := k.settings.AdditionalConfiguration; configuration != nil || b.nulls {
		b.optional("additionalConfiguration", configuration, configuration != nil)
	} else {
		b.set("additionalConfiguration", map[string]any{})
	}
	b.set("createdDate", o.date(k.created))
	for name, date := range map[string]time.Time{
		"lastUsedDate":   k.lastUsed,
		"expirationDate": k.expires,
		"disabledDate":   k.disabled,
		"activationDate": k.activated,
	} {
		b.optional(name, o.date(date), !date.IsZero())
	}
	b.set("createdBy", map[string]any{
		"username": k.createdBy, "displayName": k.createdBy, "email": "admin@example.com",
	})
	if readings.CreatedByString {
		b.set("createdBy", k.createdBy)
	}
	b.optional("apiKeyTemplateId", k.templateID, k.templateID != "")
	b.set("status", k.status(x.now))
	b.set("privacyLevel", k.privacyLevel)
	if readings.UnknownEnums {
		b.set("privacyLevel", "RESTRICTED")
		if k.status(x.now) == "ENABLED" {
			b.set("status", "PENDING_REVIEW")
		}
	}
	b.optional("exposureReport", o.exposureReport(k), !k.exposed.IsZero())
	return b.fields
}

func (o *Organization) exposureReport(k *apiKey) map[string]any {
	found := o.date(k.exposed)
	report := map[string]any{
		"severity":     k.severity,
		"creationType": "AUTOMATED",
		"createdDate":  found,
		"reasons": []map[string]any{{
			"id":          k.id,
			"reason":      "The API key was found in a public repository.",
			"source":      "GITHUB",
			"url":         "https://github.com/example/example",
			"createdDate": found,
		}},
	}
	if !k.enabled {
		report["deactivationDate"] = o.date(k.disabled)
	}
	return report
}

// keyFilters are the values of the list's status parameter, which differ from those of a key's status.
func keyFilters() []string {
	return []string{
		"ACTIVE", "SOON_TO_BE_DISABLED", "SOON_TO_BE_EXPIRED", "ACTIVE_AND_EXPOSED", "WITH_WARNING", "ALL_EXPOSED",
		"DEACTIVATED",
	}
}

// passes says whether a list with a status parameter shows the key. What each value covers is not documented beyond
// its name.
func (k *apiKey) passes(filter string, now time.Time) bool {
	status := k.status(now)
	switch filter {
	case "":
		return true
	case "ACTIVE":
		return k.usable(now)
	case "DEACTIVATED":
		return !k.usable(now)
	case "ALL_EXPOSED":
		return !k.exposed.IsZero()
	case "ACTIVE_AND_EXPOSED":
		return k.usable(now) && !k.exposed.IsZero()
	case "WITH_WARNING":
		return status == "SOON_TO_BE_DISABLED" || status == "SOON_TO_BE_EXPIRED" || !k.exposed.IsZero()
	default:
		return status == filter
	}
}

// reorder shuffles a list when the readings say so: differently each time, yet the same in each run of a test.
func reorder[T any](o *Organization, values []T) []T {
	if !o.options.Readings.ReorderLists {
		return values
	}
	o.shuffles++
	shuffled := slices.Clone(values)
	random := rand.New(rand.NewPCG(1, o.shuffles))
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	return shuffled
}
