import {
  to = coveo_group.privacy

  identity = {
    organization_id = "acmeprod1a2b3c" # may be left out; the provider's is the only one possible
    id              = "hjwtlbw3npguhcvqtxrd3rsd4q"
  }
}
