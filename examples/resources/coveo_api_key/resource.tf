# The provider's own token comes from COVEO_ACCESS_TOKEN: an administrator's, kept apart from the keys that it makes.
provider "coveo" {
  organization_id = "acmeprod1a2b3c"
}

# Who erases also looks: without overview, a key sees neither what it is about to erase nor whether the erasure is done.
resource "coveo_api_key" "eraser" {
  display_name = "DSR eraser"
  description  = "Used by the privacy pipeline. Owner: privacy engineering."
  duties       = ["overview", "erasure"]
  allowed_ips  = ["203.0.113.0/24", "2001:db8:1::/48"]
  lifetime     = "P90D"

  lifecycle {
    # When the key is replaced, the new one is there before the old one goes.
    create_before_destroy = true
  }
}

# Exports hold people's data, so they have a key of their own, which can erase nobody.
resource "coveo_api_key" "exporter" {
  display_name = "DSR exporter"
  duties       = ["export"]
  allowed_ips  = ["203.0.113.17"]
  lifetime     = "P90D"
}

# A support desk that only counts what there is on a person.
resource "coveo_api_key" "desk" {
  display_name = "DSR desk"
  duties       = ["overview"]
  lifetime     = "P1Y"

  # Also switches the key on again after a person has disabled it in the console. Leave it out to let such a stop stand.
  enabled = true
}

# For any other job, the privileges one by one.
resource "coveo_api_key" "events" {
  display_name = "Event logging"
  denied_ips   = ["198.51.100.0/24"]

  privileges = [
    { owner = "USAGE_ANALYTICS", target_domain = "ANALYTICS_DATA", type = "EDIT" },
    { owner = "USAGE_ANALYTICS", target_domain = "IMPERSONATE" },
  ]
}

# The value is sensitive and stands in state: hand it on from there, never print it.
output "eraser_token" {
  value     = coveo_api_key.eraser.value
  sensitive = true
}
