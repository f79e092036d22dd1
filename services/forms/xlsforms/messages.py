"""What pyxform says in English, as codes: each pattern's groups become params."""

import re
from dataclasses import replace

from services.forms.xlsforms.findings import Finding

_ROW = re.compile(r"\[row : (\d+)\]")
_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"Question with no type", "no_type"),
    (r"Question or group with no name", "no_name"),
    (r"Missing calculation", "no_calculation"),
    (r"You must have a sheet named", "no_survey"),
    (r"column headers were not found: (?P<name>[^.]+)", "missing_column"),
    (r"names for the same column were found: (?P<name>[^.]+)", "column_twice"),
    (r"missing header row", "no_headers"),
    (r"Column headers must not be empty", "choice_header"),
    (r"List name not in choices sheet: (?P<name>.*)", "unknown_list"),
    (r"There should be a choices sheet", "no_choices_sheet"),
    (r"Unknown question type '(?P<found>[^']+)", "unknown_type"),
    (r"Choice names with spaces.*\[(?P<name>.+?)\] in \[(?P<list>.+?)\]", "choice_space"),
    (r"Choice filter not supported with or_other", "filter_with_other"),
    (r"external.choices|from_file|File extension", "external"),
    (r"'name' value '(?P<name>[^']+)' is invalid\. Questions, groups", "name_twice"),
    (r"'name' value '(?P<name>[^']+)' is invalid\. Repeat names", "repeat_name"),
    (r"more than one survey elements? named '(?P<name>[^']+)'", "name_twice"),
    (r"Choice names must be unique", "choice_twice"),
    (r"Choices must have a name", "choice_no_name"),
    (r"Choices should have a label", "choice_no_label"),
    (r"reserved for form metadata", "reserved_name"),
    (r"Names must begin with a letter", "bad_name"),
    (r"Could not find the name '(?P<name>[^']+)'|no survey element named '(?P<other>[^']+)'",
     "reference"),
    (r"The name '(?P<name>[^']+)' appears more|multiple survey elements named '(?P<other>[^']+)'",
     "reference_twice"),
    (r"Reference variables must start|Reference variable lists", "bad_reference"),
    (r"Unmatched 'begin_(?P<kind>\w+)'.*name '(?P<name>[^']+)'", "group_open"),
    (r"Unmatched 'end_(?P<kind>\w+)'", "group_end"),
    (r"[Ee]ntit|save_to", "entities"),
    (r"[Pp]arameter|must be set to true or false|seed value", "parameters"),
    (r"table list", "table_list"),
    (r"element named '(?P<name>[^']+)' has no label or hint", "no_label"),
)  # fmt: skip


def finding(message: str) -> Finding:
    """The finding that an error message of pyxform amounts to; its own words stay in `message`."""
    plain = " ".join(str(message).split())
    row = _ROW.search(plain)
    number = int(row[1]) if row else 0
    words = _ROW.sub("", plain).strip()
    for pattern, code in _PATTERNS:
        match = re.search(pattern, words)
        if match is not None:
            found = match.groupdict()
            params = {key: value for key, value in found.items() if value}
            if "other" in params:
                params["name"] = params.pop("other")
            return _finding(code, number, {**params, "message": words[:200]})
    return _finding("pyxform", number, {"message": words[:200]})


_WARNINGS: tuple[tuple[str, str], ...] = (
    (r"Row without name, text, or label is being skipped", "row_skipped"),
    (r"case-insensitive match", "name_case"),
    (r"missing translations|missing for language", "translation_missing"),
    (r"has no label", "no_label"),
    (r"choices should have a label|Choices should have a label", "choice_no_label"),
    (r"'disabled' column", "disabled"),
    (r"no longer supported on most devices", "device_type"),
)


def warning(message: str) -> Finding | None:
    """The warning that pyxform gave, if it means something to an author here."""
    plain = " ".join(message.split())
    row = _ROW.search(plain)
    number = int(row[1]) if row else 0
    words = _ROW.sub("", plain).strip()
    for pattern, code in _WARNINGS:
        if re.search(pattern, words):
            return replace(_finding(code, number, {"message": words[:200]}), warning=True)
    return None


def _finding(code: str, row: int, params: dict[str, str]) -> Finding:
    sheet = "choices" if code.startswith("choice_") else "survey"
    placed = row or "name" in params or "found" in params
    return Finding(f"form_check.{code}", sheet if placed else "", row, params=dict(params))
