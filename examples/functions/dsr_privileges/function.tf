# What duties stand for, for a key that takes more than duties.
resource "coveo_api_key" "privacy_desk" {
  display_name = "Privacy desk"
  privileges = setunion(
    provider::coveo::dsr_privileges(["overview"]),
    [{ owner = "USAGE_ANALYTICS", target_domain = "NAMED_FILTERS", type = "VIEW", target_id = "*" }],
  )
}

output "what_erasure_takes" {
  value = provider::coveo::dsr_privileges(["overview", "erasure"])
}
