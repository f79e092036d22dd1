"""The paper of a certificate: every word can be read out, its code is its link."""

import re
import zlib
from pathlib import Path

import pytest
import segno

from handlers.files import fonts
from handlers.files.certificates import Paper, Service, writing
from tests.papers import pages

LINK = "https://t.me/street_office_bot?start=cert_0123456789abcdef01234567"
SIGNED = (("出具单位(盖章)", "东湖街道办事处"), ("负责人", ""), ("出具日期", "2026-11-24"))


def paper(*, name: str = "林秀英", services: int = 0, content: str = "环保创卫:1 次") -> Paper:
    return Paper(
        number="ZY2026-00001",
        facts=[
            ("志愿者姓名", name),
            ("志愿者编号", "V26-0001"),
            ("服务时间", "2026-01-01 至 2026-11-24"),
            ("服务时长(小时)", "2 小时"),
            ("服务次数", "1 次"),
        ],
        content=content,
        statement=f"兹证明 {name} 参加志愿服务,累计 2 小时。",
        signed=SIGNED,
        notice="本证明免费出具。",
        link=LINK,
        services=[Service("2026-11-01", f"活动{at}", "环保创卫", "2") for at in range(services)],
    )


def written(*papers: Paper) -> tuple[bytes, set[str]]:
    with writing("证明") as writer:
        for one in papers:
            writer.add(one)
        return writer.pdf(), writer.unprintable


def test_every_word_can_be_read_out() -> None:
    pdf, unprintable = written(paper(services=70))
    front, *lists = pages(pdf)
    for words in ("志愿服务记录证明", "ZY2026-00001", "林秀英", "V26-0001", "东湖街道办事处", LINK):
        assert words in front
    assert len(lists) == 3
    assert [f"活动{at}" in "\n".join(lists) for at in range(70)] == [True] * 70
    assert unprintable == set()


@pytest.mark.parametrize("name", ["㐂喆", "䶮", "𬭎𬀩", "𨱏", "欧阳·买买提", "龘", "㛃堃"])
def test_rare_letters_of_the_wheels_font_are_printed(name: str) -> None:
    pdf, unprintable = written(paper(name=name))
    assert name in pages(pdf)[0].replace("\n", "")
    assert unprintable == set()


@pytest.mark.skipif(fonts.rare_path() is None, reason="no second font (Debian's fonts-noto-cjk)")
@pytest.mark.parametrize("name", ["𠮷野", "林𬎆"])
def test_rarer_letters_come_from_the_second_font(name: str) -> None:
    pdf, unprintable = written(paper(name=name))
    assert name in pages(pdf)[0].replace("\n", "")
    assert unprintable == set()


def test_a_letter_no_font_has_is_a_square_to_fill_by_hand(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(fonts, "rare_path", lambda: None)
    pdf, unprintable = written(paper(name="林𠮷"))
    assert "林□" in pages(pdf)[0].replace("\n", "")
    assert unprintable == {"𠮷"}
    assert not caplog.records, "a name is nothing for the log"


def test_the_code_on_paper_is_the_code_of_the_link() -> None:
    pdf, _ = written(paper())
    streams = [zlib.decompress(s) for s in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
               if s[:1] == b"x"]  # fmt: skip
    content = next(each for each in streams if b" re f" in each)
    boxes = [
        tuple(float(number) for number in box)
        for box in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (-[\d.]+) re f", content)
    ]
    expected = [[bool(module) for module in row] for row in segno.make_qr(LINK, error="m").matrix]
    size = min(-box[3] for box in boxes)
    left, top = min(box[0] for box in boxes), max(box[1] for box in boxes)
    grid = [[False] * len(expected) for _ in expected]
    for across, up, width, _ in boxes:
        row, column = round((top - up) / size), round((across - left) / size)
        for step in range(round(width / size)):
            grid[row][column + step] = True
    assert grid == expected


def test_the_longest_certificate_keeps_its_lines_apart() -> None:
    """All categories, long names: nothing reaches into what stands below."""
    kind = "青少年思想道德建设:123 次,1234.5 小时"
    content = ";".join([kind] * 8) + ";名册里以前的记录:999 小时"
    one = paper(name="很" * 20, content=content)
    pdf, _ = written(one)
    placed = [float(up) for up in re.findall(rb" ([\d.]+) Td", _content(pdf))]
    tops = [float(up) for up in re.findall(rb" ([\d.]+) [\d.]+ -[\d.]+ re f", _content(pdf))]
    lines = pages(pdf)[0].split("\n")
    last_of_statement = placed[lines.index("出具单位(盖章):") - 1]
    first_below = placed[lines.index("本证明免费出具。")]
    assert last_of_statement > max(tops) + 8
    assert min(tops) > first_below + 8
    assert min(placed) > 36, "inside the frame"


def _content(pdf: bytes) -> bytes:
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    return next(d for s in streams if s[:1] == b"x" and b" re f" in (d := zlib.decompress(s)))


def test_two_certificates_in_one_file_are_two_pages() -> None:
    pdf, _ = written(paper(name="甲乙"), paper(name="丙丁"))
    first, second = pages(pdf)
    assert "甲乙" in first
    assert "丙丁" in second
    assert "甲乙" not in second


def test_the_font_is_embedded() -> None:
    pdf, _ = written(paper())
    assert b"/FontFile3" in pdf
    assert Path(fonts.sans_path()).stat().st_size > 10 * len(pdf), "only the letters in use"
