import {
  to = coveo_user_data_export.case
  id = "a7c2f7f0-3d2b-4f0e-9a57-6b1d0b3ad3f3"
}
