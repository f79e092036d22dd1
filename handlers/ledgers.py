"""Staff order a ledger or a picture; a job makes it and sends it to the chat."""

from db.stores import jobs
from handlers.chat import Button, Chat, Screen
from handlers.texts import say
from services import clock
from services.errors import Refusal
from services.permissions import Permission
from services.reports import sweeps

KINDS = ("problems", "events", "open311")


async def pressed(chat: Chat) -> None:
    """Buttons: 'rdesk:ledger:<kind>:<sweep>'."""
    chat.actor.require(Permission.REPORT_EXPORT)
    _, kind, sweep = chat.press_parts(3)
    if kind in KINDS:
        await _order(chat, kind, 0)
    elif kind == "lights" and sweep.isdecimal():
        await _order(chat, kind, (await sweeps.access(chat.work, chat.actor, int(sweep))).id)
    else:
        await choose(chat)


async def choose(chat: Chat) -> None:
    """Which ledger."""
    buttons = [(Button(str(say(f"ledgers.button.{k}")), f"rdesk:ledger:{k}"),) for k in KINDS]
    found = await sweeps.running(chat.work, chat.actor)
    if found:
        data = f"rdesk:ledger:lights:{found[0].id}"
        buttons.append((Button(str(say("ledgers.button.lights")), data),))
    buttons.append((Button(str(say("report_desk.button.back")), "rdesk:list:new:0"),))
    await chat.show(Screen(say("ledgers.which"), tuple(buttons)), slot="rdesk", edit=True)


async def _order(chat: Chat, kind: str, sweep_id: int) -> None:
    reach = chat.actor.communities(Permission.REPORT_EXPORT)
    if reach is not None and not reach:
        raise Refusal("common.not_allowed")
    payload = {
        "kind": kind,
        "chat_id": chat.id,
        "sweep_id": sweep_id,
        "communities": None if reach is None else sorted(reach),
    }
    await jobs.add(chat.work.session, "report_ledger", payload, now=clock.now())
    chat.tell("ledgers.ordered")
