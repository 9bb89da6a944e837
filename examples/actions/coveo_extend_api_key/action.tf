resource "coveo_api_key" "eraser" {
  display_name = "DSR eraser"
  duties       = ["overview", "erasure"]
  allowed_ips  = ["203.0.113.0/24"]
  lifetime     = "P1Y"
}

# Run it from time to time, in a quarter without cases: terraform apply -invoke=action.coveo_extend_api_key.eraser
action "coveo_extend_api_key" "eraser" {
  config {
    id = coveo_api_key.eraser.id
  }
}
