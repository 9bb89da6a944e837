# Whoever stands at the kiosk, usage analytics counts one constant pseudonym: events that are logged with this key name nobody.
resource "coveo_api_key" "kiosk" {
  display_name = "Kiosk events"

  privileges = [
    { owner = "USAGE_ANALYTICS", target_domain = "ANALYTICS_DATA", type = "EDIT" },
  ]

  additional_configuration = {
    analytics = {
      event = {
        user_id           = "kiosk"
        user_display_name = "Kiosk"
      }
    }
  }

  # Nobody but the members of this group may edit the key in the console.
  groups_that_can_edit   = ["privacy-engineering"]
  api_keys_that_can_edit = []
}
