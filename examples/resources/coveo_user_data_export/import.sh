# The data source coveo_exports lists the IDs. Whom the export is about is not imported: it is taken from the configuration,
# once the export's filters are seen to name the same people.
terraform import coveo_user_data_export.case a7c2f7f0-3d2b-4f0e-9a57-6b1d0b3ad3f3
