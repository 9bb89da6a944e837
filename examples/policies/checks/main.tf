# The policies as Terraform can check them by itself: on values only, so that a check cannot tell in which cases runs rises
# with this plan, what a plan deletes or forgets, or how a provider is configured. Checks warn and never stop a run. The data
# source stands outside of them: inside, plan -detailed-exitcode would report a change for ever.

variable "required_approvals" {
  description = "How many people approve an erasure."
  type        = number
  default     = 1
}

variable "policy_digest" {
  description = "The digest of the runner's policy file, sha256: and 64 hexadecimal digits; null to accept any."
  type        = string
  default     = null
}

locals {
  cases = {
    "DSR-2026-0142" = { max_events = 2000 }
    "DSR-2026-0143" = { max_events = 500 }
  }
  run = { for reference, record in coveo_user_data_deletion.case : reference => record if record.runs > 0 }
}

data "coveo_user_overview" "case" {
  for_each = local.cases
  subject  = each.key
}

resource "coveo_user_data_deletion" "case" {
  for_each                 = local.cases
  subject                  = each.key
  max_events               = each.value.max_events
  acknowledge_irreversible = true
}

resource "coveo_api_key" "eraser" {
  display_name = "DSR eraser"
  duties       = ["overview", "erasure"]
  allowed_ips  = ["203.0.113.0/24"]
  lifetime     = "P90D"
}

check "approved" {
  assert {
    condition     = alltrue([for record in local.run : length(record.approved_by) >= max(var.required_approvals, record.required_approvals)])
    error_message = "Erased without enough approvals: ${join(", ", [for reference, record in local.run : reference if length(record.approved_by) < max(var.required_approvals, record.required_approvals)])}."
  }
}

check "holds_clear" {
  assert {
    condition     = alltrue([for record in local.run : record.hold_status == "clear"])
    error_message = "Erased without a look at legal holds: ${join(", ", [for reference, record in local.run : reference if record.hold_status != "clear"])}."
  }
}

check "ceilings" {
  assert {
    condition     = alltrue([for record in coveo_user_data_deletion.case : record.max_events != null])
    error_message = "Every case needs max_events, the number of events that the review saw."
  }
}

check "policy_pinned" {
  assert {
    condition     = var.policy_digest == null || alltrue([for record in local.run : record.erasure_policy_digest == var.policy_digest])
    error_message = "Erased under another policy file than the pinned one."
  }
}

check "nobody_in_the_open" {
  assert {
    condition     = alltrue([for record in coveo_user_data_deletion.case : record.user_ids == null])
    error_message = "user_ids names people in the open; put them into the vault, and name the case by subject."
  }
}

check "nobody_twice" {
  assert {
    condition = length(flatten([for record in coveo_user_data_deletion.case : record.identifier_digests])) == length(
      distinct(flatten([for record in coveo_user_data_deletion.case : record.identifier_digests]))
    )
    error_message = "Two cases name one identifier."
  }
}

check "somebody_found" {
  assert {
    condition     = alltrue([for seen in data.coveo_user_overview.case : seen.found || seen.in_vault == false])
    error_message = "Coveo has nothing on some case: erased already, or an identifier is mistyped."
  }
}

check "eraser_is_limited" {
  assert {
    condition     = coveo_api_key.eraser.lifetime != null && length(coveo_api_key.eraser.allowed_ips) > 0 && coveo_api_key.eraser.unrestricted_erasure != true
    error_message = "A key that may erase needs allowed_ips and a lifetime."
  }
}

check "duties_apart" {
  assert {
    condition     = !(contains(coveo_api_key.eraser.duties, "erasure") && contains(coveo_api_key.eraser.duties, "export"))
    error_message = "One key may both erase and export; make two."
  }
}
