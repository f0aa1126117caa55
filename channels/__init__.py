"""The front doors: one folder per way to reach the office, none knows another (design.md §2)."""
