# Search quality, without a column that tells who searched.
resource "coveo_export_schedule" "quality" {
  description    = "Search quality"
  frequency      = "WEEKLY"
  day_of_week    = "MONDAY"
  timezone       = "Europe/Berlin"
  tables         = ["SEARCHES"]
  dimensions     = ["datetime", "queryexpression", "numberofresults"]
  common_filters = ["language=='en'"]

  notification_emails = ["analytics@example.com"] # a shared mailbox: it stands in state
}
