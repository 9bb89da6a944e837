# Copyright (c) coveo-privacy contributors
# SPDX-License-Identifier: MPL-2.0

# No identifier and no secret in the clear: a plan carries constants and ordinary variables, and so does whatever keeps it.
package coveo.identifiers

import data.coveo.plan

settings := plan.settings

secrets := {"subjects", "digest_keys", "access_token", "receipt_signing_key"}

remedy := {
	"subjects": "Name the vault by subjects_file or COVEO_SUBJECTS_FILE, or feed subjects from an ephemeral variable without a default",
	"digest_keys": "Use COVEO_DIGEST_KEYS, or an ephemeral variable without a default",
	"access_token": "Use COVEO_ACCESS_TOKEN, or an ephemeral variable without a default",
	"receipt_signing_key": "Use COVEO_RECEIPT_SIGNING_KEY, or an ephemeral variable without a default",
}

# The provider blocks, in child modules too.
blocks[key] := block if {
	some key, block in input.configuration.provider_config
	regex.match(`(^|/)coveo$`, object.get(block, "full_name", block.name))
}

# Modules by address, with the call that makes each.
modules[""] := {"module": input.configuration.root_module, "call": {}, "parent": ""}

modules[address] := {"module": module, "call": call, "parent": parent} if {
	walk(input.configuration.root_module, [path, call])
	n := count(path)
	n > 0
	n % 3 == 2
	every i in numbers.range(0, n - 1) { step_fits(i, path[i]) }
	module := object.get(call, "module", {})
	names := [path[i] | some i in numbers.range(0, n - 1); i % 3 == 1]
	address := address_of(names)
	parent := address_of(array.slice(names, 0, count(names) - 1))
}

# A path to a call is module_calls, its name, and, where more follows, module.
step_fits(i, step) if {
	i % 3 == 0
	step == "module_calls"
}

step_fits(i, _) if i % 3 == 1

step_fits(i, step) if {
	i % 3 == 2
	step == "module"
}

address_of(names) := concat(".", [sprintf("module.%s", [name]) | some name in names])

# What a secret argument of a block is made of. Those of nested objects cannot be told apart once one is an expression.
sources[[key, argument]] := block.expressions[argument] if {
	some key, block in blocks
	some argument in secrets
	block.expressions[argument]
}

sources[[key, "receipt_signing_key"]] := {"constant_value": block.expressions.erasure.constant_value.receipt_signing_key} if {
	some key, block in blocks
}

deny contains msg if {
	some [key, argument], expression in sources
	filled(object.get(expression, "constant_value", null))
	msg := sprintf("provider %s: %s is written in the configuration, so every plan carries it. %s.", [key, argument, remedy[argument]])
}

# References, from wherever they begin through modules and outputs to what they end in. A node is a module and a reference.
starts[[key, argument]] := {[object.get(blocks[key], "module_address", ""), reference] |
	some reference in precise(object.get(expression, "references", []))
} if {
	some [key, argument], expression in sources
}

# Terraform lists module.a.b as itself and as module.a; only the longer says anything.
precise(references) := {reference |
	some reference in references
	not prefix_of_another(reference, references)
}

prefix_of_another(reference, references) if {
	some other in references
	startswith(other, concat("", [reference, "."]))
}

variable_name(reference) := name if {
	[[_, name]] := regex.find_all_string_submatch_n(`^var\.([^.\[]+)`, reference, 1)
}

output_name(reference) := [call, name] if {
	[[_, call, name]] := regex.find_all_string_submatch_n(`^module\.([^.\[]+)(?:\[[^\]]*\])?\.([^.\[]+)`, reference, 1)
}

child(module, call) := trim_prefix(sprintf("%s.module.%s", [module, call]), ".")

# What a variable of a module is set to by its call, and an output by its module: where that was written, and what.
definition(module, reference) := [modules[module].parent, modules[module].call.expressions[variable_name(reference)]] if module != ""

definition(module, reference) := [inner, modules[inner].module.outputs[name].expression] if {
	[call, name] := output_name(reference)
	inner := child(module, call)
}

# Every reference that may be met on the way.
nodes contains [module, reference] if {
	some key, block in blocks
	module := object.get(block, "module_address", "")
	some _, expression in block.expressions
	some reference in precise(object.get(expression, "references", []))
}

nodes contains [modules[module].parent, reference] if {
	some module, of in modules
	some _, expression in object.get(of.call, "expressions", {})
	some reference in precise(object.get(expression, "references", []))
}

nodes contains [module, reference] if {
	some module, of in modules
	some _, output in object.get(of.module, "outputs", {})
	some reference in precise(object.get(object.get(output, "expression", {}), "references", []))
}

edges[node] := {[scope, next] | some next in precise(object.get(expression, "references", []))} if {
	some node in nodes
	[scope, expression] := definition(node[0], node[1])
}

edges[node] := set() if {
	some node in nodes
	not definition(node[0], node[1])
}

feeding[where] := graph.reachable(edges, found) if some where, found in starts

deny contains msg if {
	some [key, argument], found in feeding
	some node in found
	text := in_clear(node[0], node[1], argument)
	msg := sprintf("provider %s: %s comes from %s. %s.", [key, argument, text, remedy[argument]])
}

# Ephemeral variables have no value in a plan. All others have, and so has an ephemeral one's default.
in_clear(module, reference, _) := sprintf("var.%s, whose value stands in the plan", [name]) if {
	module == ""
	name := variable_name(reference)
	filled(input.variables[name].value)
}

in_clear(module, reference, _) := sprintf("a constant given to %s, which stands in the plan", [located(module, reference)]) if {
	[_, expression] := definition(module, reference)
	filled(object.get(expression, "constant_value", null))
}

in_clear(module, reference, _) := sprintf("the default of %s, which stands in the plan", [located(module, reference)]) if {
	module != ""
	not definition(module, reference)
	filled(modules[module].module.variables[variable_name(reference)].default)
}

# What resources and data sources know stands in state. A key that this configuration made is there already.
in_clear(module, reference, argument) := sprintf("%s, which stands in state", [located(module, reference)]) if {
	regex.match(`^(data\.|[a-z0-9]+_)`, reference)
	not made_here(reference, argument)
}

made_here(reference, "access_token") if startswith(reference, "coveo_api_key.")

# What a plan does not tell: the values of locals, and what functions make of texts.
opaque contains msg if {
	some [key, argument], expression in sources
	unexplained(expression)
	msg := sprintf("provider %s: %s is computed in place, and a plan does not tell from what. %s.", [key, argument, remedy[argument]])
}

opaque contains msg if {
	some [key, argument], found in feeding
	some node in found
	unclear(node[0], node[1])
	msg := sprintf("provider %s: %s comes from %s, and a plan does not tell what that is. %s.", [key, argument, located(node[0], node[1]), remedy[argument]])
}

unclear(_, reference) if regex.match(`^(local|each|count|self)\.`, reference)

unclear(module, reference) if {
	[_, expression] := definition(module, reference)
	unexplained(expression)
}

unclear(module, reference) if {
	startswith(reference, "module.")
	not definition(module, reference)
}

unexplained(expression) if {
	not "constant_value" in object.keys(expression)
	count(object.get(expression, "references", [])) == 0
}

deny contains msg if {
	settings.untraceable_values == "deny"
	some msg in opaque
}

warn contains msg if {
	settings.untraceable_values == "warn"
	some msg in opaque
}

# Once the block erasure holds an expression, its arguments cannot be told apart, so that what looks like a key counts as one.
deny contains msg if {
	some key, block in blocks
	module := object.get(block, "module_address", "")
	from := {[module, reference] | some reference in precise(object.get(object.get(block.expressions, "erasure", {}), "references", []))}
	some node in graph.reachable(edges, from)
	node[0] == ""
	name := variable_name(node[1])
	looks_secret(name)
	msg := sprintf("provider %s: erasure uses the secret var.%s, whose value stands in the plan. %s.", [key, name, remedy.receipt_signing_key])
}

looks_secret(name) if {
	input.configuration.root_module.variables[name].sensitive
	filled(input.variables[name].value)
}

looks_secret(name) if {
	value := input.variables[name].value
	is_string(value)
	contains(value, "PRIVATE KEY-----")
}

# People named in the open.
deny contains msg if {
	some change in input.resource_changes
	change.type in {"coveo_user_data_deletion", "coveo_user_overview"}
	some values in [change.change.after, change.change.before]
	filled(object.get(values, "user_ids", null))
	msg := named_in_the_open(change.address)
}

deny contains msg if {
	some change in input.resource_changes
	change.type in {"coveo_user_data_deletion", "coveo_user_overview"}
	change.change.after_unknown.user_ids
	filled(change.change.after_unknown.user_ids)
	not user_ids_known(change)
	msg := named_in_the_open(change.address)
}

user_ids_known(change) if change.change.after.user_ids != null

deny contains msg if {
	some part in ["prior_state", "planned_values"]
	values := {"prior_state": object.get(input, ["prior_state", "values"], {}), "planned_values": object.get(input, "planned_values", {})}[part]
	walk(values, [_, resource])
	resource.type in {"coveo_user_data_deletion", "coveo_user_overview"}
	filled(resource.values.user_ids)
	msg := named_in_the_open(resource.address)
}

# A data source whose reading waits for the apply stands in the configuration only.
deny contains msg if {
	some module, of in modules
	some resource in of.module.resources
	resource.type in {"coveo_user_data_deletion", "coveo_user_overview"}
	filled(resource.expressions.user_ids.constant_value)
	msg := named_in_the_open(trim_prefix(sprintf("%s.%s", [module, resource.address]), "."))
}

named_in_the_open(address) := msg if {
	not plan.listed(address, settings.allow_user_ids)
	msg := sprintf("%s: user_ids names people in the open. Put them into the vault and name the case by subject, or list a synthetic identity's address in allow_user_ids.", [address])
}

located("", reference) := reference

located(module, reference) := sprintf("%s in %s", [reference, module]) if module != ""

filled(value) if not value in [null, "", [], {}, false]
