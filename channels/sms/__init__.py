"""The door for text messages through Twilio."""
