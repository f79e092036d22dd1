"""People in chat: one's own page and data, consent; roles and blocking for staff."""
