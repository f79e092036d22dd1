"""SPSS system files (.sav), uncompressed, UTF-8, with labels; strings of any length.

The layout is that of the PSPP developers' guide, chapter "System File Format". The libraries that
write it want pandas or polars, which the office does not otherwise need.
"""

import re
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Value = str | int | float | None

_MISSING = -sys.float_info.max
_LONGEST_NAME, _LONGEST_LABEL, _LONGEST_VALUE_LABEL = 64, 255, 120  # bytes
_SHORT, _CHUNK, _SEGMENT = 255, 252, 255


@dataclass(frozen=True)
class SpssVariable:
    """A column; one with `labels` is numeric, its values are the keys."""

    name: str
    label: str
    numeric: bool
    labels: Mapping[int, str] = field(default_factory=dict)


def write_sav(variables: Sequence[SpssVariable], rows: Sequence[Sequence[Value]]) -> bytes:
    """The file; a text in a numeric column and None become missing."""
    widths = [0 if v.numeric else _width(rows, at) for at, v in enumerate(variables)]
    names = _names(variables)
    records, longs, very_long, labelled, at = [], [], [], [], 1
    for place, (variable, width) in enumerate(zip(variables, widths, strict=True)):
        short = f"V{place + 1}"
        longs.append(f"{short}={names[place]}")
        if width > _SHORT:
            very_long.append(f"{short}={width:05d}\0\t")
        if variable.labels:
            labelled.append((at, variable.labels))
        for number, part in enumerate(_parts(width)):
            own = short if not number else f"{short}_{number}"[:8]
            records.append(_variable(own, part, variable.label if not number else ""))
            at += _elements(part)
    pieces = [_header(at - 1, len(rows)), *records, *(_value_labels(*one) for one in labelled)]
    pieces += [_machine(), _extension(13, "\t".join(longs).encode())]
    if very_long:
        pieces.append(_extension(14, "".join(very_long).encode()))
    pieces += [_extension(20, b"UTF-8"), struct.pack("<ii", 999, 0)]
    pieces += (_case(row, widths) for row in rows)
    return b"".join(pieces)


def _width(rows: Sequence[Sequence[Value]], at: int) -> int:
    return max([1, *(len(_bytes(row[at])) for row in rows)])


def _bytes(value: Value) -> bytes:
    return b"" if value is None else str(value).encode("utf-8", "replace")


def _names(variables: Sequence[SpssVariable]) -> list[str]:
    """Unique whatever the case, of letters that SPSS takes."""
    taken: set[str] = set()
    names = []
    for place, variable in enumerate(variables, start=1):
        name = _cut(re.sub(r"[^\w.]", "_", variable.name).rstrip("."), _LONGEST_NAME - 6)
        if not name or not name[0].isalpha():
            name = f"v_{name}"
        if name.lower() in taken:
            name = f"{name}_{place}"
        taken.add(name.lower())
        names.append(name)
    return names


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")


def _parts(width: int) -> Iterator[int]:
    """A very long string is several variables, of which the first carries the name."""
    if width <= _SHORT:
        yield width
        return
    count = -(-width // _CHUNK)
    yield from [_SEGMENT] * (count - 1)
    yield width - (count - 1) * _CHUNK


def _elements(width: int) -> int:
    return max(1, -(-width // 8))


def _header(case_size: int, cases: int) -> bytes:
    product = b"@(#) SPSS DATA FILE".ljust(60)
    head = struct.pack("<4s60siiiiid", b"$FL2", product, 2, case_size, 0, 0, cases, 100.0)
    return head + b"01 Jan 00" + b"00:00:00" + b" " * 64 + b"\0" * 3


def _variable(name: str, width: int, label: str) -> bytes:
    shape = 5 << 16 | 10 << 8 | 2 if not width else 1 << 16 | min(width, 255) << 8
    text = _cut(label, _LONGEST_LABEL).encode()
    made = struct.pack("<iiiiii8s", 2, width, bool(text), 0, shape, shape, name.encode().ljust(8))
    if text:
        made += struct.pack("<i", len(text)) + text.ljust(-(-len(text) // 4) * 4)
    rest = struct.pack("<iiiiii8s", 2, -1, 0, 0, 0, 0, b" " * 8)
    return made + rest * (_elements(width) - 1)


def _value_labels(at: int, labels: Mapping[int, str]) -> bytes:
    made = struct.pack("<ii", 3, len(labels))
    for value, label in labels.items():
        text = _cut(label, _LONGEST_VALUE_LABEL).encode()
        room = -(-(len(text) + 1) // 8) * 8 - 1
        made += struct.pack("<dB", value, len(text)) + text.ljust(room)
    return made + struct.pack("<iii", 4, 1, at)


def _machine() -> bytes:
    lowest = struct.unpack("<d", struct.pack("<Q", 0xFFEFFFFFFFFFFFFE))[0]
    integers = struct.pack("<iiii8i", 7, 3, 4, 8, 1, 0, 0, -1, 1, 1, 2, 65001)
    return integers + struct.pack("<iiiiddd", 7, 4, 8, 3, _MISSING, sys.float_info.max, lowest)


def _extension(kind: int, content: bytes) -> bytes:
    return struct.pack("<iiii", 7, kind, 1, len(content)) + content


def _case(row: Sequence[Value], widths: Sequence[int]) -> bytes:
    return b"".join(
        _text(value, width) if width else _number(value)
        for value, width in zip(row, widths, strict=True)
    )


def _number(value: Value) -> bytes:
    return struct.pack("<d", value if isinstance(value, int | float) else _MISSING)


def _text(value: Value, width: int) -> bytes:
    content = _bytes(value)
    made = b""
    for part in _parts(width):
        piece, content = content[:_SEGMENT], content[_SEGMENT:]
        made += piece.ljust(_elements(part) * 8)
    return made
