"""Staff fill in what is true of their own place: phone, address, hours. Answers use it at once."""

from handlers import notices, paging
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.entries import words as entry_words
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.questions.topics import Rows
from handlers.texts import join, say
from services import places
from services.entries import local_facts
from services.entries.local_facts import Fact
from services.fillings import Submission
from services.permissions import STREET, Permission, community

A_PAGE = 6


async def home(chat: Chat, page: int = 0) -> None:
    """One's own community at once; several to choose from for the street office."""
    known = await places.communities(chat.work)
    mine = [c for c in known if chat.actor.can(Permission.KNOWLEDGE_REPLY, community(c.id))]
    street = chat.actor.can(Permission.KNOWLEDGE_EDIT, STREET)
    if len(mine) == 1 and not street:
        await _place(chat, mine[0].id)
        return
    shown = mine[page * A_PAGE : (page + 1) * A_PAGE]
    buttons = [Button(c.name, f"kf:place:{c.id}") for c in shown]
    rows: Rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    rows += paging.turning_row("kf:home", page, len(mine))
    if street:
        rows.append(notices.button_row(("fact_desk.street", f"kf:ask:0:{Fact.STREET_PHONE}")))
    rows.append(notices.button_row(("entry_desk.button.back", "kb:home")))
    await turn(chat, Screen(say("fact_desk.home"), tuple(rows)))


async def pressed(chat: Chat) -> None:
    """Buttons: 'kf:<act>:<community>:<fact>'."""
    act, number, fact = chat.press_parts(3)
    if act == "place" and number.isdecimal():
        await _place(chat, int(number))
    elif act == "ask" and number.isdecimal() and fact in Fact.__members__.values():
        await _ask(chat, int(number), Fact(fact))
    else:
        await home(chat, int(number) if number.isdecimal() else 0)


async def _place(chat: Chat, community_id: int) -> None:
    """What is filled in for a community, and what is not."""
    row = await local_facts.access(chat.work, chat.actor, community_id)
    lines = [
        say(
            "fact_desk.line",
            name=say(f"entry_words.name.{fact}"),
            words=getattr(row, column) or say("fact_desk.not_filled_in"),
        )
        for fact, column in local_facts.COLUMNS.items()
    ]
    rows: Rows = [
        (Button(str(say(f"entry_words.name.{fact}")), f"kf:ask:{community_id}:{fact}"),)
        for fact in local_facts.COLUMNS
    ]
    rows.append(notices.button_row(("entry_desk.button.back", "kb:home")))
    text = say("fact_desk.place", name=row.name, lines=join(lines))
    await turn(chat, Screen(text, tuple(rows)))


async def _ask(chat: Chat, community_id: int, fact: Fact) -> None:
    if fact is Fact.STREET_PHONE:
        chat.actor.require(Permission.KNOWLEDGE_EDIT, STREET)
    else:
        await local_facts.access(chat.work, chat.actor, community_id)
    now = (await local_facts.of(chat.work, community_id or None)).facts.get(fact)
    name = say(f"entry_words.name.{fact}")
    before = say("fact_desk.now", name=name, words=now or say("fact_desk.not_filled_in"))
    await runner.begin(chat, "local_fact", subject=f"{community_id}:{fact}", before=before)


async def _filled_in(chat: Chat, submission: Submission) -> None:
    number, _, fact = submission.subject.partition(":")
    words = str(submission.values["words"])
    words = "" if entry_words.is_none(words) else words
    await local_facts.fill_in(chat.work, chat.actor, int(number), Fact(fact), words)
    data = f"kf:place:{number}" if int(number) else "kf:home"
    look = notices.button_row(("fact_desk.look", data))
    await chat.show(Screen(say("fact_desk.filled_in"), (look,)))


registry.register(Form("local_fact", done=_filled_in, review="entry_fields.review"))
