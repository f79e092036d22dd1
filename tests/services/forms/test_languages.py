"""The languages of a form: the default one is read first, Chinese is the usual one to begin in."""

import pytest

from services.forms import languages
from services.forms.checks import check
from services.forms.documents import Document
from services.forms.fillings import begin, current
from tests.services.forms.workbooks import from_table

TWO = (
    "| survey |",
    "| | type | name | label::English (en) | label::中文 |",
    "| | text | q | One | 一 |",
)


def test_results_speak_the_default_language_wherever_its_column_stands() -> None:
    settings = ("| settings |", "| | default_language |", "| | 中文 |")
    document = check(from_table([*TWO, *settings]), name="x").document
    assert document is not None
    assert document.languages == ("中文", "English (en)")
    assert [one.label.said() for one in document.questions()] == ["一"]


@pytest.mark.parametrize(
    ("listed", "usual"),
    [
        ((), ""),
        (("", "English (en)"), ""),
        (("English (en)", "中文 (zh)"), "中文 (zh)"),
        (("English", "Chinese"), "Chinese"),
        (("English (en)", "Français (fr)"), "English (en)"),
    ],
)
def test_chinese_is_the_usual_one(listed: tuple[str, ...], usual: str) -> None:
    assert languages.usual(Document("x", languages=listed)) == usual


def test_speaking_another_language_keeps_everything_else() -> None:
    document = check(from_table(list(TWO)), name="x").document
    assert document is not None
    filling = begin(document, "t", language=languages.usual(document))
    assert languages.others(filling) == [(0, "English (en)")]
    other = languages.speak(filling, 0)
    shown = current(other)
    assert shown is not None
    assert (shown.label, other.revision, other.answers) == ("One", filling.revision, {})
    assert languages.speak(filling, 7) is filling
