# Copyright (c) coveo-privacy contributors
# SPDX-License-Identifier: MPL-2.0

# All policies in one answer. A pipeline asks for allow with `opa eval --fail`, so that a misspelled question, a policy that was
# not loaded and a refusal all end in red.
package coveo.gate

import data.coveo.erasure
import data.coveo.identifiers
import data.coveo.keys
import data.coveo.plan
import data.coveo.records

deny := (((plan.deny | erasure.deny) | identifiers.deny) | records.deny) | keys.deny

warn := ((plan.warn | erasure.warn) | identifiers.warn) | records.warn

allow if count(deny) == 0
