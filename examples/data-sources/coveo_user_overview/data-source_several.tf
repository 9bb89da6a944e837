# Several cases: the list of cases is configuration, whom they name is not.
variable "open_cases" {
  type    = set(string)
  default = ["DSR-2026-0143", "DSR-2026-0144"]
}

data "coveo_user_overview" "open" {
  for_each = var.open_cases
  subject  = each.key
}

output "events_by_case" {
  value = { for reference, seen in data.coveo_user_overview.open : reference => seen.total_events }
}
