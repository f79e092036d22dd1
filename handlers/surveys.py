"""Residents answer questionnaires: the list, what it is about, the questions, the thanks."""

from db.models.surveys import Survey
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import join, say
from services import fillings
from services.fillings import Submission
from services.surveys import answering


async def listing(chat: Chat) -> None:
    """What this person can answer now."""
    found = await answering.answerable(chat.work, chat.actor)
    if not found:
        await chat.say("surveys.none")
        return
    if len(found) == 1:
        await introduce(chat, found[0])
        return
    rows = tuple((Button(survey.title, f"svy:go:{survey.id}"),) for survey in found)
    await chat.show(Screen(say("surveys.which"), rows))


async def pressed(chat: Chat) -> None:
    """Buttons of the list and of the page before the first question."""
    act, number = chat.press_parts(2)
    if act == "list" or not number.isdecimal():
        await listing(chat)
        return
    survey = await answering.open_to(chat.work, chat.actor, int(number))
    if act == "start":
        await begin(chat, survey)
    else:
        await introduce(chat, survey)


async def from_link(chat: Chat, code: str) -> None:
    """/start svy_<id>: straight to the page before the first question."""
    survey_id = int(code) if code.isdecimal() else 0
    await introduce(chat, await answering.open_to(chat.work, chat.actor, survey_id))


async def introduce(chat: Chat, survey: Survey) -> None:
    """What it is, whether names are kept, how long it takes: before the first question."""
    document = await fillings.document(chat.work, survey.document_id)
    parts = [say("surveys.title", title=survey.title)]
    if document.intro.said():
        parts.append(say("surveys.intro", text=document.intro.said()))
    parts.append(say("surveys.anonymous" if survey.anonymous else "surveys.named"))
    rows = (
        (Button(str(say("surveys.button.start")), f"svy:start:{survey.id}"),),
        (Button(str(say("surveys.button.later")), "home:menu"),),
    )
    await chat.show(Screen(join(parts, "\n\n"), rows))


async def begin(chat: Chat, survey: Survey) -> None:
    await runner.begin(chat, "survey", document_id=survey.document_id, subject=str(survey.id))


async def _handed_in(chat: Chat, submission: Submission) -> None:
    survey = await answering.hand_in(chat.work, chat.actor, submission)
    document = await fillings.document(chat.work, submission.document_id)
    thanks = document.thanks.said() or str(say("surveys.thanks"))
    await chat.say("surveys.thanks_frame", text=thanks, title=survey.title)


FORM = registry.register(
    Form("survey", done=_handed_in, review="surveys.review", for_another=True, handwritten=False)
)
