# By the name in Coveo's administration console, or by id. Several keys of one name are an error that names their IDs.
data "coveo_api_key" "pipeline" {
  display_name = "DSR eraser"
}

output "pipeline_key" {
  value = "${data.coveo_api_key.pipeline.id} is ${data.coveo_api_key.pipeline.status}"
}
