"""Administration, below ``/console/admin``: people, places, calendars, texts, doors, history."""
