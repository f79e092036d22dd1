"""The rules of the roster: registration, changes, queries, files."""
