"""Staff look into the answers: two questions together, texts by the page, files, posters."""

from markupsafe import Markup

from db.models.surveys import Survey
from handlers.chat import Button, Chat, Screen
from handlers.surveys.authoring import order_file
from handlers.texts import join, say
from services import places
from services.errors import Refusal
from services.surveys import tallies
from services.surveys.tallies import Tally

TEXTS_A_PAGE = 8
CHOICES_A_PAGE = 6
KINDS = ("xlsx", "csv", "sav")


async def export(chat: Chat, survey: Survey) -> None:
    """Which kind of file."""
    rows = tuple((Button(k.upper(), f"sdesk:file:{survey.id}:{k}"),) for k in KINDS)
    text = say("survey_desk.export_which", title=survey.title)
    await chat.show(Screen(text, (*rows, back(survey))), slot=f"sdesk:{survey.id}", edit=True)


async def file(chat: Chat, survey: Survey, kind: str) -> None:
    if kind not in KINDS:
        raise Refusal("common.not_there")
    await order_file(chat, survey, kind)


async def posters(chat: Chat, survey: Survey, page: int = 0) -> None:
    """For which community; the whole street first."""
    known = [(0, str(say("survey_desk.whole_street")))]
    known += [(one.id, one.name) for one in await places.communities(chat.work)]
    shown = known[page * CHOICES_A_PAGE : (page + 1) * CHOICES_A_PAGE]
    rows = [(Button(name, f"sdesk:poster:{survey.id}:{key}"),) for key, name in shown]
    if len(known) > (page + 1) * CHOICES_A_PAGE:
        more = str(say("survey_desk.button.more"))
        rows.append((Button(more, f"sdesk:posters:{survey.id}:{page + 1}"),))
    screen = Screen(say("survey_desk.posters_which"), (*rows, back(survey)))
    await chat.show(screen, slot=f"sdesk:{survey.id}", edit=True)


async def poster(chat: Chat, survey: Survey, community: str) -> None:
    await order_file(chat, survey, "poster", "" if community == "0" else community)


def back(survey: Survey) -> tuple[Button, ...]:
    return (Button(str(say("survey_desk.button.back")), f"sdesk:show:{survey.id}"),)


async def written(chat: Chat, survey: Survey, tally: Tally, page: int) -> tuple[Markup, bool]:
    """A page of texts with the frequent words above; whether there is another page."""
    shown = tally.texts[page * TEXTS_A_PAGE : (page + 1) * TEXTS_A_PAGE]
    lines = [say("survey_desk.text", text=text) for text in shown]
    found = await tallies.frequent_words(chat.work, survey, tally) if not page else []
    if found:
        counted = [say("survey_desk.word", word=word, count=count) for word, count in found]
        lines.insert(0, say("survey_desk.words", words=join(counted, " · ")))
    return join(lines), len(tally.texts) > (page + 1) * TEXTS_A_PAGE
