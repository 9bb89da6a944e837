# Keys for search interfaces that must record nothing: they may query, and neither push analytics nor act for others.
locals {
  interfaces = toset(["intranet", "public-site"])

  # Every key that a browser gets to see.
  search_keys = values(coveo_api_key.search)
}

resource "coveo_api_key" "search" {
  for_each     = local.interfaces
  display_name = "Search: ${each.key}"

  privileges = [
    { owner = "SEARCH_API", target_domain = "EXECUTE_QUERY" },
  ]
}

check "search_keys_cannot_log" {
  assert {
    condition = alltrue(flatten([
      for key in local.search_keys : [for p in key.effective_privileges : !(p.owner == "USAGE_ANALYTICS" && p.target_domain == "ANALYTICS_DATA" && p.type == "EDIT")]
    ]))
    error_message = "A search key may push analytics (ANALYTICS_DATA, EDIT)."
  }

  assert {
    condition = alltrue(flatten([
      for key in local.search_keys : [for p in key.effective_privileges : p.target_domain != "IMPERSONATE"]
    ]))
    error_message = "A search key may impersonate, and so record events or query as someone else."
  }
}
