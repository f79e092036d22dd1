"""Charts for a phone, as PNG: horizontal bars (plain, grouped, stacked) and lines, with numbers."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from handlers.files import fonts
from handlers.files.drawing import HAIRLINE, INK, MUTED, PAPER, Pen, Point, Sheet

WIDTH = 1080
MOST_BARS = 60
"""Rows times series of a bar chart: a taller picture would not be taken by Telegram."""

# Told apart also by the colour-blind, and dark enough for numbers of the same colour on white
COLOURS = ("#2B6CB0", "#D98A1F", "#2F8F83", "#B8433F", "#7A5BA6", "#7B8794")

_MARGIN, _GAP = 56, 28
_TITLE, _SUBTITLE = Pen(46, bold=True), Pen(30, MUTED)
_LABEL, _NUMBER, _NOTE, _TICK = Pen(34), Pen(32, INK, bold=True), Pen(26, MUTED), Pen(28, MUTED)
_LINE = 1.32
_BAR, _GROUPED_BAR = 44, 34
_LABEL_COLUMN = 300  # wider labels stand above their bars
_PLOT_HEIGHT = 560
_NEXT_TO_NOTHING = 1e-6
_NO_VALUE = "\u2013"


@dataclass(frozen=True)
class Series:
    """A name for the legend and a value per label; None where there is none.

    Without a `colour` it takes the next of COLOURS.
    """

    name: str
    values: Sequence[float | None]
    colour: str = ""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What is to be seen; `unit` follows each number, `note` says source and time below."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    subtitle: str = ""
    note: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        if not self.labels or not self.series:
            raise ValueError("A chart needs a label and a series.")
        if any(len(each.values) != len(self.labels) for each in self.series):
            raise ValueError("Each series has one value per label.")
        if len(self.series) > len(COLOURS):
            raise ValueError("More series than colours that can be told apart.")
        if not all(math.isfinite(value) for value in self.values()):
            raise ValueError("A value is not a number.")

    def values(self) -> Iterator[float]:
        """Every value there is."""
        return (value for each in self.series for value in each.values if value is not None)

    def colour(self, place: int) -> str:
        """Of the series at this place."""
        return self.series[place].colour or COLOURS[place]

    def number(self, value: float) -> str:
        """As it stands beside a bar: whole, or all of them with one decimal."""
        decimals = 0 if all(float(each).is_integer() for each in (*self.values(), value)) else 1
        return f"{value:,.{decimals}f}{self.unit}"


# -- bars ---------------------------------------------------------------------------------------


def bar_chart(chart: Chart, *, stacked: bool = False) -> bytes:
    """Horizontal bars, a group of them (or one stacked bar) per label.

    Raises ValueError for a negative value and for more than MOST_BARS bars.
    """
    if any(value < 0 for value in chart.values()):
        raise ValueError("A bar cannot be negative.")
    if len(chart.labels) * (1 if stacked else len(chart.series)) > MOST_BARS:
        raise ValueError("More bars than a picture holds.")
    rows = _Rows(chart, stacked=stacked)
    head = _head_height(chart)
    sheet = Sheet(WIDTH, round(head + rows.height + _foot_height(chart)))
    _draw_head(sheet, chart)
    rows.draw(sheet, head)
    _draw_foot(sheet, chart, head + rows.height)
    return sheet.png()


class _Rows:
    """Where each label and its bars stand: measured first, then drawn."""

    def __init__(self, chart: Chart, *, stacked: bool) -> None:
        self._chart, self._stacked = chart, stacked
        labels = [fonts.drawable(text).strip() for text in chart.labels]
        widest = max(fonts.width(text, _LABEL.size) for text in labels)
        self._beside = widest <= _LABEL_COLUMN
        self._left = _MARGIN + (widest + 24 if self._beside else 0)
        room = widest + 1 if self._beside else WIDTH - 2 * _MARGIN
        lines = 3 if len(labels) <= 30 else 2 if len(labels) <= 45 else 1
        self._labels = [fonts.wrap(text, _LABEL.size, room=room, lines=lines) for text in labels]
        bars = 1 if stacked else len(chart.series)
        self._thick = _BAR if bars == 1 else _GROUPED_BAR
        self._bars_height = bars * self._thick + (bars - 1) * 6
        numbers = (chart.number(value) for value in (*map(self._total, range(len(chart.labels))),
                                                     *chart.values()))  # fmt: skip
        reserve = max(fonts.width(text, _NUMBER.size) for text in numbers) + 20
        self._length = WIDTH - _MARGIN - reserve - self._left
        self._top = max(map(self._total, range(len(chart.labels)))) or 1

    def _total(self, row: int) -> float:
        values = [each.values[row] or 0 for each in self._chart.series]
        return math.fsum(values) if self._stacked else max(values)

    def _label_height(self, row: int) -> float:
        return len(self._labels[row]) * _LABEL.size * _LINE

    def _row_height(self, row: int) -> float:
        if self._beside:
            return self._bars_height + _GAP
        return self._label_height(row) + 4 + self._bars_height + _GAP

    @property
    def height(self) -> float:
        return sum(map(self._row_height, range(len(self._labels))))

    def draw(self, sheet: Sheet, top: float) -> None:
        down = top
        for row, lines in enumerate(self._labels):
            if self._beside:
                bars, middle = down, down + self._bars_height / 2
                pen = Pen(_LABEL.size, anchor="rm")
                sheet.text((self._left - 24, middle), lines[0], pen)
            else:
                bars = sheet.lines((_MARGIN, down), lines, _LABEL, leading=_LINE) + 4
            (self._draw_stack if self._stacked else self._draw_group)(sheet, row, bars)
            down += self._row_height(row)
        if self._beside:
            sheet.box((self._left - 2, top - 8, self._left, down - _GAP + 8), HAIRLINE)

    def _draw_group(self, sheet: Sheet, row: int, top: float) -> None:
        for place, each in enumerate(self._chart.series):
            value, down = each.values[row], top + place * (self._thick + 6)
            end = self._left + self._length * (value or 0) / self._top
            box = (self._left, down, end, down + self._thick)
            sheet.box(box, self._chart.colour(place), radius=5, flat_left=True)
            text = _NO_VALUE if value is None else self._chart.number(value)
            self._draw_number(sheet, text, (end, down + self._thick / 2))

    def _draw_stack(self, sheet: Sheet, row: int, top: float) -> None:
        at = float(self._left)
        for place, each in enumerate(self._chart.series):
            value = each.values[row] or 0
            end = at + self._length * value / self._top
            colour = self._chart.colour(place)
            sheet.box((at, top, end - (2 if end - at > 4 else 0), top + self._thick), colour)
            text = self._chart.number(value)
            if value and fonts.width(text, _TICK.size) + 12 < end - at:
                pen = Pen(_TICK.size, _text_on(colour), anchor="mm")
                sheet.text(((at + end) / 2, top + self._thick / 2), text, pen)
            at = end
        self._draw_number(sheet, self._chart.number(self._total(row)), (at, top + self._thick / 2))

    def _draw_number(self, sheet: Sheet, text: str, at: Point) -> None:
        pen = Pen(_NUMBER.size, _NUMBER.colour, _NUMBER.bold, anchor="lm")
        sheet.text((at[0] + 12, at[1]), text, pen)


def _text_on(colour: str) -> str:
    """White or dark, whichever is easier to read (relative luminance, roughly)."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else PAPER


# -- lines --------------------------------------------------------------------------------------


def line_chart(chart: Chart) -> bytes:
    """Lines over the labels from left to right; gaps where a value is None.

    The highest and the last value of each line are written out, all of a short single line.
    """
    head = _head_height(chart)
    foot = head + _PLOT_HEIGHT + 84
    sheet = Sheet(WIDTH, round(foot + _foot_height(chart)))
    _draw_head(sheet, chart)
    plot = _Plot(chart, head + 16)
    plot.draw_grid(sheet)
    for place in range(len(chart.series)):
        plot.draw_line(sheet, place)
    plot.draw_numbers(sheet)
    _draw_foot(sheet, chart, foot)
    return sheet.png()


class _Plot:
    """The area of a line chart and where a value stands in it."""

    def __init__(self, chart: Chart, top: float) -> None:
        self._chart, self._top, self._bottom = chart, top, top + _PLOT_HEIGHT
        self._ticks = _ticks([*chart.values()])
        widest = max(fonts.width(self._tick(tick), _TICK.size) for tick in self._ticks)
        self._left, self._right = _MARGIN + widest + 20, WIDTH - _MARGIN - 40

    def _tick(self, tick: float) -> str:
        return f"{tick:,.10g}{self._chart.unit}"

    def _at(self, column: int, value: float) -> Point:
        steps = max(1, len(self._chart.labels) - 1)
        share = column / steps if len(self._chart.labels) > 1 else 0.5
        low, high = self._ticks[0], self._ticks[-1]
        height = (value - low) / (high - low)
        across = self._left + 30 + share * (self._right - self._left - 30)
        return across, self._bottom - height * (self._bottom - self._top)

    def draw_grid(self, sheet: Sheet) -> None:
        for tick in self._ticks:
            down = self._at(0, tick)[1]
            sheet.box((self._left, down - 1, WIDTH - _MARGIN, down + 1), HAIRLINE)
            pen = Pen(_TICK.size, MUTED, anchor="rm")
            sheet.text((self._left - 16, down), self._tick(tick), pen)
        for column in self._shown_labels():
            across = self._at(column, self._ticks[0])[0]
            pen = Pen(_TICK.size, MUTED, anchor="ma")
            room = (self._right - self._left) / 3
            text = fonts.wrap(self._chart.labels[column], _TICK.size, room=room, lines=1)[0]
            half = 16 + fonts.width(text, _TICK.size) / 2
            across = max(half, min(across, WIDTH - half))
            sheet.text((across, self._bottom + 16), text, pen)

    def _shown_labels(self) -> list[int]:
        """Every label, or every second, third ...: the last always, none over another."""
        labels = self._chart.labels
        widest = max(fonts.width(fonts.drawable(text), _TICK.size) for text in labels) + 24
        widest = min(widest, (self._right - self._left) / 3 + 24)
        fit = max(1, int((self._right - self._left) / widest))
        step = math.ceil(len(labels) / fit)
        return list(range(len(labels) - 1, -1, -step))

    def draw_line(self, sheet: Sheet, place: int) -> None:
        points = [
            None if value is None else self._at(column, value)
            for column, value in enumerate(self._chart.series[place].values)
        ]
        for before, after in pairwise(points):
            if before and after:
                sheet.line([before, after], self._chart.colour(place), width=5)
        for point in points:
            if point:
                sheet.dot(point, PAPER, radius=9)
                sheet.dot(point, self._chart.colour(place), radius=7)

    def draw_numbers(self, sheet: Sheet) -> None:
        """The more telling first, above or below its point; what finds no room is left out."""
        taken: list[tuple[float, float, float]] = []
        for column, place, value in self._telling():
            text, (across, down) = self._chart.number(value), self._at(column, value)
            half = fonts.width(text, _NUMBER.size) / 2
            across = min(across, WIDTH - 12 - half)
            for baseline in (down - 16, down + 16 + _NUMBER.size * 0.75):
                if baseline < self._bottom and _is_free((across, baseline, half), taken):
                    taken.append((across, baseline, half))
                    many = len(self._chart.series) > 1
                    colour = self._chart.colour(place) if many else INK
                    pen = Pen(_NUMBER.size, colour, bold=True, anchor="ms", halo=True)
                    sheet.text((across, baseline), text, pen)
                    break

    def _telling(self) -> list[tuple[int, int, float]]:
        """(column, series, value): last values, then the highest, then those of a short line."""
        last, highest, others = [], [], []
        for place, each in enumerate(self._chart.series):
            known = [
                (at, place, value) for at, value in enumerate(each.values) if value is not None
            ]
            if known:
                last.append(known[-1])
                highest.append(max(known, key=lambda found: found[2]))
                others += known if len(self._chart.series) == 1 and len(known) <= 12 else []
        return list(dict.fromkeys(last + highest + others))


def _is_free(
    number: tuple[float, float, float], taken: Sequence[tuple[float, float, float]]
) -> bool:
    """Whether a number (middle, baseline, half its width) lies on none that is there."""
    across, down, half = number
    apart = _NUMBER.size * 1.1
    return all(abs(down - y) > apart or abs(across - x) > half + w for x, y, w in taken)


def _ticks(values: Sequence[float]) -> list[float]:
    """Four to six round numbers from nought (or below the least) to above the greatest."""
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    if high - low < _NEXT_TO_NOTHING:
        low, high = 0.0, 1.0
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(step * count, 10) for count in range(first, last + 1)]


# -- above and below ----------------------------------------------------------------------------


def _head_lines(chart: Chart) -> tuple[list[str], list[str]]:
    room = WIDTH - 2 * _MARGIN
    subtitle = fonts.wrap(chart.subtitle, _SUBTITLE.size, room=room, lines=3)
    return fonts.wrap(
        chart.title, _TITLE.size, room=room, lines=3
    ), subtitle if chart.subtitle else []


def _head_height(chart: Chart) -> float:
    title, subtitle = _head_lines(chart)
    height = _MARGIN + len(title) * _TITLE.size * _LINE + len(subtitle) * _SUBTITLE.size * _LINE + 8
    legend = len(_legend(chart)) * 48 + 8 if len(chart.series) > 1 else 0
    return height + legend + 28


def _draw_head(sheet: Sheet, chart: Chart) -> None:
    title, subtitle = _head_lines(chart)
    down = sheet.lines((_MARGIN, _MARGIN), title, _TITLE, leading=_LINE)
    down = sheet.lines((_MARGIN, down + 8), subtitle, _SUBTITLE, leading=_LINE)
    for row in _legend(chart) if len(chart.series) > 1 else []:
        for across, place, name in row:
            box = (across, down + 18, across + 28, down + 46)
            sheet.box(box, chart.colour(place), radius=5)
            sheet.text((across + 40, down + 32), name, Pen(_SUBTITLE.size, anchor="lm"))
        down += 48


def _legend(chart: Chart) -> list[list[tuple[float, int, str]]]:
    """Rows of (across, series, name) that fit the width."""
    rows: list[list[tuple[float, int, str]]] = [[]]
    across = float(_MARGIN)
    for place, each in enumerate(chart.series):
        name = fonts.wrap(each.name, _SUBTITLE.size, room=WIDTH - 2 * _MARGIN - 40, lines=1)[0]
        wide = 40 + fonts.width(name, _SUBTITLE.size)
        if rows[-1] and across + wide > WIDTH - _MARGIN:
            rows.append([])
            across = _MARGIN
        rows[-1].append((across, place, name))
        across += wide + 44
    return rows


def _foot_height(chart: Chart) -> float:
    return len(_note(chart)) * _NOTE.size * _LINE + _MARGIN


def _draw_foot(sheet: Sheet, chart: Chart, top: float) -> None:
    sheet.lines((_MARGIN, top + 12), _note(chart), _NOTE, leading=_LINE)


def _note(chart: Chart) -> list[str]:
    if not chart.note:
        return []
    return fonts.wrap(chart.note, _NOTE.size, room=WIDTH - 2 * _MARGIN, lines=4)
