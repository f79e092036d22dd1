"""Breaking lines: no letter is lost, no line is too long, whatever the text."""

from hypothesis import given
from hypothesis import strategies as st

from handlers.files import fonts

TEXT = st.text(st.sampled_from("志愿服务证明,。()abc 123\n"), max_size=40)


@given(TEXT, st.integers(60, 400))
def test_lines_fit_and_nothing_is_lost(text: str, room: int) -> None:
    lines = fonts.wrap(text, 20, room=room)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        hangs = line[:-1] if line[-1:] in ",。)" else line
        assert fonts.width(hangs, 20) <= room


@given(TEXT.filter(lambda text: "\n" not in text and text.strip() == text and text))
def test_what_fits_stays_on_one_line(text: str) -> None:
    assert fonts.wrap(text, 20, room=fonts.width(text, 20)) == [text]
