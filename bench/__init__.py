"""Measurements anyone can run again: `python -m bench.<name>`."""
