"""Certificates for everybody of a community at once, ordered by staff and made by a job."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from db.models.certificates import Certificate, CertificateBatch
from db.models.volunteers import Volunteer
from db.stores import certificates as rows
from db.stores import jobs, people
from db.stores import recognition as served_rows
from db.work import Work
from services import clock
from services.errors import Refusal
from services.people import roles
from services.permissions import Actor, Permission, community
from services.recognition import certificates, standing
from services.recognition.certificates import Choice
from services.recognition.standing import Period, Record, Span

A_FILE = 200
"""Certificates in one document: it stays far below what Telegram takes (50 MB)."""
ON_THE_ROSTER = ("active", "paused")


@dataclass(frozen=True)
class Due:
    """Somebody who gets a certificate, and what it says."""

    volunteer: Volunteer
    record: Record


async def due(work: Work, by: Actor, community_id: int, span: Span) -> list[Due]:
    """Who would get one: on the roster, with hours in the period, not the actor themselves, and
    without a valid certificate of the same period and the same hours.
    """
    by.require(Permission.CERTIFICATE_ISSUE, community(community_id))
    period = standing.period_of(span)
    like = CertificateBatch(community_id=community_id, first_day=period.first, last_day=period.last)
    return await _due(work, by, like)


async def _due(work: Work, by: Actor, like: CertificateBatch) -> list[Due]:
    period = Period(like.first_day, like.last_day)
    found = defaultdict(list)
    for one in await served_rows.served(
        work.session, since=period.since, before=period.before, home=like.community_id
    ):
        found[one.volunteer_id].append(one)
    already = await rows.same_already(work.session, like)
    chosen = []
    for volunteer in await served_rows.holders(work.session, like.community_id, ON_THE_ROSTER):
        brought = volunteer.brought_half_hours if period == Period() else 0
        record = Record(tuple(found[volunteer.id]), brought)
        is_new = (volunteer.id, record.half_hours) not in already
        if record.half_hours and is_new and volunteer.person_id != by.person_id:
            chosen.append(Due(volunteer, record))
    return chosen


async def order(work: Work, by: Actor, community_id: int, span: Span, *, chat_id: int) -> int:
    """Order the batch; a job makes it. How many it will be.

    Raises Refusal: certificates.nobody_due, certificates.batch_under_way.
    """
    count = len(await due(work, by, community_id, span))
    if not count:
        raise Refusal("certificates.nobody_due")
    period = standing.period_of(span)
    row = CertificateBatch(
        community_id=community_id,
        first_day=period.first,
        last_day=period.last,
        ordered_by=by.person_id,
        chat_id=chat_id,
        ordered_at=clock.now(),
    )
    await rows.add(work.session, row)
    payload = {"batch_id": row.id, "part": 0, "chat_id": chat_id}
    await jobs.add(work.session, "certificate_batch", payload, now=clock.now())
    await people.note(
        work.session, by.person_id, "certificate:batch", "batch", row.id, now=clock.now(),
        community_id=community_id, count=count,
    )  # fmt: skip
    return count


async def issue(work: Work, batch_id: int) -> CertificateBatch:
    """Issue every certificate of the batch in one transaction; a second time changes nothing."""
    row = await rows.batch(work.session, batch_id)
    if row is None:
        raise Refusal("common.not_there")
    if row.total is not None:
        return row
    by = await roles.actor_of(work, row.ordered_by)
    by.require(Permission.CERTIFICATE_ISSUE, community(row.community_id))
    chosen = await _due(work, by, row)
    await rows.add_all(work.session, await _issued(work, by, row, chosen))
    row.total = len(chosen)
    await work.session.flush()
    return row


async def _issued(
    work: Work, by: Actor, batch: CertificateBatch, chosen: Sequence[Due]
) -> list[Certificate]:
    if not chosen:
        return []
    issuer = await certificates.issuer(work, by)
    serial = await rows.next_serials(work.session, clock.today().year, len(chosen))
    made = []
    for at, one in enumerate(chosen):
        row = certificates.fresh(one.volunteer, Period(batch.first_day, batch.last_day), Choice())
        certificates.freeze(
            row, one.volunteer, one.record, issuer=issuer, by=by, serial=serial + at
        )
        row.batch_id = batch.id
        made.append(row)
        if one.volunteer.person_id is not None:
            work.notify(one.volunteer.person_id, "certificates.ready", number=row.number)
    return made


async def part(work: Work, batch_id: int, number: int) -> Sequence[Certificate]:
    """The certificates of one document of the batch."""
    return await rows.of_batch(work.session, batch_id, offset=number * A_FILE, limit=A_FILE)
