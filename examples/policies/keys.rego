# Copyright (c) coveo-privacy contributors
# SPDX-License-Identifier: MPL-2.0

# API keys that may erase people.
package coveo.keys

import data.coveo.plan

settings := plan.settings

keys contains change if {
	some change in input.resource_changes
	change.mode == "managed"
	change.type == "coveo_api_key"
	is_object(change.change.after)
}

# Everything that a key is asked to have, or is known to have.
privileges(key) := {normal(privilege) |
	some attribute in ["privileges", "effective_privileges"]
	listed := object.get(key.change.after, attribute, null)
	is_array(listed)
	some privilege in listed
}

normal(privilege) := [upper(trim_space(object.get(privilege, "owner", ""))), upper(trim_space(object.get(privilege, "target_domain", "")))]

duties(key) := {duty |
	listed := object.get(key.change.after, "duties", null)
	is_array(listed)
	some duty in listed
}

may_erase(key) if "erasure" in duties(key)

may_erase(key) if ["USAGE_ANALYTICS", "DELETE_USER_ANALYTICS_DATA"] in privileges(key)

may_export(key) if "export" in duties(key)

may_export(key) if ["USAGE_ANALYTICS", "EXPORTS"] in privileges(key)

unknown(key, attribute) if holds_true(object.get(object.get(key.change, "after_unknown", {}), attribute, false))

# Collections have false for each of their known parts.
holds_true(value) if {
	walk(value, [_, part])
	part == true
}

excused(key) if plan.listed(key.address, settings.allow_unrestricted_erasure)

deny contains msg if {
	some key in keys
	some attribute in ["duties", "privileges", "template_id"]
	unknown(key, attribute)
	msg := sprintf("%s: %s is unknown, so nobody can tell whether the key may erase people. Give it values that are known when the plan is made.", [key.address, attribute])
}

deny contains msg if {
	some key in keys
	may_erase(key)
	may_export(key)
	msg := sprintf("%s: the key may both erase and export. Make two keys, one with the duties overview and erasure, and one with export.", [key.address])
}

deny contains msg if {
	some key in keys
	key.change.after.unrestricted_erasure == true
	not excused(key)
	msg := sprintf("%s: unrestricted_erasure is true. Remove it and set allowed_ips and lifetime, or list the address in allow_unrestricted_erasure after a review.", [key.address])
}

deny contains msg if {
	some key in keys
	unknown(key, "unrestricted_erasure")
	not excused(key)
	msg := sprintf("%s: unrestricted_erasure is unknown. Leave it out, or write it as a constant.", [key.address])
}

deny contains msg if {
	some key in keys
	may_erase(key)
	not excused(key)
	unlimited(key)
	msg := sprintf("%s: the key may erase people, and be used from anywhere. Set allowed_ips to the addresses that the erasures are run from.", [key.address])
}

# What a template gives is known once the key is there. Until then its key may be one that erases.
template_untold(key) if {
	is_string(object.get(key.change.after, "template_id", null))
	not is_array(object.get(key.change.after, "effective_privileges", null))
}

limited(key) if {
	not unlimited(key)
	is_string(object.get(key.change.after, "lifetime", null))
}

deny contains msg if {
	some key in keys
	template_untold(key)
	not excused(key)
	not limited(key)
	msg := sprintf("%s: what its template gives is not in the plan, so nobody can tell whether the key may erase people. Set allowed_ips and lifetime, or list the address in allow_unrestricted_erasure after a look at the template.", [key.address])
}

unlimited(key) if not is_array(object.get(key.change.after, "allowed_ips", null))

unlimited(key) if count(key.change.after.allowed_ips) == 0

unlimited(key) if unknown(key, "allowed_ips")

deny contains msg if {
	some key in keys
	may_erase(key)
	not excused(key)
	some range in key.change.after.allowed_ips
	wide(range)
	msg := sprintf("%s: the key may erase people, and allowed_ips holds %s, which is too wide to limit anything. Name the addresses that the erasures are run from.", [key.address, range])
}

wide(range) if {
	[address, bits] := split(range, "/")
	contains(address, ":")
	to_number(bits) < settings.shortest_ipv6_prefix
}

wide(range) if {
	[address, bits] := split(range, "/")
	not contains(address, ":")
	to_number(bits) < settings.shortest_ipv4_prefix
}

deny contains msg if {
	some key in keys
	may_erase(key)
	not excused(key)
	not is_string(object.get(key.change.after, "lifetime", null))
	msg := sprintf("%s: the key may erase people, and has no end that is known. Set lifetime to how long it is needed, such as P90D.", [key.address])
}
