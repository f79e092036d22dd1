"""A PDF with the Chinese font ready for use, dated by the office's clock."""

from collections.abc import Iterator
from contextlib import contextmanager

from fpdf import FPDF
from fpdf.fonts import TTFFont

from handlers.files import fonts
from services import clock

FAMILY = "sans"


@contextmanager
def paper(title: str, *, size: tuple[float, float]) -> Iterator[FPDF]:
    """A document of one empty page of `size` points, its font FAMILY; read `output` inside.

    fpdf2 leaves the font's file open, so it is closed here.
    """
    document = FPDF(unit="pt", format=size)
    document.set_auto_page_break(False)
    document.set_title(fonts.drawable(title))
    document.set_creation_date(clock.now())
    document.add_font(FAMILY, fname=fonts.sans_path())
    document.add_page()
    try:
        yield document
    finally:
        for font in document.fonts.values():
            if isinstance(font, TTFFont):
                font.close()
