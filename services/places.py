"""The gazetteer's rules: which communities there are, what a building belongs to."""

from collections.abc import Sequence
from enum import StrEnum

from db.models.places import Body, Community
from db.stores import places
from db.work import Work
from services.errors import Refusal
from services.permissions import Scope, ScopeKind


class BodyKind(StrEnum):
    """What a responsible body is."""

    DEPARTMENT = "department"
    PROPERTY_COMPANY = "property_company"
    OWNER = "owner"
    CITY_BODY = "city_body"
    DISTRICT_BODY = "district_body"
    OTHER = "other"


async def communities(work: Work) -> Sequence[Community]:
    """All communities in the order of the menu, the one for places outside them last."""
    return await places.communities(work.session)


async def community(work: Work, community_id: int) -> Community:
    """One community; Refusal("places.no_such_community") if there is none."""
    found = await places.community(work.session, community_id)
    if found is None:
        raise Refusal("places.no_such_community")
    return found


async def bodies(work: Work) -> Sequence[Body]:
    """Departments, property companies, owners and other units in use."""
    return await places.bodies(work.session)


async def body(work: Work, body_id: int) -> Body:
    """One of them; Refusal("common.not_there") if there is none."""
    found = await places.body(work.session, body_id)
    if found is None:
        raise Refusal("common.not_there")
    return found


def scope_of_body(body: Body) -> Scope:
    """The scope of whoever works for it."""
    is_department = body.kind == BodyKind.DEPARTMENT
    return Scope(ScopeKind.DEPARTMENT if is_department else ScopeKind.BODY, body.id)
