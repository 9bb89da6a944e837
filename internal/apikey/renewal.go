// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/iso8601"
)

// renewal is what a look at a key found about its end, and by which window. It is kept because a plan may be applied later:
// the key must not come into its window between the two, since an update would turn into a replacement that nobody reviewed.
type renewal struct {
	Window string `json:"window"`
	Due    bool   `json:"due"`
}

// judgeRenewal judges a key that was just read, and tells whether the record changed.
func (r *record) judgeRenewal(state *resourceModel, now time.Time) bool {
	before := r.Renewal
	r.Renewal = nil
	if window := state.RenewBefore.ValueString(); window != "" {
		r.Renewal = &renewal{Window: window, Due: inWindow(window, state.ExpirationDate.ValueString(), now)}
	}
	if before == nil || r.Renewal == nil {
		return before != r.Renewal
	}
	return *before != *r.Renewal
}

// inWindow tells whether a key ends no later than the window from now on. What cannot be read is not.
func inWindow(window, expires string, now time.Time) bool {
	duration, err := iso8601.Parse(window)
	end, endErr := time.Parse(time.RFC3339, expires)
	return err == nil && endErr == nil && !duration.After(now).Before(end)
}

// decideRenewal replaces a key that ends soon. The end of a key cannot be moved.
func (d *decision) decideRenewal() {
	window := d.plan.RenewBefore
	if window.IsNull() || window.IsUnknown() || len(d.replace) > 0 {
		return
	}
	ends, status := d.state.ExpirationDate.ValueString(), d.state.Status.ValueString()
	switch {
	case status == coveo.KeyExpired || status == coveo.KeyDisabledExposed:
		// It is replaced for that.
		return
	case ends == "":
		d.warn("renew_before", "Key does not end", "Coveo names no end of the key, so renew_before does nothing. Leave it out, or give a key that "+
			"is made anew a lifetime.")
		return
	case inWindow(window.ValueString(), ends, instantOf(d.state.CreatedDate)):
		// A new key would have to be replaced at once, by every run.
		d.warn("renew_before", "Key is not renewed before its end", fmt.Sprintf("renew_before is %s, and the key was made at %s and ends %s, so "+
			"every new key would have to be replaced at once. Make renew_before shorter than the time that Coveo lets a key live.",
			window.ValueString(), d.state.CreatedDate.ValueString(), ends))
		return
	}
	due := inWindow(window.ValueString(), ends, d.service.clock.Now())
	if judged := d.record.Renewal; judged != nil && judged.Window == window.ValueString() {
		due = judged.Due
	}
	if !due {
		return
	}
	if d.stopped() {
		d.warn("renew_before", "Disabled key is not renewed", fmt.Sprintf("The key ends %s, and renew_before would replace it now. It is disabled in "+
			"Coveo, and a new key would work, so it is left alone: somebody may have stopped it for a reason. To renew it, write enabled = true.", ends))
		return
	}
	d.plan.ExpirationDate = types.StringUnknown()
	d.replace.Append(path.Root("expiration_date"))
	d.warn("expiration_date", "Key is to be renewed", fmt.Sprintf("The key ends %s, which is less than renew_before (%s) away. Its end cannot be "+
		"moved, so this plan makes a new key and deletes this one. Whatever uses the key needs the new value; with create_before_destroy both "+
		"work until the apply ends.", ends, window.ValueString()))
}

// instantOf is a date of the state, or the zero time, which lies in no window.
func instantOf(date types.String) time.Time {
	at, err := time.Parse(time.RFC3339, date.ValueString())
	if err != nil {
		return time.Time{}
	}
	return at
}

// decideRotation replaces a key whose triggers changed. Without any there is nothing that asks for it.
func (d *decision) decideRotation() {
	triggers := d.plan.RotationTriggers
	asked := triggers.IsUnknown() || len(triggers.Elements()) > 0
	if !asked || triggers.Equal(d.state.RotationTriggers) || d.state.RotationTriggers.IsNull() && d.imported() {
		return
	}
	d.replace.Append(path.Root("rotation_triggers"))
}

// stopped tells whether a person has disabled the key and the configuration does not say that it should be on.
func (d *decision) stopped() bool {
	return !d.state.Enabled.ValueBool() && !d.config.Enabled.ValueBool() && d.state.Status.ValueString() != coveo.KeyDisabledForInactivity
}

// warnStopped says what a replacement does to a stop: the new key is another one, and it works.
func (d *decision) warnStopped() {
	if len(d.replace) == 0 || !d.config.Enabled.IsNull() || !d.stopped() || d.state.Status.ValueString() == coveo.KeyDisabledExposed {
		return
	}
	d.warn("enabled", "Disabled key is to be replaced by one that works", "The key is disabled in Coveo, and the configuration does not say what enabled "+
		"should be. This plan makes a new key in its place, which is enabled. If somebody stopped it for a reason, do not apply: write "+
		"enabled = false first.")
}
