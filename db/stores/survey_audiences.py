"""Rows of whom a questionnaire is for by name, and of who does not want to be reminded."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.people import Person
from db.models.surveys import SurveyInvitee, SurveyMute
from db.models.volunteers import Volunteer

_PART = 500  # values a statement: databases limit them


async def invitees(session: AsyncSession, survey_id: int) -> Sequence[SurveyInvitee]:
    """Everybody on the list of a questionnaire."""
    rows = await session.scalars(
        select(SurveyInvitee).where(SurveyInvitee.survey_id == survey_id).order_by(SurveyInvitee.id)
    )
    return rows.all()


async def invitee_count(session: AsyncSession, survey_id: int) -> int:
    count = await session.scalar(select(func.count()).where(SurveyInvitee.survey_id == survey_id))
    return count or 0


async def invite(session: AsyncSession, rows: Sequence[SurveyInvitee]) -> None:
    session.add_all(rows)
    await session.flush()


async def is_invited(
    session: AsyncSession,
    survey_id: int,
    *,
    person_id: int,
    volunteer_id: int | None,
    phone_indexes: Collection[str],
) -> bool:
    """Whether somebody is on the list, as themselves, as a volunteer, or by a phone of theirs."""
    theirs = SurveyInvitee.person_id == person_id
    if volunteer_id is not None:
        theirs |= SurveyInvitee.volunteer_id == volunteer_id
    if phone_indexes:
        theirs |= SurveyInvitee.phone_index.in_(list(phone_indexes))
    found = await session.scalar(
        select(SurveyInvitee.id).where(SurveyInvitee.survey_id == survey_id, theirs).limit(1)
    )
    return found is not None


async def clear_invitees(session: AsyncSession, survey_id: int) -> None:
    await session.execute(delete(SurveyInvitee).where(SurveyInvitee.survey_id == survey_id))


async def forget_phone(session: AsyncSession, indexes: Collection[str]) -> None:
    """Take somebody off every list where they stand by their phone."""
    await session.execute(
        delete(SurveyInvitee)
        .where(SurveyInvitee.phone_index.in_(list(indexes)))
        .execution_options(synchronize_session="fetch")
    )


async def copy_invitees(session: AsyncSession, survey_id: int, to: int) -> None:
    """The same list for another questionnaire."""
    rows = [
        SurveyInvitee(
            survey_id=to,
            person_id=one.person_id,
            volunteer_id=one.volunteer_id,
            phone=one.phone,
            phone_index=one.phone_index,
        )
        for one in await invitees(session, survey_id)
    ]
    await invite(session, rows)


async def volunteers_numbered(
    session: AsyncSession, numbers: Collection[str]
) -> dict[str, Volunteer]:
    """The volunteers who have these numbers."""
    found: dict[str, Volunteer] = {}
    wanted = sorted(numbers)
    for start in range(0, len(wanted), _PART):
        part = wanted[start : start + _PART]
        for row in await session.scalars(select(Volunteer).where(Volunteer.number.in_(part))):
            found[str(row.number)] = row
    return found


async def people_of_phones(
    session: AsyncSession, indexes: Collection[str]
) -> list[tuple[int, str]]:
    """People and the index of their phone, for these indexes."""
    found: list[tuple[int, str]] = []
    wanted = sorted(indexes)
    for start in range(0, len(wanted), _PART):
        part = wanted[start : start + _PART]
        rows = await session.execute(
            select(Person.id, Person.phone_index).where(Person.phone_index.in_(part))
        )
        found += [(row[0], str(row[1])) for row in rows]
    return found


async def volunteers_by_person(session: AsyncSession) -> dict[int, tuple[int, str | None]]:
    """The volunteer's id and the index of their phone, by person."""
    rows = await session.execute(
        select(Volunteer.person_id, Volunteer.id, Volunteer.phone_index).where(
            Volunteer.person_id.is_not(None)
        )
    )
    return {int(row[0] or 0): (row[1], row[2]) for row in rows}


async def mute(session: AsyncSession, person_id: int, survey_id: int) -> None:
    """No more reminders of this questionnaire (0: of any); twice changes nothing."""
    statement = insert_for(session, SurveyMute).values(person_id=person_id, survey_id=survey_id)
    await session.execute(
        statement.on_conflict_do_nothing(index_elements=["person_id", "survey_id"])
    )


async def unmute(session: AsyncSession, person_id: int, survey_id: int) -> None:
    await session.execute(
        delete(SurveyMute).where(
            SurveyMute.person_id == person_id, SurveyMute.survey_id == survey_id
        )
    )


async def muted_by(session: AsyncSession, person_id: int) -> set[int]:
    """What somebody does not want to be reminded of."""
    rows = await session.scalars(
        select(SurveyMute.survey_id).where(SurveyMute.person_id == person_id)
    )
    return set(rows.all())


async def mutes(session: AsyncSession) -> set[tuple[int, int]]:
    """Every person and what they do not want to be reminded of."""
    rows = await session.execute(select(SurveyMute.person_id, SurveyMute.survey_id))
    return {(row[0], row[1]) for row in rows}
