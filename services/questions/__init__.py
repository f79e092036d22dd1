"""The rules of questions: answered from the base or handed to staff."""
