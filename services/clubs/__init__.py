"""The rules of troupes and classes."""
