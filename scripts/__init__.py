"""What runs beside the program: set-up, checks, generated pages."""
