"""The map: drawn for any places, and a page that fetches nothing and runs nothing of others."""

import json
import re
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from handlers.files import report_maps
from services.reports import periods
from services.reports.maps import Map, Spot

EVIL = "</script><script>alert(1)</script>"
degrees = st.floats(-0.14, 0.14, allow_nan=False)
spots = st.builds(
    Spot,
    st.sampled_from(["湖滨小区", "", EVIL, "很长很长很长很长很长很长的小区名字"]),
    st.just("东湖社区"),
    st.none() | degrees.map(lambda by: 30.7 + by),
    st.just(111.3),
    st.integers(1, 400),
    st.just(0),
    st.just((("楼道灯", 1),)),
)


def town(*found: Spot) -> Map:
    quiet = (Spot("社区广场", "东湖社区", 30.7001, 111.3002, 0, 0),)
    return Map(periods.last_days(90), found, quiet)


def spot(name: str, north: float, east: float, total: int = 1, closed: int = 0) -> Spot:
    return Spot(name, "东湖社区", 30.7 + north, 111.3 + east, total, closed, (("楼道灯", total),))


def facts(page: str) -> dict[str, object]:
    found = re.search(r'id="facts">(.*?)</script>', page, re.DOTALL)
    assert found
    read: dict[str, object] = json.loads(found[1])
    return read


@settings(max_examples=15, deadline=None)
@given(st.lists(spots, max_size=8))
def test_any_places_make_a_picture_that_telegram_takes(found: list[Spot]) -> None:
    image = Image.open(BytesIO(report_maps.picture(town(*found))))
    assert (image.format, image.width) == ("PNG", report_maps.WIDTH)
    assert image.height <= 20 * image.width
    assert image.width + image.height <= 10_000


def test_places_that_touch_are_one_circle_and_far_ones_are_not() -> None:
    near = [spot("甲", 0, 0, 9), spot("乙", 0.0001, 0), spot("丙", 0.01, 0.01, 4)]
    clusters = list(report_maps.clustered(near, report_maps.Plane(near), 9))
    assert sorted(one.total for one in clusters) == [4, 10]


def test_north_is_up_and_a_metre_is_a_metre() -> None:
    two = [spot("南西", 0, 0), spot("北东", 0.01, 0.01)]
    plane = report_maps.Plane(two)
    (west, south), (east, north) = (plane.at(one) for one in two)
    assert north < south
    assert west < east
    assert (east - west) / (south - north) == pytest.approx(0.8598, abs=0.01)  # cos 30.7 degrees


def test_the_page_asks_nobody_and_runs_nothing_of_others() -> None:
    page = report_maps.page(town(spot(EVIL, 0, 0)))
    assert "alert(1)</script>" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "img-src ;" in page
    assert "default-src 'none'" in page
    assert facts(page)["spots"][0]["name"] == EVIL  # type: ignore[index]


def test_tiles_come_only_from_where_the_office_says() -> None:
    page = report_maps.page(town(), tiles="https://tiles.example/{z}/{x}/{y}.png")
    assert "img-src https://tiles.example;" in page
    for wrong in ("javascript:alert(1)", "https://a.example;x/{z}", "//x/{z}", "ftp://x/{z}"):
        with pytest.raises(ValueError, match="map tiles"):
            report_maps.page(town(), tiles=wrong)


def test_the_text_says_what_the_picture_shows() -> None:
    many = [spot(f"小区{n}", 0, n / 1000, 20 - n) for n in range(15)]
    text = str(report_maps.text(town(*many)))
    assert "小区0 20 件" in text
    assert "还有 3 处" in text
    assert "没有可以公开的上报" in report_maps.text(town())
