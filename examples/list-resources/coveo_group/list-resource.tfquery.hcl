# terraform query -generate-config-out=groups.tf
list "coveo_group" "privacy" {
  provider = coveo

  config {
    display_name_prefix = "Privacy"
    duties              = ["erasure"]
  }
}
