# A template of Coveo's chooses the privileges. The provider reads it before it makes a key of it: one that may erase people
# would need allowed_ips and a lifetime.
resource "coveo_api_key" "search" {
  display_name = "Intranet search"
  template_id  = "AuthenticatedSearch"
  lifetime     = "P1Y"

  additional_configuration = {
    search = {
      enforced_query_pipeline = { search_hub = "Intranet" }

      impersonation_restrictions = {
        allowed_user_ids = [
          { name = "intranet-guest", provider = "Email Security Provider", type = "User" },
        ]
      }
    }
  }
}
