"""The pages of staff, below ``/console``."""
