"""What follows when a file given to a form has been looked at."""

from db.stores import forms as form_rows
from db.stores import inbox
from db.stores import people as person_rows
from db.work import Work
from handlers.chat import Chat, Input, Kind, Office
from handlers.forms import runner
from services import fillings
from services.errors import Refusal
from services.people import identities as people
from services.photos import CleanPhoto


async def judged(
    work: Work,
    office: Office,
    media_id: str,
    *,
    photo: CleanPhoto | None = None,
    refusal: Refusal | None = None,
) -> None:
    """Write down the verdict on a file and go on in the chat it came from.

    A turn of that chat may be under way, and it keeps the whole filling: the verdict waits for it.
    """
    chat_id = await form_rows.chat_of_media(work.session, media_id)
    if chat_id is not None:
        await inbox.lock_chat(work.session, chat_id)
    one = await fillings.media_judged(work, media_id, photo=photo, refusal=refusal)
    if one is None:
        return
    person = await person_rows.by_id(work.session, one.row.person_id)
    if person is None or person.telegram_id is None:
        return
    _, actor = await people.recognise(
        work,
        telegram_id=person.telegram_id,
        is_admin=person.telegram_id in office.admin_ids,
    )
    chat = Chat(
        work,
        actor,
        one.row.chat_id,
        Input(Kind.OTHER),
        office,
        large_print=person.large_print,
        telegram_id=person.telegram_id,
    )
    await runner.media_judged(chat, one, refusal)
