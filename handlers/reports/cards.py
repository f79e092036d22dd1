"""How a report looks to its reporter and to staff."""

from markupsafe import Markup

from db.models.reports import Report
from db.stores import places, reports
from handlers.chat import Chat
from handlers.forms.cards import ENDS
from handlers.texts import join, say
from services import clock
from services.places import who_answers_for as answers_for
from services.reports import categories
from services.reports.additions import ADDED


def label(category: str) -> str:
    """The words of a category."""
    found = categories.find(category)
    return found.label if found else category


def line(row: Report) -> str:
    """A report on a button."""
    state = say(f"reports.state.{row.state}")
    return str(say("reports.line", number=row.number, category=label(row.category), state=state))


async def where(chat: Chat, row: Report) -> str:
    """The place in words, from the community to the floor."""
    parts = [await public_where(chat, row)]
    if row.entrance:
        parts.append(str(say("reports.entrance", number=row.entrance)))
    if row.floor is not None:
        parts.append(str(say("reports.floor", number=row.floor)))
    if row.place:
        parts.append(row.place)
    if not row.place and row.latitude is not None:
        parts.append(str(say("reports.point")))
    return " ".join(part for part in parts if part)


async def public_where(chat: Chat, row: Report) -> str:
    """The place without anybody's own words or floor: estate and building, or the community."""
    session = chat.work.session
    parts: list[str] = []
    if row.community_id and (found := await places.community(session, row.community_id)):
        parts.append(found.name)
    if row.estate_id and (estate := await places.estate(session, row.estate_id)):
        parts.append(estate.name)
    if row.building_id and (building := await places.building(session, row.building_id)):
        parts.append(building.name)
    return " ".join(parts)


async def managed_by(chat: Chat, building_id: int) -> Markup:
    """Who looks after a building or else owns it; where nobody is known, what happens then."""
    found = await answers_for(chat.work, building_id)
    body = found.managing or found.owner
    if body is None:
        return say("reports.managed_by_nobody")
    key = "reports.managed_by" if found.managing else "reports.owned_by"
    told = say(key, name=body.name)
    return join([told, say("reports.their_phone", phone=body.phone)]) if body.phone else told


async def page(chat: Chat, row: Report) -> Markup:
    """The whole report: what, where, since when, what happened."""
    lines = [
        say("reports.card.title", number=row.number, category=label(row.category)),
        say("reports.card.state", state=say(f"reports.state.{row.state}")),
        say("reports.card.where", where=await where(chat, row)),
    ]
    if row.quantity:
        lines.append(say("reports.card.quantity", quantity=row.quantity))
    lines += details(row)
    if row.words:
        lines.append(say("reports.card.words", words=row.words))
    if row.body_id and (body := await places.body(chat.work.session, row.body_id)):
        lines.append(say("reports.card.body", name=body.name))
    if row.result:
        lines.append(say("reports.card.result", result=say(f"reports.result.{row.result}")))
    if row.due_at and not row.handled_at:
        lines.append(say("reports.card.due", due=clock.local(row.due_at).date()))
    photos = await reports.photos_of(chat.work.session, row.id)
    if photos:
        lines.append(say("reports.card.photos", count=len(photos)))
    return join(lines)


def details(row: Report) -> list[Markup]:
    """The answers to the questions that only this kind of problem asks."""
    kind = categories.find(row.category)
    given = row.details or {}
    lines = []
    for asked in kind.questions if kind else ():
        if asked.code in given and asked.code != categories.COUNT:
            value = dict(asked.choices).get(given[asked.code], given[asked.code])
            question = asked.text.rstrip(ENDS)
            lines.append(say("reports.card.detail", question=question, value=value))
    return lines


async def timeline(chat: Chat, row: Report) -> Markup:
    """Every move with its day and words."""
    lines = []
    for move in await reports.moves_of(chat.work.session, row.id):
        added = move.details.get(ADDED)
        if added:
            lines.append(say("reports.timeline_photos", at=move.at, count=added))
            continue
        lines.append(
            say(
                "reports.timeline_line",
                at=move.at,
                state=say(f"reports.state.{move.after}"),
                words=move.words if move.before else "",
            )
        )
    return join(lines)
