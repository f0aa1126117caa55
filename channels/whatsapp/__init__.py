"""The door for WhatsApp through Meta's Cloud API."""
