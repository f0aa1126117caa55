"""How long a test waits for what must come, on a machine that is busy with other things."""

PATIENCE = 30.0
"""Seconds. Only a failing test waits so long; how quickly a thing came is for `make bench`."""
