"""The door behind the public form."""
