# The value is encrypted for whoever is to use the key, and is nowhere in the open: not in state, not in a plan, not in a log.
# Recipients are public: age-keygen prints one, and an SSH public key is one.
resource "coveo_api_key" "sealed" {
  display_name     = "DSR eraser, sealed"
  duties           = ["overview", "erasure"]
  allowed_ips      = ["203.0.113.0/24"]
  lifetime         = "P90D"
  value_recipients = ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"]
}

# terraform output -raw sealed_token | age --decrypt -i key.txt
output "sealed_token" {
  value = coveo_api_key.sealed.encrypted_value
}
