# A register of cases. Each has its own gates, and one that waits holds back no other.
locals {
  cases = {
    "DSR-2026-0143" = { max_events = 500 }
    # The person may withdraw the request until the end of the month.
    "DSR-2026-0144" = { max_events = 2000, not_before = "2026-12-01T00:00:00Z" }
    # The person came back, and asked again: the changed trigger erases what has been recorded since.
    "DSR-2026-0007" = { max_events = 100, triggers = { request = "2026-11-20" } }
  }
}

resource "coveo_user_data_deletion" "register" {
  for_each = local.cases

  subject                  = each.key
  acknowledge_irreversible = true

  max_events    = each.value.max_events # the number from the review, not one that is computed
  require_found = true                  # catches mistyped identifiers
  not_before    = try(each.value.not_before, null)
  triggers      = try(each.value.triggers, null)

  lifecycle {
    # Turns a pipeline red while part of a request is outstanding, and lets the next apply finish it.
    postcondition {
      condition     = self.status != "incomplete"
      error_message = "Coveo has not accepted all identifiers of ${self.subject}. Apply again."
    }
  }
}
