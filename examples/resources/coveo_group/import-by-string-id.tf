import {
  to = coveo_group.privacy
  id = "hjwtlbw3npguhcvqtxrd3rsd4q"
}
