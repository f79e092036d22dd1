"""A sheet to draw on: shapes and Chinese text with smooth edges, given back as a PNG."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

from handlers.files import fonts

INK, MUTED, HAIRLINE, PAPER = "#1F2933", "#5F6B7A", "#E3E8EE", "#FFFFFF"

Point = tuple[float, float]
Box = tuple[float, float, float, float]

_SCALE = 2  # drawn twice as large and shrunk: Pillow's own shapes have jagged edges


@dataclass(frozen=True)
class Pen:
    """How text looks: pixels, colour, weight, which point of it `at` is (Pillow's anchors).

    A halo of paper keeps it readable where it lies over a line.
    """

    size: int
    colour: str = INK
    bold: bool = False
    anchor: str = "la"
    halo: bool = False


class Sheet:
    """A white picture; all measures are pixels of the finished one."""

    def __init__(self, width: int, height: int) -> None:
        self._image = Image.new("RGB", (width * _SCALE, height * _SCALE), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def text(self, at: Point, text: str, pen: Pen) -> None:
        """One line of text; the font has one weight, bold is drawn with a thicker stroke."""
        weight = max(1, pen.size // 36) if pen.bold else 0
        strokes = [(PAPER, weight + 5 * _SCALE)] if pen.halo else []
        for colour, stroke in (*strokes, (pen.colour, weight)):
            self._draw.text(
                _scaled(at),
                fonts.drawable(text),
                fill=colour,
                font=fonts.face(pen.size * _SCALE),
                anchor=pen.anchor,
                stroke_width=stroke,
            )

    def lines(self, at: Point, lines: Sequence[str], pen: Pen, *, leading: float = 1.35) -> float:
        """Lines one below another; the y below the last."""
        down = at[1]
        for line in lines:
            self.text((at[0], down), line, pen)
            down += pen.size * leading
        return down

    def box(self, box: Box, colour: str, *, radius: float = 0, flat_left: bool = False) -> None:
        """A filled rectangle, its right and bottom edge excluded; nothing when it has no area."""
        left, top, right, bottom = (round(edge * _SCALE) for edge in box)
        if right > left and bottom > top:
            self._draw.rounded_rectangle(
                (left, top, right - 1, bottom - 1),
                min(radius * _SCALE, (right - left) / 2, (bottom - top) / 2),
                colour,
                corners=(not flat_left, True, True, not flat_left),
            )

    def line(self, points: Sequence[Point], colour: str, *, width: float) -> None:
        """A line through the points, round at its joints."""
        scaled = [_scaled(point) for point in points]
        self._draw.line(scaled, fill=colour, width=round(width * _SCALE), joint="curve")

    def dot(self, at: Point, colour: str, *, radius: float) -> None:
        """A filled circle."""
        self._draw.circle(_scaled(at), radius * _SCALE, fill=colour)

    def png(self) -> bytes:
        """The finished picture."""
        file = BytesIO()
        self._image.reduce(_SCALE).save(file, "PNG")
        return file.getvalue()


def _scaled(point: Point) -> Point:
    return point[0] * _SCALE, point[1] * _SCALE
