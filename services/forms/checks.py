"""Checks a workbook: what `bot form check` prints and what staff are told in chat."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.forms.documents import UNASKED, Document
from services.forms.xlsforms.findings import Finding
from services.forms.xlsforms.importing import import_workbook


@dataclass(frozen=True)
class Report:
    """`document` is there if and only if there are no errors."""

    document: Document | None
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not self.errors

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints, without the sentences, which the caller adds by code."""
        document = self.document
        asked = [one for one in document.questions() if one.kind not in UNASKED] if document else []
        return {
            "ok": self.ok,
            "name": document.name if document else None,
            "title": document.title.said() if document else None,
            "version": document.version if document else None,
            "questions": len(asked),
            "errors": [_plain(one) for one in self.errors],
            "warnings": [_plain(one) for one in self.warnings],
        }


def _plain(one: Finding) -> dict[str, Any]:
    return {
        "code": one.code,
        "sheet": one.sheet or None,
        "row": one.row or None,
        "column": one.column or None,
        "params": one.params,
    }


def check(source: Path | bytes, *, name: str = "") -> Report:
    """Read a workbook and say everything that is wrong with it; raises nothing for a bad one."""
    made = import_workbook(source, name=name)
    return Report(made.document, made.errors, made.warnings)
