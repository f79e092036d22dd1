"""The gazetteer's rules: which communities there are, what a building belongs to."""

from collections.abc import Sequence

from db.models.places import Community
from db.stores import places
from db.work import Work
from services.errors import Refusal


async def communities(work: Work) -> Sequence[Community]:
    """All communities in the order of the menu, the one for places outside them last."""
    return await places.communities(work.session)


async def community(work: Work, community_id: int) -> Community:
    """One community; Refusal("places.no_such_community") if there is none."""
    found = await places.community(work.session, community_id)
    if found is None:
        raise Refusal("places.no_such_community")
    return found
