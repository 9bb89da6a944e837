# Every group whose people may erase. They are counted, and nobody is named.
data "coveo_groups" "erasers" {
  duties = ["erasure"]
}

output "erasers" {
  value = { for group in data.coveo_groups.erasers.groups : group.display_name => group.member_count... }
}

# A check warns and stops nothing.
check "few_people_can_erase" {
  assert {
    condition     = sum(concat([0], data.coveo_groups.erasers.groups[*].member_count)) <= 5
    error_message = "More than five people may erase."
  }

  assert {
    condition     = alltrue([for group in data.coveo_groups.erasers.groups : length(group.realms) == 0])
    error_message = "A group that may erase takes in everybody who signs in with some provider."
  }
}
