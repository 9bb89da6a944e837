resource "coveo_user_data_deletion" "case" {
  subject                  = "DSR-2026-0142"
  acknowledge_irreversible = true
}

locals {
  # The public half of COVEO_RECEIPT_SIGNING_KEY. Auditors have it from somewhere else than this repository.
  receipts_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJiVVRPkO5Cxcmd9bpQhXaCpX3mgBASLMwvuyXAaZljR"
}

# A check warns, and stops nothing. A case that waits has no receipt yet.
check "receipt" {
  assert {
    condition = coveo_user_data_deletion.case.receipt_signature == null ? true : provider::coveo::verify_receipt(
      coveo_user_data_deletion.case.receipt,
      coveo_user_data_deletion.case.receipt_signature,
      local.receipts_key,
    ).valid
    error_message = "The receipt is not what the key signed."
  }
}
