"""What a message or a caption already answers of a report's form: kind, place and number."""

from collections.abc import Mapping, Sequence
from typing import Any

from db.models.places import Building
from db.stores import places as place_rows
from db.work import Work
from services import places
from services.gazetteer import HIGHEST_TOP
from services.reports import categories, suggestions
from services.reports import places as spoken

OTHER, NONE = "other", "none"
MOST_PROPOSED = 3
MOST_COUNTED = 99
LOWEST = -5
"""The deepest basement; the form allows none below."""


def says_something(text: str) -> bool:
    """Whether there is a word or a number in it: an emoji alone says nothing."""
    return any(sign.isalnum() for sign in text)


async def understood(work: Work, words: str, home: str | None) -> dict[str, Any]:
    """The answers that a free message gives: the words, a guess of the kind, community, estate.

    `home` is the community of whoever writes, which holds where no other is named.
    """
    words = "".join(sign for sign in words if sign.isprintable() or sign == "\n").strip()
    answers: dict[str, Any] = {"words": words}
    if proposals(words):
        answers["guess"] = "yes"
    found = await places.find(work, words, community_id=int(home) if home else None)
    if found.community is not None:
        answers["community"] = str(found.community.id)
    if found.estate is not None:
        answers["estate"] = str(found.estate.id)
    return answers


def proposals(words: str) -> list[str]:
    """The kinds that may be meant, the likeliest first; a correction further down wins."""
    found: list[str] = []
    for line in reversed(words.splitlines()):
        one = suggestions.suggest(line)
        found += [one.category, *one.also] if one.category else []
    offered = categories.codes()
    return [code for code in dict.fromkeys(found) if code in offered][:MOST_PROPOSED]


async def implied(work: Work, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the words say about questions that became askable: building, entrance, floor, number.

    `values` are the answers so far, the calculated ones too.
    """
    words, kind = values.get("words"), categories.find(values.get("what") or "")
    if not words or kind is None:
        return {}
    said = spoken.parse(words, gazetteer=await places.known(work))
    answers = await _placed(work, kind, said, values)
    count = suggestions.suggest(words).quantity
    counted = categories.counting_question(kind)
    if count and counted and count <= MOST_COUNTED:
        answers[counted] = count
    return answers


async def without_gazetteer(work: Work, values: Mapping[str, Any]) -> dict[str, Any]:
    """Where no estate or no building is entered yet there is nothing to choose from."""
    community, estate = values.get("community"), values.get("estate")
    if community and estate is None:
        known = await place_rows.estates(work.session, int(community))
        return {} if known else {"estate": OTHER}
    if estate and estate != OTHER and values.get("building") is None:
        return {} if await place_rows.buildings(work.session, int(estate)) else {"building": OTHER}
    return {}


async def _placed(
    work: Work, kind: categories.Category, said: spoken.Place, values: Mapping[str, Any]
) -> dict[str, Any]:
    estate = values.get("estate")
    if estate is None:
        return _outside_estates(kind, said) if values.get("community") else {}
    if estate == OTHER:
        return {"place": {"text": said.text}} if said.estate and said.text else {}
    if values.get("building") is None:
        return await _building(work, kind, said, int(estate))
    if values["building"] == OTHER:
        return {"place": {"text": said.text}} if said.building and said.text else {}
    building = await place_rows.building(work.session, int(values["building"]))
    return _inside(building, said) if building else {}


def _outside_estates(kind: categories.Category, said: spoken.Place) -> dict[str, Any]:
    """An estate that nobody entered yet, or a road where no building matters."""
    if said.text and (said.estate or (not kind.needs_building and _names_a_road(said))):
        return {"estate": OTHER, "place": {"text": said.text}}
    return {}


def _names_a_road(said: spoken.Place) -> bool:
    """More than "at the gate" or the community's own name: somebody can go there."""
    named = spoken.names(said.text or "")
    return any(name not in f"{said.community}{said.estate}" for name in named)


async def _building(
    work: Work, kind: categories.Category, said: spoken.Place, estate: int
) -> dict[str, Any]:
    if not kind.needs_building:
        exact = said.text and (said.building or _names_a_road(said))
        return {"place": {"text": said.text}} if exact else {}
    if said.building is None:
        return {}
    found = await places.building_numbered(work, estate, said.building)
    if found is None:
        return {"building": OTHER, "place": {"text": said.text}}
    return {"building": str(found.id), **_inside(found, said)}


def _inside(building: Building, said: spoken.Place) -> dict[str, Any]:
    """Entrance and floor, as far as the building has them."""
    answers: dict[str, Any] = {}
    if said.entrance and said.entrance.isdecimal() and 0 < int(said.entrance) <= building.entrances:
        answers["entrance"] = str(int(said.entrance))
    floor = building.floors if said.floor == spoken.TOP else floor_number(said)
    if floor is not None and floor <= building.floors:
        answers["floor"] = floor
    return answers


def floor_number(said: spoken.Place) -> int | None:
    """The floor, if it is one that a building can have."""
    written = said.floor or ""
    floor = int(written) if written.lstrip("-").isdecimal() and len(written) < 4 else None
    return floor if floor is not None and LOWEST <= floor <= HIGHEST_TOP else None


def unanswered(answers: Mapping[str, Any], held: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Only what nobody answered, skipped or took back before."""
    return {path: one for path, one in answers.items() if not any(path in known for known in held)}
