"""The running process: intake, workers, sender, timetable, and the command line."""

import os

# Durations as timedelta, as python-telegram-bot will have them; without it every reading warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")
