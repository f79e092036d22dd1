"""Pictures and tables of voluntary service: a person's year, and the statistics for staff."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.files import charts, fonts
from handlers.files.charts import Chart, Series
from handlers.files.drawing import INK, MUTED, PAPER, Pen, Sheet
from handlers.files.workbooks import Column, write_workbook
from handlers.files.workbooks import Sheet as Table
from handlers.texts import say
from services.activities import attendance
from services.recognition.standing import Record
from services.recognition.statistics import Reached, Statistics, Sum
from services.volunteers.registration import Category

# -- a person's year ----------------------------------------------------------------------------

WIDTH, _MARGIN = 1080, 64
_BAND, _SOFT = charts.COLOURS[0], "#DCE8F5"
_PLOT, _BAR_ROW = 300, 72


@dataclass(frozen=True)
class Year:
    """What the picture of a year shows. No name: it is made to be passed on."""

    year: int
    record: Record

    @property
    def hours(self) -> str:
        return attendance.written(self.record.half_hours)

    @property
    def categories(self) -> list[tuple[str, int]]:
        """Labels and half hours, the most first."""
        return [(category(key), halves) for key, (_, halves) in self.record.by_category.items()]


def year_picture(year: Year) -> bytes:
    """One person's year as a PNG: hours and activities large, categories, months."""
    shown = year.categories[:8]
    bars_top = 560
    months_top = bars_top + 70 + len(shown) * _BAR_ROW + 30
    height = months_top + 70 + _PLOT + 60 + 90
    sheet = Sheet(WIDTH, height)
    _draw_head(sheet, year)
    _draw_categories(sheet, shown, bars_top)
    _draw_months(sheet, year.record.by_month, months_top)
    foot = str(say("year_picture.foot"))
    sheet.text((WIDTH / 2, height - 50), foot, Pen(30, MUTED, anchor="mm"))
    return sheet.png()


def _draw_head(sheet: Sheet, year: Year) -> None:
    sheet.box((0, 0, WIDTH, 200), _BAND)
    title = str(say("year_picture.title", year=year.year))
    sheet.text((WIDTH / 2, 100), title, Pen(60, PAPER, bold=True, anchor="mm"))
    halves = ((year.hours, "hours"), (str(len(year.record.services)), "activities"))
    for at, (number, key) in enumerate(halves):
        middle = WIDTH / 4 + at * WIDTH / 2
        sheet.text((middle, 320), number, Pen(130, _BAND, bold=True, anchor="mm"))
        sheet.text((middle, 430), str(say(f"year_picture.{key}")), Pen(38, MUTED, anchor="mm"))


def _draw_categories(sheet: Sheet, shown: Sequence[tuple[str, int]], top: float) -> None:
    sheet.text((_MARGIN, top - 20), str(say("year_picture.categories")), Pen(40, INK, bold=True))
    most = max((halves for _, halves in shown), default=1)
    left, room = 400, WIDTH - _MARGIN - 150 - 400
    for at, (label, halves) in enumerate(shown):
        down = top + 60 + at * _BAR_ROW
        cut = fonts.wrap(label, 32, room=left - _MARGIN - 20, lines=1)[0]
        sheet.text((left - 20, down + 22), cut, Pen(32, INK, anchor="rm"))
        end = left + room * halves / most
        sheet.box((left, down, end, down + 44), _BAND, radius=6, flat_left=True)
        hours = str(say("year_picture.of_hours", hours=attendance.written(halves)))
        sheet.text((end + 14, down + 22), hours, Pen(32, INK, bold=True, anchor="lm"))


def _draw_months(sheet: Sheet, months: Sequence[int], top: float) -> None:
    sheet.text((_MARGIN, top), str(say("year_picture.months")), Pen(40, INK, bold=True))
    most = max(*months, 1)
    step = (WIDTH - 2 * _MARGIN) / 12
    base = top + 70 + _PLOT
    for at, halves in enumerate(months):
        left = _MARGIN + at * step
        height = (_PLOT - 50) * halves / most
        sheet.box((left + 8, base - 3, left + step - 8, base), _SOFT)
        sheet.box((left + 8, base - height, left + step - 8, base), _BAND, radius=6)
        middle = left + step / 2
        sheet.text((middle, base + 26), str(at + 1), Pen(30, MUTED, anchor="mm"))
        if halves:
            number = attendance.written(halves)
            sheet.text((middle, base - height - 22), number, Pen(28, INK, bold=True, anchor="mm"))


def category(key: str) -> str:
    """A service category in words."""
    return str(say(f"volunteers.category.{key}"))


# -- statistics ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Breakdown:
    """One way of looking at the figures: its key in the texts, and labelled sums."""

    key: str
    groups: Sequence[tuple[str, Sum]]


def breakdowns(found: Statistics, names: Mapping[int, str]) -> tuple[Breakdown, ...]:
    """By category, by community, by month; `names` are those of the communities."""
    categories = [(category(one), found.by_category[one]) for one in Category
                  if one in found.by_category]  # fmt: skip
    communities = [(names.get(one, ""), total) for one, total in found.by_community.items()]
    months = [
        (str(say("recognition_statistics.month", month=month)), total)
        for month, total in found.by_month.items()
    ]
    return (
        Breakdown("category", categories),
        Breakdown("community", communities),
        Breakdown("month", months),
    )


def chart(found: Statistics, breakdown: Breakdown, owner: str) -> bytes:
    """Hours of each group as a picture."""
    return charts.bar_chart(
        Chart(
            title=str(say(f"recognition_statistics.title.{breakdown.key}", year=found.year)),
            subtitle=owner,
            labels=[label for label, _ in breakdown.groups],
            series=[Series("", [total.half_hours / 2 for _, total in breakdown.groups])],
            unit=" " + str(say("recognition_statistics.unit")),
        )
    )


def workbook(
    found: Statistics,
    reached: Sequence[Reached],
    names: Mapping[int, str],
    notes: Sequence[str],
) -> bytes:
    """A sheet for each way of looking at the figures, and who has reached which level."""
    sheets = [_table(found, one, notes) for one in breakdowns(found, names)]
    return write_workbook([*sheets, _levels(reached, names, notes)])


def _levels(reached: Sequence[Reached], names: Mapping[int, str], notes: Sequence[str]) -> Table:
    keys = ("number", "name", "home", "all_hours", "level")
    return Table(
        name=str(say("recognition_statistics.sheet.level")),
        columns=[Column(heading=str(say(f"recognition_statistics.head.{key}"))) for key in keys],
        rows=[
            (one.number, one.name, names.get(one.community_id or 0, ""), one.half_hours / 2,
             one.level or None)
            for one in reached
        ],
        title=str(say("recognition_statistics.title.level")),
        notes=notes[:1],
    )  # fmt: skip


def _table(found: Statistics, one: Breakdown, notes: Sequence[str]) -> Table:
    keys = (one.key, "hours", "services", "activities", "people")
    title = str(say(f"recognition_statistics.title.{one.key}", year=found.year))
    rows = [
        (label, total.half_hours / 2, total.services, len(total.activities), len(total.people))
        for label, total in (*one.groups, (str(say("recognition_statistics.whole")), found.whole))
    ]
    return Table(
        name=str(say(f"recognition_statistics.sheet.{one.key}")),
        columns=[Column(heading=str(say(f"recognition_statistics.head.{key}"))) for key in keys],
        rows=rows,
        title=title,
        notes=notes,
    )
