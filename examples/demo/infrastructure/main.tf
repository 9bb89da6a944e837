# The infrastructure team's configuration. It runs with an administrator's token, COVEO_ACCESS_TOKEN, and gives the privacy
# pipeline a key that can count and erase one person's usage analytics, and nothing else.

terraform {
  required_version = ">= 1.11"
  required_providers {
    coveo = {
      source = "coveo-privacy/coveo"
    }
  }
}

provider "coveo" {}

variable "pipeline_addresses" {
  description = "Where the privacy pipeline's requests come from, as addresses or CIDR ranges."
  type        = set(string)
  default     = ["203.0.113.0/24"]
}

resource "coveo_api_key" "dsr" {
  display_name = "DSR pipeline"
  description  = "Looks up and erases usage analytics for Data Subject Requests."
  duties       = ["overview", "erasure"]
  allowed_ips  = var.pipeline_addresses
  lifetime     = "P90D"
}

output "dsr_access_token" {
  description = "Goes to the secret store that the privacy pipeline reads."
  value       = coveo_api_key.dsr.value
  sensitive   = true
}

output "dsr_key_expires" {
  value = coveo_api_key.dsr.expiration_date
}
