"""Places and numbers as residents write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports import numerals, places

DIGITS = "零一二三四五六七八九"
GAZETTEER = (
    places.Known("东湖社区", ("东湖", "东湖居委会")),
    places.Known("锦绣家园", ("锦绣",), kind="estate"),
)


def spelled(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, f"{DIGITS[tens]}十")
    return head + (DIGITS[ones] if ones else "")


def wide(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3号楼2单元4楼灯坏了", ("3", "2", "4")),
        ("3號樓2單元4樓燈壞了", ("3", "2", "4")),
        ("３号楼２单元４楼灯坏了", ("3", "2", "4")),
        ("三栋二单元五楼没灯", ("3", "2", "5")),
        ("3-2-401门口的灯", ("3", "2", "4")),
        ("住12-1503", ("12", None, "15")),
        ("12楼3门501楼道灯不亮", ("12", "3", "5")),
        ("5栋二门七楼俩灯不亮", ("5", "2", "7")),
        ("3号楼2单元401门口", ("3", "2", "4")),
        ("B座10层电梯停了", ("B", None, "10")),
        ("十二号楼东单元顶楼", ("12", "东", places.TOP)),
        ("7幢地下二层积水", ("7", None, "-2")),
        ("负一楼车库没灯", (None, None, "-1")),
        ("7#楼1单元", ("7", "1", None)),
        ("5-6楼灯不亮", (None, None, "5")),
        ("五楼到六楼的灯", (None, None, "5")),
        ("3栋-2单元-4楼", ("3", "2", "4")),
        ("C3-1-1202", ("C3", "1", "12")),
        ("-1楼车库", (None, None, "-1")),
        ("六楼墙皮掉了", (None, None, "6")),
        ("2019-9-10晚上,电话13800001111", (None, None, None)),
        ("楼上每天往楼下扔垃圾", (None, None, None)),
        ("门口的路灯坏了", (None, None, None)),
        ("", (None, None, None)),
        ("😀😀", (None, None, None)),
    ],
)
def test_building_entrance_and_floor(text: str, said: tuple[str | None, ...]) -> None:
    place = places.parse(text)
    assert (place.building, place.entrance, place.floor) == said


@given(
    building=st.integers(1, 99),
    entrance=st.integers(1, 19),
    floor=st.integers(1, 39),
    ending=st.sampled_from(["号楼", "栋", "幢", "#楼", "号栋"]),
    write=st.sampled_from([str, spelled, wide]),
)
def test_every_spelling_means_the_same(building, entrance, floor, ending, write) -> None:  # type: ignore[no-untyped-def]
    text = f"{write(building)}{ending}{write(entrance)}单元{write(floor)}楼的灯不亮"
    place = places.parse(text)
    said = (place.building, place.entrance, place.floor)
    assert said == (str(building), str(entrance), str(floor))
    assert place.text is not None
    assert text.startswith(place.text[:2]) or write is wide


@pytest.mark.parametrize(
    ("text", "estate", "words"),
    [
        ("幸福小区5号楼3单元4楼楼道灯不亮", "幸福小区", "幸福小区5号楼3单元4楼"),
        ("我住在光明花园二期六栋", "光明花园", "光明花园二期六栋"),
        ("市府家属院3栋有一堆垃圾", "市府家属院", "市府家属院3栋"),
        ("我们小区没有路灯", None, None),
        ("整个小区都是垃圾", None, None),
        ("人民路12号门口井盖没了", None, "人民路12号门口"),
        ("东六路有较大的坑", None, "东六路"),
        ("B座楼下太吵", None, "B座楼下"),
    ],
)
def test_estates_roads_and_the_words_themselves(
    text: str, estate: str | None, words: str | None
) -> None:
    place = places.parse(text)
    assert (place.estate, place.text) == (estate, words)


@pytest.mark.parametrize(
    "text", ["东湖锦绣家园12幢", "东湖居委会这边锦绣12幢", "锦绣家园12幢,归东湖社区"]
)
def test_names_of_the_gazetteer_are_found_by_any_name(text: str) -> None:
    place = places.parse(text, gazetteer=GAZETTEER)
    assert (place.community, place.estate, place.building) == ("东湖社区", "锦绣家园", "12")


def test_a_name_inside_a_longer_one_is_not_said() -> None:
    known = (places.Known("东湖社区", ("东湖",)), places.Known("东湖花园", (), kind="estate"))
    place = places.parse("东湖花园3#2单元", gazetteer=known)
    assert (place.community, place.estate, place.building) == (None, "东湖花园", "3")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("坏了两盏灯", 2),
        ("灯坏了3个", 3),
        ("坏了十二盏", 12),
        ("俩灯不亮", 2),
        ("少了一块盖板", 1),
        ("五部电梯,坏了两部", 2),
        ("坏了好几盏", None),
        ("十几盏灯都不亮", None),
        ("坏了两三盏", None),
        ("有5、6盏灯不亮", None),
        ("5到6盏灯不亮", None),
        ("坏了三个月", None),
        ("有两个人摔倒", None),
        ("第三个灯", None),
        ("3号楼2单元", None),
        ("灯坏了", None),
    ],
)
def test_how_many(text: str, number: int | None) -> None:
    assert places.quantity(text) == number


@given(st.integers(0, 999))
def test_numerals_in_figures(number: int) -> None:
    hundreds, rest = divmod(number, 100)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if hundreds and rest:
        text += f"零{DIGITS[rest]}" if rest < 10 else ("一" if rest < 20 else "") + spelled(rest)
    elif not hundreds:
        text = spelled(number) or "零"
    assert numerals.number(text) == number
    assert numerals.number(str(number)) == number


@given(st.text(max_size=300))
def test_any_text_has_a_place_or_none(text: str) -> None:
    place = places.parse(text)
    assert all(value is None or value for value in (place.building, place.estate, place.text))
    assert places.parse(text, gazetteer=GAZETTEER) is not None


def test_one_spelling_of_a_place_is_words_and_no_pattern() -> None:
    assert places.canonical("3栋二单元门五层灯坏") == "3号楼2单元5楼灯坏"
