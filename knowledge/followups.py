"""Keeps a question on topic: reads a short message in the light of the one before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from knowledge.index import Index
from knowledge.normalise import lexicon_lines, normalise, plain
from knowledge.replies import Hit, Outcome, Reply

_SHORT = 12
"""Letters up to which a message can go on from the one before."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The question before, what was answered or offered, and for which community."""

    question: str
    entry_id: str = ""
    candidates: tuple[str, ...] = ()
    community: str = ""


class Step(StrEnum):
    """How a message relates to the turn before."""

    NEW = "new"
    JOINED = "joined"
    PICKED = "picked"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What to do: ask `question` for `community`, or show the picked entry.

    A JOINED question may after all stand alone: `follow` asks both ways.
    """

    step: Step
    question: str
    entry_id: str = ""
    community: str = ""


@lru_cache(maxsize=1)
def _words() -> dict[str, list[str]]:
    return {place: words for place, *words in map(str.split, lexicon_lines("followups.txt"))}


def _either(place: str) -> str:
    return "|".join(sorted(map(re.escape, _words()[place]), key=len, reverse=True))


@lru_cache(maxsize=1)
def _goes_on() -> re.Pattern[str]:
    return re.compile(f"^(?:{_either('start')})|(?:{_either('end')})$")


@lru_cache(maxsize=1)
def _a_number() -> re.Pattern[str]:
    digits = _words()["digits"][0]
    return re.compile(
        f"(?:{_either('number')})*(?P<number>[1-9]|[{digits}])(?:{_either('counter')})*"
    )


def picked(text: str, candidates: tuple[str, ...]) -> str:
    """The candidate that a bare number means ("2", "第二个"); '' for any other message."""
    match = _a_number().fullmatch(plain(text).replace("\n", ""))
    if match is None:
        return ""
    digits = _words()["digits"][0]
    number = (
        int(match["number"]) if match["number"].isdigit() else digits.index(match["number"]) + 1
    )
    return candidates[number - 1] if number <= len(candidates) else ""


def _community(bare: str, communities: Mapping[str, str]) -> str:
    names = {normalise(name): code for name, code in communities.items()}
    core = _goes_on().sub("", bare)
    return names.get(core, "") or names.get(bare, "")


def resolve(
    text: str, previous: Turn | None, *, communities: Mapping[str, str] | None = None
) -> FollowUp:
    """What a message asks, given the turn before; `communities` maps names to codes.

    A number picks a candidate. A bare community name asks the last question again for it. A
    short message that begins or ends like a follow-up is joined to the last question. Anything
    else stands alone, in the same community.
    """
    if previous is None:
        return FollowUp(Step.NEW, text)
    place = previous.community
    entry_id = picked(text, previous.candidates)
    if entry_id:
        return FollowUp(Step.PICKED, previous.question, entry_id, place)
    letters = plain(text).replace("\n", "")
    code = _community(letters, communities or {})
    if code:
        return FollowUp(Step.COMMUNITY, previous.question, previous.entry_id, code)
    if 0 < len(letters) <= _SHORT and _goes_on().search(letters):
        return FollowUp(Step.JOINED, f"{previous.question} {text}", previous.entry_id, place)
    return FollowUp(Step.NEW, text, community=place)


def follow(
    index: Index,
    text: str,
    previous: Turn | None,
    *,
    communities: Mapping[str, str] | None = None,
    day: date | None = None,
) -> tuple[FollowUp, Reply]:
    """Reads a message in the light of the turn before, and asks what it means.

    A message that the base answers by itself is taken by itself.
    """
    step = resolve(text, previous, communities=communities)
    if step.step is Step.PICKED and step.entry_id in index:
        hit = Hit(step.entry_id, 1.0, index.entry(step.entry_id).question, exact=True)
        return step, Reply(Outcome.ANSWER, (hit,), step.question)
    reply = index.ask(step.question, day=day)
    if step.step is Step.JOINED:
        alone = index.ask(text, day=day)
        if alone.outcome is Outcome.ANSWER and alone.confidence >= reply.confidence:
            return FollowUp(Step.NEW, text, community=step.community), alone
    return step, reply
