"""The office's ledgers as sheets: their headings, and what stands in each column."""

import json
from collections.abc import Sequence
from datetime import datetime

from handlers.files.workbooks import Cell, Column, Sheet, write_workbook
from handlers.texts import say
from services import clock
from services.reports import ledgers
from services.reports.ledgers import Entry, Light

DAY = "yyyy-mm-dd"


def problems(entries: Sequence[Entry], notes: Sequence[str]) -> bytes:
    """The ledger of problems and their repair."""
    return _workbook("problems", [_problem(one) for one in entries], notes)


def events(entries: Sequence[Entry], notes: Sequence[str]) -> bytes:
    """The district's export of events, 23 columns."""
    return _workbook("events", [_event(one) for one in entries], notes)


def lights(found: Sequence[Light], notes: Sequence[str]) -> bytes:
    """The summary of a stairwell round."""
    return _workbook("lights", [_light(i, one) for i, one in enumerate(found, 1)], notes)


def open311(entries: Sequence[Entry]) -> bytes:
    """GeoReport v2 service requests as JSON."""
    found = [ledgers.open311(one) for one in entries]
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def notes(owner: str, start: datetime, end: datetime) -> list[str]:
    """Period, owner, day and secrecy mark: every ledger carries them."""
    return [
        str(
            say(
                "ledgers.period",
                from_day=f"{clock.local(start):%Y-%m-%d}",
                to_day=f"{clock.local(end):%Y-%m-%d}",
            )
        ),
        str(say("ledgers.owner", owner=owner)),
        str(say("ledgers.made", day=clock.today().isoformat())),
        str(say("ledgers.secrecy")),
    ]


def _workbook(kind: str, rows: Sequence[Sequence[Cell]], notes_above: Sequence[str]) -> bytes:
    headings = str(say(f"ledgers.headings.{kind}")).split("|")
    title = str(say(f"ledgers.title.{kind}"))
    sheet = Sheet(
        name=title,
        columns=[Column(heading=heading) for heading in headings],
        rows=rows,
        title=title,
        notes=notes_above,
    )
    return write_workbook([sheet])


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
    row = entry.report
    closed = row.state == "closed"
    checked = _day(row.closed_at) if closed else ""
    return [
        row.number, _described(entry), entry.group, entry.category, entry.done,
        _day(row.due_at), _state(entry), _late(entry), _yes(closed),
        entry.community if closed else "", checked, "", "", "", "", row.outside_number or "",
        str(say(f"ledgers.source.{row.source}")),
    ]  # fmt: skip


def _event(entry: Entry) -> list[Cell]:
    row = entry.report
    closed = row.state in ledgers.CLOSED
    source = str(say(f"ledgers.source.{row.source}"))
    state = str(say("report_desk.which.done" if closed else "report_desk.which.open"))
    return [
        row.number, _described(entry), "", str(say("ledgers.street")), entry.community, "",
        str(say("report_desk.urgent")) if row.urgent else "", entry.group, entry.category,
        "", entry.external_code, state, _state(entry), row.created_at, entry.assigned_at or "",
        row.filed_at or "", row.closed_at or "", entry.done, entry.community if closed else "",
        source, "", source, entry.community,
    ]  # fmt: skip


def _light(number: int, light: Light) -> list[Cell]:
    fault = str(say("ledgers.broken" if light.installed else "ledgers.not_installed"))
    return [
        number, light.community, light.estate, light.building, light.entrance, light.floor, "",
        light.broken, fault, light.manager, "", "", _day(light.seen_on), light.manager,
        _day(light.due_at), _day(light.mended_at), "",
    ]  # fmt: skip
