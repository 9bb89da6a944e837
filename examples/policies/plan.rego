# Copyright (c) coveo-privacy contributors
# SPDX-License-Identifier: MPL-2.0

# What the policies share: the settings, what stands in a plan, and refusals of input that no policy could judge.
package coveo.plan

# The defaults hold where no file says otherwise, so that a forgotten settings file loosens nothing.
defaults := {
	"max_cases": 10,
	"required_approvals": 1,
	"hold_statuses": ["clear"],
	"require_max_events": true,
	"largest_max_events": null,
	"policy_digests": [],
	"partial_plans": "warn",
	"untraceable_values": "deny",
	"allow_user_ids": [],
	"record_deletes": "deny",
	"allow_loss": [],
	"repeated_digests": "deny",
	"allow_repeats": [],
	"allow_unrestricted_erasure": [],
	"shortest_ipv4_prefix": 8,
	"shortest_ipv6_prefix": 32,
}

# data.coveo.settings is settings.json; data.coveo.overrides is for a further file, such as one that pins today's policy digest.
settings := object.union(object.union(defaults, loaded), overriding)

default loaded := {}

loaded := data.coveo.settings

default overriding := {}

overriding := data.coveo.overrides

# Without settings no rule that asks for one would object.
deny contains "settings: they cannot be read. data.coveo.settings and data.coveo.overrides must be objects." if not settings_readable

settings_readable if {
	is_object(loaded)
	is_object(overriding)
	is_object(settings)
}

# A setting whose name or kind is wrong would limit nothing.
deny contains msg if {
	some name, _ in settings
	not name in object.keys(defaults)
	msg := sprintf("settings: there is no setting %q. Remove it, or correct its name: %s.", [name, concat(", ", sort(object.keys(defaults)))])
}

deny contains msg if {
	some name, value in settings
	wanted := kinds[name]
	not fits(value, wanted)
	msg := sprintf("settings: %s cannot be %v. It takes %s.", [name, json.marshal(value), concat(" or ", wanted)])
}

kinds[name] := {"deny", "warn"} if some name in {"partial_plans", "untraceable_values", "record_deletes", "repeated_digests"}

kinds[name] := {"a whole number"} if some name in {"max_cases", "required_approvals", "shortest_ipv4_prefix", "shortest_ipv6_prefix"}

kinds["largest_max_events"] := {"a whole number", "null"}

kinds["require_max_events"] := {"true or false"}

kinds[name] := {"a list of texts"} if {
	some name in {"hold_statuses", "policy_digests", "allow_user_ids", "allow_loss", "allow_repeats", "allow_unrestricted_erasure"}
}

fits(value, wanted) if kind_of(value) in wanted

kind_of(value) := "null" if is_null(value)

kind_of(value) := "true or false" if is_boolean(value)

kind_of(value) := "a whole number" if {
	is_number(value)
	value >= 0
	floor(value) == value
}

kind_of(value) := "a list of texts" if {
	is_array(value)
	every element in value { is_string(element) }
}

kind_of(value) := value if is_string(value)

# Input that is no plan has nothing to object to, and must not pass for one.
deny contains "plan: this is not the output of `terraform show -json <plan file>` in format 1. Feed the saved plan, not state and not `plan -json`." if {
	not readable
}

readable if {
	startswith(input.format_version, "1.")
	is_object(input.planned_values)
	is_object(input.configuration)
}

deny contains "plan: it was made with errors, so it is not what anybody reviewed as a whole. Correct what the plan reports, and plan again." if {
	errored
}

errored if {
	readable
	object.get(input, "errored", true) != false
}

errored if {
	input.complete == false
	input.applyable == false
}

partial := "plan: it does not cover the whole configuration (-target, or changes that were deferred), so that records may be missing from it. Plan without -target." if {
	input.complete == false
	not errored
}

partial := "plan: it defers changes, which no policy has seen. Apply it, and judge the next plan; or plan without deferral." if {
	object.get(input, "complete", true)
	count(object.get(input, "deferred_changes", [])) > 0
}

deny contains partial if settings.partial_plans == "deny"

warn contains partial if settings.partial_plans == "warn"

deny contains msg if {
	some deferred in input.deferred_changes
	change := deferred.resource_change
	change.type == "coveo_user_data_deletion"
	msg := sprintf("%s: its change is deferred, so that it is unknown whether anything will be erased. Let everything it depends on be known when the plan is made.", [change.address])
}

# The changes of erasure records: one for each instance, those that stay as they are included.
records contains change if {
	some change in input.resource_changes
	change.mode == "managed"
	change.type == "coveo_user_data_deletion"
}

# The records in which runs rises: applying sends deletions for these, and for no others.
rising contains record if {
	some record in records
	not unknown_runs(record)
	object.get(after(record), "runs", 0) > runs_before(record)
}

undecided contains record if {
	some record in records
	unknown_runs(record)
}

unknown_runs(record) if record.change.after_unknown.runs

unknown_runs(record) if record.change.after_unknown == true

# A record that will exist says how often it ran. One that does not is no record of this provider's.
unknown_runs(record) if {
	is_object(record.change.after)
	not is_number(object.get(record.change.after, "runs", null))
}

# What replaces a record starts from nothing, whatever the former one had done.
runs_before(record) := record.change.before.runs if {
	not replaced(record)
	is_number(record.change.before.runs)
} else := 0

replaced(change) if {
	"delete" in change.change.actions
	"create" in change.change.actions
}

after(change) := change.change.after if is_object(change.change.after)

else := {}

before(change) := change.change.before if is_object(change.change.before)

else := {}

digests(values) := {digest | some digest in object.get(values, "identifier_digests", [])}

# An address is listed as itself, or with all instances of its resource or module: "module.quarter.*".
listed(address, list) if address in list

listed(address, list) if {
	some entry in list
	endswith(entry, "*")
	startswith(address, trim_suffix(entry, "*"))
}
