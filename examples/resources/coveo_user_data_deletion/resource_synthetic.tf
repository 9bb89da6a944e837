# A synthetic visitor of a test environment may be named in the open. Never do this with a person: the identifier stays in the
# configuration, in every plan, and in state.
resource "coveo_user_data_deletion" "synthetic" {
  user_ids                 = ["5f0c1a52-96f4-4a0b-8f3e-0f6f0f4b7c11"]
  acknowledge_irreversible = true
}
