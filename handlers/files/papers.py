"""A PDF with the Chinese font ready for use, dated by the office's clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby

from fpdf import FPDF
from fpdf.fonts import TTFFont

from handlers.files import fonts
from services import clock

FAMILY = "sans"
_RARE, _NO_SHAPE = "rare", "\u25a1"


@contextmanager
def paper(title: str, *, size: tuple[float, float]) -> Iterator[FPDF]:
    """A document of one empty page of `size` points, its font FAMILY; read `output` inside.

    fpdf2 leaves the font's file open, so it is closed here.
    """
    document = FPDF(unit="pt", format=size)
    document.set_auto_page_break(False)
    document.set_title(fonts.drawable(title))
    document.set_creation_date(clock.now())
    path = fonts.sans_path()
    document.add_font(FAMILY, fname=path, collection_font_number=fonts.face_number(path))
    document.add_page()
    try:
        yield document
    finally:
        for font in document.fonts.values():
            if isinstance(font, TTFFont):
                font.close()


def write(page: FPDF, at: tuple[float, float], text: str, *, size: float) -> float:
    """A line of text from `at` on its baseline; where it ends. A letter that the font lacks is
    taken from the larger one, and one that neither has is an empty square to fill by hand.
    """
    across = at[0]
    for family, run in groupby(fonts.drawable(text), lambda letter: _family(page, letter)):
        letters = "".join(run)
        piece = letters if family else _NO_SHAPE * len(letters)
        page.set_font(family or FAMILY, size=size)
        page.text(across, at[1], piece)
        across += page.get_string_width(piece)
    return across


def missing(page: FPDF, text: str) -> str:
    """The letters of a text that no font at hand has."""
    return "".join(letter for letter in fonts.drawable(text) if not _family(page, letter))


def _family(page: FPDF, letter: str) -> str:
    """The font that has a letter, the larger one opened on first need; empty for none."""
    if _has(page, FAMILY, letter):
        return FAMILY
    path = fonts.rare_path()
    if path is None:
        return ""
    if _RARE not in page.fonts:
        page.add_font(_RARE, fname=path, collection_font_number=fonts.face_number(path))
    return _RARE if _has(page, _RARE, letter) else ""


def _has(page: FPDF, family: str, letter: str) -> bool:
    font = page.fonts[family]
    return isinstance(font, TTFFont) and ord(letter) in font.cmap
