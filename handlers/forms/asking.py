"""Shows a form: begins it, asks its current question, puts the card below or settles it."""

from dataclasses import replace
from typing import Any

from markupsafe import Markup

from db.stores import forms as rows
from handlers.chat import Button, Chat, Screen
from handlers.forms import cards, languages
from handlers.forms.registry import FORMS, Form
from handlers.texts import join, say
from services import fillings
from services.errors import Refusal
from services.fillings import Open
from services.forms import amendments
from services.forms import fillings as engine
from services.forms.steps import Step


async def begin(
    chat: Chat,
    name: str,
    *,
    document_id: int | None = None,
    subject: str = "",
    answers: dict[str, Any] | None = None,
    meta: dict[str, str] | None = None,
    before: Markup | None = None,
) -> None:
    """Begin a form, or go on with it; `answers` are known and not asked, `before` comes first."""
    one = await open_form(
        chat, name, document_id=document_id, subject=subject, answers=answers, meta=meta
    )
    await ask(chat, one, before=before)


async def open_form(
    chat: Chat,
    name: str,
    *,
    document_id: int | None = None,
    subject: str = "",
    answers: dict[str, Any] | None = None,
    meta: dict[str, str] | None = None,
) -> Open:
    """Begin a form, or go on with it, without showing its question yet."""
    if document_id is None:
        row = await rows.latest(chat.work.session, name)
        if row is None:
            raise KeyError(name)
        document_id = row.id
    if FORMS[name].search:
        await _drop(chat, name, subject)
    one = await fillings.begin(
        chat.work,
        chat.actor,
        chat_id=chat.id,
        form=name,
        document_id=document_id,
        subject=subject,
        answers=answers,
        meta=meta,
    )
    await offer_known(chat, one)
    return one


async def _drop(chat: Chat, name: str, subject: str) -> None:
    """A search begins anew: one left half way is not gone on with."""
    old = await fillings.begun(chat.work, chat.actor, name, subject)
    if old is not None:
        await fillings.close(chat.work, old, "cancelled")


async def offer_known(chat: Chat, one: Open) -> None:
    """Answers known beforehand get their list too, so that the review shows labels, not codes."""
    supplied = {
        question.name: FORMS[one.row.form].lists[question.choices_from]
        for question in one.filling.document.questions()
        if question.choices_from
    }
    offered = dict(one.filling.offered)
    for name in one.filling.answers:
        if name in supplied and name not in offered:
            offered[name] = [list(pair) for pair in await supplied[name](chat, one)]
    if offered != one.filling.offered:
        one.put(replace(one.filling, offered=offered))


async def ask(
    chat: Chat, one: Open, *, edit: bool = False, page: int = 0, before: Markup | None = None
) -> None:
    """Show the question to answer now, or the review page."""
    form = FORMS[one.row.form]
    step = await current(chat, one, form)
    lead = await form.lead(chat, one, step)
    above = join([part for part in (before, lead) if part], "\n\n") or None
    if step is None:
        screen = cards.review_page(one, form.review, page, above)
        await chat.show(languages.offered(one, screen), slot=slot(one), edit=edit)
        return
    keyboard = cards.keys_for(step)
    if keyboard is not None and not page and not before:
        await chat.show(keyboard)
        edit = False
    pictures = await form.pictures(chat, one, step)
    if pictures and edit:
        await chat.show(Screen(say("forms.moved_down")), slot=slot(one), edit=True)
    for picture in pictures:
        await chat.show(picture)
    edit = edit and not pictures
    screen = cards.question(
        one, step, page=page, before=above, numbered=form.numbered, search=form.search
    )
    extras = await form.extras(chat, one, step)
    screen = replace(screen, buttons=(*screen.buttons, *extras)) if extras else screen
    if form.for_another and not one.row.for_another and not engine.has_earlier(one.filling):
        extra = Button(str(say("forms.button.for_another")), cards.data(one, "a"))
        screen = Screen(screen.text, (*screen.buttons, (extra,)))
    await chat.show(languages.offered(one, screen), slot=slot(one), edit=edit)


async def current(chat: Chat, one: Open, form: Form) -> Step | None:
    """The question to ask, its supplied list filled in; what is known by now is not asked."""
    learned = await form.known(chat, one)
    if learned:
        one.put(amendments.learn(one.filling, learned))
        await offer_known(chat, one)
    step = engine.current(one.filling)
    if step is not None and step.wants_choices:
        choices = await form.lists[step.wants_choices](chat, one)
        one.put(engine.offer(one.filling, choices))
        step = engine.current(one.filling)
    return step


def slot(one: Open) -> str:
    return f"form:{one.row.token}"


async def drop_keys(chat: Chat, step: Step) -> None:
    """The keyboard that shares a number or a place goes with its question."""
    if cards.keys_for(step) is not None:
        await chat.show(Screen(say("forms.key.taken"), drop_keys=True))


async def settle(chat: Chat, one: Open, step: Step) -> None:
    line = cards.line_of(one, step.path)
    await chat.show(cards.answered(step, line), slot=slot(one), edit=True)


def reason(no: Refusal) -> Markup:
    labels = no.params.get("labels")
    params = dict(no.params)
    if labels:
        params["labels"] = str(say("forms.value.between")).join(labels)
    return say(no.code, **params)


async def ask_anew(chat: Chat, one: Open, step: Step | None, before: Markup | None = None) -> None:
    """The card comes again at the bottom, with a word above; the old one loses its buttons."""
    old = step.label if step else say("forms.moved_down")
    await chat.show(Screen(say("forms.question", text=old)), slot=slot(one), edit=True)
    await ask(chat, one, before=before)
