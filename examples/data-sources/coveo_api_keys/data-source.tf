# Keys that Coveo is about to disable or end.
data "coveo_api_keys" "ending" {
  statuses = ["SOON_TO_BE_DISABLED", "SOON_TO_BE_EXPIRED"]
}

output "ending" {
  value = [for key in data.coveo_api_keys.ending.keys : "${key.display_name} (${key.id}): ${key.status}"]
}

# Keys that may erase people. A check warns and stops nothing.
data "coveo_api_keys" "erasers" {
  duties = ["erasure"]
}

check "erasers_are_limited" {
  assert {
    condition     = alltrue([for key in data.coveo_api_keys.erasers.keys : key.allowed_ips != null && key.expiration_date != null])
    error_message = "A key that may erase people can be used from anywhere, or has no end."
  }
}
