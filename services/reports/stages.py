"""How long a report may wait to be taken on, and to be checked, before the morning's list says so.

The street sets both in working days (reference: A6, one to take it on, two to check); 0 is never.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from db.stores import report_queues, settings
from db.work import Work
from services import clock, deadlines
from services.deadlines import Calendar
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission
from services.reports.limits import DAY

KEY = "stage_limits"
MOST = 10


@dataclass(frozen=True)
class Stages:
    """Working days: from handing in until somebody takes it on, from repair until the check."""

    accept: int = 1
    check: int = 2


@dataclass(frozen=True)
class Late:
    """How many have waited longer than that."""

    accept: int
    check: int


async def of(work: Work) -> Stages:
    """The limits as the street set them."""
    kept = await settings.value(work.session, KEY)
    return Stages(**kept) if kept else Stages()


async def change(work: Work, by: Actor, stage: str, days: int) -> Stages:
    """Set one of them. Raises Refusal: common.not_allowed, common.not_there."""
    by.require(Permission.REPORT_SETUP, STREET)
    if stage not in asdict(Stages()) or not 0 <= days <= MOST:
        raise Refusal("common.not_there")
    made = replace(await of(work), **{stage: days})
    await settings.put(work.session, KEY, asdict(made), now=clock.now())
    return made


async def late(work: Work, communities: Collection[int] | None) -> Late:
    """How many reports of these communities (None: all) are past a stage's limit now."""
    limits, calendar = await of(work), await deadlines.calendar(work)
    accept, check = _since(limits.accept, calendar), _since(limits.check, calendar)
    count = report_queues.count_waiting
    return Late(
        await count(work.session, "submitted", accept, communities) if accept else 0,
        await count(work.session, "handled", check, communities) if check else 0,
    )


def _since(days: int, calendar: Calendar) -> datetime | None:
    """The moment so many working days ago; None where nothing is ever late."""
    now = moment = clock.now()
    while days and calendar.between(moment, now) < days * DAY:
        moment -= timedelta(days=1)
    return moment if days else None
