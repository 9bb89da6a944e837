# The privacy pipeline's configuration. It names cases, never people: the vault, COVEO_SUBJECTS_FILE, says at run time who is
# meant. COVEO_ACCESS_TOKEN is the key that the infrastructure team made, and COVEO_DIGEST_KEYS the secret behind the digests
# that stand for identifiers in plans and state.

terraform {
  required_version = ">= 1.11"
  required_providers {
    coveo = {
      source = "coveo-privacy/coveo"
    }
  }
}

provider "coveo" {
  erasure = {
    max_per_run = 5
  }
}

locals {
  # One entry for each request. The ceiling is the number from the review of the overview.
  cases = {
    "DSR-2026-0142" = { max_events = 2000 }
  }
}

data "coveo_user_overview" "case" {
  for_each = local.cases
  subject  = each.key
}

resource "coveo_user_data_deletion" "case" {
  for_each                 = local.cases
  subject                  = each.key
  max_events               = each.value.max_events
  require_found            = true
  acknowledge_irreversible = true

  # Looks at every refresh. Leave it out for a real register: once a day is enough, and the default.
  verify_interval = "0s"
}

output "held" {
  description = "What Coveo holds on each case, in events."
  value       = { for reference, seen in data.coveo_user_overview.case : reference => seen.total_events }
}

output "register" {
  description = "The register of erasures."
  value = {
    for reference, record in coveo_user_data_deletion.case : reference => {
      status      = record.status
      runs        = record.runs
      requested   = record.requested_at
      expected_by = record.expected_by
      before      = record.events_at_request
      remaining   = record.events_remaining
    }
  }
}
