"""The answers as one table: every version joined by name, a column for each tick."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from db.models.surveys import Survey
from db.stores import surveys
from db.stores.surveys import Response
from db.work import Work
from services import fillings, places
from services.errors import Refusal
from services.forms.documents import WITH_CHOICES, Document, Kind, Question
from services.surveys.quotas import SMALLEST

T = TypeVar("T")
Cell = str | int | float | None
LEFT_OUT = frozenset({Kind.NOTE, Kind.ANOTHER})
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.SCALE})


#: Takes how much of a piece of work is done, from 0 to 1; may be called from a thread.
Told = Callable[[float], None]
TELL_EVERY = 250


def tell_nobody(_share: float) -> None:
    """For work that nobody waits for."""


@dataclass(frozen=True)
class Variable:
    """A column: its name, what was asked, and the labels of its codes."""

    name: str
    label: str
    kind: Kind
    labels: Mapping[str, str] = field(default_factory=dict)
    of: str = ""
    """The question of which this is one tick, 0 or 1; `option` is the choice."""
    option: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of codes in the order of `variables`; `communities` and so on stand beside them."""

    title: str
    variables: tuple[Variable, ...]
    rows: tuple[tuple[Cell, ...], ...]
    communities: tuple[str, ...]
    people: tuple[int | None, ...]
    for_another: tuple[bool, ...]


async def table(work: Work, survey: Survey, *, told: Told = tell_nobody) -> Table:
    """Everything that may leave the office; `told` takes how much of it is read, 0 to 1.

    Raises Refusal("survey_desk.no_answers_yet").
    """
    count = max(1, await surveys.response_count(work.session, survey.id))
    found: list[Response] = []
    async for part in surveys.responses_in_parts(work.session, survey.id):
        found += part
        told(len(found) / count / 2)
    rows = sorted(found, key=lambda row: row.id)
    if not rows or (survey.anonymous and len(rows) < SMALLEST):
        raise Refusal("survey_desk.no_answers_yet")
    versions = sorted({row.document_id for row in rows} | {survey.document_id}, reverse=True)
    documents = [await fillings.document(work, one) for one in versions]
    variables = tuple(
        one for one in variables_of(documents) if not (survey.anonymous and one.kind is Kind.META)
    )
    names = {one.id: one.name for one in await places.communities(work)}
    return Table(
        survey.title,
        variables,
        await asyncio.to_thread(_rows, variables, [row.answer for row in rows], told),
        _communities(rows, names, anonymous=survey.anonymous),
        tuple(None if survey.anonymous else row.person_id for row in rows),
        tuple(row.for_another for row in rows),
    )


def _rows(
    variables: Sequence[Variable], answers: Sequence[Mapping[str, Any]], told: Told
) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        row_of(variables, answer)
        for answer in counted(answers, lambda share: told((1 + share) / 2), of=len(answers))
    )


def counted(things: Iterable[T], told: Told, *, of: int) -> Iterator[T]:
    """The things one by one, telling now and then how many `of` all have gone by."""
    for number, one in enumerate(things, 1):
        if not number % TELL_EVERY:
            told(number / of)
        yield one


def _communities(
    rows: Sequence[Response], names: Mapping[int, str], *, anonymous: bool
) -> tuple[str, ...]:
    """Where few answered anonymously the community is left blank."""
    counts = Counter(row.community_id for row in rows)
    least = SMALLEST if anonymous else 0
    return tuple(
        names.get(row.community_id or 0, "") if counts[row.community_id] >= least else ""
        for row in rows
    )


def variables_of(documents: Sequence[Document]) -> tuple[Variable, ...]:
    """The columns of all versions, the newest first: a question keeps its newest words, and a
    choice that is gone keeps its last ones."""
    made: dict[str, list[tuple[Question, dict[str, str]]]] = {}
    for document in documents:
        for question in document.questions():
            if question.kind not in LEFT_OUT:
                made.setdefault(question.name, []).append((question, _labels(document, question)))
    variables: list[Variable] = []
    for versions in made.values():
        newest = versions[0][0]
        labels: dict[str, str] = {}
        for _, known in versions:
            labels = labels | {key: text for key, text in known.items() if key not in labels}
        variables += _columns(newest, labels)
    return tuple(variables)


def _labels(document: Document, question: Question) -> dict[str, str]:
    if question.kind not in WITH_CHOICES or question.choices not in document.lists:
        return {}
    return {one.name: one.label.said() or one.name for one in document.lists[question.choices]}


def _columns(question: Question, labels: dict[str, str]) -> list[Variable]:
    label = question.label.said() or question.name
    whole = Variable(question.name, label, question.kind, labels)
    if question.kind is not Kind.CHOOSE_SEVERAL:
        return [whole]
    ticks = [
        Variable(f"{question.name}_{code}", f"{label}: {text}", Kind.INTEGER,
                 of=question.name, option=code)
        for code, text in labels.items()
    ]  # fmt: skip
    return [whole, *ticks]


def row_of(variables: Sequence[Variable], answer: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One answer in codes; rounds of a repeat are joined by "; "."""
    given: dict[str, list[Any]] = {}
    for path, value in answer.items():
        if value is not None:
            given.setdefault(path.rsplit("/", 1)[-1], []).append(value)
    return tuple(_cell(one, given.get(one.of or one.name, ())) for one in variables)


def _cell(variable: Variable, given: Sequence[Any]) -> Cell:
    if variable.of:
        if not given:
            return None
        return int(any(variable.option in _listed(value) for value in given))
    if not given:
        return None
    if len(given) == 1 and variable.kind in NUMBERS and isinstance(given[0], int | float):
        return given[0]
    return "; ".join(written(value) for value in given)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def written(value: Any) -> str:
    """One answer as the text of a cell."""
    if isinstance(value, list):
        return " ".join(written(one) for one in value)
    if isinstance(value, dict):
        return str(value.get("text") or value.get("name") or value.get("phone") or _place(value))
    return str(value)


def _place(value: Mapping[str, Any]) -> str:
    return f"{value['lat']} {value['lon']}" if "lat" in value else ""


def labelled(variable: Variable, cell: Cell) -> Cell:
    """A cell in words instead of codes."""
    if not variable.labels or not isinstance(cell, str):
        return cell
    if cell in variable.labels:
        return variable.labels[cell]
    return " / ".join(variable.labels.get(code, code) for code in cell.split())


def counts(variable: Variable, cells: Sequence[Cell]) -> list[tuple[str, int]]:
    """How often each choice was taken, in the order of the choices."""
    found: Counter[str] = Counter()
    for cell in cells:
        if isinstance(cell, str):
            found.update(cell.split() if variable.kind is Kind.CHOOSE_SEVERAL else [cell])
    return [(label, found[code]) for code, label in variable.labels.items()]
