"""Texts as a cell of a workbook takes them, whichever writer puts them there."""

LONGEST_TEXT = 32_767  # Excel's limit for a cell


def cell_text(text: str) -> str:
    """No half characters, no more than a cell holds; <r>…</r> XlsxWriter would take for XML."""
    whole = text if text.isascii() else text.encode("utf-8", "replace").decode()
    whole = f" {whole}" if whole.startswith("<r>") and whole.endswith("</r>") else whole
    return whole if len(whole) <= LONGEST_TEXT else whole[: LONGEST_TEXT - 1] + "…"
