# The ID is in the group's address in Coveo's administration console. Its people come along, and stand in state from then on.
terraform import coveo_group.privacy hjwtlbw3npguhcvqtxrd3rsd4q
