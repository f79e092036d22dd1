"""What a questionnaire's metadata questions (start, end, today, username ...) are filled with.

In an anonymous one only the day. In a named one the office knows who answered by their number;
name and phone stand masked, as everywhere else: seeing them in full is an act that is logged.
"""

from db.models.surveys import Survey
from db.stores import people
from db.work import Work
from services import clock, privacy
from services.permissions import Actor


async def at_start(work: Work, by: Actor, survey: Survey) -> dict[str, str]:
    """By the name of the XLSForm type."""
    today = clock.today().isoformat()
    if survey.anonymous:
        return {"today": today}
    person = await people.by_id(work.session, by.person_id)
    return {
        "today": today,
        "start": clock.local().isoformat(timespec="seconds"),
        "deviceid": str(by.person_id),
        "username": privacy.mask_name(person.name or "") if person else "",
        "phonenumber": privacy.mask_phone(person.phone or "") if person else "",
    }


def at_end(survey: Survey) -> dict[str, str]:
    """What is known only when somebody hands in."""
    return {} if survey.anonymous else {"end": clock.local().isoformat(timespec="seconds")}
