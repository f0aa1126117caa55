"""The settings of each kind of door, one class a kind."""
