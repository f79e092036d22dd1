"""Pictures of the reports' figures, and the same numbers as lines of text."""

from collections.abc import Sequence

from markupsafe import Markup

from handlers.files import charts
from handlers.files.charts import Chart, Series
from handlers.texts import join, say
from services import clock
from services.reports.figures import Bar, Figures, Kind, Wait
from services.reports.periods import Period

COLOUR_OF = {"closed": charts.COLOURS[2], "open": charts.COLOURS[1], "late": charts.COLOURS[3]}


def picture(figures: Figures, *, owner: str) -> bytes:
    """The figures as a PNG; `owner` says whose reports they are."""
    draw = _waits(figures.waits) if figures.kind is Kind.DAYS else _counts(figures.bars)
    labels, series = draw
    chart = Chart(
        title=str(title(figures)),
        subtitle=f"{owner} {spell(figures.period)}",
        labels=labels or [_none()],
        series=series,
        note=str(say("report_pictures.note", at=f"{clock.local():%Y-%m-%d %H:%M}")),
    )
    return charts.bar_chart(chart, stacked=figures.kind is not Kind.DAYS)


def caption(figures: Figures, *, owner: str) -> Markup:
    """What stands below the picture."""
    return say("report_pictures.head", title=title(figures), owner=owner,
               period=spell(figures.period))  # fmt: skip


def title(figures: Figures) -> Markup:
    return say(f"report_pictures.title.{figures.kind}")


def spell(period: Period) -> str:
    """A period in words."""
    return str(say("report_pictures.period", first=str(period.first), last=str(period.last)))


def text(figures: Figures, *, owner: str) -> Markup:
    """Everything the picture says, to be read."""
    head = caption(figures, owner=owner)
    if figures.kind is Kind.DAYS:
        lines = [_wait_line(one) for one in figures.waits] or [say("report_pictures.no_waits")]
        return join([head, join(lines)], "\n\n")
    whole = figures.all
    if not whole.total:
        return join([head, say("report_pictures.nothing")], "\n\n")
    total = say("report_pictures.total", total=whole.total, closed=whole.closed, open=whole.open,
                late=whole.late, rate=figures.fix_rate)  # fmt: skip
    return join([head, total, join([_bar_line(one) for one in figures.bars])], "\n\n")


def _bar_line(bar: Bar) -> Markup:
    return say("report_pictures.line", label=_label(bar.label), total=bar.total,
               closed=bar.closed, open=bar.open, late=bar.late)  # fmt: skip


def _wait_line(wait: Wait) -> Markup:
    label = _label(wait.label)
    return say("report_pictures.wait", label=label, days=f"{wait.days:.1f}", count=wait.count)


def _label(label: str) -> str:
    return label or str(say("report_pictures.others"))


def _none() -> str:
    return str(say("report_pictures.none"))


def _counts(bars: Sequence[Bar]) -> tuple[list[str], list[Series]]:
    numbers = {
        "closed": [float(bar.closed) for bar in bars],
        "open": [float(bar.open) for bar in bars],
        "late": [float(bar.late) for bar in bars],
    }
    series = [
        Series(str(say(f"report_pictures.series.{name}")), values or [0], COLOUR_OF[name])
        for name, values in numbers.items()
    ]
    return [_label(bar.label) for bar in bars], series


def _waits(waits: Sequence[Wait]) -> tuple[list[str], list[Series]]:
    name = str(say("report_pictures.series.days"))
    values = [round(one.days, 1) for one in waits] or [0.0]
    return [_label(one.label) for one in waits], [Series(name, values)]
