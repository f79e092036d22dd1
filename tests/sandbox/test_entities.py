"""Telegram's HTML by example and by property."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import detected, formatted, parse_html
from bot.sandbox.refusals import ApiError
from bot.sandbox.shapes import Json, utf16

plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(plain)
def test_escaped_text_comes_back_unchanged(text: str) -> None:
    escaped = html.escape(text, quote=False)
    assert parse_html(escaped) == (text, [])


@given(plain, plain, plain)
def test_offsets_count_utf16_units(before: str, inside: str, after: str) -> None:
    source = f"{html.escape(before)}<b>{html.escape(inside)}</b>{html.escape(after)}"
    text, entities = parse_html(source.replace("&#x27;", "&#39;"))
    assert text == before + inside + after
    if not inside:
        assert entities == []
        return
    (bold,) = entities
    units = text.encode("utf-16-le")
    start, end = bold["offset"] * 2, (bold["offset"] + bold["length"]) * 2
    assert units[start:end].decode("utf-16-le") == inside


def outcome(text: str) -> tuple[str, list[Json]] | str:
    try:
        return parse_html(text)
    except ApiError as error:
        return error.description


@given(st.text("<>/ab i&;\"='", max_size=30))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    got = outcome(text)
    if isinstance(got, str):
        assert got.startswith("Bad Request: can't parse entities: ")
        return
    parsed, entities = got
    assert all(0 <= e["offset"] <= e["offset"] + e["length"] <= utf16(parsed) for e in entities)


@pytest.mark.parametrize(
    ("source", "text", "kinds"),
    [
        ("<b><i>x</i></b>", "x", ["bold", "italic"]),
        ('<a href="https://x.cn/?a=1&amp;b=2">x</a>', "x", ["text_link"]),
        ('<a href="javascript:x">x</a>', "x", []),
        ('<span class="tg-spoiler">x</span>', "x", ["spoiler"]),
        ("<tg-spoiler>x</tg-spoiler>", "x", ["spoiler"]),
        ('<pre class="language-py">x</pre>', "x", ["pre"]),
        ("<blockquote expandable>x</blockquote>", "x", ["expandable_blockquote"]),
        ("&lt;b&gt; &amp; &#39;", "<b> & '", []),
        ("&nbsp;", "&nbsp;", []),
        ("  <b> x </b>  ", "x", ["bold"]),
        (
            "发 /start@the_bot 或 https://x.cn/a,再说",
            "发 /start@the_bot 或 https://x.cn/a,再说",
            ["bot_command", "url"],
        ),
    ],
)
def test_markup(source: str, text: str, kinds: list[str]) -> None:
    got, entities = formatted(source, "HTML", None)
    assert got == text
    assert sorted(e["type"] for e in entities) == kinds


def test_the_markup_that_is_not_known_is_refused() -> None:
    with pytest.raises(ApiError, match="unsupported parse_mode"):
        formatted("*x*", "MarkdownV2", None)
    with pytest.raises(ApiError, match="tg-spoiler"):
        parse_html("<span>x</span>")


def test_what_is_found_in_plain_text() -> None:
    found = {e["type"] for e in detected("/a #标签 @somebody a@b.cn https://x.cn 1/2 a/b")}
    assert found == {"bot_command", "hashtag", "mention", "email", "url"}
