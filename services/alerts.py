"""Tells the administrators once that something is wrong with the machine, until it is well."""

from db.stores import people, settings
from db.work import Work
from services import clock
from services.permissions import Role


async def raise_once(work: Work, kind: str, **params: object) -> None:
    """Tell every administrator of this kind of trouble, unless they know already."""
    if await settings.put_once(work.session, f"alert:{kind}", {}, now=clock.now()):
        for person in await people.holders_of(work.session, [Role.ADMIN]):
            work.notify(person, f"alerts.{kind}", **params)


async def clear(work: Work, kind: str) -> None:
    """It is well again: the next time is news."""
    await settings.remove(work.session, f"alert:{kind}")
