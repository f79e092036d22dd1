"""Regular expressions: the automaton agrees with `re`, and no pattern takes long."""

import re
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.forms.expressions.automata import UnsupportedError, automaton
from services.forms.expressions.patterns import Pattern
from services.forms.expressions.syntax import ExpressionError

PATTERNS = [
    r"[0-9]{11}", r"\d{3}-\d{4}", r"1[3-9]\d{9}", r"[\w.+-]+@\w+\.[a-z]{2,}", r"(a|b)*c?",
    r"^[A-Z][a-z]+( [A-Z][a-z]+)*$", r"a{2,3}|b+", r"[^,]+(,[^,]+)*", r"(?:ab)+", r"[一-龥]{2,4}",
    r"", r"x*", r"(|a)b", r"[\]\-a]+", r"\.\*", r"a{0}b", r"(a{1,2}){2}", r".", r"a??b+?",
]  # fmt: skip


@pytest.mark.parametrize("written", PATTERNS)
@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet="abcxABz 019,.-@[]*王李\n", max_size=12))
def test_the_automaton_agrees_with_re(written: str, text: str) -> None:
    expected = re.fullmatch(written, text, re.ASCII) is not None
    assert automaton(written).matches(text) is expected
    assert Pattern(written).matches(text) is expected


def test_a_pattern_that_would_backtrack_for_years_answers_at_once() -> None:
    done = threading.Event()

    def match() -> None:
        for written in (r"(a+)+b", r"(a|a)*b", r"(.*a){20}b", r"^(([a-z])+.)+[A-Z]$"):
            assert not Pattern(written).matches("a" * 4000 + "!")
            assert not Pattern(written).matches("a" * 60 + "!")
        done.set()

    threading.Thread(target=match, daemon=True).start()
    assert done.wait(20), "the matching did not come to an end"


@pytest.mark.parametrize("written", [r"(", r"[a", r"(?=(a+)+)b", r"(a)\1(b+)+", r"*a"])
def test_what_cannot_be_bounded_or_read_is_refused(written: str) -> None:
    with pytest.raises(ExpressionError, match=r"form_check\.expression\.regex"):
        Pattern(written)


def test_simple_lookahead_still_works() -> None:
    with pytest.raises(UnsupportedError):
        automaton(r"(?=.*\d)[a-z0-9]{4}")
    assert Pattern(r"(?=.*\d)[a-z0-9]{4}").matches("ab1c")
    assert not Pattern(r"(?=.*\d)[a-z0-9]{4}").matches("abcd")


def test_unicode_classes() -> None:
    assert Pattern(r"\p{L}+").matches("王小二abc")
    assert not Pattern(r"\p{L}+").matches("王1")
    assert Pattern(r"\p{IsHan}{2,}").matches("王二")
