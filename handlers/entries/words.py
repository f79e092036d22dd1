"""How staff read and write an entry: local facts by their names, lists line by line."""

import re
from datetime import date

from markupsafe import Markup

from handlers.texts import join, say
from knowledge.entries import PLACEHOLDER, Entry
from services import clock
from services.entries.local_facts import Fact
from services.errors import Refusal

ALIASES_SHOWN = 6
_DAY = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})")
_BETWEEN = re.compile(r"[\n;\uff1b|]+")


def spelled(answer: str) -> str:
    """An answer with its local facts by name, as staff read it."""

    def name(match: re.Match[str]) -> str:
        known = match[1] in Fact.__members__.values()
        return str(say("entry_words.fact", name=_name(match[1]))) if known else match[0]

    return PLACEHOLDER.sub(name, answer)


def read_answer(text: str) -> str:
    """What staff wrote, with the names of local facts as placeholders again."""
    for fact in Fact:
        text = text.replace(str(say("entry_words.fact", name=_name(fact))), f"{{{{{fact}}}}}")
    return text.strip()


def _name(fact: str) -> str:
    return str(say(f"entry_words.name.{fact}"))


def lines(text: str) -> tuple[str, ...]:
    """Several values written one a line, or with ; between them."""
    return tuple(part.strip() for part in _BETWEEN.split(text) if part.strip())


def word_rows(text: str) -> list[list[str]]:
    """Words of one meaning, a row of at least two on each line."""
    rows = [line.replace(",", " ").split() for line in text.splitlines()]
    return [list(dict.fromkeys(row)) for row in rows if len(set(row)) > 1]


def is_none(text: str) -> bool:
    """Whether staff wrote that there shall be nothing."""
    return text.strip() == str(say("entry_words.none"))


def days(text: str) -> tuple[date | None, date | None]:
    """From and to, from text with one or two days in it. Refusal("entry_words.no_days")."""
    try:
        found = [date(int(m[1]), int(m[2]), int(m[3])) for m in _DAY.finditer(text)]
    except ValueError as error:
        raise Refusal("entry_words.no_days") from error
    if len(found) == 2:
        return found[0], found[1]
    if len(found) == 1:
        ends = str(say("entry_words.until")) in text
        return (None, found[0]) if ends else (found[0], None)
    raise Refusal("entry_words.no_days")


def card(entry: Entry, topic: str) -> Markup:
    """All of an entry that staff want to see at a glance."""
    parts = [
        say("entry_words.question", words=entry.question, topic=topic, id=entry.id),
        say("entry_words.answer", words=spelled(entry.answer)),
    ]
    if entry.aliases:
        shown = [say("entry_words.alias", words=alias) for alias in entry.aliases[:ALIASES_SHOWN]]
        parts.append(say("entry_words.aliases", count=len(entry.aliases), lines=join(shown)))
    between = str(say("questions.why.between"))
    if entry.keywords:
        parts.append(say("entry_words.keywords", words=between.join(entry.keywords)))
    if entry.variants:
        parts.append(say("entry_words.variants", count=len(entry.variants)))
    if entry.valid_from or entry.valid_to:
        parts.append(say("entry_words.days", days=_written_days(entry)))
    if entry.attachment:
        parts.append(say("entry_words.attachment"))
    if entry.sources:
        parts.append(say("entry_words.sources", words=between.join(entry.sources)[:300]))
    return join(parts, "\n\n")


def _written_days(entry: Entry) -> str:
    if entry.valid_from and entry.valid_to:
        key = "entry_words.from_to"
    else:
        key = "entry_words.from" if entry.valid_from else "entry_words.to"
    return str(say(key, start=str(entry.valid_from or ""), end=str(entry.valid_to or "")))


def when(entry: Entry) -> Markup:
    """Whether an entry is shown today."""
    return say("entry_words.shown" if entry.valid(clock.today()) else "entry_words.not_shown")
