"""Problem reports in chat: reporting, handling, rounds, ledgers, pictures."""
