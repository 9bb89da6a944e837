// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import "time"

// inactivityWarning is how long before its deactivation an unused key says SOON_TO_BE_DISABLED.
const inactivityWarning = 84 * time.Hour

// idleSince is when a key last gave a sign of life. An extension counts as one, which is how the platform postpones a
// deactivation by an amount of its own.
func (k *apiKey) idleSince() time.Time {
	latest := k.created
	for _, at := range []time.Time{k.lastUsed, k.activated, k.extended} {
		if at.After(latest) {
			latest = at
		}
	}
	return latest
}

// extend postpones the deactivation of an unused key.
func (k *apiKey) extend(now time.Time) { k.extended, k.soonDisabled = now, false }

// disableUnused does what the platform does about keys that nobody used for long. It needs mu.
func (o *Organization) disableUnused(now time.Time) {
	after := o.options.InactivityAfter
	if after <= 0 {
		return
	}
	for _, k := range o.keys.ordered {
		if !k.usable(now) {
			continue
		}
		end := k.idleSince().Add(after)
		switch {
		case !now.Before(end):
			k.disable(end)
			k.inactive = true
		case !now.Before(end.Add(-inactivityWarning)):
			k.soonDisabled = true
		default:
			k.soonDisabled = false
		}
	}
}
