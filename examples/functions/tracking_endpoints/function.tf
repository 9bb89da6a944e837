# What a firewall or a content security policy has to block where nothing may be recorded. Queries have the same addresses
# whether they are recorded or not, so that only the audit of what is sent tells.
locals {
  recording = [for e in provider::coveo::tracking_endpoints() : e if e.records != "when_captured"]
}

output "patterns" {
  value = distinct([for e in local.recording : "${e.method} ${e.pattern}"])
}

output "hosts" {
  value = toset(flatten([for e in local.recording : e.hosts]))
}
