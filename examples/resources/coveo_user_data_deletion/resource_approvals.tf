# Cases that people approve. Each approver signs approval_statement with an SSH key of their own, and adds the signature as
# approvals/<case>/<approver>.sig. Until enough of them have, the case waits, and nothing is sent for it.
provider "coveo" {
  erasure = {
    max_per_run        = 10
    required_approvals = 2

    # The runner's own file, COVEO_ERASURE_POLICY_FILE, can only tighten this block: only approvers who stand in both count.
    approvers = {
      dana = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINl5urqhjrPIycxLVhyWhoknCTvnDewxX0sIeZWjQ5WP"
      lee  = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBHQP8mrPxjP0BMaAuiVFuw++f1/yvHjZtDyICA5ELS7zpy2bXt1N1sh64RktpMFuICvDBBGtS+EeGJ7lBXY/ydA="
    }

    # Digests of identifiers that must not be erased. An empty list says that there are none.
    legal_holds   = ["2026:1c0225d4660d0493b127ec3da06953229db65538278ab687e372e7de69d891fe"]
    require_holds = true
  }
}

locals {
  approved_cases = {
    "DSR-2026-0151" = { max_events = 500, received_at = "2026-11-20", approvals_expire_at = "2026-12-04T12:00:00Z" }
    "DSR-2026-0152" = { max_events = 2000, received_at = "2026-11-21", approvals_expire_at = "2026-12-04T12:00:00Z" }
  }
}

resource "coveo_user_data_deletion" "approved" {
  for_each = local.approved_cases

  subject                  = each.key
  acknowledge_irreversible = true
  max_events               = each.value.max_events
  require_found            = true

  # due_at and submit_by follow from these.
  regulation  = "gdpr"
  received_at = each.value.received_at

  # Part of what is signed, as it is written.
  approvals_expire_at = each.value.approvals_expire_at
  approvals = [
    for name in fileset("${path.module}/approvals/${each.key}", "*.sig") : {
      approver  = trimsuffix(name, ".sig")
      signature = file("${path.module}/approvals/${each.key}/${name}")
    }
  ]

  # Until then, destroying or removing the record is an error.
  retain_until = "2029-12-31"
}

# What to sign: terraform output -json approval_statements | jq -j '."DSR-2026-0151"' > DSR-2026-0151.approval
output "approval_statements" {
  value = { for reference, record in coveo_user_data_deletion.approved : reference => record.approval_statement }
}
