"""Rows of the knowledge base: entries, versions, proposals, counts, imports."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.entries import (
    AliasProposal,
    EntryCount,
    EntryImport,
    EntryVersion,
    KnowledgeEntry,
)


async def every(session: AsyncSession) -> Sequence[KnowledgeEntry]:
    """All entries in the order of the menu."""
    rows = await session.scalars(
        select(KnowledgeEntry).order_by(KnowledgeEntry.position, KnowledgeEntry.id)
    )
    return rows.all()


async def bodies(session: AsyncSession) -> Sequence[dict[str, Any]]:
    """What residents see, in the order of the menu, without making objects of the rows."""
    rows = await session.scalars(
        select(KnowledgeEntry.body)
        .where(KnowledgeEntry.body.is_not(None))
        .order_by(KnowledgeEntry.position, KnowledgeEntry.id)
    )
    return [body for body in rows if body]


async def one(session: AsyncSession, entry_id: str) -> KnowledgeEntry | None:
    return await session.get(KnowledgeEntry, entry_id, with_for_update=True)


async def drafts(session: AsyncSession) -> Sequence[KnowledgeEntry]:
    """Entries with something not published yet, the newest first."""
    rows = await session.scalars(
        select(KnowledgeEntry).order_by(KnowledgeEntry.changed_at.desc(), KnowledgeEntry.id)
    )
    return [row for row in rows if row.draft]


async def last_position(session: AsyncSession) -> int:
    return await session.scalar(select(func.max(KnowledgeEntry.position))) or 0


async def add(session: AsyncSession, rows: Iterable[KnowledgeEntry | EntryVersion]) -> None:
    session.add_all(list(rows))
    await session.flush()


async def remove(session: AsyncSession, row: KnowledgeEntry) -> None:
    await session.delete(row)


async def versions(session: AsyncSession, entry_id: str, limit: int) -> Sequence[EntryVersion]:
    """The changes of an entry, the newest first."""
    rows = await session.scalars(
        select(EntryVersion)
        .where(EntryVersion.entry_id == entry_id)
        .order_by(EntryVersion.number.desc())
        .limit(limit)
    )
    return rows.all()


async def version(session: AsyncSession, entry_id: str, number: int) -> EntryVersion | None:
    return await session.scalar(
        select(EntryVersion).where(EntryVersion.entry_id == entry_id, EntryVersion.number == number)
    )


# -- counts -------------------------------------------------------------------------------------


async def count(session: AsyncSession, entry_ids: Iterable[str], day: date, what: str) -> None:
    """One more of something, for each of these entries."""
    rows = [
        {"entry_id": one[:40], "day": day, "what": what, "times": 1}
        for one in sorted(set(entry_ids))  # one order: no two transactions wait for each other
    ]
    if not rows:
        return
    statement = insert_for(session, EntryCount).values(rows)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["entry_id", "day", "what"], set_={"times": EntryCount.times + 1}
        )
    )


async def counts(session: AsyncSession, since: date) -> dict[str, dict[str, int]]:
    """What happened since that day: entry -> what -> how often."""
    rows = await session.execute(
        select(EntryCount.entry_id, EntryCount.what, func.sum(EntryCount.times))
        .where(EntryCount.day >= since)
        .group_by(EntryCount.entry_id, EntryCount.what)
    )
    found: dict[str, dict[str, int]] = {}
    for entry_id, what, times in rows:
        found.setdefault(entry_id, {})[what] = int(times)
    return found


async def most(
    session: AsyncSession, what: Collection[str], since: date, limit: int
) -> Sequence[tuple[str, int]]:
    """The entries to which these things happened most often, with how often."""
    total = func.sum(EntryCount.times)
    rows = await session.execute(
        select(EntryCount.entry_id, total)
        .where(EntryCount.what.in_(what), EntryCount.day >= since, EntryCount.entry_id != "")
        .group_by(EntryCount.entry_id)
        .order_by(total.desc(), EntryCount.entry_id)
        .limit(limit)
    )
    return [(entry_id, int(times)) for entry_id, times in rows]


# -- proposals ----------------------------------------------------------------------------------


async def propose(
    session: AsyncSession, entry_id: str, words: str, words_hash: str, *, now: datetime
) -> None:
    """A wording for an entry; one that is known already counts once more."""
    statement = insert_for(session, AliasProposal).values(
        entry_id=entry_id, words=words, words_hash=words_hash, times=1, state="open",
        proposed_at=now,
    )  # fmt: skip
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["entry_id", "words_hash"], set_={"times": AliasProposal.times + 1}
        )
    )


async def proposals(session: AsyncSession, limit: int) -> Sequence[AliasProposal]:
    """Wordings to decide about, the most frequent first."""
    rows = await session.scalars(
        select(AliasProposal)
        .where(AliasProposal.state == "open")
        .order_by(AliasProposal.times.desc(), AliasProposal.id)
        .limit(limit)
    )
    return rows.all()


async def count_proposals(session: AsyncSession) -> int:
    statement = select(func.count()).where(AliasProposal.state == "open")
    return await session.scalar(statement.select_from(AliasProposal)) or 0


async def proposal(session: AsyncSession, proposal_id: int) -> AliasProposal | None:
    return await session.get(AliasProposal, proposal_id, with_for_update=True)


async def forget_proposals(
    session: AsyncSession, before: datetime, *, states: Collection[str]
) -> None:
    """Drop wordings proposed before this moment: they are residents' words."""
    await session.execute(
        delete(AliasProposal).where(
            AliasProposal.proposed_at < before, AliasProposal.state.in_(states)
        )
    )


# -- imports ------------------------------------------------------------------------------------


async def add_import(session: AsyncSession, row: EntryImport) -> EntryImport:
    session.add(row)
    await session.flush()
    return row


async def waiting_import(session: AsyncSession, import_id: int) -> EntryImport | None:
    return await session.get(EntryImport, import_id, with_for_update=True)


async def forget_imports(session: AsyncSession, before: datetime) -> None:
    await session.execute(delete(EntryImport).where(EntryImport.made_at < before))
