"""What people see: conversations, words, files."""
