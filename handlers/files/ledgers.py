"""The office's ledgers as sheets: their headings, and what stands in each column."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.files.workbooks import Cell, Column, Sheet, write_workbook
from handlers.texts import say
from services import clock
from services.reports import ledgers, sweeps
from services.reports import open311 as shape
from services.reports.ledgers import Entry, Light
from services.reports.periods import Period
from services.reports.sweeps import Line

DAY = "yyyy-mm-dd"


def problems(entries: Sequence[Entry], notes: Sequence[str]) -> bytes:
    """The ledger of problems and their repair."""
    return _workbook("problems", [_problem(one) for one in entries], notes)


def events(entries: Sequence[Entry], notes: Sequence[str]) -> bytes:
    """The district's export of events, 23 columns."""
    return _workbook("events", [_event(one) for one in entries], notes)


def lights(
    found: Sequence[Light],
    lines: Sequence[Line],
    communities: Mapping[int, str],
    notes: Sequence[str],
) -> bytes:
    """A stairwell round for the district: sums by community and building, and every fault."""
    sheets = [
        _sheet("lights", [_light(i, one) for i, one in enumerate(found, 1)], notes),
        _sheet("lights_communities", _community_rows(lines, communities), notes),
        _sheet("lights_buildings", _building_rows(lines, communities), notes),
    ]
    return write_workbook(sheets)


def open311(entries: Sequence[Entry]) -> dict[str, bytes]:
    """GeoReport v2: the two answers as files, by the names the standard asks for."""
    answers = {"services.json": shape.services(), "requests.json": shape.requests(entries)}
    return {
        name: json.dumps(answer, ensure_ascii=False, indent=1).encode()
        for name, answer in answers.items()
    }


def notes(owner: str, period: Period) -> list[str]:
    """Period, owner, day and secrecy mark: every ledger carries them."""
    return [
        str(say("ledgers.period", from_day=str(period.first), to_day=str(period.last))),
        str(say("ledgers.owner", owner=owner)),
        str(say("ledgers.made", day=clock.today().isoformat())),
        str(say("ledgers.secrecy")),
    ]


def _workbook(kind: str, rows: Sequence[Sequence[Cell]], notes_above: Sequence[str]) -> bytes:
    return write_workbook([_sheet(kind, rows, notes_above)])


def _sheet(kind: str, rows: Sequence[Sequence[Cell]], notes_above: Sequence[str]) -> Sheet:
    headings = str(say(f"ledgers.headings.{kind}")).split("|")
    title = str(say(f"ledgers.title.{kind}"))
    return Sheet(
        name=title,
        columns=[Column(heading=heading) for heading in headings],
        rows=rows,
        title=title,
        notes=notes_above,
    )


def _state(entry: Entry) -> str:
    return str(say(f"reports.state.{entry.report.state}"))


def _yes(value: bool) -> str:
    return str(say("ledgers.yes" if value else "ledgers.no"))


def _day(moment: datetime | None) -> Cell:
    return clock.local(moment).date() if moment else ""


def _described(entry: Entry) -> str:
    return " ".join(part for part in (entry.where, entry.report.words) if part)


def _late(entry: Entry) -> str:
    late = entry.report.late_when_handled
    return "" if late is None else str(say("ledgers.late" if late else "ledgers.in_time"))


def _problem(entry: Entry) -> list[Cell]:
    """Blank on purpose: the checker and a telephone (people are not named on sheets that are
    passed on), and who filled in and who approved the sheet (signed by hand). What follows the
    source is the project's own: what a leader asks next."""
    row = entry.report
    closed = row.state == "closed"
    checked = _day(row.closed_at) if closed else ""
    return [
        row.number, _described(entry), entry.group, entry.category, entry.done,
        _day(row.due_at), _state(entry), _late(entry), _yes(closed),
        entry.community if closed else "", checked, "", "", "", "", row.outside_number or "",
        str(say(f"ledgers.source.{row.source}")), entry.community, entry.body,
        _day(row.created_at), _day(row.original_due_at or row.due_at), row.extended_days or "",
        row.hurried or "", _result(entry), _day(row.handled_at), row.reopened or "",
        row.rating or "", entry.met or "", _still_open(entry),
    ]  # fmt: skip


def _result(entry: Entry) -> str:
    return str(say(f"reports.result.{entry.report.result}")) if entry.report.result else ""


def _still_open(entry: Entry) -> str:
    """How one that is not struck off stands against its day, as such ledgers are filtered."""
    row, due = entry.report, entry.report.due_at
    if row.state in ledgers.CLOSED or due is None:
        return ""
    if row.paused_at is not None:
        return str(say("ledgers.left.paused"))
    if due < clock.now():
        return str(say("ledgers.left.over"))
    days = (clock.local(due).date() - clock.today()).days
    return str(say("ledgers.left.days", days=days)) if days else str(say("ledgers.left.today"))


def _event(entry: Entry) -> list[Cell]:
    """Blank on purpose: the district's name and its four lanes, which only the district knows; the
    grid, which the gazetteer does not hold; who reported, who is never named."""
    row = entry.report
    closed = row.state in ledgers.CLOSED
    source = str(say(f"ledgers.source.{row.source}"))
    state = str(say("report_desk.which.done" if closed else "report_desk.which.open"))
    return [
        row.number, _described(entry), "", str(say("ledgers.street")), entry.community, "",
        str(say("report_desk.urgent")) if row.urgent else "", entry.group, entry.category,
        "", entry.external_code, state, _state(entry), row.created_at, entry.assigned_at or "",
        row.filed_at or "", row.closed_at or "", _outcome(entry),
        (entry.body or entry.community) if closed else "",
        source, "", source, entry.community,
    ]  # fmt: skip


def _outcome(entry: Entry) -> str:
    """What came of it, and in whose words."""
    return ":".join(part for part in (_result(entry), entry.done) if part)


def _light(number: int, light: Light) -> list[Cell]:
    """Blank on purpose: how many lamps there should be and who pays for them, which nobody has
    counted yet; the finder, who is not named; the last remark, for the pen."""
    fault = str(say("ledgers.broken" if light.installed else "ledgers.not_installed"))
    return [
        number, light.community, light.estate, light.building, light.entrance, light.floor, "",
        light.broken, fault, light.manager, "", "", _day(light.seen_on), light.manager,
        _day(light.due_at), _day(light.mended_at), "",
    ]  # fmt: skip


def _community_rows(lines: Sequence[Line], names: Mapping[int, str]) -> list[list[Cell]]:
    """One row a community; the last adds all of them up where there are several."""
    groups = sweeps.by_community(lines)
    named = [(names.get(key, ""), sweeps.added_up(group)) for key, group in groups.items()]
    if len(named) > 1:
        named.append((str(say("ledgers.together")), sweeps.added_up(lines)))
    return [
        [
            number, name, whole.buildings, whole.buildings_done, whole.floors, whole.floors_seen,
            whole.broken, whole.dark, whole.without, whole.reported, _share(whole.lit), "",
        ]
        for number, (name, whole) in enumerate(named, 1)
    ]  # fmt: skip


def _building_rows(lines: Sequence[Line], names: Mapping[int, str]) -> list[list[Cell]]:
    return [
        [
            number, names.get(line.estate.community_id, ""), line.estate.name, line.building.name,
            line.building.entrances, line.floors, line.seen.floors, line.seen.broken,
            line.seen.dark, line.seen.without, line.seen.reported,
            _share(sweeps.added_up([line]).lit), "",
        ]
        for number, line in enumerate(lines, 1)
    ]  # fmt: skip


def _share(percent: int | None) -> str:
    return "" if percent is None else f"{percent}%"
