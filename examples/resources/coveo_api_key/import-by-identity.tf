import {
  to = coveo_api_key.eraser

  identity = {
    organization_id = "acmeprod1a2b3c" # may be left out; the provider's is the only one possible
    id              = "t4hk287bfj5sg6wskg64ckk5a"
  }
}
