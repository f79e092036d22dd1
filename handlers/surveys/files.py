"""Staff look at the photos, recordings and papers that people gave to a named questionnaire."""

from typing import Any

from db.models.forms import FormMedia
from db.models.surveys import Survey
from db.stores.outbox import Outgoing
from handlers.chat import Button, Chat, Screen
from handlers.texts import say
from services.errors import Refusal
from services.surveys import desk, tallies

FILES_A_PAGE = 4
BY_ID = {"audio": "sendAudio", "document": "sendDocument", "video": "sendVideo",
         "voice": "sendVoice"}  # fmt: skip


async def files(chat: Chat, survey: Survey, choice: str) -> None:
    """'<question>.<page>': the next few files given to a question, each as it was sent."""
    first, _, second = choice.partition(".")
    found = await tallies.of_questions(chat.work, survey)
    page = int(second) if second.isdecimal() and len(second) < 6 else 0
    if not first.isdecimal() or len(first) > 5 or int(first) >= len(found):
        raise Refusal("common.not_there")
    given = await desk.files(chat.work, chat.actor, survey, found[int(first)].name)
    shown = given[page * FILES_A_PAGE : (page + 1) * FILES_A_PAGE]
    if not shown:
        raise Refusal("survey_desk.no_files")
    for media in shown:
        await _show(chat, media)
    rows = []
    if len(given) > (page + 1) * FILES_A_PAGE:
        more = str(say("survey_desk.button.more"))
        rows.append((Button(more, f"sdesk:files:{survey.id}:{first}.{page + 1}"),))
    back = Button(str(say("survey_desk.button.back")), f"sdesk:anew:{survey.id}")
    text = say("survey_desk.files_shown", shown=page * FILES_A_PAGE + len(shown), total=len(given))
    await chat.show(Screen(text, (*rows, (back,))))


async def _show(chat: Chat, media: FormMedia) -> None:
    if media.sha256 is not None:
        await chat.show(Screen("", picture={"sha256": media.sha256}))
        return
    method = BY_ID.get(media.kind)
    if method is not None:
        payload: dict[str, Any] = {"chat_id": chat.id, method[4:].lower(): media.file_id}
        await chat.send(Outgoing(chat.id, method, payload))


def button(survey: Survey, page: int, count: int) -> tuple[Button, ...]:
    """Under a question that took files."""
    label = str(say("survey_desk.button.files", count=count))
    return (Button(label, f"sdesk:files:{survey.id}:{page}.0"),)
