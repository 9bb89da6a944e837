# The code that a release of the shop has to hold, as a file that its build takes in.
locals {
  snippet = provider::coveo::tracking_snippet("headless_legacy", "anonymous")
}

output "code" {
  value = local.snippet.code
}

# In next mode, anonymous has no effect. The function says so, and gives code that turns analytics off.
output "what_next_mode_does" {
  value = provider::coveo::tracking_snippet("headless_next", "anonymous").effective_mode # disabled
}

# For the record of processing: what may be promised, and what may not.
output "promises" {
  value = {
    yes = local.snippet.guarantees
    no  = local.snippet.does_not_guarantee
  }
}
