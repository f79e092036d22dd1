"""Staff look into the answers: two questions together, texts by the page, files, posters."""

from markupsafe import Markup

from db.models.surveys import Survey
from handlers.chat import Button, Chat, Screen
from handlers.survey_authoring import order_file
from handlers.texts import join, plain, say
from services import fillings, places
from services.errors import Refusal
from services.surveys import results
from services.surveys.crosstabs import ChiSquare, Crosstab
from services.surveys.desk import Tally

TEXTS_A_PAGE = 8
CHOICES_A_PAGE = 6
SIGNIFICANT = 0.05
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
    found = results.frequent_words(tally.texts, anonymous=survey.anonymous) if not page else []
    if found:
        counted = [say("survey_desk.word", word=word, count=count) for word, count in found]
        lines.insert(0, say("survey_desk.words", words=join(counted, " · ")))
    return join(lines), len(tally.texts) > (page + 1) * TEXTS_A_PAGE


async def cross(chat: Chat, survey: Survey, choice: str) -> None:
    """'<question>' asks for the other one, '<question>.<other>' shows both (numbers of the list
    of comparable questions), '<question>p<page>' turns the page of choices."""
    document = await fillings.document(chat.work, survey.document_id)
    known = results.comparable(document)
    first, _, second = choice.partition(".")
    start, _, page = first.partition("p")
    if not start.isdecimal() or int(start) >= len(known) or len(known) < 2:
        raise Refusal("survey_desk.cross_none")
    if second.isdecimal() and int(second) < len(known):
        names = known[int(start)].name, known[int(second)].name
        table = await results.against(chat.work, survey, *names)
        labels = known[int(start)].label.said(), known[int(second)].label.said()
        screen = Screen(_table(table, *labels), (back(survey),))
    else:
        turned = int(page) if page.isdecimal() else 0
        screen = _choose(survey, [one.label.said() for one in known], int(start), turned)
    await chat.show(screen, slot=f"sdesk:{survey.id}", edit=True)


def _choose(survey: Survey, labels: list[str], start: int, page: int) -> Screen:
    others = [(at, label) for at, label in enumerate(labels) if at != start]
    shown = others[page * CHOICES_A_PAGE : (page + 1) * CHOICES_A_PAGE]
    rows = [(Button(label[:40], f"sdesk:cross:{survey.id}:{start}.{at}"),) for at, label in shown]
    if len(others) > (page + 1) * CHOICES_A_PAGE:
        more = str(say("survey_desk.button.more"))
        rows.append((Button(more, f"sdesk:cross:{survey.id}:{start}p{page + 1}"),))
    return Screen(say("survey_desk.cross_first", label=labels[start]), (*rows, back(survey)))


def _table(table: Crosstab, row: str, column: str) -> Markup:
    hidden = say("survey_desk.hidden")
    lines = []
    for at, label in enumerate(table.rows):
        cells = [
            say("survey_desk.cross_cell", label=name, count=hidden if count is None else count)
            for name, count in zip(table.columns, table.cells[at], strict=True)
        ]
        total = table.row_totals[at]
        lines.append(say("survey_desk.cross_row", label=label, total=total, cells=join(cells)))
    note = say("survey_desk.cross_hidden_note") if table.has_hidden else _test(table.test)
    return say("survey_desk.cross", row=plain(row), column=plain(column), total=table.total,
               lines=join(lines), note=note)  # fmt: skip


def _test(test: ChiSquare | None) -> Markup:
    if test is None:
        return say("survey_desk.cross_no_test")
    key = "cross_linked" if test.probability < SIGNIFICANT else "cross_not_linked"
    said = say(f"survey_desk.{key}", statistic=f"{test.statistic:.2f}", freedom=test.freedom,
               probability=f"{test.probability:.4f}")  # fmt: skip
    return join([said, say("survey_desk.cross_shaky")]) if test.shaky else said


def cross_button(chat_survey: Survey, tally: Tally, names: list[str]) -> tuple[Button, ...]:
    """Under a question that can be compared."""
    if tally.name not in names or len(names) < 2:
        return ()
    label = str(say("survey_desk.button.cross"))
    return (Button(label, f"sdesk:cross:{chat_survey.id}:{names.index(tally.name)}"),)
