"""Staff say by a list whom a questionnaire is for: a workbook, a CSV, or phones typed in."""

from db.models.surveys import Survey
from handlers import sent_workbooks
from handlers.chat import Button, Chat, Kind, Screen
from handlers.texts import say
from services.permissions import Permission
from services.surveys import desk, invitees
from services.surveys.invitees import Taken

ENDINGS = (".xlsx", ".csv", ".txt")
FILE = "survey_list:"
MOST_TOLD = 15


async def pressed(chat: Chat) -> None:
    """Buttons: 'slist:<act>:<survey>'; the page of the list, asking for it, throwing it away."""
    act, number = chat.press_parts(2)
    survey_id = int(number) if number.isdecimal() else 0
    survey = await desk.access(chat.work, chat.actor, survey_id, Permission.SURVEY_EDIT)
    if act in ("ask", "again"):
        await sent_workbooks.ask(chat, f"{FILE}{survey.id}")
        screen = Screen(say("survey_desk.list_send"), (_back(survey),))
        await chat.show(screen, slot=f"sdesk:{survey.id}", edit=act == "ask")
        return
    if act == "clear":
        await invitees.clear(chat.work, chat.actor, survey)
        chat.tell("survey_desk.list_cleared")
    await _show(chat, survey)


async def _show(chat: Chat, survey: Survey) -> None:
    rows = [(_button("list_add", f"slist:ask:{survey.id}"),)]
    if survey.audience.get("listed"):
        count = await invitees.count(chat.work, survey)
        text = say("survey_desk.list_is", title=survey.title, count=count)
        rows.append((_button("list_clear", f"slist:clear:{survey.id}"),))
    else:
        text = say("survey_desk.list_none", title=survey.title)
    if survey.state != "draft":
        rows.append((_button("audience", f"sdraft:audience:{survey.id}"),))
    screen = Screen(text, (*rows, _back(survey)))
    await chat.show(screen, slot=f"sdesk:{survey.id}", edit=True)


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"survey_desk.button.{key}")), data)


def _back(survey: Survey) -> tuple[Button, ...]:
    return (_button("back", f"sdesk:show:{survey.id}"),)


async def take(chat: Chat) -> bool:
    """Take a list that was asked for; False where the message is something else."""
    if chat.given.kind not in (Kind.DOCUMENT, Kind.TEXT):
        return False
    survey_id = await _asked_for(chat)
    if not survey_id:
        return False
    if chat.given.kind is Kind.DOCUMENT:
        return await _take_file(chat, survey_id)
    rows = invitees.typed(chat.given.text)
    if not any(invitees.looks_like_somebody(row) for row in rows):
        return False  # a question, or whatever else they turned to
    survey = await desk.access(chat.work, chat.actor, survey_id, Permission.SURVEY_EDIT)
    taken = await invitees.add(chat.work, chat.actor, survey, rows)
    await chat.show(taken_screen(survey.id, taken))
    return True


async def _asked_for(chat: Chat) -> int:
    """The questionnaire whose list was asked for in this chat; 0 for none."""
    number = (await sent_workbooks.asked(chat)).removeprefix(FILE)
    return int(number) if number.isdecimal() and chat.actor.can(Permission.SURVEY_EDIT) else 0


async def _take_file(chat: Chat, survey_id: int) -> bool:
    file = chat.given.file
    if file is None or not (file.name or "").lower().endswith(ENDINGS):
        return False
    await sent_workbooks.order(chat, "survey_list", survey_id=survey_id)
    return True


def taken_screen(survey_id: int, taken: Taken) -> Screen:
    """What became of a list."""
    back = (_button("back", f"sdesk:anew:{survey_id}"),)
    if taken.wrong:
        between = str(say("forms.value.between"))
        rows = between.join(str(number) for number in taken.wrong[:MOST_TOLD])
        text = say("survey_desk.list_wrong", count=len(taken.wrong), rows=rows)
        return Screen(text, ((_button("list_again", f"slist:again:{survey_id}"),), back))
    text = say("survey_desk.list_taken", added=taken.added, known=taken.known,
               unknown=taken.added - taken.known, double=taken.double)  # fmt: skip
    return Screen(text, (back,))
