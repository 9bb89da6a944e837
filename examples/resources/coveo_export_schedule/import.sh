# The filters and the format are not told by Coveo: they are taken from the configuration, and set by the next apply.
terraform import coveo_export_schedule.quality 5d1f1c9e-0b7a-4a43-8d3a-2f7e4c9b8a11
