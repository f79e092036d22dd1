"""The rules of recognition: hours that count, levels, certificates, statistics."""
