"""Residents' own wordings, learned from their taps: proposed as aliases, decided by staff."""

from collections.abc import Sequence
from datetime import timedelta

from db.models.entries import AliasProposal
from db.stores import entries as rows
from db.work import Work
from knowledge.index import Index
from services import clock, privacy
from services.entries import drafts
from services.errors import Refusal
from services.permissions import Actor, Permission

SHOWN = 50


async def propose(work: Work, index: Index, entry_id: str, words: str) -> None:
    """A tap said that these words mean this entry: propose them, unless they lead there already."""
    words = words.strip()[: drafts.LONGEST_QUESTION]
    if not words or entry_id not in index or index.exactly(words) == entry_id:
        return
    if await rows.one(work.session, entry_id) is None:
        return
    mark = privacy.blind_index(words, "alias").hex()
    await rows.propose(work.session, entry_id, words, mark, now=clock.now())


async def waiting(work: Work, by: Actor) -> Sequence[AliasProposal]:
    """Wordings that wait for a decision, the most frequent first."""
    by.require(Permission.KNOWLEDGE_EDIT)
    return await rows.proposals(work.session, SHOWN)


async def count(work: Work) -> int:
    """How many wordings wait for a decision."""
    return await rows.count_proposals(work.session)


async def access(work: Work, by: Actor, proposal_id: int) -> AliasProposal:
    """A wording nobody has decided about. Refusal("entries.decided") if somebody has."""
    by.require(Permission.KNOWLEDGE_EDIT)
    row = await rows.proposal(work.session, proposal_id)
    if row is None or row.state != "open":
        raise Refusal("entries.decided")
    return row


async def decide(work: Work, by: Actor, proposal_id: int, *, keep: bool) -> AliasProposal:
    """Keep a proposed wording as an alias, or not."""
    row = await access(work, by, proposal_id)
    if keep:
        await drafts.add_aliases(work, by, row.entry_id, [row.words])
    row.state, row.decided_by = "kept" if keep else "dropped", by.person_id
    row.decided_at = clock.now()
    await work.session.flush()
    return row


async def forget_old_words(work: Work, keep: timedelta) -> None:
    """Wordings and imports left lying are dropped after the retention time."""
    states = ("open", "dropped", "kept")
    await rows.forget_proposals(work.session, clock.now() - keep, states=states)
    await rows.forget_imports(work.session, clock.now() - keep)
