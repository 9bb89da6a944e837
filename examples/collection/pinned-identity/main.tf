# A key that attributes every event it logs to one constant identity: a kiosk, a call centre, an intranet whose works council
# wants no names. The platform has no switch that masks all events; this key is the nearest to one that it has.
variable "kiosk_identity" {
  description = "Who the events are attributed to: one name for all, that is nobody's."
  type        = string
  default     = "kiosk"
}

resource "coveo_api_key" "kiosk" {
  display_name = "Kiosk search interface"

  # No privilege to impersonate: with it, an event could name a person all the same.
  privileges = [
    { owner = "SEARCH_API", target_domain = "EXECUTE_QUERY" },
    { owner = "USAGE_ANALYTICS", target_domain = "ANALYTICS_DATA", type = "EDIT" },
  ]

  additional_configuration = {
    analytics = {
      event = {
        user_id           = var.kiosk_identity
        user_display_name = "Kiosk"
      }
    }
  }
}

# Warns in the plan of whoever takes the identity off again, or makes it a person's.
check "identity_is_pinned" {
  assert {
    condition     = try(coveo_api_key.kiosk.additional_configuration.analytics.event.user_id, null) == var.kiosk_identity
    error_message = "The key of the kiosk does not attribute its events to ${var.kiosk_identity}."
  }

  assert {
    condition     = !strcontains(var.kiosk_identity, "@")
    error_message = "The pinned identity looks like a person's e-mail address."
  }

  assert {
    condition     = alltrue([for p in coveo_api_key.kiosk.effective_privileges : p.target_domain != "IMPERSONATE"])
    error_message = "The key of the kiosk may impersonate, so that its events can name people."
  }
}
