"""The door for messages through a bot of Telegram."""
