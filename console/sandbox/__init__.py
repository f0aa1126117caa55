"""A simulated phone beside the ticket list, for demonstration only."""
