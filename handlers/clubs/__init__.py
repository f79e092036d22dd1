"""Troupes and classes in chat: joining, news, dates, works."""
