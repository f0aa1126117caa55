"""Fast hands: search, chosen lines, kept lists, reports taken for citizens, the tray."""
