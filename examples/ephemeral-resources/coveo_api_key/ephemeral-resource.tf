# The token of whoever may make keys, in COVEO_ACCESS_TOKEN.
provider "coveo" {
  organization_id = "acmeprod1a2b3c"
}

# Made at every plan and at every apply, and deleted when what uses it is done. It is in no plan, no state and no log.
ephemeral "coveo_api_key" "dsr" {
  display_name = "DSR run"
  duties       = ["overview", "erasure"]
  allowed_ips  = ["203.0.113.0/24"]

  # A net, for when nothing can delete it any more: longer than one run takes.
  lifetime = "PT2H"
}

# The same organization, with that key.
provider "coveo" {
  alias           = "dsr"
  organization_id = "acmeprod1a2b3c"
  access_token    = ephemeral.coveo_api_key.dsr.value
}

resource "coveo_user_data_deletion" "case" {
  provider = coveo.dsr

  subject                  = "DSR-2026-0142"
  max_events               = 2000
  acknowledge_irreversible = true
}
