"""Recognition in chat: hours and levels, certificates, statistics."""
