"""Filling in a form: answers only, no stored position.

The question to ask is the first relevant one without an answer, so a deploy, a new process or an
old button can strand nobody. Every act takes a filling and gives a new one, or raises
`Refusal` and changes nothing. The revision changes when the question changes, not within one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from services import clock
from services.errors import Refusal
from services.forms import typed
from services.forms.answers import take
from services.forms.documents import MEDIA, Document, Kind
from services.forms.givens import Given
from services.forms.plans import plan
from services.forms.positions import Position
from services.forms.states import State
from services.forms.steps import Step
from services.forms.views import shown

Answers = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Filling:
    """One person's way through one version of a form. Everything in it is JSON-native."""

    document: Document
    token: str = ""
    """Random and secret enough for buttons; also the seed of random orders."""
    answers: Answers = field(default_factory=dict)
    """Path to answer in the shape of its kind (services.forms.shapes); null for a skipped one."""
    unfinished: Answers = field(default_factory=dict)
    """Path to ticks or files collected so far, and to answers that were taken back."""
    offered: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    """Path to the [name, label] pairs that the application offered there."""
    kept: Answers = field(default_factory=dict)
    """Values that were reckoned once: metadata, defaults that are expressions, once()."""
    revision: int = 0
    language: str = ""
    as_odk: bool = False
    """Whether texts come as ODK shows them; for walks."""
    moment: str = ""
    """The wall clock at the latest act, ISO 8601: what today() and now() mean until the next."""

    @cached_property
    def state(self) -> State:
        """Everything that follows from the answers; reckoned when first asked for."""
        return State(
            plan(self.document),
            self.answers,
            now=datetime.fromisoformat(self.moment),
            kept=self.kept,
            seed=self.token,
            language=self.language,
            as_odk=self.as_odk,
        )

    @cached_property
    def step(self) -> Step | None:
        """The question to ask; made when first asked for."""
        place = self.state.current
        if place is None:
            return None
        held = self.unfinished.get(place.path)
        return shown(self.state, place, offered=self.offered, held=held)

    def to_json(self) -> dict[str, Any]:
        """All but the document, which the row names by version."""
        return {
            "token": self.token,
            "answers": dict(self.answers),
            "unfinished": dict(self.unfinished),
            "offered": {path: [list(one) for one in rows] for path, rows in self.offered.items()},
            "kept": dict(self.kept),
            "revision": self.revision,
            "language": self.language,
            "moment": self.moment,
        }

    @classmethod
    def from_json(cls, document: Document, data: Mapping[str, Any]) -> "Filling":
        return cls(document, **data)


def begin(
    document: Document,
    token: str,
    *,
    now: datetime | None = None,
    language: str = "",
    meta: Mapping[str, str] | None = None,
    answers: Answers | None = None,
    as_odk: bool = False,
) -> Filling:
    """A new filling. `meta` fills in the metadata questions by their `of` (start, today ...);
    `answers` are known beforehand and not asked."""
    moment = (now or clock.local()).isoformat()
    made = Filling(
        document,
        token,
        dict(answers or {}),
        kept=_meta(document, meta or {}),
        language=language,
        as_odk=as_odk,
        moment=moment,
    )
    return _settled(made)


def noted(filling: Filling, meta: Mapping[str, str]) -> Filling:
    """With more metadata filled in, such as the end just before `submit`; what is given as ""
    or not at all stays as it was."""
    return replace(filling, kept={**filling.kept, **_meta(filling.document, meta)})


def _meta(document: Document, meta: Mapping[str, str]) -> dict[str, str]:
    """The values of the metadata questions by path."""
    found: dict[str, str] = {}
    for node in plan(document).meta:
        of = str(node.question.parameters.get("of", "")) if node.question else ""
        if meta.get(of) and not node.repeats:
            found[node.path(())] = meta[of]
    return found


def current(filling: Filling) -> Step | None:
    """The question to ask; None when all are answered and the review page comes."""
    return filling.step


def offer(filling: Filling, choices: Sequence[tuple[str, str]]) -> Filling:
    """Set the choices (name, label) of the current question whose list the application supplies.

    They stay as they are until the question is answered, so that a button's index stays true.
    Offering again, after a search for instance, makes earlier buttons stale (new revision).
    """
    place = _asked(filling)
    again = place.path in filling.offered
    offered = {**filling.offered, place.path: [list(one) for one in choices]}
    return replace(filling, offered=offered, revision=filling.revision + again)


def answer(filling: Filling, given: Given, *, now: datetime | None = None) -> Filling:
    """Give the current question an answer; raises Refusal with the reason and changes nothing."""
    moment = now or clock.local()
    if given.press == "skip" or (given.text and _skips(filling, given.text)):
        return skip(filling, now=moment)
    place = _asked(filling)
    step = filling.step
    assert step is not None
    if step.wants_choices:
        raise Refusal("forms.not_offered", name=step.wants_choices)
    taken = take(step, given, now=moment)
    if taken.more:
        unfinished = {**filling.unfinished, place.path: taken.value}
        return replace(filling, unfinished=unfinished, moment=moment.isoformat())
    if taken.value is None:
        return skip(filling, now=moment)
    _check(filling, place, taken.value)
    return store(filling, place, taken.value, moment)


def skip(filling: Filling, *, now: datetime | None = None) -> Filling:
    """Leave the current question blank; refused with forms.required when it needs an answer."""
    place = _asked(filling)
    if place.kind is Kind.ANOTHER:
        return store(filling, place, "no", now or clock.local())
    if filling.state.is_required(place):
        own = filling.state.said(place, "required_message")
        raise Refusal("forms.required_own" if own else "forms.required", message=own)
    return store(filling, place, None, now or clock.local())


def back(filling: Filling, *, now: datetime | None = None) -> Filling:
    """Take back the last answer before the current question; its question is asked again."""
    before = _earlier(filling)
    if not before:
        raise Refusal("forms.first_question")
    return forget(filling, before[-1].path, now)


def has_earlier(filling: Filling) -> bool:
    """Whether there is a question to go back to."""
    return bool(_earlier(filling))


def _earlier(filling: Filling) -> list[Position]:
    """The questions before the current one; all of them on the review page."""
    place, before = filling.state.current, list[Position]()
    for one in filling.state.asked:
        if place is not None and one.path == place.path:
            break
        before.append(one)
    return before


def change(filling: Filling, path: str, *, now: datetime | None = None) -> Filling:
    """Take back one answer, from the review page; what it makes relevant is asked again."""
    known = any(one.path == path for one in filling.state.asked)
    if not known or path not in filling.answers:
        raise Refusal("forms.nothing_to_change")
    return forget(filling, path, now)


def checked(filling: Filling, media_id: str) -> Filling:
    """A file was looked at and is good; the question stays."""
    return _marked(filling, media_id, "ok")


def reopen(filling: Filling, media_id: str, *, now: datetime | None = None) -> Filling:
    """A file was looked at and refused: it is taken out and its question is asked again."""
    path = path_of(filling, media_id)
    if path is None:
        return filling
    held = filling.answers.get(path) or filling.unfinished.get(path) or ()
    left = [one for one in held if one["id"] != media_id]
    answers = {key: value for key, value in filling.answers.items() if key != path}
    unfinished = {**filling.unfinished, path: left}
    return moved(filling, replace(filling, answers=answers, unfinished=unfinished, moment=_at(now)))


def path_of(filling: Filling, media_id: str) -> str | None:
    """Where a file is held, in an answer or among those collected."""
    for held in (filling.answers, filling.unfinished):
        for path, value in held.items():
            if isinstance(value, list) and any(
                isinstance(one, dict) and one.get("id") == media_id for one in value
            ):
                return path
    return None


def submit(filling: Filling) -> dict[str, Any]:
    """The final values by path: what is relevant and not blank, calculated values too.

    Refused with forms.unanswered (path), forms.photos_pending (count) or
    forms.no_longer_fits (path, label, message).
    """
    state = filling.state
    open_question = state.current
    if open_question is not None:
        raise Refusal("forms.unanswered", path=open_question.path)
    pending = sum(
        one.get("state") == "pending"
        for place in state.asked
        if place.kind in MEDIA
        for one in filling.answers.get(place.path) or ()
    )
    if pending:
        raise Refusal("forms.photos_pending", count=pending)
    for place in state.asked:
        if place.kind is not Kind.ANOTHER:
            _check_again(filling, place)
    return state.finals()


def _check_again(filling: Filling, place: Position) -> None:
    value = filling.answers.get(place.path)
    try:
        _check(filling, place, value)
    except Refusal as no:
        message = no.params.get("message", "")
        label = filling.state.said(place, "label")
        raise Refusal("forms.no_longer_fits", path=place.path, label=label, message=message) from no


def _asked(filling: Filling) -> Position:
    place = filling.state.current
    if place is None:
        raise Refusal("forms.all_answered")
    return place


def _skips(filling: Filling, text: str) -> bool:
    """Whether "skip" was typed, where that is no answer of its own."""
    place = filling.state.current
    return place is not None and place.kind is not Kind.TEXT and typed.says("skip", text)


def _check(filling: Filling, place: Position, value: Any) -> None:
    """Refuse what the constraint of a question does not accept."""
    if place.kind is Kind.ANOTHER or filling.state.holds(place, value):
        return
    own = filling.state.said(place, "constraint_message")
    raise Refusal("forms.constraint_own" if own else "forms.constraint", message=own)


def store(filling: Filling, place: Position, value: Any, now: datetime) -> Filling:
    """Put an answer that was found good where it belongs, and ask again what it makes unfit."""
    answers = {**filling.answers, place.path: value}
    unfinished = {key: one for key, one in filling.unfinished.items() if key != place.path}
    made = replace(filling, answers=answers, unfinished=unfinished, moment=now.isoformat())
    state = filling.state.answered(place, answers)
    if state is not None:
        made.__dict__["state"] = state
    return _without_misfits(moved(filling, made), place, now)


def _without_misfits(filling: Filling, place: Position, now: datetime) -> Filling:
    """Ask again what no longer fits the answer just given: a filtered choice, a constraint."""
    touched = set(plan(filling.document).rechecks.get(place.node, ()))
    if not touched:
        return filling
    misfits = [
        one.path
        for one in filling.state.asked
        if one.node in touched and filling.answers.get(one.path) is not None
        if not _fits(filling, one)
    ]
    for path in misfits:
        filling = forget(filling, path, now)
    return filling


def _fits(filling: Filling, place: Position) -> bool:
    value = filling.answers[place.path]
    names = value if isinstance(value, list) else [value]
    if place.kind in (Kind.CHOOSE_ONE, Kind.CHOOSE_SEVERAL, Kind.RANK) and not all(
        filling.state.offers(place, name) for name in names
    ):
        return False
    return filling.state.holds(place, value)


def forget(filling: Filling, path: str, now: datetime | None) -> Filling:
    """Take an answer back; it stays at hand as the question's earlier answer."""
    answers = {key: value for key, value in filling.answers.items() if key != path}
    earlier = filling.answers.get(path)
    unfinished = dict(filling.unfinished)
    if earlier is not None and earlier is not True:
        unfinished[path] = earlier
    offered = {key: rows for key, rows in filling.offered.items() if key != path}
    made = replace(
        filling, answers=answers, unfinished=unfinished, offered=offered, moment=_at(now)
    )
    return moved(filling, made)


def _at(now: datetime | None) -> str:
    return (now or clock.local()).isoformat()


def moved(before: Filling, after: Filling) -> Filling:
    """The filling after an act: a new revision if another question is asked now."""
    after = _settled(after)
    old, new = before.state.current, after.state.current
    same = (old and old.path) == (new and new.path)
    return after if same else _with_revision(after, before.revision + 1)


def _with_revision(filling: Filling, revision: int) -> Filling:
    made = replace(filling, revision=revision)
    made.__dict__["state"] = filling.state
    return made


def _settled(filling: Filling) -> Filling:
    """Keep the values that are reckoned only once."""
    state = filling.state
    if state.kept == filling.kept:
        return filling
    made = replace(filling, kept=dict(state.kept))
    made.__dict__["state"] = state
    return made


def _marked(filling: Filling, media_id: str, state: str) -> Filling:
    def mark(held: Answers) -> dict[str, Any]:
        return {
            path: [{**one, "state": state} if _is(one, media_id) else one for one in value]
            if isinstance(value, list)
            else value
            for path, value in held.items()
        }

    return replace(filling, answers=mark(filling.answers), unfinished=mark(filling.unfinished))


def _is(one: Any, media_id: str) -> bool:
    return isinstance(one, dict) and one.get("id") == media_id
