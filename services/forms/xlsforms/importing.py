"""Imports an XLSForm workbook: read safely, parsed by pyxform, checked in full, made a document."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import DefinitionData

from services.forms.documents import UNASKED, Document
from services.forms.plans import Plan
from services.forms.xlsforms import aliases, workbooks
from services.forms.xlsforms.building import Builder
from services.forms.xlsforms.findings import Finding, UnreadableError
from services.forms.xlsforms.inspecting import inspect
from services.forms.xlsforms.messages import finding, warning
from services.forms.xlsforms.rows import Rows
from services.forms.xlsforms.workbooks import Sheet

MOST_QUESTIONS = 599
"""Questions that a person may be asked; a longer form is refused."""


@dataclass(frozen=True)
class Imported:
    """A document, unless there are errors; warnings do not stand in the way."""

    document: Document | None = None
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()


def import_workbook(source: Path | bytes, *, name: str = "") -> Imported:
    """The document of a workbook, or everything that has to be mended first. Raises nothing."""
    try:
        workbook = workbooks.read(source, aliases.is_known)
    except UnreadableError as no:
        return Imported(errors=(no.finding,))
    fallback = name or (source.stem if isinstance(source, Path) else "form")
    return _Import(workbook, fallback).result()


class _Import:
    """One workbook on its way to a document."""

    def __init__(self, workbook: workbooks.Workbook, fallback: str) -> None:
        self.sheets = aliases.in_english(workbook)
        self.found = list(workbook.findings)
        self.fallback = fallback
        self.chinese = aliases.is_chinese(workbook)
        self.rows = Rows(self.sheets.get("survey", Sheet("survey")))

    def result(self) -> Imported:
        self.found += inspect(self.sheets)
        document = None if self._failed() else self._document()
        errors = tuple(self._placed(one) for one in self.found if not one.warning)
        warnings = tuple(self._placed(one) for one in self.found if one.warning)
        return Imported(None if errors else document, _sorted(errors), _sorted(warnings))

    def _failed(self) -> bool:
        return any(not one.warning for one in self.found)

    def _document(self) -> Document | None:
        read = self._parsed()
        if read is None:
            return None
        builder = Builder(read, chinese=self.chinese)
        document = builder.document()
        self.found += builder.findings
        self._compile(document)
        return document

    def _parsed(self) -> Any:
        """What pyxform makes of the sheets; its errors become findings."""
        said: list[str] = []
        try:
            read = workbook_to_json(
                _definition(self.sheets),
                form_name="data",
                fallback_form_name=self.fallback,
                warnings=said,
            )
            survey = create_survey_element_from_dict(read)
            survey.validate()
            survey.xml()
        except PyXFormError as wrong:
            self.found.append(finding(str(wrong)))
            return None
        except Exception as wrong:  # pyxform stumbles over odd sheets in many ways
            self.found.append(finding(f"{type(wrong).__name__}: {wrong}"))
            return None
        self.found += [one for message in said if (one := warning(message)) is not None]
        return read

    def _compile(self, document: Document) -> None:
        """Compile every expression, resolve every name, find cycles."""
        plan = Plan(document)
        asked = [question for question in document.questions() if question.kind not in UNASKED]
        if not asked:
            self.found.append(Finding("form_check.no_questions", "survey"))
        if len(asked) > MOST_QUESTIONS:
            params: dict[str, str | int] = {"count": len(asked), "limit": MOST_QUESTIONS}
            self.found.append(Finding("form_check.too_many_questions", "survey", params=params))
        for problem in plan.problems:
            row = self.rows.of(problem.node)
            params = {"name": problem.node.name, **problem.params}
            self.found.append(Finding(problem.code, "survey", row, problem.column, params))

    def _placed(self, one: Finding) -> Finding:
        """With the sheet's name as the author wrote it."""
        name = str(one.params.get("name", ""))
        row = one.row
        if not row and one.sheet == "survey":
            row = self.rows.named(name) or self.rows.typed(str(one.params.get("found", "")))
        sheet = self.sheets.get(one.sheet)
        return replace(one, row=row, sheet=sheet.name if sheet else one.sheet)


def _sorted(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.sheet, one.row, one.code)))


def _definition(sheets: dict[str, Sheet]) -> Any:
    """The sheets as pyxform wants them: a dict for each row from 2 on, blank ones too."""
    made: dict[str, Any] = {"sheet_names": list(sheets)}
    for name, sheet in sheets.items():
        last = sheet.rows[-1][0] if sheet.rows else 1
        rows: list[dict[str, str]] = [{} for _ in range(2, last + 1)]
        for number, cells in sheet.rows:
            rows[number - 2] = dict(cells)
        made[name] = rows
        made[f"{name}_header"] = [{header: None for header in sheet.headers if header}]
    return DefinitionData(**made)
