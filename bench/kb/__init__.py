"""The knowledge base beside its peers: `python -m bench.kb`."""
