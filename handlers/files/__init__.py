"""Workbooks, charts, posters and certificates."""
