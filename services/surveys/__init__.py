"""Questionnaires: who may answer what, once, and what staff may see of it."""
