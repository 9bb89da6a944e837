# For programs, with columns left out and telephone numbers masked. The reasons stand in the package, for the person.
resource "coveo_disclosure_package" "redacted" {
  export_id  = coveo_user_data_export.case.id
  subject    = "DSR-2026-0142"
  path       = "DSR-2026-0142-redacted.zip.age"
  format     = "jsonl"
  recipients = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINl5urqhjrPIycxLVhyWhoknCTvnDewxX0sIeZWjQ5WP"]

  columns = {
    drop   = ["c_department"]
    reason = "An internal name of the organization"

    mask = [{
      columns     = ["queryExpression"]
      pattern     = "\\+?[0-9][0-9 /-]{6,}[0-9]"
      replacement = "[number]"
      reason      = "Telephone numbers of other people"
    }]
  }

  # Change it to make the package again, for example after the file was lost.
  triggers = { handed_over = "no" }
}
