# Who this is stands in the provider's vault, never here.
data "coveo_user_overview" "case" {
  subject = "DSR-2026-0142"
}

output "events" {
  value = data.coveo_user_overview.case.total_events
}

# A check warns and stops nothing. The data source stands outside of it: inside, plan -detailed-exitcode would return 2 for ever.
check "person_known" {
  assert {
    condition     = coalesce(data.coveo_user_overview.case.found, false)
    error_message = "Coveo holds nothing on this case. Are the identifiers in the vault right?"
  }
}
