# Searches and clicks only, in columns that are named. The columns of user_dimension and visitor_dimension show later whose
# rows these are.
resource "coveo_user_data_export" "narrow" {
  subject           = "DSR-2026-0142"
  from              = "2026-01-01T00:00:00Z"
  to                = "2026-06-30T23:59:59Z"
  tables            = ["SEARCHES", "CLICKS"]
  dimensions        = ["datetime", "userid", "visitorid", "queryexpression", "documenttitle"]
  user_dimension    = "userid"
  visitor_dimension = "visitorid"
  format            = "NO_NEWLINE"
  filename          = "DSR-2026-0142"

  # Change it to export again. The old file is removed.
  triggers = { asked = "2026-11-20" }

  timeouts = { create = "1h" }
}
