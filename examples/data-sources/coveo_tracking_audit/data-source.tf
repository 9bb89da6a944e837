# An audit reads files and asks Coveo nothing. Any text will do for the organization and the token.
provider "coveo" {
  organization_id = "unused"
  access_token    = "unused"
}

variable "har_files" {
  description = "HAR files that a browser made while it used the release."
  type        = set(string)
  default     = []
}

variable "bundle" {
  description = "The folder that is delivered."
  type        = string
  default     = "."
}

data "coveo_tracking_audit" "release" {
  har_files   = var.har_files
  directories = [var.bundle]
  expect      = "none"
}

# Warns, and stops nothing. The guide "Tracking in the pipeline" shows what does.
check "records_nothing" {
  assert {
    condition     = length(var.har_files) == 0 || coalesce(data.coveo_tracking_audit.release.compliant, false)
    error_message = join("\n", coalesce(data.coveo_tracking_audit.release.reasons, []))
  }
}

# What the bundle could do: no verdict, and a reason to look.
output "mentions" {
  value = [for m in data.coveo_tracking_audit.release.mentions : "${m.what}: ${m.count} in ${m.files} files" if m.kind == "switch"]
}
