"""QR codes: alone for the chat, and on posters for a notice board (PDF to print, PNG)."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from urllib.parse import urlsplit

import segno
from fpdf import FPDF
from fpdf.enums import TextMode

from handlers.files import fonts
from handlers.files.drawing import INK, MUTED, PAPER, Pen, Sheet
from handlers.files.papers import FAMILY, paper

PAGE = 595, 842
"""A4 in points; the PNG has two pixels a point."""

_PIXELS = 2
_BAND = "#1F5FA8"
_MARGIN, _SMALLEST_CODE, _LARGEST_CODE = 48, 200, 480
_CODE_PIXELS = 840
_QUIET = 4  # modules of white around the code (ISO/IEC 18004)


@dataclass(frozen=True, kw_only=True)
class Poster:
    """What it says: a title, a few lines, the link that the code opens, a line at the foot."""

    title: str
    lines: tuple[str, ...]
    link: str
    foot: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.link)
        if parts.scheme != "https" or not parts.hostname or not self.link.isprintable():
            raise ValueError("A poster's link begins with https://.")


@dataclass(frozen=True)
class _Text:
    """A line around the middle of the page, its baseline `down` points from the top."""

    down: float
    text: str
    size: int
    colour: str = INK
    bold: bool = False


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    width: float
    height: float
    colour: str


def code_png(link: str) -> bytes:
    """Only the code, about 800 pixels wide; raises ValueError when the link is too long."""
    try:
        code = segno.make_qr(link, error="m")
    except segno.DataOverflowError as error:
        raise ValueError("The link is too long for a QR code.") from error
    target = BytesIO()
    scale = max(4, _CODE_PIXELS // code.symbol_size(border=_QUIET)[0])
    code.save(target, kind="png", scale=scale, border=_QUIET)
    return target.getvalue()


def poster_png(poster: Poster) -> bytes:
    """The poster as a picture, 1190 x 1684; raises ValueError when it holds too much text."""
    sheet = Sheet(PAGE[0] * _PIXELS, PAGE[1] * _PIXELS)
    for mark in _marks(poster):
        if isinstance(mark, _Box):
            edges = (mark.left, mark.top, mark.left + mark.width, mark.top + mark.height)
            left, top, right, bottom = (edge * _PIXELS for edge in edges)
            sheet.box((left, top, right, bottom), mark.colour)
        else:
            pen = Pen(mark.size * _PIXELS, mark.colour, bold=mark.bold, anchor="ms")
            sheet.text((PAGE[0] / 2 * _PIXELS, mark.down * _PIXELS), mark.text, pen)
    return sheet.png()


def poster_pdf(poster: Poster) -> bytes:
    """The poster as an A4 page, the code in sharp vectors; raises ValueError as `poster_png`."""
    with paper(poster.title, size=PAGE) as page:
        for mark in _marks(poster):
            _put(page, mark)
        return bytes(page.output())


def _put(page: FPDF, mark: _Text | _Box) -> None:
    if isinstance(mark, _Text):
        _write(page, mark)
    else:
        page.set_fill_color(mark.colour)
        page.rect(mark.left, mark.top, mark.width, mark.height, style="F")


def _write(page: FPDF, mark: _Text) -> None:
    page.set_font(FAMILY, size=mark.size)
    page.set_text_color(mark.colour)
    page.set_draw_color(mark.colour)
    mode = TextMode.FILL_STROKE if mark.bold else TextMode.FILL
    with page.local_context(text_mode=mode, line_width=mark.size / 40):
        page.text((PAGE[0] - page.get_string_width(mark.text)) / 2, mark.down, mark.text)


# -- where everything stands --------------------------------------------------------------------


def _marks(poster: Poster) -> Iterator[_Text | _Box]:
    """A coloured band with the title, the lines, the code as large as there is room, the link."""
    room = PAGE[0] - 2 * _MARGIN
    title = fonts.wrap(poster.title, 40, room=room, lines=3)
    band = 52 + len(title) * 52
    yield _Box(0, 0, PAGE[0], band, _BAND)
    yield from _stack(title, 26 + 38, _Text(0, "", 40, PAPER, bold=True), leading=52)
    lines = [part for line in poster.lines for part in fonts.wrap(line, 22, room=room)]
    yield from _stack(lines, band + 52, _Text(0, "", 22), leading=34)
    link = fonts.wrap(poster.link, 14, room=room, lines=3)
    foot = fonts.wrap(poster.foot, 14, room=room, lines=2) if poster.foot else []
    top = band + 36 + len(lines) * 34
    bottom = PAGE[1] - 56 - len(link) * 20 - len(foot) * 22
    yield from _code(poster.link, top, bottom)
    yield from _stack(link, bottom + 22, _Text(0, "", 14, MUTED), leading=20)
    yield from _stack(foot, PAGE[1] - 12 - len(foot) * 22, _Text(0, "", 14), leading=22)


def _stack(lines: list[str], down: float, like: _Text, *, leading: float) -> Iterator[_Text]:
    for place, line in enumerate(lines):
        yield _Text(down + place * leading, line, like.size, like.colour, like.bold)


def _code(link: str, top: float, bottom: float) -> Iterator[_Box]:
    """The dark modules between `top` and `bottom`, joined along each row, a whole point each."""
    side, runs = dark_runs(link)
    modules = side + 2 * _QUIET
    if bottom - top < _SMALLEST_CODE or (size := min(_LARGEST_CODE, bottom - top) // modules) < 2:
        raise ValueError("The poster's text leaves no room for its code.")
    left = (PAGE[0] - side * size) // 2
    upper = top + (bottom - top - side * size) // 2
    for across, down, length in runs:
        yield _Box(left + across * size, upper + down * size, length * size, size, INK)


def dark_runs(link: str) -> tuple[int, list[tuple[int, int, int]]]:
    """The modules of a side of a link's code, and its dark ones in rows: (across, down, length).

    Raises ValueError for a link too long.
    """
    try:
        rows = segno.make_qr(link, error="m").matrix
    except segno.DataOverflowError as error:
        raise ValueError("The link is too long for a QR code.") from error
    runs = []
    for down, row in enumerate(rows):
        across = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                runs.append((across, down, length))
            across += length
    return len(rows), runs
