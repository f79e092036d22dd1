"""Questionnaires in chat: answering, writing, publishing, results."""
