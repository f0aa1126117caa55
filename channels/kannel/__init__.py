"""The door for text messages through a Kannel of the office's own."""
