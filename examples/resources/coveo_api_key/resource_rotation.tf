# Two weeks before its end the nightly plan replaces the key, and whoever edits the triggers replaces it at once.
resource "coveo_api_key" "rotated" {
  display_name = "DSR desk, rotated"
  duties       = ["overview"]
  lifetime     = "P90D"
  renew_before = "P14D"

  rotation_triggers = {
    quarter = "2026-Q4"
  }

  lifecycle {
    # Both keys work until whatever uses the value has the new one, and the apply ends.
    create_before_destroy = true
  }
}
