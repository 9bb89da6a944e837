# May this token make keys? Whether an API key may is not documented: this tells before anything is planned.
data "coveo_privilege_check" "keys" {
  privileges = [
    { owner = "PLATFORM", target_domain = "API_KEY", type = "VIEW" },
    { owner = "PLATFORM", target_domain = "API_KEY", type = "EDIT" },
    { owner = "PLATFORM", target_domain = "API_KEY", type = "CREATE" },
  ]
}

resource "coveo_api_key" "viewer" {
  display_name = "DSR viewer"
  duties       = ["overview"]

  lifecycle {
    # A missing privilege is an answer. This makes it an error, before a key is planned.
    precondition {
      condition     = data.coveo_privilege_check.keys.granted
      error_message = "This token lacks ${join(", ", [for r in data.coveo_privilege_check.keys.results : "${r.console_name} (${join(", ", r.codes)})" if !r.approved])}."
    }
  }
}

# Is the pipeline's token fit for its duty, and for no other?
data "coveo_privilege_check" "eraser" {
  duties = ["overview", "erasure"]
}

data "coveo_privilege_check" "exporter" {
  duties = ["export"]
}

output "token_is_an_eraser_only" {
  value = data.coveo_privilege_check.eraser.granted && !data.coveo_privilege_check.exporter.granted
}
