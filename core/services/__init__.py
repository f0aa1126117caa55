"""Verbs: async functions that take ports as arguments and return values."""
