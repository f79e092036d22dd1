"""Two questions of a questionnaire put against each other, for staff."""

from markupsafe import Markup

from db.models.surveys import Survey
from handlers.chat import Button, Chat, Screen
from handlers.surveys.results import back
from handlers.texts import join, plain, say
from services import fillings
from services.errors import Refusal
from services.forms.documents import Document, Question
from services.surveys import results
from services.surveys.crosstabs import ChiSquare, ChoiceTable, Crosstab

CHOICES_A_PAGE = 6
SIGNIFICANT = 0.05


async def cross(chat: Chat, survey: Survey, choice: str) -> None:
    """'<question>' asks for the other one, '<question>.<other>' shows both (numbers of the list
    of comparable questions), '<question>p<page>' turns the page of choices."""
    document = await fillings.document(chat.work, survey.document_id)
    known = results.comparable(document)
    first, _, second = choice.partition(".")
    start, _, page = first.partition("p")
    row = _at(known, start)
    if row is None or not results.partners(document, row):
        raise Refusal("survey_desk.cross_none")
    column = _at(known, second)
    if column is not None:
        table = await results.against(chat.work, survey, row.name, column.name)
        screen = Screen(_written(table, row, column), (back(survey),))
    else:
        screen = _choose(survey, document, row, int(page) if page.isdecimal() else 0)
    await chat.show(screen, slot=f"sdesk:{survey.id}", edit=True)


def _at(known: list[Question], number: str) -> Question | None:
    is_one = number.isdecimal() and len(number) < 5 and int(number) < len(known)
    return known[int(number)] if is_one else None


def _choose(survey: Survey, document: Document, row: Question, page: int) -> Screen:
    numbers = {one.name: at for at, one in enumerate(results.comparable(document))}
    others = results.partners(document, row)
    start = f"sdesk:cross:{survey.id}:{numbers[row.name]}"
    rows = [
        (Button(one.label.said()[:40] or one.name, f"{start}.{numbers[one.name]}"),)
        for one in others[page * CHOICES_A_PAGE : (page + 1) * CHOICES_A_PAGE]
    ]
    if len(others) > (page + 1) * CHOICES_A_PAGE:
        rows.append((Button(str(say("survey_desk.button.more")), f"{start}p{page + 1}"),))
    text = say("survey_desk.cross_first", label=row.label.said())
    return Screen(text, (*rows, back(survey)))


def _written(table: Crosstab | ChoiceTable, row: Question, column: Question) -> Markup:
    if isinstance(table, ChoiceTable) and not _takes_several(row):
        row, column = column, row
    lines = [_line(table, at) for at in range(len(table.rows))]
    if isinstance(table, ChoiceTable):
        note = _note_of_choices(table)
    else:
        hidden = table.has_hidden
        note = say("survey_desk.cross_hidden_note") if hidden else _test(table.test)
    return say("survey_desk.cross", row=plain(row.label.said()),
               column=plain(column.label.said()), total=table.total,
               lines=join(lines), note=note)  # fmt: skip


def _takes_several(question: Question) -> bool:
    return question.kind.value == "choose_several"


def _line(table: Crosstab | ChoiceTable, at: int) -> Markup:
    """One choice: how many of each answer, of a question that takes several also out of whom."""
    hidden = say("survey_desk.hidden")
    cells = []
    for place, name in enumerate(table.columns):
        count = table.cells[at][place]
        shown = hidden if count is None else count
        if isinstance(table, ChoiceTable) and count is not None:
            of = table.column_totals[place]
            cells.append(say("survey_desk.cross_of", label=name, count=count, of=of,
                             share=round(100 * count / of)))  # fmt: skip
        else:
            cells.append(say("survey_desk.cross_cell", label=name, count=shown))
    if isinstance(table, ChoiceTable) and (test := table.tests[at]) is not None:
        cells.append(_test(test))
    label, total = table.rows[at], table.row_totals[at]
    return say("survey_desk.cross_row", label=label, total=total, cells=join(cells))


def _note_of_choices(table: ChoiceTable) -> Markup:
    note = say("survey_desk.cross_choices_note")
    if table.has_hidden:
        note = join([note, say("survey_desk.cross_hidden_note")])
    return note


def _test(test: ChiSquare | None) -> Markup:
    """Said only where it holds: expected counts that are too small make it worthless."""
    if test is None:
        return say("survey_desk.cross_no_test")
    if test.shaky:
        return say("survey_desk.cross_shaky")
    key = "cross_linked" if test.probability < SIGNIFICANT else "cross_not_linked"
    return say(f"survey_desk.{key}", statistic=f"{test.statistic:.2f}", freedom=test.freedom,
               probability=f"{test.probability:.4f}")  # fmt: skip


def button(survey: Survey, document: Document, name: str) -> tuple[Button, ...]:
    """Under a question that can be put against another one."""
    known = results.comparable(document)
    for number, one in enumerate(known):
        if one.name == name and results.partners(document, one):
            label = str(say("survey_desk.button.cross"))
            return (Button(label, f"sdesk:cross:{survey.id}:{number}"),)
    return ()
