"""The commands of ``helpdesk``, one file each (design.md §8)."""
