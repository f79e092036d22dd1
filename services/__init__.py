"""The office's rules; no Telegram, no copy."""
