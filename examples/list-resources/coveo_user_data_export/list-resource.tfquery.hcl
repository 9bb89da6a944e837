# terraform query -generate-config-out=exports.tf
list "coveo_user_data_export" "files" {
  provider = coveo

  config {
    only_with_file = true
  }
}
