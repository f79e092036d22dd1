"""The one font of pictures and papers: where it is, how wide its text is, where a line breaks."""

import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

_WHEEL, _WHEEL_FILE = "pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf"
_SYSTEM = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSansSC-Regular.otf"),
)
_ELLIPSIS = "\u2026"
_PIECE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,:%/+\-]*|\n|.", re.DOTALL)
_SIMPLIFIED_IN_COLLECTION = 2  # the third face of Debian's collection; 0 in a file of one face


class FontMissingError(RuntimeError):
    """No Chinese font is installed, so that no chart or poster can be drawn."""


@cache
def sans_path() -> Path:
    """Noto Sans SC of the wheel, or of Debian's fonts-noto-cjk; raises FontMissingError."""
    spec = find_spec(_WHEEL)
    folders = spec.submodule_search_locations if spec else None
    of_wheel = [Path(folder) / _WHEEL_FILE for folder in folders or ()]
    for path in (*of_wheel, *_SYSTEM):
        if path.is_file():
            return path
    raise FontMissingError(
        "No Chinese font: install the pylopdf-fonts-zh-cn wheel or Debian's fonts-noto-cjk."
    )


@cache
def rare_path() -> Path | None:
    """A font with more letters than the wheel's, for rare names: Debian's, where it is there."""
    return next((path for path in _SYSTEM if path.is_file() and path != sans_path()), None)


def face_number(path: Path) -> int:
    """Which face of a font file is the simplified Chinese one."""
    return _SIMPLIFIED_IN_COLLECTION if path.suffix == ".ttc" else 0


@cache
def face(size: int) -> ImageFont.FreeTypeFont:
    """The font at `size` pixels."""
    path = sans_path()
    return ImageFont.truetype(str(path), size, index=face_number(path))


def width(text: str, size: int) -> float:
    """How many pixels `text` takes at `size`."""
    return face(size).getlength(text)


def drawable(text: str) -> str:
    """`text` on one line without marks that have no shape; a letter the font lacks shows a box."""
    one_line = "".join(" " if letter.isspace() else letter for letter in text)
    return "".join(
        letter
        for letter in unicodedata.normalize("NFC", one_line.encode("utf-8", "replace").decode())
        if unicodedata.category(letter) not in {"Cc", "Cf", "Mn", "Me"}
    )


def wrap(text: str, size: int, *, room: float, lines: int = 99) -> list[str]:
    """`text` broken into lines of at most `room` pixels; words and numbers stay whole.

    Closing punctuation hangs over the end rather than begin a line. What does not fit `lines`
    ends in an ellipsis.
    """
    broken = [""]
    for paragraph in map(drawable, text.splitlines() or [""]):
        fits = width(paragraph, size) <= room  # most do, and measuring is slow
        broken[-1] = paragraph.lstrip() if fits else ""
        for piece in () if fits else _pieces(paragraph, size, room):
            overfull = broken[-1] and width(broken[-1] + piece, size) > room
            may_hang = _closes(piece) and width(broken[-1], size) <= room
            if overfull and not may_hang:
                broken.append("")
            broken[-1] += piece if broken[-1] else piece.lstrip()
        broken.append("")
    whole = [line.rstrip() for line in broken[:-1]]
    return (
        whole if len(whole) <= lines else [*whole[: lines - 1], _cut(whole[lines - 1], size, room)]
    )


def _pieces(text: str, size: int, room: float) -> list[str]:
    """Words and single characters; a word too long for any line falls into its letters."""
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        pieces += [piece] if width(piece, size) <= room else list(piece)
    return pieces


def _closes(piece: str) -> bool:
    return len(piece) == 1 and unicodedata.category(piece) in {"Pe", "Pf", "Po"}


def _cut(line: str, size: int, room: float) -> str:
    while line and width(line + _ELLIPSIS, size) > room:
        line = line[:-1]
    return line + _ELLIPSIS
