"""The rules of activities: planning, places, attendance, records."""
