# What an approver signs, for a tool that collects approvals apart from the plan. Write it to a file without a line break more:
#   terraform output -raw statement > DSR-2026-0142.approval
#   ssh-keygen -Y sign -n erasure-approval@coveo-privacy -f ~/.ssh/id_ed25519 DSR-2026-0142.approval
output "statement" {
  value = provider::coveo::approval_statement(
    "acmeprod1a2b3c",
    "DSR-2026-0142",
    1,    # the first request of this record
    2000, # max_events of the record; "none" where it has none
    "2026-12-01T12:00:00Z",
    ["2026:1c0225d4660d0493b127ec3da06953229db65538278ab687e372e7de69d891fe"],
  )
}
