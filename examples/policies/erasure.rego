# Copyright (c) coveo-privacy contributors
# SPDX-License-Identifier: MPL-2.0

# How much a plan erases, and whether it was approved.
package coveo.erasure

import data.coveo.plan

settings := plan.settings

deny contains msg if {
	n := count(plan.rising)
	n > settings.max_cases
	addresses := sort([record.address | some record in plan.rising])
	msg := sprintf(
		"%s: the plan erases %d cases, and one plan may erase %d. Split the cases over several runs, or raise max_cases after a review.",
		[concat(", ", addresses), n, settings.max_cases],
	)
}

deny contains msg if {
	some record in plan.undecided
	msg := sprintf(
		"%s: runs is unknown, so nobody can tell whether applying erases. Give triggers values that are known when the plan is made, and the provider a token that is.",
		[record.address],
	)
}

deny contains msg if {
	some record in plan.rising
	approved := count({approver | some approver in object.get(plan.after(record), "approved_by", [])})
	required := needed(record)
	approved < required
	msg := sprintf(
		"%s: approved by %d, and %d are required. Have approval_statement signed by further approvers, and add their signatures to approvals.",
		[record.address, approved, required],
	)
}

deny contains msg if {
	some record in plan.rising
	not is_array(object.get(plan.after(record), "approved_by", null))
	msg := sprintf("%s: approved_by is not known. Plan with a provider that plans it.", [record.address])
}

needed(record) := max({settings.required_approvals, record.change.after.required_approvals}) if {
	is_number(record.change.after.required_approvals)
} else := settings.required_approvals

deny contains msg if {
	some record in plan.rising
	not is_number(object.get(plan.after(record), "required_approvals", null))
	msg := sprintf("%s: required_approvals is not known. Plan with a provider that plans it.", [record.address])
}

deny contains msg if {
	some record in plan.rising
	status := object.get(plan.after(record), "hold_status", null)
	not status in settings.hold_statuses
	msg := sprintf(
		"%s: hold_status is %v, and must be one of %s. Declare legal_holds in the provider block or the runner's policy file, [] where there are none, with every digest key they were made under; a held case waits until its hold is lifted.",
		[record.address, json.marshal(status), concat(", ", settings.hold_statuses)],
	)
}

deny contains msg if {
	settings.require_max_events
	some record in plan.rising
	not is_number(object.get(plan.after(record), "max_events", null))
	msg := sprintf("%s: max_events is not set. Set it to the number of events that the review saw, as a constant.", [record.address])
}

deny contains msg if {
	is_number(settings.largest_max_events)
	some record in plan.rising
	plan.after(record).max_events > settings.largest_max_events
	msg := sprintf(
		"%s: max_events is %d, and may be %d at most. Lower it to what the review saw, or raise largest_max_events.",
		[record.address, plan.after(record).max_events, settings.largest_max_events],
	)
}

deny contains msg if {
	count(settings.policy_digests) > 0
	some record in plan.rising
	digest := object.get(plan.after(record), "erasure_policy_digest", null)
	not digest in settings.policy_digests
	msg := sprintf(
		"%s: erasure_policy_digest is %v, which is not pinned. Plan on a runner whose COVEO_ERASURE_POLICY_FILE has one of %s, or pin the new file's digest after a review.",
		[record.address, json.marshal(digest), concat(", ", settings.policy_digests)],
	)
}

warn contains msg if {
	count(settings.policy_digests) == 0
	some record in plan.rising
	msg := sprintf(
		"%s: no policy_digests are pinned, so the plan may have been made without the runner's policy file. Its erasure_policy_digest is %v.",
		[record.address, json.marshal(object.get(plan.after(record), "erasure_policy_digest", null))],
	)
}
