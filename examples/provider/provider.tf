terraform {
  required_version = ">= 1.11"
  required_providers {
    coveo = {
      source = "coveo-privacy/coveo"
    }
  }
}

# Nothing secret and nobody's name stands here. The environment has
#   COVEO_ACCESS_TOKEN         the token of whoever runs this
#   COVEO_SUBJECTS_FILE        the vault, a file that only this user can read: {"DSR-2026-0142": ["<identifier>", "<identifier>"]}
#   COVEO_DIGEST_KEYS          {"2026": "<secret of at least 32 bytes>"}, made with: openssl rand -hex 32
# and may have
#   COVEO_ERASURE_POLICY_FILE  the runner's own limits, which only tighten the block below
#   COVEO_RECEIPT_SIGNING_KEY  an SSH private key that signs receipts
provider "coveo" {
  organization_id = "acmeprod1a2b3c"
  region          = "eu"

  erasure = {
    max_per_run   = 10
    legal_holds   = [] # nobody is under a legal hold; without this line nobody has looked
    require_holds = true
  }
}
