"""Certificates of service on paper: an A4 page each, then its list of services; one PDF for all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from fpdf import FPDF

from handlers.files import fonts, qr
from handlers.files.drawing import HAIRLINE, INK, MUTED
from handlers.files.papers import missing, paper, write
from handlers.texts import say

PAGE = qr.PAGE
_LEFT, _RIGHT = 64, PAGE[0] - 64
_LABELS = _LEFT + 118
_ROW, _TEXT = 30, 12
_CODE_SIDE = 116
_ACCENT = "#B8433F"
_SERVICES_A_PAGE = 32
_COLUMNS = (_LEFT, _LEFT + 84, _LEFT + 318, _LEFT + 412)


@dataclass(frozen=True)
class Service:
    """A line of the list: day, what, category, hours, all in words."""

    day: str
    title: str
    category: str
    hours: str


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What a certificate says, ready to be printed; `signed` are the issuer's lines, as
    (label, words), where empty words leave a line to write on."""

    number: str
    facts: Sequence[tuple[str, str]]
    content: str
    statement: str
    signed: Sequence[tuple[str, str]]
    notice: str
    link: str
    services: Sequence[Service]


class Writer:
    """Puts one certificate after another into a PDF; between two of them others may work."""

    def __init__(self, page: FPDF) -> None:
        self._page = page
        self._is_first = True
        self.unprintable: set[str] = set()

    def add(self, one: Paper) -> None:
        """A certificate on a page of its own, and its services on the pages after it."""
        self._turn()
        self._draw(one)
        for start in range(0, len(one.services), _SERVICES_A_PAGE):
            self._turn()
            self._draw_services(one, one.services[start : start + _SERVICES_A_PAGE])

    def pdf(self) -> bytes:
        """The finished file."""
        return bytes(self._page.output())

    def _turn(self) -> None:
        if not self._is_first:
            self._page.add_page()
        self._is_first = False

    # -- the front --

    def _draw(self, one: Paper) -> None:
        self._page.set_draw_color(_ACCENT)
        self._page.set_line_width(1.4)
        self._page.rect(36, 36, PAGE[0] - 72, PAGE[1] - 72)
        self._middle(104, str(say("certificate_paper.title")), size=28)
        self._right(136, str(say("certificate_paper.number", number=one.number)), size=11)
        down = self._facts(one, 158)
        down = self._paragraph(one.statement, down + 34)
        down = max(down + 26, 548)
        self._signatures(one, down)
        self._code(one, down + 12)

    def _facts(self, one: Paper, top: float) -> float:
        down = top
        for label, words in one.facts:
            down = self._fact(label, words, down)
        return self._fact(str(say("certificate_paper.content")), one.content, down)

    def _fact(self, label: str, words: str, top: float) -> float:
        room = _RIGHT - _LABELS - 20
        broken = fonts.wrap(words, _TEXT, room=room)
        height = _ROW + (len(broken) - 1) * 19
        self._page.set_draw_color(MUTED)
        self._page.set_line_width(0.6)
        self._page.rect(_LEFT, top, _LABELS - _LEFT, height)
        self._page.rect(_LABELS, top, _RIGHT - _LABELS, height)
        self._put((_LEFT + 10, top + 20), label, size=_TEXT, colour=MUTED)
        for at, line in enumerate(broken):
            self._put((_LABELS + 10, top + 20 + at * 19), line, size=_TEXT)
        return top + height

    def _paragraph(self, text: str, down: float) -> float:
        for line in fonts.wrap(text, 13, room=_RIGHT - _LEFT):
            self._put((_LEFT, down), line, size=13)
            down += 22
        return down

    def _signatures(self, one: Paper, down: float) -> None:
        left = _LEFT + 214
        for label, words in one.signed:
            end = self._put((left, down), f"{label}:", size=_TEXT)
            if words:
                for at, line in enumerate(fonts.wrap(words, _TEXT, room=_RIGHT - end, lines=2)):
                    self._put((end, down + at * 18), line, size=_TEXT)
                    down += at * 18
            else:
                self._rule(end + 4, down + 2)
            down += 26

    def _rule(self, left: float, down: float) -> None:
        self._page.set_draw_color(MUTED)
        self._page.set_line_width(0.6)
        self._page.line(left, down, _RIGHT, down)

    def _code(self, one: Paper, top: float) -> None:
        side, runs = qr.dark_runs(one.link)
        size = _CODE_SIDE / side
        self._page.set_fill_color(INK)
        for across, down, length in runs:
            box = (_LEFT + across * size, top + down * size, length * size, size)
            self._page.rect(*box, style="F")
        self._put((_LEFT, top + _CODE_SIDE + 18), str(say("certificate_paper.scan")), size=10)
        for at, line in enumerate(fonts.wrap(one.notice, 9, room=_RIGHT - _LEFT, lines=3)):
            self._put((_LEFT, 738 + at * 14), line, size=9, colour=MUTED)
        self._put((_LEFT, 786), one.link, size=8, colour=MUTED)

    # -- the services --

    def _draw_services(self, one: Paper, services: Sequence[Service]) -> None:
        self._put((_LEFT, 72), str(say("certificate_paper.services")), size=16)
        self._right(72, str(say("certificate_paper.number", number=one.number)), size=10)
        heads = [str(say(f"certificate_paper.{key}")) for key in ("day", "what", "kind", "hours")]
        self._line(104, heads, MUTED)
        for at, row in enumerate(services, start=1):
            self._line(104 + at * 20, (row.day, row.title, row.category, row.hours), INK)

    def _line(self, down: float, words: Sequence[str], colour: str) -> None:
        self._page.set_draw_color(HAIRLINE)
        self._page.set_line_width(0.6)
        self._page.line(_LEFT, down + 6, _RIGHT, down + 6)
        ends = (*_COLUMNS[1:], _RIGHT)
        for left, end, text in zip(_COLUMNS, ends, words, strict=True):
            cut = fonts.wrap(text, 10, room=end - left - 8, lines=1)[0]
            self._put((left, down), cut, size=10, colour=colour)

    # -- text --

    def _put(self, at: tuple[float, float], text: str, *, size: float, colour: str = INK) -> float:
        self._page.set_text_color(colour)
        self.unprintable |= set(missing(self._page, text))
        return write(self._page, at, text, size=size)

    def _middle(self, down: float, text: str, *, size: int) -> None:
        self._put(((PAGE[0] - fonts.width(text, size)) / 2, down), text, size=size)

    def _right(self, down: float, text: str, *, size: int) -> None:
        self._put((_RIGHT - fonts.width(text, size), down), text, size=size, colour=MUTED)


@contextmanager
def writing(title: str) -> Iterator[Writer]:
    """A PDF to add certificates to; read `pdf` inside."""
    with paper(title, size=PAGE) as page:
        yield Writer(page)
