"""Reads a place and a number of things out of a message: buildings, entrances, floors, estates."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from services.reports import numerals, wording

NEAR = 6
"""Characters between two parts of a place that still make one place."""
TOP = "top"
"""The highest floor where its number was not said."""
_NUMBERED = ("building", "entrance", "floor")


@dataclass(frozen=True, slots=True)
class Known:
    """A name of the gazetteer with the other names that people use for it."""

    name: str
    aliases: tuple[str, ...] = ()
    kind: Literal["community", "estate"] = "community"


@dataclass(frozen=True, slots=True)
class Place:
    """A place as far as it was said; `text` is the words that say it. Numbers in figures.

    A basement floor is negative ("-1"); the top floor, of unknown number, is `TOP`.
    """

    community: str | None = None
    estate: str | None = None
    building: str | None = None
    entrance: str | None = None
    floor: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    kind: str
    value: str | None
    start: int
    end: int


def parse(text: str, *, gazetteer: Sequence[Known] = ()) -> Place:
    """The place named in a message; names of the gazetteer are found by any of their names."""
    found = tuple(_parts(wording.plain(text), gazetteer))
    said: dict[str, str] = {}
    for part in found:
        if part.value is not None:
            said.setdefault(part.kind, part.value)
    return Place(**said, text=_words(wording.cased(text), found))


def names(text: str) -> frozenset[str]:
    """Proper names of estates, communities and roads that a text speaks of, without endings."""
    plain = wording.plain(text)
    found = (*_named("estate", plain), *_named("community", plain), *_roads(plain))
    ending = _pattern("name_ending")
    bare = (ending.sub("", part.value or plain[part.start : part.end]) for part in found)
    return frozenset(name for name in bare if len(name) > 1)


def canonical(text: str) -> str:
    """A plain text with its buildings, entrances and floors in one spelling."""
    plain = wording.plain(text)
    for kind in _NUMBERED:
        plain = _pattern(f"{kind}_said").sub(partial(_respelled, kind), plain)
    return plain


def quantity(text: str) -> int | None:
    """How many things a message speaks of; None where it gives no single number."""
    plain = wording.plain(text)
    several = _pattern("several")
    for key in ("broken_counted", "counted"):
        for match in _pattern(key).finditer(plain):
            start = match.start("number")
            if not several.search(plain[max(0, start - 2) : start]):
                return numerals.number(match["number"])
    return None


def _parts(plain: str, gazetteer: Sequence[Known]) -> Iterator[_Part]:
    known = list(_known(plain, gazetteer))
    unknown = plain
    for part in known:
        unknown = unknown[: part.start] + "," * (part.end - part.start) + unknown[part.end :]
    yield from known
    yield from _numbered(unknown)
    yield from _named("estate", unknown)
    yield from _named("community", unknown)
    yield from _roads(unknown)
    for key in ("landmark", "house"):
        yield from (_Part(key, None, *match.span()) for match in _pattern(key).finditer(plain))


def _known(plain: str, gazetteer: Sequence[Known]) -> Iterator[_Part]:
    """Longest names first: one that stands inside another is not said."""
    names = [(name, known) for known in gazetteer for name in (known.name, *known.aliases) if name]
    found: list[_Part] = []
    for name, known in sorted(names, key=lambda pair: -len(pair[0])):
        start = plain.find(wording.plain(name))
        end = start + len(name)
        taken = (start < one.end and one.start < end for one in found)
        if start >= 0 and not any(taken):
            found.append(_Part(known.kind, known.name, start, end))
    yield from sorted(found, key=lambda part: part.start)


def _numbered(plain: str) -> Iterator[_Part]:
    """Building, entrance and floor, in whatever of the ways of writing them."""
    if match := _pattern("dashed").search(plain):
        yield from _dashed(match)
        return
    found = {kind: hit for kind in _NUMBERED if (hit := _pattern(f"{kind}_said").search(plain))}
    if "building" not in found:
        _northern(plain, found)
    for kind, match in found.items():
        yield _Part(kind, _value(kind, match), *match.span())
    yield from _room(plain, found)


def _northern(plain: str, found: dict[str, re.Match[str]]) -> None:
    """A floor that an entrance follows is a building; the true floor comes after it."""
    match = _pattern("building_before_entrance").search(plain)
    if match is None:
        return
    found["building"] = match
    found.pop("floor", None)
    if floor := _pattern("floor_said").search(plain, match.end()):
        found["floor"] = floor


def _dashed(match: re.Match[str]) -> Iterator[_Part]:
    building, entrance, room = match.groups()
    yield _Part("building", numerals.figures(building), *match.span())
    if entrance:
        yield _Part("entrance", numerals.figures(entrance), *match.span())
    yield _Part("floor", room[:-2], *match.span())


def _room(plain: str, found: dict[str, re.Match[str]]) -> Iterator[_Part]:
    anchor = found.get("entrance") or found.get("building")
    if anchor is None or "floor" in found:
        return
    if match := _pattern("room").match(plain, anchor.end()):
        yield _Part("floor", match[1][:-2], *match.span())


def _value(kind: str, match: re.Match[str]) -> str:
    groups = match.groupdict()
    if kind == "floor" and groups.get("top"):
        return TOP
    written = numerals.figures(match["number"])
    return f"-{written}" if groups.get("below") else written


def _respelled(kind: str, match: re.Match[str]) -> str:
    return _value(kind, match) + str(wording.words("places")["spelling"][kind])


def _named(kind: Literal["estate", "community"], plain: str) -> Iterator[_Part]:
    nobody = wording.word_set("places", "estate_no_name")
    for match in _pattern(f"{kind}_said").finditer(plain):
        name = _pattern("estate_after").split(match["name"])[-1]
        if name in nobody or len(name) + len(match["ending"]) < 3:
            continue
        start = match.start("ending") - len(name)
        yield _Part(kind, name + match["ending"], start, match.end())


def _roads(plain: str) -> Iterator[_Part]:
    for match in _pattern("road_said").finditer(plain):
        name = _pattern("estate_after").split(match["name"])[-1][-4:]
        if name and not _pattern("road_not").search(name):
            yield _Part("road", None, match.end("name") - len(name), match.end())


def _words(written: str, found: Sequence[_Part]) -> str | None:
    """The first run of neighbouring parts, as it was written."""
    parts = sorted(found, key=lambda part: (part.start, -part.end))
    if not parts:
        return None
    start, end = parts[0].start, parts[0].end
    for part in parts[1:]:
        if part.start - end > NEAR:
            break
        end = max(end, part.end)
    return written[start:end].strip(" ,.:") or None


def _pattern(key: str) -> re.Pattern[str]:
    return wording.pattern("places", key)
