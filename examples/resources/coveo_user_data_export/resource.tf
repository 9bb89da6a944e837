# An access request. Who this is stands in the provider's vault, never here.
resource "coveo_user_data_export" "case" {
  subject     = "DSR-2026-0142"
  from        = "2024-01-01"
  to          = "2026-11-20" # the day on which the request was received
  description = "Access request"
}

output "status" {
  value = coveo_user_data_export.case.status
}
