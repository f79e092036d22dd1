"""Residents answer questionnaires: the list, what it is about, the questions, the thanks."""

from db.models.surveys import Survey
from db.stores import surveys
from handlers import paging
from handlers.chat import Button, Chat, Screen
from handlers.forms import asking, leaving, registry
from handlers.forms import languages as form_languages
from handlers.forms.registry import Form
from handlers.surveys import homes
from handlers.texts import join, say
from services import fillings
from services.errors import Refusal
from services.fillings import Open, Submission
from services.forms import fillings as engine
from services.forms import languages
from services.forms.documents import Document
from services.surveys import answering, audiences, metadata, paces, reminding

A_PAGE = 6
LANGUAGES = 4  # the others are reached from the questions


async def listing(chat: Chat, page: int = 0) -> None:
    """What this person can answer now, six at a time."""
    found = await answering.answerable(chat.work, chat.actor)
    if not found:
        await chat.say("surveys.none")
        return
    if len(found) == 1:
        await introduce(chat, found[0])
        return
    shown = found[page * A_PAGE : (page + 1) * A_PAGE]
    rows: list[tuple[Button, ...]] = [
        (Button(survey.title, f"svy:go:{survey.id}"),) for survey in shown
    ]
    turning = paging.turning("svy:list", page, more=len(found) > (page + 1) * A_PAGE, onward="more")
    if turning:
        rows.append(turning)
    rows.append((Button(str(say("menu.back")), "home:menu"),))
    await chat.show(Screen(say("surveys.which"), tuple(rows)))


async def pressed(chat: Chat) -> None:
    """Buttons of the list and of the page before the first question."""
    act, number, language = chat.press_parts(3)
    if act in ("remind", "mute", "unmute"):
        await _reminders(chat, act, int(number) if number.isdecimal() else reminding.ANY)
    elif act in ("where", "live"):
        if survey_id := await homes.pressed(chat, act, number):
            await _enter(chat, survey_id)
    elif act == "list" or not number.isdecimal():
        await listing(chat, int(number) if number.isdecimal() else 0)
    elif act == "start":
        survey = await answering.open_to(chat.work, chat.actor, int(number))
        await begin(chat, survey, language=int(language) if language.isdecimal() else None)
    else:
        await _enter(chat, int(number))


async def from_link(chat: Chat, code: str) -> None:
    """/start svy_<id> or, from the poster of a community, svy_<id>_<community>: straight to the
    page before the first question, once it is known where a newcomer lives."""
    number, _, community = code.partition("_")
    survey_id = int(number) if number.isdecimal() else 0
    if not await homes.asks(chat, survey_id, community):
        await _enter(chat, survey_id)


async def _enter(chat: Chat, survey_id: int) -> None:
    """The page before the first question; who is on no list may not have left their phone yet."""
    try:
        survey = await answering.open_to(chat.work, chat.actor, survey_id)
    except Refusal as no:
        if no.code != audiences.LIST:
            raise
        phone = Button(str(say("menu.phone")), "me:phone")
        await chat.say(no.code, [phone], [Button(str(say("menu.back")), "home:menu")])
        return
    await introduce(chat, survey)


async def _reminders(chat: Chat, act: str, survey_id: int) -> None:
    """No more reminders of one questionnaire or of any, by one press; and back again."""
    if act != "remind":
        await reminding.set_muted(chat.work, chat.actor, survey_id, on=act == "mute")
    if survey_id == reminding.ANY:
        muted = await reminding.is_muted(chat.work, chat.actor)
    else:
        muted = act == "mute"
    kind = "all" if survey_id == reminding.ANY else "one"
    state, other = ("off", "unmute") if muted else ("on", "mute")
    rows = (
        (Button(str(say(f"surveys.button.{other}_{kind}")), f"svy:{other}:{survey_id}"),),
        (Button(str(say("menu.back")), "menu:mine"),),
    )
    screen = Screen(say(f"surveys.reminders_{kind}_{state}"), rows)
    await chat.show(screen, slot=f"svy:remind:{survey_id}", edit=True)


async def introduce(chat: Chat, survey: Survey) -> None:
    """What it is, whether names are kept, how long it takes: before the first question."""
    document = await fillings.document(chat.work, survey.document_id)
    parts = [say("surveys.title", title=survey.title)]
    if document.intro.said():
        parts.append(say("surveys.intro", text=document.intro.said()))
    parts.append(say("surveys.anonymous" if survey.anonymous else "surveys.named"))
    one = await fillings.begun(chat.work, chat.actor, "survey", str(survey.id))
    if one is not None and one.filling.answers:
        parts.append(say("surveys.begun"))
        first: list[tuple[Button, ...]] = [leaving.waiting_row(one)]
    else:
        start = Button(str(say("surveys.button.start")), f"svy:start:{survey.id}")
        first = [(start,), *_other_languages(survey, document)]
    later = Button(str(say("surveys.button.later")), "home:menu")
    await chat.show(Screen(join(parts, "\n\n"), (*first, (later,))))


def _other_languages(survey: Survey, document: Document) -> list[tuple[Button, ...]]:
    """A button for each language the questions are written in besides the usual one."""
    usual = languages.usual(document)
    found: list[tuple[Button, ...]] = [
        (Button(form_languages.named(one), f"svy:start:{survey.id}:{index}"),)
        for index, one in enumerate(document.languages)
        if one != usual
    ]
    return found[:LANGUAGES]


async def begin(chat: Chat, survey: Survey, *, language: int | None = None) -> None:
    """Begin to ask, or go on; in another language of the questionnaire where one was picked."""
    known = await metadata.at_start(chat.work, chat.actor, survey)
    one = await asking.open_form(
        chat, "survey", document_id=survey.document_id, subject=str(survey.id), meta=known
    )
    if language is not None:
        one.put(languages.speak(one.filling, language))
    await asking.ask(chat, one)


async def _ending(chat: Chat, one: Open) -> None:
    """Just before it is handed in: the time, where that is kept."""
    survey = await surveys.by_id(chat.work.session, int(one.row.subject))
    if survey is not None and (known := metadata.at_end(survey)):
        one.put(engine.noted(one.filling, known))


async def _handed_in(chat: Chat, submission: Submission) -> None:
    survey = await answering.hand_in(chat.work, chat.actor, submission)
    await paces.finished(chat.work, submission)
    document = await fillings.document(chat.work, submission.document_id)
    thanks = document.thanks.said() or str(say("surveys.thanks"))
    await chat.say("surveys.thanks_frame", text=thanks, title=survey.title)


async def _given_up(chat: Chat, one: Open) -> None:
    await paces.gave_up(chat.work, one)


FORM = registry.register(
    Form(
        "survey",
        done=_handed_in,
        review="surveys.review",
        check=_ending,
        for_another=True,
        handwritten=False,
        timed=True,
        given_up=_given_up,
    )
)
