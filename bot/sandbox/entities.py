"""Telegram's HTML, parsed to plain text and entities (UTF-16 offsets), or refused in its words."""

import html
import re
from dataclasses import dataclass, field

from bot.sandbox.refusals import ApiError, bad_request
from bot.sandbox.shapes import Json, utf16

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
TOKEN = re.compile(r"<(/?)([^\s>/=]*)([^>]*)>|&(#x?[0-9a-fA-F]+|lt|gt|amp|quot);", re.ASCII)
ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
FOUND_ALONE = (
    ("url", re.compile(r"https?://[^\s<>\"\u3000-\u303f\uff00-\uffef]+")),
    ("email", re.compile(r"(?<![\w.])[\w.+-]+@[a-z0-9-]+(?:\.[a-z]{2,})+", re.ASCII)),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z]\w{3,31}\b", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w#&])#[^\W\d][\w]*")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[A-Za-z]\w{3,31})?", re.ASCII)),
)


@dataclass
class _Open:
    """A start tag that waits for its end."""

    tag: str
    offset: int
    extra: Json


@dataclass
class _Parser:
    source: str
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)

    def run(self) -> None:
        at = 0
        for token in TOKEN.finditer(self.source):
            self._plain(self.source[at : token.start()], at)
            at = token.end()
            if token[4] is not None:
                self.text += _character(token[4], token[0])
            elif token[1]:
                self._end(token[2].strip().lower(), token.start())
            else:
                self._start(token[2].lower(), token[3], token.start())
        self._plain(self.source[at:], at)
        if self.stack:
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')

    def _plain(self, text: str, at: int) -> None:
        if "<" in text:
            raise _cannot(f"Unclosed start tag at byte offset {self._bytes(at + text.index('<'))}")
        self.text += text

    def _start(self, tag: str, attributes: str, at: int) -> None:
        if tag not in TAGS:
            raise _cannot(f'Unsupported start tag "{tag}" at byte offset {self._bytes(at)}')
        given = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in ATTRIBUTE.finditer(attributes)}
        given = {name: html.unescape(value) for name, value in given.items()}
        if tag == "span" and given.get("class") != "tg-spoiler":
            where = self._bytes(at)
            raise _cannot(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        self.stack.append(_Open(tag, utf16(self.text), given))

    def _end(self, tag: str, at: int) -> None:
        where = self._bytes(at)
        if not self.stack:
            raise _cannot(f"Unexpected end tag at byte offset {where}")
        opened = self.stack.pop()
        if tag not in ("", opened.tag):
            raise _cannot(
                f"Unmatched end tag at byte offset {where},"
                f' expected "</{opened.tag}>", found "</{tag}>"'
            )
        length = utf16(self.text) - opened.offset
        entity = _entity(opened, self.text) if length else None
        if entity:
            self.entities.append(entity | {"offset": opened.offset, "length": length})

    def _bytes(self, at: int) -> int:
        return len(self.source[:at].encode("utf-8", "surrogatepass"))


def _cannot(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def _character(name: str, whole: str) -> str:
    if name in NAMED:
        return NAMED[name]
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else whole


def _entity(opened: _Open, text: str) -> Json | None:
    kind, extra = TAGS[opened.tag], opened.extra
    if kind == "text_link":
        url = extra.get("href") or text.encode("utf-16-le")[opened.offset * 2 :].decode("utf-16-le")
        return (
            {"type": kind, "url": url} if re.match(r"https?://|tg://|tel:|mailto:", url) else None
        )
    if kind == "blockquote" and "expandable" in extra:
        return {"type": "expandable_blockquote"}
    if kind == "custom_emoji":
        return {"type": kind, "custom_emoji_id": extra.get("emoji-id", "")}
    if kind == "pre" and extra.get("class", "").startswith("language-"):
        return {"type": kind, "language": extra["class"].removeprefix("language-")}
    return {"type": kind}


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Plain text and its entities. Raises ApiError 400, "can't parse entities: ..."."""
    parser = _Parser(source)
    parser.run()
    return parser.text, parser.entities


def formatted(source: str, mode: str | None, given: list[Json] | None) -> tuple[str, list[Json]]:
    """What a text becomes: markup parsed, white space at the ends cut, links and commands found.

    Only HTML is known here; the bot uses no other mode.
    """
    if mode and mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    text, entities = parse_html(source) if mode else (source, list(given or ()))
    text, entities = _trimmed(text, entities)
    entities += [found for found in detected(text) if not _overlaps(found, entities)]
    return text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def detected(text: str) -> list[Json]:
    """Commands, links, mentions and tags that Telegram finds in plain text by itself."""
    entities: list[Json] = []
    for kind, pattern in FOUND_ALONE:
        for match in pattern.finditer(text):
            entity: Json = {"type": kind, "offset": utf16(text[: match.start()])}
            entity["length"] = utf16(match[0])
            if not _overlaps(entity, entities):
                entities.append(entity)
    return sorted(entities, key=lambda entity: int(entity["offset"]))


def _overlaps(entity: Json, others: list[Json]) -> bool:
    end = entity["offset"] + entity["length"]
    return any(
        other["offset"] < end and entity["offset"] < other["offset"] + other["length"]
        for other in others
    )


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    start = utf16(text) - utf16(text.lstrip())
    text = text.strip()
    end, kept = utf16(text), []
    for entity in entities:
        first = max(entity["offset"] - start, 0)
        last = min(entity["offset"] + entity["length"] - start, end)
        if first < last:
            kept.append(entity | {"offset": first, "length": last - first})
    return text, kept
