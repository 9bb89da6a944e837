# The ID is shown in Coveo's administration console. It is neither the key's name nor its value, and the value does not come
# along: Coveo shows it only when it makes the key.
terraform import coveo_api_key.eraser t4hk287bfj5sg6wskg64ckk5a
