"""The door for text messages through a Jasmin of the office's own."""
