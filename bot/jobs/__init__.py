"""Background work, outside the chat's transaction and off the event loop."""
