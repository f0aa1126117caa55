"""Nouns: frozen values and the pure rules over them. No I/O, no clock of its own."""
