# Applying this erases everything that Coveo's usage analytics holds on the person whom the vault names for the case. The plan
# says how much that is before anything happens.
resource "coveo_user_data_deletion" "case" {
  subject                  = "DSR-2026-0142"
  acknowledge_irreversible = true
}
