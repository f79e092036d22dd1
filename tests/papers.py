"""Reads the text of a PDF that fpdf2 wrote: a reader of its own, as no PDF library is at hand."""

import re
import zlib
from collections.abc import Iterator

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) ?Tj", re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(pdf: bytes) -> list[str]:
    """The text of each page in order, a line for each piece that is drawn."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    fonts = {name: _letters(objects, number) for name, number in _fonts(objects)}
    ordered = [
        b for _, b in sorted(objects.items()) if b"/Type /Page\n" in b or b"/Type /Page>" in b
    ]
    return ["\n".join(_drawn(_content(objects, page), fonts)) for page in ordered]


def _content(objects: dict[int, bytes], page: bytes) -> bytes:
    found = re.search(rb"/Contents (\d+) 0 R", page)
    assert found is not None
    return _stream(objects[int(found[1])])


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found is not None
    return zlib.decompress(found[1]) if b"FlateDecode" in body else found[1]


def _fonts(objects: dict[int, bytes]) -> Iterator[tuple[bytes, int]]:
    for body in objects.values():
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body):
            yield name, int(number)


def _letters(objects: dict[int, bytes], number: int) -> dict[int, str]:
    """What each code of a font stands for, by its ToUnicode map."""
    found = re.search(rb"/ToUnicode (\d+) 0 R", objects[number])
    assert found is not None
    pairs = re.findall(rb"<([0-9A-F]+)> <([0-9A-F]+)>", _stream(objects[int(found[1])]))
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def _drawn(content: bytes, fonts: dict[bytes, dict[int, str]]) -> Iterator[str]:
    letters: dict[int, str] = {}
    for name, shown in _SHOWN.findall(content):
        if name:
            letters = fonts[name]
            continue
        raw = _ESCAPED.sub(lambda m: _ESCAPES.get(m[1], m[1]), shown)
        codes = [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]
        yield "".join(letters[code] for code in codes)
