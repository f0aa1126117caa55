"""The door for WhatsApp through Twilio."""
