data "coveo_export_estimate" "case" {
  subject = "DSR-2026-0142"
  from    = "2024-01-01"
  to      = "2026-11-20"
}

check "one_export_is_enough" {
  assert {
    condition     = coalesce(data.coveo_export_estimate.case.within_row_limit, true)
    error_message = "One export would be cut at ${data.coveo_export_estimate.case.row_limit} rows. Export shorter periods."
  }
}
