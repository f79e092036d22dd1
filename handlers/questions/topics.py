"""What can be asked, as a menu: topics, the questions of one, and what others asked most."""

import tomllib
from functools import cache

from handlers import paging
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.texts import say
from knowledge.entries import CONTENT, Entry
from services import clock
from services.questions import asking

A_PAGE = 6
Rows = list[tuple[Button, ...]]


@cache
def labels() -> dict[str, str]:
    """Topics and their labels, in the order of the menu."""
    found: dict[str, dict[str, object]] = {}
    for path in sorted(CONTENT.glob("topics*.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    rows = sorted(found.items(), key=lambda pair: int(str(pair[1]["order"])))
    return {topic: str(row["label"]) for topic, row in rows}


async def pressed(chat: Chat, act: str, what: str, more: str) -> None:
    """'ask:topics:<page>', 'ask:t:<topic>:<page>', 'ask:hot'."""
    if act == "t":
        await _topic(chat, what, int(more) if more.isdecimal() else 0)
    elif act == "hot":
        await _hot(chat)
    else:
        await topics(chat, int(what) if what.isdecimal() else 0)


async def topics(chat: Chat, page: int = 0) -> None:
    """The topics that hold anything, six at a time, and the way to what is asked most."""
    held = {entry.topic for entry in chat.office.knowledge.entries}
    shown = [(topic, label) for topic, label in labels().items() if topic in held]
    part = [
        Button(label, f"ask:t:{topic}:0")
        for topic, label in shown[page * A_PAGE : (page + 1) * A_PAGE]
    ]
    rows: Rows = [tuple(part[i : i + 2]) for i in range(0, len(part), 2)]
    rows += paging.turning_row("ask:topics", page, len(shown))
    if not page:
        rows.insert(0, (Button(str(say("questions.button.hot")), "ask:hot"),))
    await turn(chat, Screen(say("questions.topics"), tuple(rows)), slot="topics")


async def _topic(chat: Chat, topic: str, page: int) -> None:
    today = clock.today()
    entries = [e for e in chat.office.knowledge.entries if e.topic == topic and e.valid(today)]
    if not entries:
        await topics(chat)
        return
    rows = _questions(entries[page * A_PAGE : (page + 1) * A_PAGE])
    rows += paging.turning_row(f"ask:t:{topic}", page, len(entries))
    rows.append(_back())
    screen = Screen(say("questions.topic", label=labels().get(topic, topic)), tuple(rows))
    await turn(chat, screen, slot="topics")


async def _hot(chat: Chat) -> None:
    index = chat.office.knowledge
    hot = [one for one, _ in await asking.hot(chat.work, A_PAGE) if one in index]
    if not hot:
        chat.tell("questions.nothing_hot")
        return
    rows = [*_questions([index.entry(one) for one in hot]), _back()]
    await turn(chat, Screen(say("questions.hot"), tuple(rows)), slot="topics")


def _questions(entries: list[Entry]) -> Rows:
    return [(Button(entry.question, f"ask:e:{entry.id}"),) for entry in entries]


def _back() -> tuple[Button, ...]:
    return (
        Button(str(say("questions.button.topics")), "ask:topics"),
        Button(str(say("questions.button.home")), "home:menu"),
    )
