"""Looks through the sheets for what this bot refuses or passes over, before pyxform reads them."""

import re
from collections.abc import Iterator

from services.forms.xlsforms.findings import Finding
from services.forms.xlsforms.workbooks import Sheet

LONGEST_LABEL = 3500
"""Characters of a label or hint; a Telegram message has 4,096, and the bot adds some of its own."""
MOST_CHOICES = 1000

_REFUSED_SHEETS = {"external_choices": "external", "entities": "entities", "osm": "refused_sheet"}
_REFUSED_TYPES = {
    "geotrace": "refused_type",
    "geoshape": "refused_type",
    "osm": "refused_type",
    "audit": "refused_type",
    "csv-external": "external",
    "xml-external": "external",
    "select_one_from_file": "external",
    "select_multiple_from_file": "external",
    "select_one_external": "external",
    "background-audio": "refused_type",
    "background-geopoint": "refused_type",
    "start-geopoint": "refused_type",
}
_PASSED_OVER = {"trigger": "trigger", "disabled": "disabled"}
_MEDIA = re.compile(r"^(?:media::)?(?:image|audio|video|big-image)(?:::|$)")
_TEXT_DATE = re.compile(r"""[<>]=?\s*["']\d{4}-\d\d-\d\d["']|["']\d{4}-\d\d-\d\d["']\s*[<>]""")


def inspect(sheets: dict[str, Sheet]) -> list[Finding]:
    """Everything found, errors and warnings."""
    found = [
        Finding(f"form_check.{code}", name, 1)
        for name, code in _REFUSED_SHEETS.items()
        if name in sheets and sheets[name].rows
    ]
    if "survey" not in sheets:
        return [*found, Finding("form_check.no_survey")]
    for number, cells in sheets["survey"].rows:
        found += _row(number, cells)
    found += _columns(sheets["survey"])
    if "choices" in sheets:
        found += _lists(sheets["choices"])
    return found


def _row(number: int, cells: dict[str, str]) -> Iterator[Finding]:
    written = cells.get("type", "")
    base = (written.split() or [""])[0].replace(" ", "_")
    for known in (base, written.replace(" ", "_")):
        if known in _REFUSED_TYPES:
            code = f"form_check.{_REFUSED_TYPES[known]}"
            params: dict[str, str | int] = {"found": written, "name": cells.get("name", "")}
            yield Finding(code, "survey", number, "type", params)
            break
    if cells.get("appearance", "").replace(" ", "").startswith("search("):
        yield Finding("form_check.external", "survey", number, "appearance")
    for column, cell in cells.items():
        if column.partition("::")[0] in ("label", "hint") and len(cell) > LONGEST_LABEL:
            params = {"length": len(cell), "limit": LONGEST_LABEL}
            yield Finding("form_check.label_too_long", "survey", number, column, params)
        if column in ("relevant", "constraint", "calculation") and _TEXT_DATE.search(cell):
            params = {"found": cell[:60]}
            yield Finding("form_check.text_date", "survey", number, column, params, warning=True)


def _columns(survey: Sheet) -> Iterator[Finding]:
    for header in survey.headers:
        if header in _PASSED_OVER:
            code = f"form_check.{_PASSED_OVER[header]}"
            yield Finding(code, "survey", 1, header, {"name": header}, warning=True)
        elif _MEDIA.match(header):
            yield Finding("form_check.media", "survey", 1, header, {"name": header}, warning=True)


def _lists(choices: Sheet) -> Iterator[Finding]:
    counts: dict[str, int] = {}
    for number, cells in choices.rows:
        name = cells.get("list_name") or cells.get("list name") or ""
        counts[name] = counts.get(name, 0) + 1
        if counts[name] == MOST_CHOICES + 1:
            params: dict[str, str | int] = {"name": name, "limit": MOST_CHOICES}
            yield Finding("form_check.too_many_choices", "choices", number, params=params)
        for column, cell in cells.items():
            if column.partition("::")[0] == "label" and len(cell) > LONGEST_LABEL:
                params = {"length": len(cell), "limit": LONGEST_LABEL}
                yield Finding("form_check.label_too_long", "choices", number, column, params)
