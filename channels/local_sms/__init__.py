"""What the doors to gateways of the office's own share: secret, fields, coding, sending."""
