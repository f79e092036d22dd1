"""All SQL, one module a feature."""
