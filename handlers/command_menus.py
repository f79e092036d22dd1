"""The list of commands each kind of person sees behind Telegram's menu button."""

from typing import Any

from db.models.people import Person
from db.stores import outbox
from db.stores.outbox import Outgoing
from db.work import Work
from handlers import commands, notices
from handlers.texts import say
from services.people import roles
from services.permissions import Actor

IN_GROUPS = ("ask", "help")
Call = tuple[str, dict[str, Any]]


def for_everybody() -> tuple[Call, ...]:
    """The calls that set the menus of residents, by scope."""
    own = _described(commands.menu_for(Actor(0)))
    in_groups = [one for one in own if one["command"] in IN_GROUPS]
    return (
        ("setMyCommands", {"commands": own, "scope": {"type": "default"}}),
        ("setMyCommands", {"commands": own, "scope": {"type": "all_private_chats"}}),
        ("setMyCommands", {"commands": in_groups, "scope": {"type": "all_group_chats"}}),
    )


def _described(names: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"command": name, "description": str(say(key))} for name, key in names]


async def _of_one(work: Work, person: Person) -> Outgoing:
    """The menu of somebody whose rights changed: their own, or that of residents again."""
    assert person.telegram_id is not None
    scope = {"type": "chat", "chat_id": person.telegram_id}
    actor = await roles.actor_of(work, person.id)
    if not actor.roles:
        return Outgoing(person.telegram_id, "deleteMyCommands", {"scope": scope}, outbox.NOTICE)
    payload = {"commands": _described(commands.menu_for(actor)), "scope": scope}
    return Outgoing(person.telegram_id, "setMyCommands", payload, outbox.NOTICE)


notices.CALLS["people.rights_changed"] = _of_one
