"""The fuse box: settings, how they are read, and the log (design.md §7)."""
