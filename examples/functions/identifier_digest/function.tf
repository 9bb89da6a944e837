# A synthetic identifier and a key that is no secret: the test vector that the provider publishes. It shows that another program
# computes digests as this provider does.
#
# A person's identifier does not belong into a configuration. To make the digest for a legal hold, ask the console, whose input
# is written to no plan and no state, and give it files that are read at that moment:
#   echo 'provider::coveo::identifier_digest("acmeprod1a2b3c", "2026",
#     jsondecode(file("/run/secrets/digest-keys.json"))["2026"], trimspace(file("/run/secrets/held")))' | tr -d '\n' | terraform console
output "published_vector_matches" {
  value = provider::coveo::identifier_digest(
    "acmeprod1a2b3c", "2026", "0123456789abcdef0123456789abcdef", "alice.smith@example.com-google",
  ) == "2026:1c0225d4660d0493b127ec3da06953229db65538278ab687e372e7de69d891fe"
}
