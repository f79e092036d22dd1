"""How a question, an answer and the review page look."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from handlers.chat import Button, Key, Screen, units
from handlers.texts import join, say
from services import clock
from services.fillings import Open
from services.forms import fillings
from services.forms.documents import MEDIA, Kind
from services.forms.progress import progress
from services.forms.reviews import Line, review
from services.forms.steps import Step

CHOICES_A_PAGE = 6
SHORT_LABEL = 14  # UTF-16 units that fit half a phone's width
LONG_LABEL = 36  # longer ones are written out above, the buttons only carry numbers
BREAKS = ",;\uff0c\uff1b\u3001 "
LINES_A_PAGE = 12
NAME_LENGTH = 20  # a longer label is cut on the review page, which is to read like a card
ENDS = "?:.\uff1f\uff1a\u3002"  # signs a label may end in; the review page has its own


def data(one: Open, value: str) -> str:
    """What a button of the current question sends back."""
    return f"f:{one.row.token}:{one.filling.revision}:{value}"


def question(
    one: Open,
    step: Step,
    *,
    page: int = 0,
    before: Markup | None = None,
    numbered: bool = True,
    search: bool = False,
) -> Screen:
    """The card of the current question."""
    parts = [
        _progress(one, step) if numbered else _unnumbered(one),
        say("forms.question", text=step.label),
    ]
    if step.hint:
        parts.append(say("forms.hint", text=step.hint))
    by_number = any(units(option.label) > LONG_LABEL for option in step.options)
    if by_number:
        parts.append(_written_out(step, page))
    parts += _state_of(step)
    text = join([part for part in parts if part])
    if before:
        text = join([before, text], "\n\n")
    rows = (
        *_choice_rows(one, step, page, by_number),
        *_act_rows(one, step),
        _footer(one, search=search),
    )
    return Screen(text, rows)


def _progress(one: Open, step: Step) -> Markup:
    number, total = progress(one.filling)
    place = say("forms.progress", number=number, total=total)
    if step.sections:
        place = say("forms.progress_in", progress=place, section=step.sections[-1])
    return say("forms.for_another", progress=place) if one.row.for_another else place


def _unnumbered(one: Open) -> Markup:
    return say("forms.for_another_person") if one.row.for_another else Markup("")


def _written_out(step: Step, page: int) -> Markup:
    shown = list(enumerate(step.options))[page * CHOICES_A_PAGE : (page + 1) * CHOICES_A_PAGE]
    return join([say("forms.numbered", number=i + 1, label=o.label) for i, o in shown])


def _state_of(step: Step) -> list[Markup]:
    """What was given so far, or what was answered before."""
    if step.kind in MEDIA and step.sofar:
        return [say("forms.files_so_far", count=len(step.sofar))]
    if step.kind is Kind.RANK and step.sofar:
        labels = {option.name: option.label for option in step.options}
        return [say("forms.ranked", labels=" > ".join(labels[name] for name in step.sofar))]
    if step.before is not None and not step.several:
        return [say("forms.before", answer=in_words(step.kind, step.before, _chosen(step)))]
    if len(step.options) > 3 * CHOICES_A_PAGE:
        return [say("forms.type_to_find", count=len(step.options))]
    return []


def _chosen(step: Step) -> tuple[str, ...]:
    return tuple(o.label for o in step.options if o.name == step.before)


def _choice_rows(
    one: Open, step: Step, page: int, numbered: bool
) -> tuple[tuple[Button, ...], ...]:
    """At most six choices, then the way to the others."""
    total = len(step.options)
    first, last = page * CHOICES_A_PAGE, min((page + 1) * CHOICES_A_PAGE, total)
    if step.kind is Kind.SCALE and total <= 2 * CHOICES_A_PAGE:
        points = [Button(o.label, data(one, str(i))) for i, o in enumerate(step.options)]
        return tuple(tuple(points[i : i + 5]) for i in range(0, total, 5))
    buttons = [_choice(one, step, i, numbered) for i in range(first, last)]
    wide = 1 if any(units(b.label) > SHORT_LABEL for b in buttons) else 2
    rows = [tuple(buttons[i : i + wide]) for i in range(0, len(buttons), wide)]
    if total > CHOICES_A_PAGE:
        rows.append(_pager(one, page, last < total))
    return tuple(rows)


def _choice(one: Open, step: Step, index: int, numbered: bool) -> Button:
    label = str(index + 1) if numbered else step.options[index].label
    if not step.several:
        return Button(label, data(one, str(index)))
    ticked = index in step.ticked
    mark = say("forms.ticked" if ticked else "forms.unticked")
    return Button(f"{mark} {label}", data(one, f"{'-' if ticked else '+'}{index}"))


def _pager(one: Open, page: int, more: bool, *, act: str = "p") -> tuple[Button, ...]:
    row = []
    if page:
        row.append(_button(one, "previous_page", f"{act}{page - 1}"))
    if more:
        row.append(_button(one, "next_page", f"{act}{page + 1}"))
    return tuple(row)


def _act_rows(one: Open, step: Step) -> tuple[tuple[Button, ...], ...]:
    """Done, read on, keep, one more, skip: whatever this question allows."""
    row: list[Button] = []

    def add(key: str, value: str) -> None:
        row.append(Button(str(say(f"forms.button.{key}")), data(one, value)))

    if step.kind in MEDIA and step.sofar:
        add("files_done", "ok")
    elif step.kind in (Kind.CHOOSE_SEVERAL, Kind.RANK):
        add("done", "ok")
    elif step.kind is Kind.NOTE:
        add("read_on", "ok")
    elif step.kind is Kind.ACKNOWLEDGE:
        add("acknowledge", "ok")
    elif step.kind is Kind.ANOTHER:
        add("another", "add")
        add("no_more", "no")
    elif step.before is not None and not step.several:
        add("keep", "=")
    if not step.required and step.kind not in (Kind.NOTE, Kind.ANOTHER) and not step.sofar:
        add("skip_photo" if step.kind is Kind.PHOTOS else "skip", "skip")
    return (tuple(row),) if row else ()


def _footer(one: Open, *, search: bool) -> tuple[Button, ...]:
    """Back, and the way out: a search is simply left, anything else is kept for later."""
    first = not fillings.has_earlier(one.filling)
    back = () if first else (Button(str(say("forms.button.back")), data(one, "<")),)
    out = _button(one, "leave_search", "x") if search else _button(one, "save", "s")
    return (*back, out)


def keys_for(step: Step) -> Screen | None:
    """A keyboard that shares the phone's number or place, where that saves typing."""
    if step.kind is Kind.CONTACT:
        key = Key(str(say("forms.key.contact")), "contact")
        return Screen(say("forms.key.contact_hint"), keys=((key,),))
    if step.kind in (Kind.LOCATION, Kind.PLACE):
        key = Key(str(say("forms.key.location")), "location")
        return Screen(say("forms.key.location_hint"), keys=((key,),))
    return None


def answered(step: Step, line: Line | None) -> Screen:
    """The card of a question that has its answer: no buttons any more."""
    words = in_words(line.kind, line.value, line.chosen) if line else say("forms.skipped")
    return Screen(say("forms.answered", text=step.label, answer=words))


def line_of(one: Open, path: str) -> Line | None:
    return next((line for line in review(one.filling) if line.path == path), None)


def review_page(one: Open, key: str, page: int = 0, before: Markup | None = None) -> Screen:
    """All answers, with a way to change each, before they are handed in."""
    lines = review(one.filling)
    shown = lines[page * LINES_A_PAGE : (page + 1) * LINES_A_PAGE]
    written = join([_review_line(line) for line in shown])
    text = say(key, lines=written)
    if before:
        text = join([before, text], "\n\n")
    rows: list[tuple[Button, ...]] = [(_button(one, "submit", "!"),)]
    rows.append((_button(one, "change", "c"), _button(one, "back", "<")))
    if len(lines) > LINES_A_PAGE:
        rows.append(_pager(one, page, (page + 1) * LINES_A_PAGE < len(lines)))
    rows.append((_button(one, "save", "s"), _button(one, "cancel", "x")))
    return Screen(text, tuple(rows))


def _button(one: Open, key: str, value: str) -> Button:
    return Button(str(say(f"forms.button.{key}")), data(one, value))


def _review_line(line: Line) -> Markup:
    words = in_words(line.kind, line.value, line.chosen)
    return say("forms.review_line", label=_named(line), answer=words)


def _named(line: Line) -> str:
    """What a line of the review calls its question: its short name, else as much as fits."""
    label = line.short or " ".join(line.label.split()).rstrip(ENDS)
    if len(label) > NAME_LENGTH:
        label = label[: NAME_LENGTH - 1].rstrip(ENDS + BREAKS) + "…"
    if line.round is None:
        return label
    return str(say("forms.review_round", label=label, number=line.round).unescape())


def change_page(one: Open, page: int = 0) -> Screen:
    """Pick the answer to change."""
    lines = review(one.filling)
    shown = list(enumerate(lines))[page * CHOICES_A_PAGE : (page + 1) * CHOICES_A_PAGE]
    rows: list[tuple[Button, ...]] = [
        (Button(_named(line), data(one, f"c{index}")),) for index, line in shown
    ]
    if len(lines) > CHOICES_A_PAGE:
        more = (page + 1) * CHOICES_A_PAGE < len(lines)
        rows.append(_pager(one, page, more, act="cp"))
    rows.append((_button(one, "to_review", "v"),))
    return Screen(say("forms.which_to_change"), tuple(rows))


def in_words(kind: Kind, value: Any, chosen: Sequence[str] = ()) -> Markup:
    """An answer as people read it."""
    if value is None or value == []:
        return say("forms.skipped")
    if chosen:
        return say("forms.value.text", text=str(say("forms.value.between")).join(chosen))
    if kind in MEDIA:
        return say("forms.value.files", count=len(value))
    if kind in (Kind.LOCATION, Kind.PLACE):
        text = value.get("text")
        return say("forms.value.text", text=text) if text else say("forms.value.location")
    if kind is Kind.CONTACT:
        both = filter(None, (value.get("name"), value["phone"]))
        return say("forms.value.text", text=" ".join(both))
    if kind is Kind.DATE:
        return _day(value)
    if kind is Kind.TIME:
        return say("forms.value.text", text=str(value)[:5])
    if kind is Kind.DATETIME:
        moment = str(value).replace("T", " ")[:16]
        return say("forms.value.text", text=moment)
    if kind is Kind.ACKNOWLEDGE:
        return say("forms.value.yes")
    return say("forms.value.text", text=value)


def _day(value: str) -> Markup:
    """A date shown back with its weekday, so that a misread one is seen."""
    day = clock.day(value)
    weekday = say(f"forms.weekday.{day.isoweekday()}")
    return say("forms.value.day", year=day.year, month=day.month, day=day.day, weekday=weekday)
