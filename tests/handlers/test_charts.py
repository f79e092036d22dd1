"""Charts: bars as long as their numbers, text inside the picture, any label and value drawn."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from handlers.files import charts, fonts
from handlers.files.charts import COLOURS, Chart, Series, bar_chart, line_chart

RARE = "䶮㙍龘囍𠮷😀👨‍👩‍👧\ud83d\x07<b>&amp;"


def chart(*series: Sequence[float | None], labels: Sequence[str] = (), **more: str) -> Chart:
    labels = labels or [f"社区{n}" for n in range(len(series[0]))]
    names = ("已结案", "处置中", "逾期", "作废", "并入", "其他")
    named = [Series(name, values) for name, values in zip(names, series, strict=False)]
    return Chart(title=more.pop("title", "各社区上报"), labels=labels, series=named, **more)


def opened(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png))
    image.load()
    assert (image.format, image.mode, image.width) == ("PNG", "RGB", charts.WIDTH)
    assert image.width + image.height <= 10_000  # what Telegram takes as a photo
    assert image.height <= 20 * image.width
    return image


def runs(image: Image.Image, colour: str, *, below: int = 0) -> Iterator[tuple[int, int, int]]:
    """(top, left, width) of the widest run of a colour in each row of pixels that has one."""
    wanted = ImageColor.getrgb(colour)
    for down in range(below, image.height):
        row = image.crop((0, down, image.width, down + 1)).tobytes()
        across = [at for at in range(image.width) if tuple(row[3 * at : 3 * at + 3]) == wanted]
        if len(across) > 1:
            yield down, across[0], across[-1] - across[0] + 1


def bars(image: Image.Image, colour: str, *, below: int = 0) -> list[int]:
    """The widths of the separate bars of a colour, from the top."""
    found: list[tuple[int, int]] = []
    for down, _, wide in runs(image, colour, below=below):
        if found and down == found[-1][0] + 1:
            found[-1] = (down, max(found[-1][1], wide))
        else:
            found.append((down, wide))
    return [wide for _, wide in found]


def margins_are_white(image: Image.Image) -> bool:
    edges = [(0, 0, 12, image.height), (image.width - 12, 0, image.width, image.height)]
    edges += [(0, 0, image.width, 12), (0, image.height - 12, image.width, image.height)]
    return all(image.crop(edge).getextrema() == ((255, 255),) * 3 for edge in edges)


def test_bars_are_as_long_as_their_numbers() -> None:
    image = opened(bar_chart(chart([100, 50, 25, 0])))
    full, half, quarter = bars(image, COLOURS[0])
    assert half / full == pytest.approx(0.5, abs=0.01)
    assert quarter / full == pytest.approx(0.25, abs=0.01)
    assert full > 600


def test_a_number_stands_at_the_end_of_each_bar() -> None:
    with_number, without = (opened(bar_chart(chart([100, value]))) for value in (60, None))
    assert with_number.tobytes() != without.tobytes()
    [*_, (down, left, wide)] = runs(with_number, COLOURS[0])
    beside = with_number.crop((left + wide + 4, down - 30, left + wide + 80, down))
    assert beside.getextrema()[0][0] < 80  # type: ignore[index]


def test_grouped_bars_keep_to_one_scale_and_show_what_is_missing() -> None:
    image = opened(bar_chart(chart([40, 20], [10, None])))
    legend = 80
    assert bars(image, COLOURS[0])[0] < legend
    first = [wide for wide in bars(image, COLOURS[0]) if wide > legend]
    second = [wide for wide in bars(image, COLOURS[1]) if wide > legend]
    assert first[1] / first[0] == pytest.approx(0.5, abs=0.01)
    assert second[0] / first[0] == pytest.approx(0.25, abs=0.01)
    assert len(second) == 1


def test_a_stacked_bar_is_as_long_as_its_sum() -> None:
    image = opened(bar_chart(chart([30, 60], [10, 20], [0, 0]), stacked=True))
    first = [wide for wide in bars(image, COLOURS[0]) if wide > 80]
    second = [wide for wide in bars(image, COLOURS[1]) if wide > 80]
    assert first[0] / first[1] == pytest.approx(0.5, abs=0.01)
    assert second[1] / first[1] == pytest.approx(1 / 3, abs=0.01)


def test_nothing_but_noughts_is_drawn() -> None:
    assert margins_are_white(opened(bar_chart(chart([0, 0]))))
    assert margins_are_white(opened(bar_chart(chart([0, 0], [0, 0]), stacked=True)))
    assert margins_are_white(opened(line_chart(chart([0], [None]))))
    assert margins_are_white(opened(line_chart(chart([None, None]))))


def test_a_line_has_a_gap_where_there_is_no_value() -> None:
    whole, gap = (opened(line_chart(chart([5, value, 5]))) for value in (5, None))
    middle = (whole.width // 2 - 120, 0, whole.width // 2 + 180, whole.height)
    assert list(runs(whole.crop(middle), COLOURS[0]))
    wide = max(wide for _, _, wide in runs(whole, COLOURS[0]))
    assert wide > 700
    assert max(w for _, _, w in runs(whole.crop(middle), COLOURS[0])) > 200
    assert not [w for _, _, w in runs(gap.crop(middle), COLOURS[0]) if w > 40]


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0, 66], [0, 20, 40, 60, 80]),
        ([3.5, 6.5], [0, 2, 4, 6, 8]),
        ([0], [0, 0.5, 1]),
        ([-5, 5], [-5, 0, 5]),
        ([0.03], [0, 0.01, 0.02, 0.03]),
        ([1_000_000], [0, 500_000, 1_000_000]),
        ([], [0, 0.5, 1]),
    ],
)
def test_ticks_are_round_and_hold_every_value(values: list[float], ticks: list[float]) -> None:
    assert charts._ticks(values) == ticks


def test_numbers_of_one_chart_have_the_same_decimals() -> None:
    whole, parts = chart([1200.0, 3]), chart([8, 9.9], unit="%")
    assert [whole.number(value) for value in (1200.0, 3)] == ["1,200", "3"]
    assert [parts.number(value) for value in (8, 9.9)] == ["8.0%", "9.9%"]


def test_a_long_title_long_labels_and_a_note_stay_inside() -> None:
    long = "垃圾桶旁边经常堆得满满的,夏天味道大,希望增加清运次数!" * 6
    drawn = chart([3, 1], [2, 9], labels=[long, "A" * 300], title=long, subtitle=long, note=long)
    for image in (opened(bar_chart(drawn)), opened(line_chart(drawn))):
        assert margins_are_white(image)


def test_rare_letters_emoji_and_marks_are_drawn_or_left_out() -> None:
    drawn = chart([3, 1], labels=[RARE, ""], title=RARE, note=RARE, unit="件")
    assert margins_are_white(opened(bar_chart(drawn)))
    assert margins_are_white(opened(line_chart(drawn)))
    lone = [fonts.face(40).getmask(letter).getbbox() for letter in "䶮㙍龘"]
    box = fonts.face(40).getmask("\U000fffff")
    assert None not in lone
    assert all(bytes(fonts.face(40).getmask(letter)) != bytes(box) for letter in "䶮㙍龘张")


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(max_size=60), st.one_of(st.none(), st.floats(0, 1e9), st.integers(0, 10**7))
        ),
        min_size=1,
        max_size=8,
    ),
    st.booleans(),
)
def test_any_labels_and_values_give_a_picture(
    rows: list[tuple[str, float | None]], stacked: bool
) -> None:
    labels, values = [label for label, _ in rows], [value for _, value in rows]
    drawn = chart(values, values[::-1], labels=labels)
    assert margins_are_white(opened(bar_chart(drawn, stacked=stacked)))
    assert margins_are_white(opened(line_chart(drawn)))


def test_the_tallest_chart_is_taken_by_telegram() -> None:
    long = "不太满意,垃圾桶旁边经常堆得满满的,夏天味道大,希望增加清运次数,也希望有人引导" * 3
    opened(bar_chart(chart([1] * charts.MOST_BARS, labels=[long] * charts.MOST_BARS)))
    opened(line_chart(chart([1] * 400)))


def test_what_cannot_be_drawn_is_an_error() -> None:
    with pytest.raises(ValueError, match="label"):
        Chart(title="x", labels=[], series=[])
    with pytest.raises(ValueError, match="one value"):
        chart([1, 2], labels=["a"])
    with pytest.raises(ValueError, match="colours"):
        Chart(title="x", labels=["a"], series=[Series("x", [1])] * 7)
    with pytest.raises(ValueError, match="not a number"):
        chart([float("nan")])
    with pytest.raises(ValueError, match="negative"):
        bar_chart(chart([-1]))
    with pytest.raises(ValueError, match="More bars"):
        bar_chart(chart([1] * (charts.MOST_BARS + 1)))


# -- the font -----------------------------------------------------------------------------------


@given(st.text(max_size=80), st.integers(80, 400))
def test_wrapped_lines_keep_every_letter_and_the_room(text: str, room: int) -> None:
    lines = fonts.wrap(text, 34, room=room)
    kept = "".join(fonts.drawable("".join(text.splitlines())).split())
    assert "".join("".join(lines).split()) == kept
    for line in lines:
        assert fonts.width(line[:-1], 34) <= room


def test_words_and_numbers_stay_whole_and_punctuation_ends_a_line() -> None:
    lines = fonts.wrap("东湖社区上报128件,办结Telegram消息。", 34, room=200)
    assert any("128" in line for line in lines)
    assert any("Telegram" in line for line in lines)
    assert not any(line.startswith((",", "。")) for line in lines)
    assert fonts.wrap("一二三四五六七八九十", 34, room=110, lines=2)[-1].endswith("…")


def test_without_a_font_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    monkeypatch.setattr(fonts, "_SYSTEM", (Path("/nowhere/font.ttc"),))
    with pytest.raises(fonts.FontMissingError, match="fonts-noto-cjk"):
        fonts.sans_path.__wrapped__()
