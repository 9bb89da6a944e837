# An access request in one apply: export what Coveo holds, and pack it for the person. Only the owner of the age key can open it.
resource "coveo_user_data_export" "case" {
  subject = "DSR-2026-0142"
  from    = "2024-01-01"
  to      = "2026-11-20"
  tables  = ["SEARCHES", "CLICKS", "CUSTOM_EVENTS"]
}

resource "coveo_disclosure_package" "case" {
  export_id  = coveo_user_data_export.case.id
  subject    = "DSR-2026-0142"
  path       = "DSR-2026-0142.zip.age"
  recipients = ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"]
  contact    = "privacy@acme.example"
}

output "rows" {
  value = coveo_disclosure_package.case.rows
}
