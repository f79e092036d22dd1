"""Storage: models, stores with all SQL, migrations, starter data."""
