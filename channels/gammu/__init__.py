"""The door for text messages through the tables of a Gammu SMSD of the office's own."""
