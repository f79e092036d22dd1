"""The rules about people: who somebody is, roles, consent, personal data."""
