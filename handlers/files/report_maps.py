"""The map of public reports: as a picture drawn from the places alone, and as a page of its own."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from markupsafe import Markup

from handlers.chat import Button, Screen
from handlers.files import charts, fonts
from handlers.files.drawing import INK, MUTED, PAPER, Pen, Point, Sheet
from handlers.texts import join, say
from services import clock
from services.reports.maps import Map, Spot

WIDTH, MARGIN, HEAD = 1080, 56, 250
TALLEST, LOWEST = 1080, 420
LEAST, MOST = 26, 74
"""Radius of the circle of one report and of the busiest place, in pixels."""
ROOM_FOR_NAME = 44
METRES_A_DEGREE = 111_320.0
LISTED = 12
"""Places named in the text below a picture."""
PAGE = Path(__file__).with_name("report_map.html")
_DONE, _OPEN, _QUIET = charts.COLOURS[2], charts.COLOURS[1], "#B8C2CC"


@dataclass
class Cluster:
    """Spots whose circles would lie on one another, drawn as one."""

    at: Point
    spots: list[Spot]

    @property
    def total(self) -> int:
        return sum(spot.total for spot in self.spots)

    @property
    def closed(self) -> int:
        return sum(spot.closed for spot in self.spots)


# -- the picture --------------------------------------------------------------------------------


def picture(town: Map) -> bytes:
    """Circles with counts where the estates are; a plain list where no place is known."""
    located = [spot for spot in town.spots if spot.latitude is not None]
    if not located:
        return _list_instead(town)
    plane = Plane([*located, *town.quiet])
    sheet = Sheet(WIDTH, round(HEAD + plane.height + 120))
    _draw_head(sheet, town)
    frame = (MARGIN - 20, HEAD - 20, WIDTH - MARGIN + 20, HEAD + plane.height + 20)
    sheet.box(frame, "#F5F7F9", radius=18)
    busiest = max(spot.total for spot in located)
    clusters = list(clustered(located, plane, busiest))
    for spot in town.quiet:
        if all(math.dist(plane.at(spot), one.at) > MOST * 1.5 for one in clusters):
            _draw_quiet(sheet, plane.at(spot), spot)
    for cluster in sorted(clusters, key=lambda one: -one.total):
        _draw_cluster(sheet, cluster, busiest)
    _draw_foot(sheet, plane)
    return sheet.png()


class Plane:
    """Where degrees lie on the picture: north is up, a metre is as long in every direction."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        norths = [spot.latitude or 0.0 for spot in spots]
        easts = [spot.longitude or 0.0 for spot in spots]
        self._north, self._west = max(norths), min(easts)
        self._narrow = math.cos(math.radians(self._north))
        wide = max((max(easts) - self._west) * self._narrow, 0.002)
        high = max(self._north - min(norths), 0.001)
        room = WIDTH - 2 * MARGIN - 2 * MOST
        self.scale = min(room / wide, (TALLEST - 2 * MOST) / high)
        self.height = max(high * self.scale + 2 * MOST + ROOM_FOR_NAME, LOWEST)
        self._shift = (room - wide * self.scale) / 2

    def at(self, spot: Spot) -> Point:
        """Pixels of a spot that has a place."""
        east = ((spot.longitude or 0.0) - self._west) * self._narrow
        south = self._north - (spot.latitude or 0.0)
        return MARGIN + MOST + self._shift + east * self.scale, HEAD + MOST + south * self.scale

    def pixels(self, metres: float) -> float:
        return metres / METRES_A_DEGREE * self.scale


def radius(count: int, busiest: int) -> float:
    """Area by count, so that twice as many look twice as much."""
    return max(LEAST, MOST * math.sqrt(count / max(busiest, 1)))


def clustered(spots: Sequence[Spot], plane: Plane, busiest: int) -> Iterator[Cluster]:
    """The busiest first; a spot whose circle would touch one that stands joins it."""
    standing: list[Cluster] = []
    for spot in sorted(spots, key=lambda one: -one.total):
        at = plane.at(spot)
        own = radius(spot.total, busiest)
        near = next(
            (c for c in standing if math.dist(c.at, at) < own + radius(c.total, busiest)), None
        )
        if near is None:
            standing.append(Cluster(at, [spot]))
        else:
            near.spots.append(spot)
    yield from standing


def _draw_cluster(sheet: Sheet, cluster: Cluster, busiest: int) -> None:
    """A circle, filled from the middle as far as its reports are mended, its count and name."""
    size = min(radius(cluster.total, busiest), MOST * 1.3)
    sheet.dot(cluster.at, PAPER, radius=size + 3)
    sheet.dot(cluster.at, _OPEN, radius=size)
    done = size * math.sqrt(cluster.closed / cluster.total)
    if done:
        sheet.dot(cluster.at, _DONE, radius=done)
    colour = PAPER if done >= LEAST * 0.9 else INK
    sheet.text(cluster.at, str(cluster.total), Pen(34, colour, bold=True, anchor="mm"))
    name = _name_of(cluster)
    half = fonts.width(name, 28) / 2
    across = min(max(cluster.at[0], half + 12), WIDTH - half - 12)
    sheet.text((across, cluster.at[1] + size + 6), name, Pen(28, anchor="ma", halo=True))


def _name_of(cluster: Cluster) -> str:
    name = place_of(cluster.spots[0])
    if len(cluster.spots) == 1:
        return name
    return str(say("report_maps.several", name=name, count=len(cluster.spots)))


def _draw_quiet(sheet: Sheet, at: Point, spot: Spot) -> None:
    sheet.dot(at, _QUIET, radius=8)
    sheet.text((at[0], at[1] + 12), spot.label, Pen(24, MUTED, anchor="ma", halo=True))


def _draw_head(sheet: Sheet, town: Map) -> None:
    sheet.text((MARGIN, MARGIN), str(say("report_maps.title")), Pen(46, bold=True))
    sheet.text((MARGIN, MARGIN + 64), _subtitle(town), Pen(30, MUTED))
    across = float(MARGIN)
    for name, colour in (("done", _DONE), ("open", _OPEN), ("quiet", _QUIET)):
        label = str(say(f"report_maps.legend.{name}"))
        sheet.dot((across + 14, MARGIN + 136), colour, radius=14)
        sheet.text((across + 38, MARGIN + 136), label, Pen(30, anchor="lm"))
        across += 38 + fonts.width(label, 30) + 44


def _subtitle(town: Map) -> str:
    return str(say("report_maps.subtitle", first=str(town.period.first), last=str(town.period.last),
                   total=town.total, closed=town.closed))  # fmt: skip


def _draw_foot(sheet: Sheet, plane: Plane) -> None:
    """How long a stretch of metres is, and what is not shown."""
    down = HEAD + plane.height + 48
    metres = next((m for m in (2000, 1000, 500, 200, 100) if plane.pixels(m) < 300), 50)
    right = WIDTH - MARGIN
    sheet.box((right - plane.pixels(metres), down, right, down + 6), INK)
    label = str(say("report_maps.metres", metres=metres))
    sheet.text((right, down + 14), label, Pen(26, MUTED, anchor="ra"))
    sheet.text((MARGIN, down), str(say("report_maps.note")), Pen(26, MUTED))


def _list_instead(town: Map) -> bytes:
    """Without any place: the busiest spots as bars."""
    shown = town.spots[:LISTED]
    closed = [float(spot.closed) for spot in shown] or [0.0]
    left = [float(spot.total - spot.closed) for spot in shown] or [0.0]
    chart = charts.Chart(
        title=str(say("report_maps.title")),
        subtitle=_subtitle(town),
        labels=[place_of(spot) for spot in shown] or [str(say("report_maps.nothing"))],
        series=[
            charts.Series(str(say("report_maps.legend.done")), closed, _DONE),
            charts.Series(str(say("report_maps.legend.open")), left, _OPEN),
        ],
        note=str(say("report_maps.note")),
    )
    return charts.bar_chart(chart, stacked=True)


# -- in words -----------------------------------------------------------------------------------


def place_of(spot: Spot) -> str:
    """A spot's name; that of its community where it is no estate."""
    return spot.label or spot.community or str(say("report_maps.elsewhere"))


def text(town: Map) -> Markup:
    """The same as the picture, to be read."""
    if not town.spots:
        return say("report_maps.nothing")
    lines = [
        say("report_maps.line", place=place_of(spot), total=spot.total, closed=spot.closed)
        for spot in town.spots[:LISTED]
    ]
    if len(town.spots) > LISTED:
        lines.append(say("report_maps.more", count=len(town.spots) - LISTED))
    return join([say("report_maps.head", title=say("report_maps.title"),
                     subtitle=_subtitle(town)), *lines])  # fmt: skip


def file_name(*, as_page: bool) -> str:
    """What the file is called on a phone."""
    return f"{say('report_maps.title')}-{clock.today().isoformat()}.{'html' if as_page else 'png'}"


def screen(town: Map, file: Mapping[str, str], *, as_page: bool) -> Screen:
    """The message that brings the picture (and offers the page), or the page."""
    if as_page:
        return Screen(say("report_maps.page_ready"), document=file)
    buttons = (
        Button(str(say("report_maps.button.page")), "prog:page"),
        Button(str(say("report_maps.button.back")), "prog:again"),
    )
    return Screen(text(town), (buttons,), picture=file)


# -- the page -----------------------------------------------------------------------------------


def page(town: Map, *, tiles: str = "") -> str:
    """A page in one file that asks nobody for anything, except `tiles` (…/{z}/{x}/{y}.png).

    Raises ValueError for an address of tiles that is no http address.
    """
    words = {key: str(say(f"report_maps.page.{key}")) for key in
             ("all_kinds", "closed", "empty", "in", "out", "total", "unplaced")}  # fmt: skip
    facts = {
        "title": str(say("report_maps.title")),
        "subtitle": _subtitle(town),
        "note": f"{say('report_maps.note')} {clock.local():%Y-%m-%d %H:%M}",
        "words": words,
        "tiles": tiles,
        "spots": [_as_facts(spot) for spot in (*town.spots, *town.quiet)],
    }
    encoded = json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c")
    template = PAGE.read_text(encoding="utf-8")
    return template.replace("TILES_ORIGIN", origin(tiles)).replace("FACTS", encoded)


def origin(tiles: str) -> str:
    """What the page's own rules let it fetch pictures from. Raises ValueError."""
    if not tiles:
        return ""
    parts = urlsplit(tiles)
    if parts.scheme not in ("http", "https") or not parts.netloc or set(tiles) & set(" ;,'\"<>"):
        raise ValueError("The address of map tiles is like https://tiles.example/{z}/{x}/{y}.png")
    return f"{parts.scheme}://{parts.netloc}"


def _as_facts(spot: Spot) -> dict[str, object]:
    return {
        "name": place_of(spot),
        "community": spot.community,
        "at": None if spot.latitude is None else [spot.latitude, spot.longitude],
        "total": spot.total,
        "closed": spot.closed,
        "kinds": [list(kind) for kind in spot.kinds],
    }
