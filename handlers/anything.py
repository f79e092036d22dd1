"""Answers whatever arrives that no command or button claims; nothing is met with silence."""

from db.stores import people
from handlers import gazetteer
from handlers.activities import attendance
from handlers.chat import Button, Chat, Kind
from handlers.entries import files as entry_files
from handlers.forms import runner
from handlers.questions import asking as questions
from handlers.reports import around as reports_around
from handlers.reports import category_desk
from handlers.reports import intake as report_intake
from handlers.surveys import audiences as survey_audience
from handlers.surveys import authoring as survey_authoring
from handlers.texts import say
from handlers.volunteers import roster_files
from services import clock, kept_messages
from services.kept_messages import Kind as Kept
from services.reports import dangers

KEPT = {Kind.VOICE: Kept.VOICE, Kind.VIDEO: Kept.VIDEO, Kind.AUDIO: Kept.AUDIO}


async def message(chat: Chat) -> None:
    """A message: the answer to a question asked, or a question, or something to be kept."""
    given = chat.given
    if not chat.private:
        await _in_group(chat)
        return
    danger = dangers.danger(given.text) if given.text else None
    if danger is not None:  # first and always, whatever else is under way
        await questions.warn(chat, danger)
    for take in (
        keep,
        report_intake.joins,
        runner.take,
        gazetteer.take,
        category_desk.take,
        entry_files.take,
        roster_files.take,
        survey_audience.take,
        attendance.take,
    ):
        if await take(chat):
            return
    if survey_authoring.takes(chat):
        await survey_authoring.take(chat)
    elif await report_intake.take(chat):
        return
    elif given.kind is Kind.LOCATION and given.point is not None:
        await reports_around.located(chat)
    elif given.kind is Kind.TEXT and given.text.strip():
        await questions.message(chat)
    else:
        await chat.say(f"anything.{given.kind}")


async def _in_group(chat: Chat) -> None:
    """In a group the bot speaks only when it is spoken to."""
    given = chat.given
    if given.mentions_bot and given.kind is Kind.TEXT:
        words = given.text.replace(f"@{chat.office.bot_username}", " ").strip()
        await questions.in_group(chat, words)


async def keep(chat: Chat) -> bool:
    """Keep what the bot cannot read itself, for staff to listen to; what is being filled in goes
    on. False for what can be read, or is just what a question asks for."""
    given = chat.given
    if given.kind not in KEPT or await runner.wants_file(chat):
        return False
    await kept_messages.keep(
        chat.work,
        chat.actor,
        KEPT[given.kind],
        chat_id=chat.id,
        message_id=given.message_id or 0,
        file_id=given.file.file_id if given.file else None,
    )
    await chat.say(f"anything.kept_{KEPT[given.kind]}")
    if not await runner.remind(chat) and given.text.strip():
        await questions.message(chat)  # what is written under a video is read all the same
    return True


async def other(chat: Chat) -> None:
    """Edited messages, live locations on the move, being blocked or added to a group."""
    given = chat.given
    if given.kind is Kind.OTHER and given.text in ("kicked", "left", "member", "administrator"):
        await _membership(chat)
    elif given.kind is Kind.EDITED and chat.private:
        await chat.say("anything.edited")


async def _membership(chat: Chat) -> None:
    here = chat.given.text in ("member", "administrator")
    if chat.private:
        await people.set_reachable(chat.work.session, chat.telegram_id, reachable=here)
        return
    await people.set_group(
        chat.work.session, chat.id, title=chat.given.args, active=here, now=clock.now()
    )
    if here:
        await chat.say("anything.joined_group", [open_private(chat)])


async def unknown_press(chat: Chat) -> None:
    """A button nobody claims: forged, or of a version long gone."""
    chat.tell("common.old_button", alert=True)


async def ask_in_private(chat: Chat) -> None:
    """In a group: personal things are done in a private chat, one tap away."""
    await chat.say("common.in_private", [open_private(chat)])


def open_private(chat: Chat, payload: str = "") -> Button:
    """A button that opens the private chat, with a deep link payload."""
    link = f"https://t.me/{chat.office.bot_username}"
    return Button(
        str(say("common.open_private")), url=f"{link}?start={payload}" if payload else link
    )
