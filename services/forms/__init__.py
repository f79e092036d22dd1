"""Everything a person fills in: frozen documents, expressions and fillings; pure, no database."""
