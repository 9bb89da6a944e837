# terraform query -generate-config-out=keys.tf
list "coveo_api_key" "erasers" {
  provider = coveo

  # Needed for a configuration to be generated.
  include_resource = true

  config {
    duties   = ["erasure"]
    statuses = ["ENABLED", "SOON_TO_BE_EXPIRED", "SOON_TO_BE_DISABLED"]
  }
}

# Without filters: every key, at most as many as limit says.
list "coveo_api_key" "all" {
  provider = coveo
  limit    = 1000
}
