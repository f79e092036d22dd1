"""Staff exchange the knowledge base as Excel: out, in with a word before, tried on questions."""

from collections.abc import Sequence

from markupsafe import Markup

from db.stores import jobs
from handlers import notices, sent_workbooks
from handlers.chat import Chat, Kind, Screen
from handlers.desk_card import turn
from handlers.entries import fields
from handlers.entries.fields import ASKED
from handlers.files.entry_sheets import Reading, where
from handlers.texts import join, say
from knowledge.index import Index
from knowledge.reviews import conflicts
from services import clock
from services.entries import imports
from services.permissions import Permission

TOLD = 8
MADE = ("xlsx", "csv", "template")


async def home(chat: Chat) -> None:
    """What can be fetched and sent."""
    rows = (
        notices.button_row(
            ("entry_files.button.xlsx", "kx:xlsx"), ("entry_files.button.csv", "kx:csv")
        ),
        notices.button_row(
            ("entry_files.button.template", "kx:template"),
            ("entry_files.button.import", "kx:import"),
        ),
        notices.button_row(
            ("entry_files.button.test", "kx:test"), ("entry_desk.button.back", "kb:more")
        ),
    )
    await turn(chat, Screen(say("entry_files.home"), rows))


async def pressed(chat: Chat) -> None:
    """Buttons: 'kx:<what>' and 'kx:take:<import>'."""
    act, number = chat.press_parts(2)
    if act in MADE:
        payload = {"what": act, "chat_id": chat.id}
        await jobs.add(chat.work.session, "entry_export", payload, now=clock.now())
        chat.tell("entry_files.making")
    elif act in ("import", "test"):
        await sent_workbooks.ask(chat, f"{ASKED}{act}")
        await chat.say(f"entry_files.send.{act}")
    elif act == "take" and number.isdecimal():
        count = await imports.take_over(chat.work, chat.actor, int(number))
        await chat.say("entry_files.taken", count=count)
    elif act == "no" and number.isdecimal():
        await imports.drop(chat.work, chat.actor, int(number))
        await chat.say("entry_files.not_taken")
    else:
        await home(chat)


async def take(chat: Chat) -> bool:
    """A file that staff were asked for; False for any other message."""
    given = chat.given
    if given.file is None or given.kind not in (Kind.PHOTO, Kind.DOCUMENT):
        return False
    asked = await sent_workbooks.asked(chat)
    if not asked.startswith(ASKED) or not chat.actor.can(Permission.KNOWLEDGE_EDIT):
        return False
    what, _, entry_id = asked.removeprefix(ASKED).partition(":")
    if what == "attach":
        await fields.take_attachment(chat, entry_id)
    elif given.kind is not Kind.DOCUMENT or not (given.file.name or "").lower().endswith(".xlsx"):
        await chat.say("entry_files.no_workbook")
    else:
        await sent_workbooks.order(chat, "entry_file", what=what)
    return True


# -- what is told of a workbook -----------------------------------------------------------------


def told(index: Index, reading: Reading, import_id: int | None) -> Screen:
    """How many rows are good, what is wrong with the others, what is in the way."""
    new = [one for one in reading.entries if one not in index]
    changed = len(reading.entries) - len(new)
    parts = [say("entry_files.read", new=len(new), changed=changed, wrong=len(reading.wrong))]
    if reading.wrong:
        wrong = [say("entry_files.wrong", where=where(one), why=one.why) for one in reading.wrong]
        parts.append(_some(wrong, "entry_files.wrong_rows"))
    clashes = _clashes(index, reading)
    if clashes:
        parts.append(_some(clashes, "entry_files.clashes"))
    if import_id is None:
        parts.append(say("entry_files.nothing_to_take"))
        return Screen(join(parts, "\n\n"))
    rows = (
        notices.button_row(
            ("entry_files.button.take", f"kx:take:{import_id}"),
            ("entry_files.button.no", f"kx:no:{import_id}"),
        ),
    )
    return Screen(join([*parts, say("entry_files.take_asks")], "\n\n"), rows)


def _some(lines: Sequence[Markup], key: str) -> Markup:
    shown = list(lines[:TOLD])
    if len(lines) > TOLD:
        shown.append(say("entry_files.and_more", count=len(lines) - TOLD))
    return say(key, lines=join(shown))


def _clashes(index: Index, reading: Reading) -> list[Markup]:
    """New phrases that lead to another entry already."""
    found = []
    for entry in reading.entries.values():
        known = index.entry(entry.id).phrases if entry.id in index else ()
        fresh = [phrase for phrase in entry.phrases if phrase not in known]
        for one in conflicts(index, fresh, own=entry.id):
            other = index.entry(one.entry_id).question
            key = "entry_files.clash_same" if one.same else "entry_files.clash_leads"
            found.append(say(key, phrase=one.phrase, other=other))
    return found
