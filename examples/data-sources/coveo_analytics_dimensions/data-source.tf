data "coveo_analytics_dimensions" "all" {}

# What identifiers are compared with unless an export says otherwise.
output "identifier_columns" {
  value = [data.coveo_analytics_dimensions.all.user_dimension, data.coveo_analytics_dimensions.all.visitor_dimension]
}
