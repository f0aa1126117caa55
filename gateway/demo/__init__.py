"""The demonstration: a simulated provider and a story told through the real doors."""
