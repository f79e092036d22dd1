"""Whom a questionnaire is for: communities, roles, clubs, a list; each limit narrows it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from db.models.people import Person
from db.models.surveys import Survey
from db.stores import clubs, people, survey_audiences, volunteers
from db.work import Work
from services import privacy
from services.people.identities import PHONE
from services.permissions import Actor

COMMUNITY, ROLE = "surveys.not_for_you", "surveys.not_for_role"
CLUB, LIST = "surveys.not_in_club", "surveys.not_on_list"


async def outside(work: Work, by: Actor, survey: Survey) -> str | None:
    """Why this person is not one of those it is for (the code of a refusal); None if they are."""
    if (code := _outside_by_place_and_role(survey, by)) is not None:
        return code
    wanted = set(survey.audience.get("clubs") or ())
    if wanted and wanted.isdisjoint(await _clubs_of(work, by)):
        return CLUB
    if survey.audience.get("listed") and not await _is_listed(work, by, survey):
        return LIST
    return None


async def _clubs_of(work: Work, by: Actor) -> set[int]:
    return {one.id for one in await clubs.of_person(work.session, by.person_id)}


def _outside_by_place_and_role(survey: Survey, by: Actor) -> str | None:
    communities = survey.audience.get("communities") or []
    roles = survey.audience.get("roles") or []
    held = {str(one.role) for one in by.roles} | {"resident"}
    if communities and by.community_id not in communities:
        return COMMUNITY
    return ROLE if roles and not held & set(roles) else None


async def _is_listed(work: Work, by: Actor, survey: Survey) -> bool:
    person = await people.by_id(work.session, by.person_id)
    volunteer = await volunteers.of_person(work.session, by.person_id)
    phones = {one.phone for one in (person, volunteer) if one and one.phone}
    return await survey_audiences.is_invited(
        work.session,
        survey.id,
        person_id=by.person_id,
        volunteer_id=volunteer.id if volunteer else None,
        phone_indexes={index for phone in phones for index in indexes_of(phone)},
    )


def indexes_of(phone: str) -> list[str]:
    """How a phone may be known: by the first key, or one before it."""
    return [index.hex() for index in privacy.blind_indexes(phone, PHONE)]


@dataclass(frozen=True)
class Members:
    """Who belongs to an audience, read once for going through everybody."""

    survey: Survey
    people: frozenset[int] = frozenset()
    volunteers: frozenset[int] = frozenset()
    phones: frozenset[str] = frozenset()
    of_volunteers: dict[int, tuple[int, str | None]] = field(default_factory=dict)
    of_clubs: frozenset[int] = frozenset()

    def include(self, person: Person, by: Actor) -> bool:
        """Whether this person belongs to it."""
        if _outside_by_place_and_role(self.survey, by) is not None:
            return False
        if self.survey.audience.get("clubs") and person.id not in self.of_clubs:
            return False
        return not self.survey.audience.get("listed") or self._is_listed(person)

    def _is_listed(self, person: Person) -> bool:
        volunteer, phone = self.of_volunteers.get(person.id, (0, None))
        known: Collection[str] = indexes_of(person.phone) if person.phone else ()
        return (
            person.id in self.people
            or volunteer in self.volunteers
            or not self.phones.isdisjoint((*known, phone or ""))
        )


async def members(work: Work, survey: Survey) -> Members:
    """The audience as a whole."""
    of_clubs = await _club_members(work, survey)
    if not survey.audience.get("listed"):
        return Members(survey, of_clubs=of_clubs)
    rows = await survey_audiences.invitees(work.session, survey.id)
    return Members(
        survey,
        frozenset(row.person_id for row in rows if row.person_id is not None),
        frozenset(row.volunteer_id for row in rows if row.volunteer_id is not None),
        frozenset(row.phone_index for row in rows if row.phone_index is not None),
        await survey_audiences.volunteers_by_person(work.session),
        of_clubs,
    )


async def _club_members(work: Work, survey: Survey) -> frozenset[int]:
    running = {one.id for one in await clubs.all_of_them(work.session, closed=False)}
    found: set[int] = set()
    for club_id in survey.audience.get("clubs") or ():
        if club_id in running:
            rows = await clubs.members(work.session, club_id)
            found |= {row.person_id for row in rows if row.person_id and not row.waiting}
    return frozenset(found)
