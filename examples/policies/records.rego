# Copyright (c) coveo-privacy contributors
# SPDX-License-Identifier: MPL-2.0

# Records that a plan loses, and people whom it would erase again because a record is lost.
package coveo.records

import data.coveo.plan

settings := plan.settings

deny contains msg if {
	some record in plan.records
	plan.replaced(record)
	msg := sprintf(
		"%s: the record is replaced, so its evidence is lost and everyone in it is erased again. Run untaint, plan without -replace and with refresh, and change triggers to ask again.",
		[record.address],
	)
}

deny contains msg if {
	some record in plan.records
	"forget" in record.change.actions
	not plan.listed(record.address, settings.allow_loss)
	msg := sprintf(
		"%s: the record is forgotten without asking the provider, so retain_until does not hold it and its case could be erased again. Take the removed block back, or list the address in allow_loss once its receipts are archived.",
		[record.address],
	)
}

lost contains msg if {
	some record in plan.records
	record.change.actions == ["delete"]
	not plan.listed(record.address, settings.allow_loss)
	msg := sprintf(
		"%s: the record is deleted, and its evidence with it. Keep the resource, or list the address in allow_loss once its receipts are archived.",
		[record.address],
	)
}

deny contains msg if {
	settings.record_deletes == "deny"
	some msg in lost
}

warn contains msg if {
	settings.record_deletes == "warn"
	some msg in lost
}

# The records that a created one is compared with: those in state, whatever becomes of them, and those of this plan.
former contains {"address": record.address, "digests": plan.digests(record.change.before), "subject": object.get(record.change.before, "subject", null), "fate": fate(record)} if {
	some record in plan.records
	is_object(record.change.before)
}

former contains {"address": resource.address, "digests": plan.digests(resource.values), "subject": object.get(resource.values, "subject", null), "fate": "in state"} if {
	walk(object.get(input, ["prior_state", "values"], {}), [_, resource])
	resource.type == "coveo_user_data_deletion"
	resource.mode == "managed"
	not resource.address in changed
}

changed contains record.address if {
	some record in plan.records
	is_object(record.change.before)
}

fate(record) := "forgotten by this plan" if {
	"forget" in record.change.actions
} else := "deleted by this plan" if {
	"delete" in record.change.actions
} else := "in state"

created contains record if {
	some record in plan.records
	"create" in record.change.actions
}

repeated contains msg if {
	some record in created
	some other in former
	shared := plan.digests(plan.after(record)) & other.digests
	count(shared) > 0
	not plan.listed(record.address, settings.allow_repeats)
	msg := sprintf(
		"%s: it names %d identifiers that %s (%s) was about already, such as %s. Change triggers of that record to ask again, or list the new address in allow_repeats after a review.",
		[record.address, count(shared), other.address, other.fate, min(shared)],
	)
}

repeated contains msg if {
	some record in created
	some other in created
	record.address < other.address
	shared := plan.digests(plan.after(record)) & plan.digests(plan.after(other))
	count(shared) > 0
	not plan.listed(record.address, settings.allow_repeats)
	msg := sprintf(
		"%s: it names %d identifiers that %s is about too, such as %s. Make one case of the two, or list the address in allow_repeats after a review.",
		[record.address, count(shared), other.address, min(shared)],
	)
}

# Under another digest key the same person has other digests, but a case is still the same case.
repeated contains msg if {
	some record in created
	some other in former
	subject := plan.after(record).subject
	is_string(subject)
	other.subject == subject
	other.address != record.address
	count(plan.digests(plan.after(record)) & other.digests) == 0
	not plan.listed(record.address, settings.allow_repeats)
	msg := sprintf(
		"%s: %s (%s) is about the same case, %s. Use a moved block where the record was renamed, or change its triggers to ask again.",
		[record.address, other.address, other.fate, subject],
	)
}

deny contains msg if {
	settings.repeated_digests == "deny"
	some msg in repeated
}

warn contains msg if {
	settings.repeated_digests == "warn"
	some msg in repeated
}

# Digests that are unknown for a record to be created cannot be compared with anything.
deny contains msg if {
	some record in created
	not is_array(object.get(plan.after(record), "identifier_digests", null))
	msg := sprintf("%s: identifier_digests is not known, so nobody can tell who is erased. Let the vault, the digest keys and the token be known when the plan is made.", [record.address])
}
