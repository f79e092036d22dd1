"""The rules of the knowledge base's keeping: drafts, imports, proposals, local facts."""
