"""The words people read: `say` fills a sentence of handlers/texts/zh with escaped parameters."""

from markupsafe import Markup, escape

from handlers.texts import moments
from handlers.texts.catalogues import catalogue

__all__ = ["catalogue", "join", "known", "plain", "say"]


def say(key: str, **params: object) -> Markup:
    """The sentence of this key; parameters are escaped, markup only comes from the copy.

    Moments, spans and days among the parameters are put in words, seen from now. Raises KeyError
    for an unknown key or a missing parameter.
    """
    text = catalogue()[key]
    if not params:
        return Markup(text)  # noqa: S704 - our own copy
    text, worded = moments.in_words(text, params)
    return Markup(text).format(**worded)  # noqa: S704 - our own copy; format escapes


def known(key: str) -> bool:
    return key in catalogue()


def join(parts: list[Markup] | tuple[Markup, ...], between: str = "\n") -> Markup:
    """Several texts as one, none of them escaped twice."""
    return Markup(between).join(parts)  # noqa: S704 - a line break


def plain(text: str) -> Markup:
    """Somebody's words, made safe to stand beside markup."""
    return escape(text)
