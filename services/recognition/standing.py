"""What a volunteer has done: hours that count, star levels reached, points, a year in figures.

The thresholds are the office's setting: 100/300/600/1000/1500 hours are those of Guangdong, other
places differ. The bot says that hours are reached; granting a star is not its to do.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from db.models.volunteers import Volunteer
from db.stores import jobs, people, settings, volunteers
from db.stores import recognition as rows
from db.stores.recognition import Served
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission

SETTING = "recognition"
MOST_LEVELS, MOST_HOURS = 10, 20_000
POINTS_AN_HOUR: Final = (0, 1, 2, 5, 10)
"""What the office may choose from; 0 switches points off."""
FIRST_YEAR = 2000
GREETING_DAYS: Final = 15
"""The yearly pictures go out in the first days of January; later nobody looks back any more."""
AWAKE: Final = range(9, 20)
"""Hours of the day at which the yearly pictures go out, some at a time."""
A_ROUND = 200


# -- the office's rules -------------------------------------------------------------------------


@dataclass(frozen=True)
class Rules:
    """Hours of each star level, points an hour (0: none), who signs a certificate."""

    levels: tuple[int, ...] = (100, 300, 600, 1000, 1500)
    points_an_hour: int = 0
    issuer: str = ""
    head: str = ""
    contact: str = ""


async def rules(work: Work) -> Rules:
    """The rules in force."""
    kept = await settings.value(work.session, SETTING) or {}
    found = replace(Rules(), **kept)
    return replace(found, levels=tuple(found.levels))


async def set_levels(work: Work, by: Actor, levels: Sequence[int]) -> Rules:
    """Other thresholds, in hours. Raises Refusal("recognition.bad_levels")."""
    in_order = all(low < high for low, high in pairwise(levels))
    if not 1 <= len(levels) <= MOST_LEVELS or not in_order:
        raise Refusal("recognition.bad_levels", most=MOST_LEVELS)
    if levels[0] < 1 or levels[-1] > MOST_HOURS:
        raise Refusal("recognition.bad_levels", most=MOST_LEVELS)
    return await _keep(work, by, replace(await rules(work), levels=tuple(levels)))


async def set_points(work: Work, by: Actor, an_hour: int) -> Rules:
    """Points an hour, 0 for none. Raises Refusal("common.not_there") for another number."""
    if an_hour not in POINTS_AN_HOUR:
        raise Refusal("common.not_there")
    return await _keep(work, by, replace(await rules(work), points_an_hour=an_hour))


async def set_issuer(work: Work, by: Actor, *, issuer: str, head: str, contact: str) -> Rules:
    """Who certificates say they come from; empty words leave a line to be filled by hand."""
    issuer, head, contact = (" ".join(words.split())[:60] for words in (issuer, head, contact))
    new = replace(await rules(work), issuer=issuer, head=head, contact=contact)
    return await _keep(work, by, new)


async def _keep(work: Work, by: Actor, new: Rules) -> Rules:
    by.require(Permission.RECOGNITION_SET, STREET)
    before, now = await rules(work), clock.now()
    await settings.put(work.session, SETTING, {**asdict(new), "levels": list(new.levels)}, now=now)
    changed = {
        key: [_plain(getattr(before, key)), _plain(value)]
        for key, value in asdict(new).items()
        if getattr(before, key) != value
    }
    await people.note(
        work.session, by.person_id, "recognition:set", "setting", SETTING, now=now, changed=changed
    )
    return new


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Standing:
    """How far hours go: the level reached (0: none), the next threshold in hours and how many
    half hours are missing; `next_hours` is None at the top."""

    level: int
    next_hours: int | None
    missing_half_hours: int


def standing(half_hours: int, levels: Sequence[int]) -> Standing:
    """Where somebody with these half hours stands among the thresholds, given in hours."""
    reached = sum(1 for level in levels if half_hours >= level * 2)
    if reached == len(levels):
        return Standing(reached, None, 0)
    return Standing(reached, levels[reached], levels[reached] * 2 - half_hours)


# -- periods ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """Days of the office's calendar, both included; None has no end on that side."""

    first: date | None = None
    last: date | None = None

    @property
    def since(self) -> datetime | None:
        return _midnight(self.first) if self.first else None

    @property
    def before(self) -> datetime | None:
        return _midnight(self.last + timedelta(days=1)) if self.last else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.zone())


class Span(StrEnum):
    """The periods a certificate can be asked for."""

    ALL = "all"
    THIS_YEAR = "this"
    LAST_YEAR = "last"


def period_of(span: Span) -> Period:
    """The days of a span, today."""
    if span is Span.ALL:
        return Period()
    return year(clock.today().year - (span is Span.LAST_YEAR))


def year(number: int) -> Period:
    """A calendar year. Raises Refusal("common.not_there") for one that cannot be asked for."""
    if not FIRST_YEAR <= number <= clock.today().year:
        raise Refusal("common.not_there")
    return Period(date(number, 1, 1), date(number, 12, 31))


# -- what somebody has done ---------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """The services of a volunteer in a period, the earliest first.

    Half hours brought along by the imported roster have no date, so they are in no single year.
    """

    services: tuple[Served, ...]
    brought_half_hours: int = 0

    @property
    def half_hours(self) -> int:
        return self.brought_half_hours + sum(one.half_hours for one in self.services)

    @property
    def by_category(self) -> dict[str, tuple[int, int]]:
        """Category: how many services, how many half hours; the most hours first."""
        found: dict[str, tuple[int, int]] = {}
        for one in self.services:
            count, halves = found.get(one.category, (0, 0))
            found[one.category] = count + 1, halves + one.half_hours
        return dict(sorted(found.items(), key=lambda item: -item[1][1]))

    @property
    def by_month(self) -> list[int]:
        """Half hours of January to December, on the office's calendar."""
        months = [0] * 12
        for one in self.services:
            months[clock.local(one.starts_at).month - 1] += one.half_hours
        return months


async def total(work: Work, volunteer: Volunteer) -> int:
    """All half hours of a volunteer that count: approved here, and brought by the roster."""
    return volunteer.brought_half_hours + await rows.half_hours_of(work.session, volunteer.id)


async def record(work: Work, volunteer: Volunteer, period: Period | None = None) -> Record:
    """What a volunteer has done in a period (None: ever)."""
    period = period or Period()
    found = await rows.served(
        work.session, since=period.since, before=period.before, volunteer_id=volunteer.id
    )
    brought = volunteer.brought_half_hours if period == Period() else 0
    return Record(tuple(found), brought)


async def myself(work: Work, by: Actor) -> Volunteer:
    """The actor's own entry, also after they left. Raises Refusal: recognition.volunteers_only."""
    volunteer = await volunteers.of_person(work.session, by.person_id)
    if volunteer is None or volunteer.number is None:
        raise Refusal("recognition.volunteers_only")
    return volunteer


async def tell_level(work: Work, volunteer: Volunteer) -> None:
    """Tell a volunteer, once a level, that their hours have reached it."""
    levels = (await rules(work)).levels
    level = standing(await total(work, volunteer), levels).level
    if level <= (volunteer.level_told or 0):
        return
    volunteer.level_told = level
    await work.session.flush()
    if volunteer.person_id is not None:
        work.notify(
            volunteer.person_id, "recognition.level_reached", level=level, hours=levels[level - 1]
        )


# -- the yearly picture -------------------------------------------------------------------------


async def order_picture(work: Work, by: Actor, number: int, *, chat_id: int) -> None:
    """A picture of the actor's own year. Raises Refusal: recognition.nothing_that_year (year)."""
    volunteer = await myself(work, by)
    if not (await record(work, volunteer, year(number))).services:
        raise Refusal("recognition.nothing_that_year", year=number)
    await _plan_picture(work, volunteer, number, chat_id)


async def _plan_picture(work: Work, volunteer: Volunteer, number: int, chat_id: int) -> None:
    payload = {"volunteer_id": volunteer.id, "year": number, "chat_id": chat_id}
    key = f"year_picture:{volunteer.id}:{number}"
    await jobs.add(work.session, "year_picture", payload, now=clock.now(), key=key)


async def want_picture(work: Work, by: Actor, *, wanted: bool) -> None:
    """Whether the actor's picture comes by itself at the start of January."""
    (await myself(work, by)).wants_year_picture = wanted
    await work.session.flush()


async def greet(work: Work) -> None:
    """Early in January: last year's picture, once, to those who want it and did something."""
    now = clock.local()
    if now.month != 1 or now.day > GREETING_DAYS or now.hour not in AWAKE:
        return
    number = now.year - 1
    for volunteer in await rows.to_greet(work.session, number, A_ROUND):
        assert volunteer.person_id is not None
        await rows.note_pictured(work.session, volunteer.id, number)
        person = (await people.chats_of(work.session, [volunteer.person_id])).get(
            volunteer.person_id
        )
        served = (await record(work, volunteer, year(number))).services
        if person is not None and person.telegram_id is not None and served:
            await _plan_picture(work, volunteer, number, person.telegram_id)
