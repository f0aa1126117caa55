"""Entry by officers: telephone, counter, letters, suggestion boxes."""
