# The counts are there during the run, and in no plan and no state.
ephemeral "coveo_user_overview" "case" {
  subject = "DSR-2026-0142"
}

# They may be used where ephemeral values may, such as in the configuration of another provider or in a precondition.
locals {
  anything_to_answer = ephemeral.coveo_user_overview.case.found
}
