data "coveo_api_key_templates" "all" {}

# The templates that the provider's token may make keys of.
output "usable" {
  value = [for template in data.coveo_api_key_templates.all.templates : template.id if template.can_generate == true]
}
