# Copyright (c) coveo-privacy contributors
# SPDX-License-Identifier: MPL-2.0

package coveo.policies_test

import data.coveo.gate
import data.coveo.plan

# A plan with these changes and provider blocks, in the shape of `terraform show -json`.
made(changes, blocks) := {
	"format_version": "1.2",
	"errored": false,
	"complete": true,
	"applyable": true,
	"planned_values": {"root_module": {}},
	"variables": {},
	"configuration": {"provider_config": blocks, "root_module": {}},
	"resource_changes": changes,
}

values := {
	"subject": "DSR-1", "user_ids": null, "max_events": 100, "hold_status": "clear", "runs": 1,
	"required_approvals": 1, "approved_by": ["dana SHA256:abc"], "identifier_digests": ["2026:aa"], "erasure_policy_digest": "sha256:01",
}

record(address, actions, before, after) := {
	"address": address, "mode": "managed", "type": "coveo_user_data_deletion",
	"change": {"actions": actions, "before": before, "after": after, "after_unknown": {}},
}

create(edit) := record("coveo_user_data_deletion.case", ["create"], null, object.union(values, edit))

erasing(edit) := made([create(edit)], {})

key(after) := made([key_change(after, {})], {})

key_change(after, unknown) := {
	"address": "coveo_api_key.k", "mode": "managed", "type": "coveo_api_key",
	"change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown},
}

block(expressions) := {"coveo": {"name": "coveo", "full_name": "registry.terraform.io/coveo-privacy/coveo", "expressions": expressions}}

denied(plan, overrides, text) if {
	messages := gate.deny with input as plan with data.coveo.overrides as overrides
	some message in messages
	contains(message, text)
	not gate.allow with input as plan with data.coveo.overrides as overrides
}

allowed(plan, overrides) if {
	gate.allow with input as plan with data.coveo.overrides as overrides
}

warned(plan, overrides, text) if {
	messages := gate.warn with input as plan with data.coveo.overrides as overrides
	some message in messages
	contains(message, text)
}

# Settings.

test_settings_file_holds_the_defaults if data.coveo.settings == plan.defaults

test_unknown_setting if denied(erasing({}), {"max_case": 1}, "there is no setting \"max_case\"")

test_setting_of_another_kind if {
	denied(erasing({}), {"max_cases": "ten"}, "max_cases cannot be \"ten\"")
	denied(erasing({}), {"max_cases": 1.5}, "a whole number")
	denied(erasing({}), {"partial_plans": "refuse"}, "deny or warn")
	denied(erasing({}), {"allow_loss": "x"}, "a list of texts")
	denied(erasing({}), {"require_max_events": null}, "true or false")
	denied(erasing({}), {"largest_max_events": "many"}, "a whole number or null")
	allowed(erasing({}), {"largest_max_events": null})
}

test_settings_that_are_no_object if denied(erasing({}), [], "settings: they cannot be read")

test_no_settings_file_means_defaults if {
	messages := gate.deny with input as erasing({"approved_by": []}) with data.coveo.settings as {}
	count(messages) == 1
}

test_settings_file_counts_and_overrides_win if {
	messages := gate.deny with input as erasing({}) with data.coveo.settings as {"max_cases": 0}
	count(messages) == 1
	gate.allow with input as erasing({}) with data.coveo.settings as {"max_cases": 0} with data.coveo.overrides as {"max_cases": 1}
}

# The plan as a whole.

test_clean_erasure if allowed(erasing({}), {})

test_no_plan if {
	denied({}, {}, "not the output of")
	denied({"format_version": "1.0", "values": {}}, {}, "not the output of")
	denied(object.union(erasing({}), {"format_version": "2.0"}), {}, "not the output of")
}

test_errored if {
	denied(object.union(erasing({}), {"errored": true}), {}, "made with errors")
	denied(object.remove(erasing({}), ["errored"]), {}, "made with errors")
	denied(object.union(erasing({}), {"complete": false, "applyable": false}), {}, "made with errors")
}

test_nothing_to_apply if allowed(object.union(made([], {}), {"applyable": false}), {})

test_opentofu_says_less if allowed(object.remove(erasing({}), ["complete", "applyable"]), {})

test_partial if {
	warned(object.union(erasing({}), {"complete": false}), {}, "-target")
	allowed(object.union(erasing({}), {"complete": false}), {})
	denied(object.union(erasing({}), {"complete": false}), {"partial_plans": "deny"}, "-target")
}

test_deferred if {
	deferred := object.union(made([], {}), {"deferred_changes": [{"reason": "x", "resource_change": create({})}]})
	denied(deferred, {}, "its change is deferred")
	warned(deferred, {}, "defers changes")
}

# How much is erased.

cases(n) := made(
	[record(sprintf("coveo_user_data_deletion.case[%d]", [i]), ["create"], null, object.union(values, {
		"subject": sprintf("DSR-%d", [i]),
		"identifier_digests": [sprintf("2026:%d", [i])],
	})) |
		some i in numbers.range(1, n)
	],
	{},
)

test_too_many if {
	denied(cases(11), {}, "the plan erases 11 cases, and one plan may erase 10")
	denied(cases(2), {"max_cases": 1}, "coveo_user_data_deletion.case[1], coveo_user_data_deletion.case[2]: ")
	allowed(cases(10), {})
}

update(before, after) := made([record("coveo_user_data_deletion.case", ["update"], object.union(values, before), object.union(values, after))], {})

test_what_counts_as_rising if {
	denied(update({"runs": 1}, {"runs": 2}), {"max_cases": 0}, "erases 1 cases")
	denied(erasing({}), {"max_cases": 0}, "erases 1 cases")
	allowed(update({"runs": 1}, {"runs": 1, "max_events": null}), {"max_cases": 0})
	allowed(erasing({"runs": 0, "approved_by": [], "hold_status": "held"}), {"max_cases": 0})
	replaced := made([record("coveo_user_data_deletion.case", ["delete", "create"], object.union(values, {"runs": 5}), values)], {})
	denied(replaced, {"max_cases": 0}, "erases 1 cases")
}

test_unknown_runs if {
	unknown := object.union(object.remove(values, ["runs"]), {})
	change := json.patch(record("coveo_user_data_deletion.case", ["update"], values, unknown), [{"op": "add", "path": "/change/after_unknown/runs", "value": true}])
	denied(made([change], {}), {}, "coveo_user_data_deletion.case: runs is unknown")
	denied(made([record("coveo_user_data_deletion.case", ["update"], values, unknown)], {}), {}, "runs is unknown")
}

# Whatever a value is said to be, unknown is unknown.
test_unknown_runs_beside_a_value if {
	change := json.patch(create({}), [{"op": "add", "path": "/change/after_unknown/runs", "value": true}])
	denied(made([change], {}), {}, "runs is unknown")
	all := object.union(create({}), {"change": {"after": null, "after_unknown": true}})
	denied(made([all], {}), {}, "runs is unknown")
}

# Approval.

test_approvals if {
	denied(erasing({"approved_by": []}), {}, "approved by 0, and 1 are required")
	denied(erasing({"approved_by": ["a"], "required_approvals": 2}), {}, "approved by 1, and 2 are required")
	denied(erasing({"approved_by": ["a"]}), {"required_approvals": 2}, "approved by 1, and 2 are required")
	denied(erasing({"approved_by": null}), {"required_approvals": 0}, "approved_by is not known")
	denied(erasing({"required_approvals": null}), {}, "required_approvals is not known")
	allowed(erasing({"approved_by": [], "required_approvals": 0}), {"required_approvals": 0})
}

test_holds if {
	denied(erasing({"hold_status": "unchecked"}), {}, "hold_status is \"unchecked\"")
	denied(erasing({"hold_status": "held"}), {}, "hold_status is \"held\"")
	allowed(erasing({"hold_status": "unchecked"}), {"hold_statuses": ["clear", "unchecked"]})
}

# An attribute that a later provider drops or renames must not open a gate.
test_attributes_that_are_missing if {
	every text in ["are required", "required_approvals is not known", "approved_by is not known", "hold_status is null", "max_events is not set", "erasure_policy_digest is null", "identifier_digests is not known"] {
		denied(made([record("coveo_user_data_deletion.case", ["create"], null, {"runs": 1})], {}), {"policy_digests": ["x"]}, text)
	}
}

test_ceiling if {
	denied(erasing({"max_events": null}), {}, "max_events is not set")
	allowed(erasing({"max_events": null}), {"require_max_events": false})
	denied(erasing({}), {"largest_max_events": 99}, "may be 99 at most")
	allowed(erasing({}), {"largest_max_events": 100})
}

test_policy_digest if {
	warned(erasing({}), {}, "no policy_digests are pinned")
	denied(erasing({}), {"policy_digests": ["sha256:02"]}, "which is not pinned")
	denied(erasing({"erasure_policy_digest": null}), {"policy_digests": ["sha256:02"]}, "is null")
	allowed(erasing({}), {"policy_digests": ["sha256:02", "sha256:01"]})
}

# Nothing in the clear.

test_constants if {
	denied(made([], block({"subjects": {"constant_value": {"DSR-1": ["a"]}}})), {}, "provider coveo: subjects is written")
	denied(made([], block({"access_token": {"constant_value": "x"}})), {}, "access_token is written")
	denied(made([], block({"digest_keys": {"constant_value": {"a": "b"}}})), {}, "digest_keys is written")
	denied(made([], block({"erasure": {"constant_value": {"receipt_signing_key": "x"}}})), {}, "receipt_signing_key is written")
	allowed(made([], block({"erasure": {"constant_value": {"max_per_run": 3}}, "subjects": {"constant_value": null}})), {})
	allowed(made([], {"x": {"name": "x", "full_name": "registry.terraform.io/a/x", "expressions": {"access_token": {"constant_value": "x"}}}}), {})
}

fed(references, variables) := object.union(made([], block({"subjects": {"references": references}})), {"variables": variables})

test_variables if {
	denied(fed(["var.v"], {"v": {"value": {"DSR-1": ["a"]}}}), {}, "subjects comes from var.v, whose value stands in the plan")
	denied(fed([`var.v["x"]`, "var.v"], {"v": {"value": "x"}}), {}, "var.v")
	allowed(fed(["var.v"], {}), {})
	allowed(fed(["var.v"], {"v": {"value": null}, "w": {"value": "x"}}), {})
	allowed(fed(["ephemeral.vault.v.value", "ephemeral.vault.v"], {}), {})
	allowed(fed(["path.module"], {}), {})
}

test_state if {
	denied(fed(["data.vault.v.value", "data.vault.v"], {}), {}, "which stands in state")
	denied(fed(["random_password.p.result", "random_password.p"], {}), {}, "which stands in state")
	allowed(made([], block({"access_token": {"references": ["coveo_api_key.k.value", "coveo_api_key.k"]}})), {})
	denied(made([], block({"access_token": {"references": ["data.x.k.value"]}})), {}, "stands in state")
}

test_untraceable if {
	denied(fed(["local.v"], {}), {}, "subjects comes from local.v")
	warned(fed(["local.v"], {}), {"untraceable_values": "warn"}, "local.v")
	allowed(fed(["local.v"], {}), {"untraceable_values": "warn"})
	denied(fed([], {}), {}, "computed in place")
	denied(fed(["each.value"], {}), {}, "each.value")
	denied(fed(["module.gone.vault", "module.gone"], {}), {}, "module.gone.vault")
}

nested(call, inner, outputs) := json.patch(
	object.union(
		made([], {"module.a.module.b:coveo": {
			"name": "coveo", "full_name": "registry.opentofu.org/coveo-privacy/coveo", "module_address": "module.a.module.b",
			"expressions": {"subjects": {"references": ["var.vault"]}},
		}}),
		{"variables": {"v": {"value": {"DSR-1": ["a"]}}}},
	),
	[{"op": "add", "path": "/configuration/root_module/module_calls", "value": {
		"a": {"expressions": {"vault": call}, "module": {
			"module_calls": {"b": {"expressions": inner, "module": {"variables": {"vault": {"default": {"DSR-1": ["a"]}}}}}},
			"variables": {"vault": {}},
		}},
		"c": {"expressions": {}, "module": {"outputs": outputs}},
	}}],
)

passed := {"vault": {"references": ["var.vault"]}}

test_modules if {
	denied(nested({"references": ["var.v"]}, passed, {}), {}, "provider module.a.module.b:coveo: subjects comes from var.v, whose value")
	denied(nested({"constant_value": {"DSR-1": ["a"]}}, passed, {}), {}, "a constant given to var.vault in module.a, ")
	denied(nested({}, passed, {}), {}, "comes from var.vault in module.a, and a plan does not tell")
	denied(nested({"references": ["var.e"]}, {}, {}), {}, "the default of var.vault in module.a.module.b")
	allowed(nested({"references": ["var.e"]}, passed, {}), {})
	denied(nested({"references": ["module.c.out", "module.c"]}, passed, {"out": {"expression": {"constant_value": "x"}}}), {}, "a constant given to module.c.out")
	denied(nested({"references": ["module.c.out", "module.c"]}, passed, {"out": {"expression": {"references": ["data.x.y"]}}}), {}, "data.x.y in module.c")
	allowed(nested({"references": ["module.c.out", "module.c"]}, passed, {"out": {"expression": {"references": ["ephemeral.x.y"]}}}), {})
}

with_key(sensitive, value) := json.patch(
	object.union(made([], block({"erasure": {"references": ["var.k"]}})), {"variables": {"k": {"value": value}}}),
	[{"op": "add", "path": "/configuration/root_module/variables", "value": {"k": {"sensitive": sensitive}}}],
)

test_signing_key if {
	denied(with_key(true, "anything"), {}, "erasure uses the secret var.k")
	denied(with_key(false, "-----BEGIN OPENSSH PRIVATE KEY-----"), {}, "erasure uses the secret var.k")
	allowed(with_key(true, null), {})
	allowed(with_key(false, ["2026:aa"]), {})
}

test_user_ids if {
	denied(erasing({"user_ids": ["a"]}), {}, "coveo_user_data_deletion.case: user_ids names people in the open")
	allowed(erasing({"user_ids": ["a"]}), {"allow_user_ids": ["coveo_user_data_deletion.case"]})
	allowed(erasing({"user_ids": ["a"]}), {"allow_user_ids": ["coveo_user_data_deletion.*"]})
	seen := {"address": "data.coveo_user_overview.o", "type": "coveo_user_overview", "mode": "data", "values": {"user_ids": ["a"]}}
	denied(object.union(made([], {}), {"prior_state": {"values": {"root_module": {"child_modules": [{"resources": [seen]}]}}}}), {}, "data.coveo_user_overview.o")
	written := {"address": "data.coveo_user_overview.o", "type": "coveo_user_overview", "expressions": {"user_ids": {"constant_value": ["a"]}}}
	denied(json.patch(made([], {}), [{"op": "add", "path": "/configuration/root_module/resources", "value": [written]}]), {}, "data.coveo_user_overview.o")
}

test_user_ids_unknown if {
	change := json.patch(create({}), [{"op": "add", "path": "/change/after_unknown/user_ids", "value": true}])
	denied(made([change], {}), {}, "user_ids names people")
}

# Records.

old(actions, after) := record("coveo_user_data_deletion.old", actions, object.union(values, {"subject": "DSR-0"}), after)

test_replaced if {
	denied(made([record("coveo_user_data_deletion.case", ["delete", "create"], values, values)], {}), {}, "the record is replaced")
	denied(made([record("coveo_user_data_deletion.case", ["create", "delete"], values, values)], {}), {}, "the record is replaced")
	allowed(made([json.patch(key_change({"duties": ["overview"]}, {}), [{"op": "replace", "path": "/change/actions", "value": ["create", "delete"]}])], {}), {})
}

test_forgotten if {
	denied(made([old(["forget"], null)], {}), {}, "forgotten without asking")
	allowed(made([old(["forget"], null)], {}), {"allow_loss": ["coveo_user_data_deletion.old"]})
}

test_deleted if {
	denied(made([old(["delete"], null)], {}), {}, "the record is deleted")
	warned(made([old(["delete"], null)], {}), {"record_deletes": "warn"}, "the record is deleted")
	allowed(made([old(["delete"], null)], {}), {"record_deletes": "warn"})
	allowed(made([old(["delete"], null)], {}), {"allow_loss": ["coveo_user_data_deletion.old"]})
}

test_repeated if {
	lost := {"allow_loss": ["*"]}
	denied(made([old(["delete"], null), create({})], {}), lost, "old (deleted by this plan) was about already, such as 2026:aa")
	denied(made([old(["forget"], null), create({})], {}), lost, "old (forgotten by this plan)")
	denied(made([old(["no-op"], values), create({})], {}), {}, "old (in state)")
	warned(made([old(["no-op"], values), create({})], {}), {"repeated_digests": "warn"}, "old (in state)")
	allowed(made([old(["no-op"], values), create({})], {}), {"allow_repeats": ["coveo_user_data_deletion.case"]})
	allowed(made([old(["no-op"], values), create({"identifier_digests": ["2026:bb"]})], {}), {})
	denied(made([record("coveo_user_data_deletion.other", ["create"], null, object.union(values, {"subject": "DSR-2"})), create({})], {}), {}, "coveo_user_data_deletion.other is about too")
}

test_repeated_in_state_only if {
	resource := {"address": "coveo_user_data_deletion.old", "type": "coveo_user_data_deletion", "mode": "managed", "values": values}
	denied(object.union(erasing({}), {"prior_state": {"values": {"root_module": {"resources": [resource]}}}}), {}, "coveo_user_data_deletion.old (in state)")
}

test_same_case_under_another_key if {
	denied(made([record("coveo_user_data_deletion.old", ["no-op"], values, values), create({"identifier_digests": ["2027:aa"]})], {}), {}, "is about the same case, DSR-1")
}

test_unknown_digests if denied(erasing({"identifier_digests": null}), {}, "identifier_digests is not known")

# Keys.

eraser := {"duties": ["overview", "erasure"], "privileges": null, "allowed_ips": ["203.0.113.0/24", "2001:db8::/48"], "lifetime": "P90D", "unrestricted_erasure": null}

test_eraser if allowed(key(eraser), {})

test_other_keys if allowed(key({"duties": ["export", "overview"]}), {})

test_eraser_without_limits if {
	denied(key(object.union(eraser, {"allowed_ips": null})), {}, "be used from anywhere")
	denied(key(object.union(eraser, {"allowed_ips": []})), {}, "be used from anywhere")
	denied(key(object.union(eraser, {"lifetime": null})), {}, "no end")
	denied(made([key_change(eraser, {"allowed_ips": true})], {}), {}, "be used from anywhere")
	denied(key(object.union(eraser, {"allowed_ips": ["0.0.0.0/1", "128.0.0.0/1"]})), {}, "0.0.0.0/1, which is too wide")
	denied(key(object.union(eraser, {"allowed_ips": ["2000::/3"]})), {}, "too wide")
	spelled := {"duties": null, "privileges": [{"owner": "usage_analytics", "target_domain": "Delete_User_Analytics_Data "}]}
	denied(key(object.union(eraser, object.union(spelled, {"lifetime": null}))), {}, "no end")
	allowed(key(object.union(eraser, spelled)), {})
}

test_unrestricted if {
	open := object.union(eraser, {"unrestricted_erasure": true, "allowed_ips": null, "lifetime": null})
	denied(key(open), {}, "unrestricted_erasure is true")
	allowed(key(open), {"allow_unrestricted_erasure": ["coveo_api_key.k"]})
	denied(made([key_change(eraser, {"unrestricted_erasure": true})], {}), {}, "unrestricted_erasure is unknown")
}

test_duties_apart if {
	denied(key(object.union(eraser, {"duties": ["erasure", "export"]})), {}, "both erase and export")
	denied(key(object.union(eraser, {"effective_privileges": [{"owner": "USAGE_ANALYTICS", "target_domain": "EXPORTS", "type": "VIEW"}]})), {}, "both erase and export")
}

test_template if {
	templated := {"template_id": "T", "duties": null, "privileges": null, "effective_privileges": null, "allowed_ips": null, "lifetime": null}
	denied(key(templated), {}, "what its template gives is not in the plan")
	denied(key(object.union(templated, {"allowed_ips": ["203.0.113.0/24"]})), {}, "what its template gives is not in the plan")
	denied(key(object.union(templated, {"lifetime": "P90D"})), {}, "what its template gives is not in the plan")
	allowed(key(object.union(templated, {"allowed_ips": ["203.0.113.0/24"], "lifetime": "P90D"})), {})
	allowed(key(templated), {"allow_unrestricted_erasure": ["coveo_api_key.k"]})
	allowed(key(object.union(templated, {"effective_privileges": [{"owner": "SEARCH_API", "target_domain": "EXECUTE_QUERY"}]})), {})
	denied(key(object.union(templated, {"effective_privileges": [{"owner": "USAGE_ANALYTICS", "target_domain": "DELETE_USER_ANALYTICS_DATA"}]})), {}, "no end")
	denied(made([key_change({"duties": null}, {"template_id": true})], {}), {}, "template_id is unknown")
}

test_unknown_duties if {
	denied(made([key_change({"privileges": null}, {"duties": true})], {}), {}, "duties is unknown")
	denied(made([key_change({"duties": null}, {"privileges": [{"target_domain": true}]})], {}), {}, "privileges is unknown")
	allowed(made([key_change(eraser, {"duties": [false, false], "id": true})], {}), {})
}
