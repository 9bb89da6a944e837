data "coveo_exports" "all" {}

# Files that name a person of the vault. Case references are shown, filters and identifiers never.
output "leftovers" {
  value = {
    for export in data.coveo_exports.all.exports : export.id => export.cases
    if export.has_file && length(coalesce(export.cases, [])) > 0
  }
}

# Files without any filter name nobody, and may hold everybody.
output "unfiltered" {
  value = [for export in data.coveo_exports.all.exports : export.id if export.has_file && !export.filtered]
}
