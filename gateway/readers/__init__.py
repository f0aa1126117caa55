"""Reads bare payloads without a door and its secrets: for support, bug reports and replay.

One module a family of kinds, imported only when such a payload is read.
"""
