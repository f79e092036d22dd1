"""Forged buttons, commands and links: nothing that a client sends makes an update fail."""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db.models.queues import Arrival, InboxUpdate
from handlers import commands
from services.permissions import Role
from tests.telegram import BOT, Somebody, Town

HANDLERS = Path(__file__).resolve().parents[2] / "handlers"
LONG = "<b>&🧓🏽" * 500
AT_ONCE = 25
"""Fewer than a person may have waiting."""
DATA = re.compile(r'f?"([a-z]+):([a-z_]+)[:"]')
ARGUMENTS = ("", "1:1:1", "99999999999999999999999", "²", "x:²:y", "'; DROP TABLE people;--")


def acts() -> Iterator[str]:
    """What the buttons of all features send, without what follows."""
    prefixes = {press.prefix for press in commands.PRESSES}
    found = {
        f"{prefix}:{act}"
        for path in sorted(HANDLERS.rglob("*.py"))
        for prefix, act in DATA.findall(path.read_text(encoding="utf-8"))
        if prefix in prefixes
    }
    yield from sorted(found | prefixes)


def forged() -> list[str]:
    made = (f"{act}:{argument}" for act, argument in product(acts(), ARGUMENTS))
    return [data for data in made if len(data.encode()) <= 64]


def press(town: Town, who: Somebody, data: str) -> dict[str, Any]:
    number = next(town.ids)
    message = who.base() | {"message_id": 1, "text": "?", "from": BOT}
    query = {"id": str(number), "from": who.user(), "chat_instance": "1", "data": data}
    return {"update_id": number, "callback_query": query | {"message": message}}


def typed(town: Town, who: Somebody, words: str) -> dict[str, Any]:
    return {"update_id": next(town.ids), "message": who.message(words)}


async def sent(town: Town, updates: Sequence[dict[str, Any]]) -> list[str]:
    """Send them all; those that could not be handled."""
    failed: list[str] = []
    for start in range(0, len(updates), AT_ONCE):
        await town.processes[0].intake.accept(updates[start : start + AT_ONCE])
        while await town.workers[0].step() or await give_up(town, failed):
            continue
    return failed


async def give_up(town: Town, failed: list[str]) -> bool:
    """Note an update that failed and put it out of the way of the others; whether there was one."""
    async with town.database.write() as session:
        query = select(InboxUpdate).where(InboxUpdate.status == Arrival.PENDING)
        row = await session.scalar(query.where(InboxUpdate.attempts > 0))
        if row is None:
            return False
        failed.append(f"{row.payload}: {row.error}")
        row.status = Arrival.REFUSED
    return True


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.ADMIN])
async def test_no_forged_button_makes_an_update_fail(town: Town, role: Role) -> None:
    held = None if role is Role.RESIDENT else role
    who = await town.person("甲", held)
    failed = await sent(town, [press(town, who, data) for data in forged()])
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.ADMIN])
async def test_no_words_behind_a_command_or_in_a_link_make_an_update_fail(
    town: Town, role: Role
) -> None:
    who = await town.person("甲", None if role is Role.RESIDENT else role)
    words = [f"/{one.name} {more}" for one in commands.COMMANDS for more in (*ARGUMENTS, LONG)]
    words += [f"/start {link.prefix}{sep}{more}" for link in commands.LINKS
              for sep in "-_:" for more in (*ARGUMENTS, LONG)]  # fmt: skip
    failed = await sent(town, [typed(town, who, one) for one in words])
    assert not failed, "\n".join(failed)
