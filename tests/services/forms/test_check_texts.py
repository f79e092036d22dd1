"""Every code that the check of a workbook can give has a sentence, and every sentence a code."""

import re
from pathlib import Path

from handlers.texts import catalogue
from handlers.texts.findings import sentence
from services.forms.xlsforms import inspecting, messages

FORMS = Path(__file__).parents[3] / "services" / "forms"
OWN = {"at_row", "at_sheet", "anywhere", "usable", "not_usable", "with_warnings"}


def codes() -> set[str]:
    written = "".join(path.read_text("utf-8") for path in FORMS.rglob("*.py"))
    found = set(re.findall(r'"form_check\.([a-z_.]+)"', written))
    found |= {code for _, code in (*messages._PATTERNS, *messages._WARNINGS)}
    for table in (inspecting._REFUSED_SHEETS, inspecting._REFUSED_TYPES, inspecting._PASSED_OVER):
        found |= set(table.values())
    return found | {"choices_from_repeat", "unknown_type", "pyxform"}


def test_codes_and_sentences_belong_together() -> None:
    prefix = "form_check."
    texts = {key.removeprefix(prefix) for key in catalogue() if key.startswith(prefix)}
    assert texts - OWN == codes()


def test_a_sentence_needs_no_param_and_survives_braces() -> None:
    for code in codes():
        assert sentence(f"form_check.{code}", "survey", 3, {}).startswith("“survey”")
    odd = sentence("form_check.reference", "", 0, {"name": "{x} <b>"})
    assert "{x} <b>" in odd
    assert "${" in odd


def test_every_refusal_of_a_filling_has_a_sentence() -> None:
    """Codes are written as "forms.code"; those of the engine all stand in forms.toml."""
    written = "".join(path.read_text("utf-8") for path in FORMS.glob("*.py"))
    found = set(re.findall(r'"(forms\.[a-z_]+)"', written))
    assert len(found) > 40
    assert {code for code in found if code not in catalogue()} == set()
