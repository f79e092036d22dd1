"""Questions in chat: asking, topics, and what staff answer."""
