# The same dates as due_at and submit_by of a record, for reports, tickets and policies.
locals {
  received = {
    "DSR-2026-0142" = "2026-11-20"
    "DSR-2026-0143" = "2026-11-21"
  }
}

output "deadlines" {
  value = { for reference, day in local.received : reference => provider::coveo::dsr_deadlines("gdpr", day) }
  # "DSR-2026-0142" = { due_at = "2026-12-20", submit_by = "2026-11-22" }
}
