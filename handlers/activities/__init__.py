"""Activities in chat: planning, signing up, checking in, what stays afterwards."""
