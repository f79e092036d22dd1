"""Rewrites the character tables of knowledge/lexicon from OpenCC, pypinyin and jieba."""

import collections
from collections.abc import Iterator
from pathlib import Path

import jieba
import opencc
import pypinyin

LEXICON = Path(__file__).resolve().parent.parent / "knowledge" / "lexicon"
HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x2A6E0))
RAREST = 10
"""Occurrences in a million letters below which a character counts as rare as any other."""


def traditional() -> dict[str, str]:
    """Simplified character to the traditional ones that OpenCC's t2s turns into it."""
    convert = opencc.OpenCC("t2s").convert
    rows: dict[str, str] = collections.defaultdict(str)
    for first, last in HAN:
        for character in map(chr, range(first, last)):
            simple = convert(character)
            if simple != character and len(simple) == 1:
                rows[simple] += character
    return rows


def syllables() -> dict[str, str]:
    """Toneless syllable to the simplified characters that pypinyin reads so first."""
    convert = opencc.OpenCC("t2s").convert
    rows: dict[str, str] = collections.defaultdict(str)
    for character in map(chr, range(*HAN[1])):
        read = pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, errors="ignore")
        if read and read[0][0].isascii() and convert(character) == character:
            rows[read[0][0]] += character
    return rows


def _jieba_words() -> Iterator[tuple[str, int]]:
    with (Path(jieba.__file__).parent / "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, count, _ = line.split(" ")
            yield word, int(count)


def frequencies() -> dict[str, str]:
    """Occurrences in a million letters, to two figures, to the characters that common."""
    counted: collections.Counter[str] = collections.Counter()
    for word, count in _jieba_words():
        for character in word:
            counted[character] += count
    total = counted.total()
    rows: dict[str, str] = collections.defaultdict(str)
    for character, count in sorted(counted.items()):
        if (share := count * 1e6 / total) >= RAREST:
            rows[f"{float(f'{share:.2g}'):05.0f}"] += character
    return rows


def write(name: str, rows: dict[str, str]) -> None:
    """One line per row, `key characters`, sorted, so that a change reads well."""
    lines = [f"{key} {characters}\n" for key, characters in sorted(rows.items())]
    (LEXICON / name).write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    write("simplified.txt", traditional())
    write("syllables.txt", syllables())
    write("frequencies.txt", frequencies())
