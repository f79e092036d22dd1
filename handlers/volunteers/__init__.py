"""Volunteers in chat: registration, the roster, queries."""
