# Who can erase people.
data "coveo_privilege_holders" "erasure" {
  duty           = "erasure"
  include_people = false # keeps the names of staff out of state
}

output "keys_that_can_erase_now" {
  value = [for k in data.coveo_privilege_holders.erasure.api_keys : k.display_name if k.can_act != false]
}

# A check warns and stops nothing. The data source stands outside of it: inside, plan -detailed-exitcode would return 2 for ever.
check "erasing_keys_are_limited" {
  assert {
    condition     = alltrue([for k in data.coveo_privilege_holders.erasure.api_keys : k.has_ip_list == true && k.expires == true])
    error_message = "Keys that can erase, without an IP list or an end: ${join(", ", [for k in data.coveo_privilege_holders.erasure.api_keys : k.display_name if k.has_ip_list != true || k.expires != true])}."
  }
}

check "review_is_complete" {
  assert {
    condition     = data.coveo_privilege_holders.erasure.complete
    error_message = "The review misses something: ${join(" ", data.coveo_privilege_holders.erasure.notes)}"
  }
}

# Who could give themselves the privilege: whoever may change groups.
data "coveo_privilege_holders" "group_editors" {
  privilege = { owner = "PLATFORM", target_domain = "GROUP", type = "EDIT" }
}

output "groups_that_can_change_groups" {
  value = [for g in data.coveo_privilege_holders.group_editors.groups : g.display_name]
}
