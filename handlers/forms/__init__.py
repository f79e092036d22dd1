"""The one runner for everything that is filled in.

A feature registers a `Form` (registry.py) and begins it (runner.begin). The runner asks, takes,
goes back, reviews and hands in; on submit the feature's `done` gets the answers in the same
transaction.
"""
