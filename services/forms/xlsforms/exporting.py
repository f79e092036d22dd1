"""Writes a document back as an XLSForm workbook, with Chinese or English names of columns."""

from collections.abc import Iterator
from io import BytesIO

import xlsxwriter

from services.cells import cell_text
from services.forms.documents import Document, Group, Item, Kind, Question, Repeat, Words
from services.forms.xlsforms.aliases import WORDS
from services.forms.xlsforms.kinds import WRITTEN

Row = dict[str, str]

_SURVEY = ("type", "name", "label", "hint", "required", "required_message", "relevant",
           "constraint", "constraint_message", "choice_filter", "default", "calculation",
           "appearance", "parameters", "readonly", "repeat_count", "flat")  # fmt: skip
_CHOICES = ("list_name", "name", "label")
_SETTINGS = ("form_title", "form_id", "version", "default_language", "intro", "thanks")
_WORDED = ("label", "hint", "required_message", "constraint_message")


def export(document: Document, *, chinese: bool = True) -> bytes:
    """An .xlsx file of which `import_workbook` makes the same document again.

    A place and a contact become text, the limits of ticks become constraints.
    """
    survey = list(_rows(document.items))
    choices = [row for name in document.lists for row in _choices(document, name)]
    return write_workbook(
        {"survey": survey, "choices": choices, "settings": [_settings(document)]}, chinese=chinese
    )


def write_workbook(sheets: dict[str, list[Row]], *, chinese: bool) -> bytes:
    """An .xlsx file of sheets in XLSForm's names; every cell is a text, none a formula."""
    written = BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(_named("sheets", name) if chinese else name)
            columns = _columns(name, rows)
            for at, column in enumerate(columns):
                title = _title(name, column) if chinese else column
                sheet.write_string(0, at, title, head)
                sheet.set_column(at, at, 36 if column.startswith(_WORDED) else 16)
            for number, row in enumerate(rows, start=1):
                for at, column in enumerate(columns):
                    if row.get(column):
                        sheet.write_string(number, at, cell_text(row[column]), wrapped)
            sheet.freeze_panes(1, 0)
    return written.getvalue()


def _columns(sheet: str, rows: list[Row]) -> list[str]:
    """The columns in use, in the usual order; those of other languages and attributes after."""
    usual = {"survey": _SURVEY, "choices": _CHOICES, "settings": _SETTINGS}[sheet]
    used = dict.fromkeys(column for row in rows for column in row if row[column])
    always = usual[:3]
    first = [one for one in usual if one in used or (one in always and sheet != "settings")]
    grouped: list[str] = []
    for one in first:
        grouped.append(one)
        grouped += [other for other in used if other.startswith(f"{one}::")]
    return grouped + [one for one in used if one not in grouped]


def _title(sheet: str, column: str) -> str:
    base, mark, language = column.partition("::")
    return f"{_named(sheet, base)}{mark}{language}"


def _named(part: str, name: str) -> str:
    found: list[str] = WORDS[part].get(name, [name])
    return found[0]


def _settings(document: Document) -> Row:
    first = document.languages[0] if document.languages else ""
    made = {
        "form_title": document.title.said(),
        "form_id": document.name,
        "version": document.version,
        "default_language": first,
    }
    return {**made, **_said("intro", document.intro), **_said("thanks", document.thanks)}


def _choices(document: Document, name: str) -> Iterator[Row]:
    for choice in document.lists[name]:
        row = {"list_name": name, "name": choice.name, **_said("label", choice.label)}
        yield {**choice.attributes, **row}


def _rows(items: tuple[Item, ...]) -> Iterator[Row]:
    for item in items:
        if isinstance(item, Question):
            yield _question(item)
            continue
        kind = "repeat" if isinstance(item, Repeat) else "group"
        row = {"type": f"begin_{kind}", "name": item.name, "relevant": item.relevant,
               "appearance": item.appearance, **_said("label", item.label)}  # fmt: skip
        if isinstance(item, Repeat):
            row["repeat_count"] = item.count
        if isinstance(item, Group) and item.flat:
            row["flat"] = "true"
        yield row
        yield from _rows(item.items)
        yield {"type": f"end_{kind}"}


def _question(question: Question) -> Row:
    row = {"type": _type(question), "name": question.name}
    for column in _WORDED:
        row |= _said(column, getattr(question, column))
    for column in ("required", "relevant", "choice_filter", "default", "calculation", "appearance"):
        row[column] = getattr(question, column)
    row["constraint"] = _constraint(question)
    row["parameters"] = _parameters(question)
    if question.readonly and question.kind is not Kind.NOTE:
        row["readonly"] = "true()"
    return row


def _type(question: Question) -> str:
    if question.kind is Kind.META:
        return str(question.parameters.get("of", "hidden"))
    if question.kind in (Kind.CHOOSE_ONE, Kind.CHOOSE_SEVERAL, Kind.RANK):
        if not question.choices:
            return "text"
        return f"{WRITTEN.get(question.kind, question.kind.value)} {question.choices}"
    if question.kind is Kind.CALCULATE and not question.calculation:
        return "hidden"
    return WRITTEN.get(question.kind, question.kind.value)


def _constraint(question: Question) -> str:
    """The constraint, and the limits on ticks that XLSForm has no column for."""
    limits = []
    if question.kind is Kind.CHOOSE_SEVERAL:
        for key, sign in (("at_least", ">="), ("at_most", "<=")):
            if key in question.parameters:
                limits.append(f"count-selected(.) {sign} {question.parameters[key]}")
    if not limits or not question.constraint:
        return " and ".join(limits) or question.constraint
    return " and ".join([f"({question.constraint})", *limits])


def _parameters(question: Question) -> str:
    given = question.parameters
    if question.kind is Kind.SCALE:
        return " ".join(f"{key}={given[key]}" for key in ("start", "end", "step") if key in given)
    if not given.get("randomize"):
        return ""
    return f"randomize=true seed={given['seed']}" if "seed" in given else "randomize=true"


def _said(column: str, words: Words) -> Row:
    return {(f"{column}::{key}" if key else column): text for key, text in words.texts}
