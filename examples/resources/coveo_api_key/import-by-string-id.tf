import {
  to = coveo_api_key.eraser
  id = "t4hk287bfj5sg6wskg64ckk5a"
}
