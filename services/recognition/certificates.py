"""Certificates of service: asked for by the holder, issued by staff, open to a check, void-able.

Content and steps follow the Ministry of Civil Affairs' guidance on certificates of voluntary
service (民发〔2015〕149号): the holder with the volunteer number (which takes the place of the
identity-card number in public use, MZ/T 061-2015), hours and content of the service, issuer,
number, date; asked for, taken up, issued, on public notice for seven days. It is free and true
(Regulations on Voluntary Service, Art. 19); what others see is the holder's choice (Art. 20).
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from db.models.certificates import Certificate
from db.models.volunteers import Volunteer
from db.stores import certificates as rows
from db.stores import jobs, people
from db.stores import volunteers as volunteer_rows
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission, Role, Scope, community
from services.recognition import standing
from services.recognition.standing import Period, Record, Span
from services.volunteers import registration as volunteers

ON_NOTICE: Final = timedelta(days=7)
TOKEN_BYTES = 12


class State(StrEnum):
    """Where a certificate stands."""

    ASKED = "asked"
    ISSUED = "issued"
    DECLINED = "declined"
    VOID = "void"


class NotIssued(StrEnum):
    """Why a request is declined."""

    HOURS_IN_DOUBT = "hours_in_doubt"
    NAME_IN_DOUBT = "name_in_doubt"
    ASK_ELSEWHERE = "ask_elsewhere"


class Voided(StrEnum):
    """Why a certificate is void."""

    HOURS_WRONG = "hours_wrong"
    NAME_WRONG = "name_wrong"
    REPLACED = "replaced"
    HOLDER_ASKED = "holder_asked"
    MISUSED = "misused"


@dataclass(frozen=True)
class Choice:
    """What a check shows besides the number: the name in full (else masked), hours, period."""

    full_name: bool = False
    hours: bool = False
    period: bool = False

    @property
    def code(self) -> str:
        """Three digits for a button."""
        return "".join("01"[one] for one in (self.full_name, self.hours, self.period))


def choice_of(code: str) -> Choice:
    """What `Choice.code` wrote; anything else shows the least."""
    return Choice(*(digit == "1" for digit in code)) if len(code) == 3 else Choice()


def shown(row: Certificate) -> Choice:
    """The holder's choice."""
    return Choice(row.shows_full_name, row.shows_hours, row.shows_period)


# -- the holder ---------------------------------------------------------------------------------


async def ask(work: Work, by: Actor, span: Span, choice: Choice) -> Certificate:
    """Ask for a certificate; staff of the community are told. Free, as often as wanted.

    Raises Refusal: recognition.volunteers_only, certificates.no_hours, certificates.asked_already.
    """
    volunteer, period = await standing.myself(work, by), standing.period_of(span)
    if not (await standing.record(work, volunteer, period)).half_hours:
        raise Refusal("certificates.no_hours")
    known = await rows.of_volunteer(work.session, volunteer.id)
    if any(row.state == State.ASKED for row in known):
        raise Refusal("certificates.asked_already")
    row = fresh(volunteer, period, choice)
    await rows.add(work.session, row)
    for person_id in await staff_of(work, row):
        work.notify(person_id, "certificates.new_for_staff", certificate_id=row.id)
    return row


async def staff_of(work: Work, row: Certificate) -> list[int]:
    """Who looks after a certificate: the community's staff, or else the street's."""
    roles = [Role.COMMUNITY_STAFF] if row.community_id else [Role.STREET_STAFF]
    found = await people.holders_of(work.session, roles, community_id=row.community_id)
    if not found:
        found = await people.holders_of(work.session, [Role.STREET_STAFF, Role.ADMIN])
    return list(found)


def fresh(volunteer: Volunteer, period: Period, choice: Choice) -> Certificate:
    return Certificate(
        volunteer_id=volunteer.id,
        community_id=volunteer.community_id,
        state=State.ASKED,
        check_token=secrets.token_hex(TOKEN_BYTES),
        first_day=period.first,
        last_day=period.last,
        shows_full_name=choice.full_name,
        shows_hours=choice.hours,
        shows_period=choice.period,
        asked_at=clock.now(),
        half_hours=0,
        brought_half_hours=0,
        services=[],
        issuer={},
    )


async def mine(work: Work, by: Actor) -> Sequence[Certificate]:
    """The actor's own certificates and requests, the newest first."""
    volunteer = await standing.myself(work, by)
    return await rows.of_volunteer(work.session, volunteer.id)


async def own(work: Work, by: Actor, certificate_id: int) -> Certificate:
    """One of the actor's own; Refusal("common.not_there") otherwise."""
    volunteer = await standing.myself(work, by)
    row = await rows.by_id(work.session, certificate_id)
    if row is None or row.volunteer_id != volunteer.id:
        raise Refusal("common.not_there")
    return row


async def choose(work: Work, by: Actor, certificate_id: int, choice: Choice) -> Certificate:
    """The holder changes what a check shows; it holds from now on."""
    row = await own(work, by, certificate_id)
    row.shows_full_name, row.shows_hours = choice.full_name, choice.hours
    row.shows_period = choice.period
    await work.session.flush()
    return row


# -- staff --------------------------------------------------------------------------------------


def scope_of(row: Certificate) -> Scope:
    """Where a certificate belongs: the holder's community, or the street."""
    return community(row.community_id) if row.community_id else STREET


async def access(work: Work, by: Actor, certificate_id: int) -> Certificate:
    """One certificate, for staff who may; Refusal("common.not_there") otherwise."""
    row = await rows.by_id(work.session, certificate_id)
    if row is None or not by.can(Permission.CERTIFICATE_ISSUE, scope_of(row)):
        raise Refusal("common.not_there")
    return row


async def listed(
    work: Work, by: Actor, state: State, *, page: int, size: int
) -> Sequence[Certificate]:
    """A page of certificates in a state, in the actor's scope, and one more if there is one."""
    by.require(Permission.CERTIFICATE_ISSUE)
    reach = by.communities(Permission.CERTIFICATE_ISSUE)
    return await rows.listed(
        work.session, state=state, communities=reach, offset=page * size, limit=size + 1
    )


async def counts(work: Work, by: Actor) -> dict[str, int]:
    """How many there are in each state, in the actor's scope."""
    by.require(Permission.CERTIFICATE_ISSUE)
    return await rows.counts(work.session, by.communities(Permission.CERTIFICATE_ISSUE))


async def holder(work: Work, row: Certificate) -> Volunteer | None:
    """Whose it is; None once they were forgotten."""
    if row.volunteer_id is None:
        return None
    return await volunteer_rows.by_id(work.session, row.volunteer_id)


async def issue(work: Work, by: Actor, certificate_id: int) -> Certificate:
    """Issue what was asked for: the hours of this moment are frozen, the holder gets the paper.

    Raises Refusal: common.not_there, certificates.moved_on, certificates.own,
    certificates.no_hours.
    """
    row = await access(work, by, certificate_id)
    volunteer = await holder(work, row)
    if row.state != State.ASKED or volunteer is None:
        raise Refusal("certificates.moved_on")
    return await _issue(work, by, row, volunteer)


async def issue_for(work: Work, by: Actor, volunteer_id: int, span: Span) -> Certificate:
    """Issue one to somebody who asks at the counter, with or without Telegram.

    Raises Refusal: common.not_there, certificates.own, certificates.no_hours,
    certificates.made_already (number) where a valid one says the same.
    """
    volunteer = await volunteers.access(work, by, volunteer_id, Permission.CERTIFICATE_ISSUE)
    if volunteer.number is None:
        raise Refusal("common.not_there")
    period = standing.period_of(span)
    hours = (await standing.record(work, volunteer, period)).half_hours
    for known in await rows.of_volunteer(work.session, volunteer.id):
        same_days = Period(known.first_day, known.last_day) == period
        if same_days and known.state == State.ISSUED and known.half_hours == hours:
            raise Refusal("certificates.made_already", number=known.number)
        if same_days and known.state == State.ASKED:
            return await _issue(work, by, known, volunteer)
    row = fresh(volunteer, period, Choice())
    await rows.add(work.session, row)
    return await _issue(work, by, row, volunteer)


async def _issue(work: Work, by: Actor, row: Certificate, volunteer: Volunteer) -> Certificate:
    if volunteer.person_id == by.person_id:
        raise Refusal("certificates.own")
    record = await standing.record(work, volunteer, Period(row.first_day, row.last_day))
    if not record.half_hours:
        raise Refusal("certificates.no_hours")
    serial = await rows.next_serials(work.session, clock.today().year)
    freeze(row, volunteer, record, issuer=await issuer(work, by), by=by, serial=serial)
    await work.session.flush()
    await _note(work, by, row, "certificate:issue")
    await _send_to_holder(work, row, volunteer)
    return row


async def issuer(work: Work, by: Actor) -> dict[str, str]:
    """Who signs: what the office set, and whoever issues it; blanks are filled by hand."""
    office = asdict(await standing.rules(work))
    person = await people.by_id(work.session, by.person_id)
    return {
        **{key: office[key] for key in ("issuer", "head", "contact")},
        "handler": (person.name if person else None) or "",
    }


def freeze(
    row: Certificate,
    volunteer: Volunteer,
    record: Record,
    *,
    issuer: dict[str, str],
    by: Actor,
    serial: int,
) -> None:
    """Write onto the certificate what it will say from now on, whatever is corrected later."""
    now = clock.now()
    row.state, row.issued_by, row.issued_at = State.ISSUED, by.person_id, now
    row.number = f"ZY{clock.local(now):%Y}-{serial:05d}"
    row.name, row.volunteer_number = volunteer.name, volunteer.number
    row.half_hours, row.brought_half_hours = record.half_hours, record.brought_half_hours
    row.services = [
        {
            "day": clock.local(one.starts_at).date().isoformat(),
            "title": one.title,
            "category": one.category,
            "half_hours": one.half_hours,
        }
        for one in record.services
    ]
    row.issuer = issuer


async def decline(work: Work, by: Actor, certificate_id: int, reason: NotIssued) -> Certificate:
    """Say no, with a reason that the holder is told. Raises Refusal: certificates.moved_on."""
    row = await access(work, by, certificate_id)
    if row.state != State.ASKED:
        raise Refusal("certificates.moved_on")
    return await _close(work, by, row, State.DECLINED, reason)


async def void(work: Work, by: Actor, certificate_id: int, reason: Voided) -> Certificate:
    """Take an issued certificate back: the check says so from now on, the holder is told.

    Raises Refusal: common.not_there, certificates.moved_on, certificates.own.
    """
    row = await access(work, by, certificate_id)
    if row.state != State.ISSUED:
        raise Refusal("certificates.moved_on")
    volunteer = await holder(work, row)
    if volunteer is not None and volunteer.person_id == by.person_id:
        raise Refusal("certificates.own")
    return await _close(work, by, row, State.VOID, reason)


async def _close(
    work: Work, by: Actor, row: Certificate, state: State, reason: NotIssued | Voided
) -> Certificate:
    row.state, row.reason = state, reason
    row.closed_by, row.closed_at = by.person_id, clock.now()
    await work.session.flush()
    await _note(work, by, row, f"certificate:{state}")
    volunteer = await holder(work, row)
    if volunteer is not None and volunteer.person_id is not None:
        told = {"number": row.number or "", "reason": str(reason)}
        work.notify(volunteer.person_id, f"certificates.told.{state}", **told)
    return row


async def _note(work: Work, by: Actor, row: Certificate, act: str) -> None:
    await people.note(
        work.session, by.person_id, act, "certificate", row.id, now=clock.now(), number=row.number
    )


# -- the paper ----------------------------------------------------------------------------------


async def send_own(work: Work, by: Actor, certificate_id: int, *, chat_id: int) -> None:
    """The holder wants the paper (again). Raises Refusal: certificates.moved_on."""
    await _order_paper(work, await own(work, by, certificate_id), chat_id)


async def send_to_staff(work: Work, by: Actor, certificate_id: int, *, chat_id: int) -> None:
    """Staff print it. It shows a name in full, so the look is in the audit log."""
    row = await access(work, by, certificate_id)
    await _order_paper(work, row, chat_id)
    await _note(work, by, row, "certificate:print")


async def _send_to_holder(work: Work, row: Certificate, volunteer: Volunteer) -> None:
    if volunteer.person_id is None:
        return
    person = (await people.chats_of(work.session, [volunteer.person_id])).get(volunteer.person_id)
    if person is not None and person.telegram_id is not None:
        await _order_paper(work, row, person.telegram_id)


async def _order_paper(work: Work, row: Certificate, chat_id: int) -> None:
    if row.state != State.ISSUED:
        raise Refusal("certificates.moved_on")
    payload = {"certificate_id": row.id, "chat_id": chat_id}
    key = f"certificate:{row.id}:{chat_id}"  # pressed twice in a hurry: one paper
    await jobs.add(work.session, "certificate", payload, now=clock.now(), key=key)


# -- the check and the public notice ------------------------------------------------------------


async def check(work: Work, token: str) -> Certificate:
    """What the code on the paper leads to, for anybody. Raises Refusal: certificates.unknown."""
    row = await rows.by_token(work.session, token) if token.isalnum() else None
    if row is None or row.state not in (State.ISSUED, State.VOID):
        raise Refusal("certificates.unknown")
    return row


async def on_notice(work: Work, *, page: int, size: int) -> Sequence[Certificate]:
    """A page of what was issued in the last seven days, and one more if there is one."""
    since = clock.now() - ON_NOTICE
    return await rows.issued_since(work.session, since, offset=page * size, limit=size + 1)
