"""Posters: the code on paper and in the chat is the code of the link, and the text is all there."""

import re
import zlib
from io import BytesIO

import pytest
import segno
from PIL import Image

from handlers.files import qr
from handlers.files.qr import Poster, poster_pdf, poster_png

LINK = "https://t.me/street_office_bot?start=poster_donghu_01"


def poster(**changed: object) -> Poster:
    parts: dict[str, object] = {
        "title": "扫码上报身边的不文明",
        "lines": ("拍张照片发给小助手,社区帮您跟进。", "也可以问事、填问卷。"),
        "link": LINK,
        "foot": "东湖街道办事处",
    }
    return Poster(**{**parts, **changed})  # type: ignore[arg-type]


def expected(link: str = LINK) -> list[list[bool]]:
    return [[bool(module) for module in row] for row in segno.make_qr(link, error="m").matrix]


def boxes(drawn: Poster) -> list[qr._Box]:
    """The dark modules: every box but the band under the title."""
    return [mark for mark in qr._marks(drawn) if isinstance(mark, qr._Box)][1:]


def modules(boxes: list[tuple[float, ...]], count: int) -> list[list[bool]]:
    """The grid that boxes (left, top, width, height) cover."""
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    size = boxes[0][3]
    grid = [[False] * count for _ in range(count)]
    for box in boxes:
        row, column = round((box[1] - top) / size), round((box[0] - left) / size)
        for step in range(round(box[2] / size)):
            grid[row][column + step] = True
    return grid


def streams(pdf: bytes) -> list[bytes]:
    found = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    return [zlib.decompress(each) if each[:1] == b"x" else each for each in found]


def test_the_code_in_the_picture_is_the_code_of_the_link() -> None:
    image = Image.open(BytesIO(poster_png(poster()))).convert("L")
    assert image.size == (1190, 1684)
    dark = boxes(poster())
    left, top = min(box.left for box in dark) * 2, min(box.top for box in dark) * 2
    size = dark[0].height * 2
    assert size >= 14
    grid = expected()
    seen = [
        [
            image.getpixel((int(left + (x + 0.5) * size), int(top + (y + 0.5) * size))) < 128  # type: ignore[operator]
            for x in range(len(grid))
        ]
        for y in range(len(grid))
    ]
    assert seen == grid
    quiet = image.crop((int(left - 4 * size), int(top), int(left), int(top + len(grid) * size)))
    assert quiet.getextrema() == (255, 255)


def test_the_code_on_paper_is_the_code_of_the_link() -> None:
    pdf = poster_pdf(poster())
    assert pdf.startswith(b"%PDF-")
    assert b"/Count 1" in pdf
    assert b"/FontFile3" in pdf
    content = next(each for each in streams(pdf) if b" re f" in each)
    found = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (-[\d.]+) re f", content)
    boxes = [tuple(abs(float(number)) for number in box) for box in found][1:]
    upside_down = [(box[0], -box[1], *box[2:]) for box in boxes]
    assert modules(upside_down, len(expected())) == expected()


def test_the_text_on_paper_can_be_read_out() -> None:
    maps = b"".join(each for each in streams(poster_pdf(poster())) if b"bfchar" in each)
    mapped = {code.decode().upper() for code in re.findall(rb"<[0-9A-Fa-f]+> <(\w+)>", maps)}
    wanted = {f"{ord(letter):04X}" for letter in "扫码上报身边的不文明社区东湖街道tme"}
    assert wanted <= mapped


def test_much_text_makes_the_code_smaller_until_there_is_no_room() -> None:
    few, many = (
        max(box.height for box in boxes(poster(lines=("行" * 20,) * count))) for count in (1, 8)
    )
    assert few > many
    for draw in (poster_png, poster_pdf):
        with pytest.raises(ValueError, match="no room"):
            draw(poster(lines=("行" * 20,) * 30))
        with pytest.raises(ValueError, match="QR code"):
            draw(poster(link=LINK + "x" * 3000))


@pytest.mark.parametrize(
    "link", ["", "t.me/bot", "http://t.me/bot", "javascript:alert(1)", "https://", "https://a\nb"]
)
def test_only_a_safe_link_is_printed(link: str) -> None:
    with pytest.raises(ValueError, match="https"):
        poster(link=link)


def test_rare_letters_and_a_long_title_are_drawn() -> None:
    odd = poster(title="䶮" * 80, lines=("𠮷😀<b>\ud83d", ""), foot="脚" * 90)
    image = Image.open(BytesIO(poster_png(odd)))
    assert image.getpixel((2, 900)) == (255, 255, 255)
    assert poster_pdf(odd).startswith(b"%PDF-")
