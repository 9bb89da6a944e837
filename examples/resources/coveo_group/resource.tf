# The people who run erasures. Everybody in the group may erase from anywhere, so it is kept small, and all of it is here.
resource "coveo_group" "privacy" {
  display_name = "Privacy engineering"
  duties       = ["overview", "erasure"]

  # Who has never signed in to Coveo is invited, without an e-mail, and counts as a member from then on.
  members = [
    { email = "ann.lee@example.com", provider = "GOOGLE" },
    { email = "sam.roy@example.com", provider = "SAML" },
  ]

  # Nobody waits for an invitation beside those, nobody comes in by the way they sign in, and nobody else may add people.
  invites                = []
  realms                 = []
  api_keys_that_can_edit = []
  groups_that_can_edit   = []
}

# What a group may do, and not who is in it: people are added in Coveo's console, and no apply removes them.
resource "coveo_group" "desk" {
  display_name = "Support desk"
  duties       = ["overview"]
}

# For any other job, the privileges one by one.
resource "coveo_group" "auditors" {
  display_name = "Auditors"

  privileges = [
    { owner = "PLATFORM", target_domain = "API_KEY", type = "VIEW" },
    { owner = "PLATFORM", target_domain = "GROUP", type = "VIEW" },
    { owner = "PLATFORM", target_domain = "ACTIVITIES", type = "VIEW" },
  ]

  # Everybody who signs in with the organization's own identity provider.
  realms = [{ provider = "SAML" }]

  # Invited by e-mail. Whoever has accepted stays listed here.
  invites                = [{ email = "external.auditor@example.com", provider = "EMAIL" }]
  send_invitation_emails = true
}
