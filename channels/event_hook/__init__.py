"""The door by which other programs are told of events: POST, signed by who calls it."""
