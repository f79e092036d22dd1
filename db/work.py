"""A unit of work: the session of one transaction and whom to tell when it commits."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class Notice:
    """A code and its parameters for one person; handlers make the words.

    With `once` it is one of a broadcast: behind all replies, and at most once for this key.
    """

    person_id: int
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    once: str = ""


@dataclass
class Work:
    """What a service needs to act. It never commits: whoever opened the work does."""

    session: AsyncSession
    notices: list[Notice] = field(default_factory=list)

    def notify(self, person_id: int, code: str, **params: Any) -> None:
        """Tell a person, if and only if this work commits."""
        self.notices.append(Notice(person_id, code, params))

    def broadcast(self, person_id: int, code: str, *, once: str, **params: Any) -> None:
        """Tell one of many the same news; each hears of `once` at most one time."""
        self.notices.append(Notice(person_id, code, params, f"{once}:{person_id}"))
