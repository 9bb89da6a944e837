data "coveo_organization" "this" {}

output "organization" {
  value = {
    name        = data.coveo_organization.this.display_name
    region      = data.coveo_organization.this.main_region
    environment = data.coveo_organization.this.environment # a hint: null where nothing tells
  }
}

# Both warn and stop nothing. Null is not known, which is no reason to warn.
check "takes_changes" {
  assert {
    condition     = data.coveo_organization.this.read_only != true && data.coveo_organization.this.paused != true
    error_message = "The organization is read-only or paused, so keys and erasures are refused."
  }
}

check "called_where_it_lives" {
  assert {
    condition     = data.coveo_organization.this.region_matches != false && data.coveo_organization.this.environment_matches != false
    error_message = "The provider block's region or environment is not where the organization lives."
  }
}
