"""The knowledge base in chat: entries, local facts and tuning, kept by staff."""
