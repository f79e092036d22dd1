"""Tells what a message is: a question, a report, a survey matter, a volunteer's wish, or danger."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from knowledge.index import Index
from services.reports import signals, suggestions, wording
from services.reports.dangers import Danger, danger

Ask = Callable[[str], Iterable[tuple[str, float]]]
"""The knowledge base's best hits for a text: id of the fact and confidence (0 to 1), best first."""

CUES = {"cues": 0.45, "broad_cues": 0.15}
"""What a telling word, and a common one, adds to an entry's confidence."""
KIN = 0.2
"""What the kind of problem adds to the entries about it."""
UNHEARD = 0.15
"""Confidence of an entry that only a telling word speaks for."""
ASKED, STATED = 0.4, 0.75
"""From which sum a question, and a text that is no question, is taken as asking for the entry."""
BARE = 5
"""Characters up to which a thing that is only named is looked up, not reported."""
LIKELY = 0.3
"""Sum from which an entry is preferred to the usual one about volunteers or questionnaires."""
EMERGENCY_ENTRY = "kb_110"


class Kind(StrEnum):
    """What the chat does with a message."""

    QUESTION = "question"
    REPORT = "report"
    SURVEY = "survey"
    VOLUNTEER = "volunteer"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a message goes.

    `entry_id` is a fact of the knowledge base that helps, also beside a report; `category` is set
    for reports. `urgent` holds in any danger: its numbers are told first, whatever the kind.
    """

    kind: Kind
    entry_id: str | None
    category: str | None
    urgent: bool
    confidence: float
    danger: Danger | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    text: str
    asking: bool
    ruling: bool
    entries: tuple[tuple[str, float], ...]
    category: str | None
    sure: float

    @property
    def best(self) -> float:
        return self.entries[0][1] if self.entries else 0.0


def asking(index: Index) -> Ask:
    """Asks a search index; an added entry answers in the name of its parent fact."""

    def ask(text: str) -> list[tuple[str, float]]:
        hits = index.search(text)
        return [(index.entry(hit.entry_id).fact, hit.confidence) for hit in hits]

    return ask


def route(text: str, ask: Ask) -> Route:
    """What a message is and what helps; an emergency is seen before anything else."""
    reading = _read(text, ask)
    if reading.category is None and (told := _told_by_entry(reading)):
        reading = replace(reading, category=told, sure=0.5)
    alarm = danger(text)
    kind = _kind(reading, alarm)
    report = kind is Kind.REPORT
    return Route(
        kind=kind,
        entry_id=_entry(reading, kind, alarm),
        category=reading.category if report else None,
        urgent=alarm is not None,
        confidence=round(min(1.0, reading.sure if report else reading.best), 3),
        danger=alarm,
    )


def _read(text: str, ask: Ask) -> _Reading:
    plain = wording.plain(text)
    found = suggestions.suggest(text)
    return _Reading(
        text=plain,
        asking=_asks(plain),
        ruling=any(piece.rules for piece in signals.against(plain)),
        entries=_entries(text, plain, ask),
        category=found.category,
        sure=found.confidence,
    )


def _told_by_entry(reading: _Reading) -> str | None:
    """The kind of problem that a plain statement tells, where only the search understood it."""
    if reading.asking or reading.ruling or _remarks(reading) or reading.best < STATED:
        return None
    about: dict[str, list[str]] = wording.words("intents")["entries_of"]
    return next((code for code, entries in about.items() if reading.entries[0][0] in entries), None)


def _kind(reading: _Reading, alarm: Danger | None) -> Kind:
    if alarm in (Danger.MIND, Danger.VIOLENCE) and not reading.asking:
        return Kind.OTHER
    for decide in (_aside, _group, _problem):
        kind = decide(reading)
        if kind is not None:
            return kind
    if alarm is Danger.LIFE and not reading.asking:
        return Kind.REPORT
    enough = ASKED if reading.asking or reading.ruling else STATED
    return Kind.QUESTION if reading.best >= enough else Kind.OTHER


def _aside(reading: _Reading) -> Kind | None:
    """Matters of other offices, and remarks that ask for nothing."""
    foreign = _says("outside", reading.text)
    if foreign and reading.best < wording.words("intents")["sure_in_spite_of_outside"]:
        return None if reading.category else Kind.OTHER
    if _remarks(reading) or (not reading.asking and _says("complaint_of_campaign", reading.text)):
        return None if reading.category or reading.ruling else Kind.OTHER
    return None


def _remarks(reading: _Reading) -> bool:
    """Whether it is praise, thanks or a remark, and nothing in it takes that back."""
    return _says("comment", reading.text) and not _says("comment_taken_back", reading.text)


def _group(reading: _Reading) -> Kind | None:
    """Questionnaires and volunteers, which have screens of their own."""
    entry = reading.entries[0][0] if reading.entries else ""
    for kind in (Kind.SURVEY, Kind.VOLUNTEER):
        if not _says(kind.value, reading.text) or (reading.category and not reading.asking):
            continue
        if entry in wording.word_set("intents", f"{kind.value}_question"):
            return Kind.QUESTION
        return kind
    return None


def _problem(reading: _Reading) -> Kind | None:
    """A named trouble is a report, unless it is asked about rather than complained of."""
    if _says("wants_report", reading.text):
        return Kind.REPORT
    if reading.category is None:
        return None
    bare = len(reading.text) <= BARE and not signals.complains(reading.text)
    asked = bare or reading.ruling or (reading.asking and not _says("demanding", reading.text))
    return Kind.QUESTION if asked and reading.best >= ASKED else Kind.REPORT


def _entry(reading: _Reading, kind: Kind, alarm: Danger | None) -> str | None:
    if alarm in (Danger.LIFE, Danger.VIOLENCE) and kind in (Kind.REPORT, Kind.OTHER):
        return EMERGENCY_ENTRY
    if kind in (Kind.SURVEY, Kind.VOLUNTEER):
        own = wording.words("intents")[f"{kind.value}_entries"]
        likely = (entry for entry, weight in reading.entries if entry in own and weight >= LIKELY)
        return next(likely, own[0])
    if kind is Kind.OTHER or reading.best < UNHEARD:
        return None
    return reading.entries[0][0]


def _entries(text: str, plain: str, ask: Ask) -> tuple[tuple[str, float], ...]:
    """What the search found, put in order with telling words and the kind of problem."""
    heard: dict[str, float] = {}
    for entry, confidence in ask(text):
        heard[entry] = max(confidence, heard.get(entry, 0.0))
    for table, weight in CUES.items():
        for entry in wording.words("intents")[table]:
            if wording.part("intents", table, entry).search(plain):
                heard[entry] = heard.get(entry, UNHEARD) + weight
    for entry in _kin(plain):
        heard[entry] = heard.get(entry, UNHEARD) + KIN
    return tuple(sorted(heard.items(), key=lambda pair: -pair[1]))


def _kin(plain: str) -> Iterable[str]:
    """Entries about the kind of problem that a text names, be it reported or asked about."""
    touched = signals.weigh(plain)
    weights = {code: signals.total(found, len(plain)) for code, found in touched.items()}
    code = max(weights, key=lambda code: weights[code], default="")
    entries: list[str] = wording.words("intents")["entries_of"].get(code, [])
    return entries if weights.get(code, 0.0) >= signals.NAME else []


def _asks(plain: str) -> bool:
    bare = wording.pattern("intents", "not_asking").sub(",", plain)
    return _says("asking", bare)


def _says(key: str, plain: str) -> bool:
    return wording.pattern("intents", key).search(plain) is not None
