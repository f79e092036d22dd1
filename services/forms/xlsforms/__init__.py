"""XLSForm workbooks: read safely, checked in full, turned into documents and back."""
