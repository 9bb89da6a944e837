# What a key made by coveo_api_key may hold. An older organization may not know the privilege to create exports.
data "coveo_privileges" "grantable" {
  scope = "custom"
}

locals {
  grantable = [for p in data.coveo_privileges.grantable.privileges : join("/", compact([p.owner, p.target_domain, p.type]))]
}

resource "coveo_api_key" "exporter" {
  display_name = "DSR exporter"
  privileges = [
    for p in provider::coveo::dsr_privileges(["export"]) : p
    if contains(local.grantable, join("/", compact([p.owner, p.target_domain, p.type])))
  ]
  allowed_ips = ["203.0.113.0/24"]
  lifetime    = "P90D"
}

# What this token may do, without any privilege.
data "coveo_privileges" "mine" {
  scope = "mine"
}

output "duties_of_this_token" {
  value = data.coveo_privileges.mine.duties
}
