"""Turns the pages of a list: the ways to the page before and the page after."""

from collections.abc import Sequence

from handlers.chat import Button
from handlers.texts import say

A_PAGE = 6


def turning(data: str, page: int, *, more: bool, onward: str = "next") -> tuple[Button, ...]:
    """The buttons '<data>:<page>' to the neighbours of a page, where there are any.

    `more` says whether a page follows, `onward` how the way there is called: next or more.
    """
    before = (Button(str(say("paging.previous")), f"{data}:{page - 1}"),) if page else ()
    after = (Button(str(say(f"paging.{onward}")), f"{data}:{page + 1}"),) if more else ()
    return (*before, *after)


def turning_row(
    data: str, page: int, count: int, a_page: int = A_PAGE, *, onward: str = "next"
) -> list[tuple[Button, ...]]:
    """The same for a list of `count`, as a row of its own; no row where there is one page."""
    ways = turning(data, page, more=count > (page + 1) * a_page, onward=onward)
    return [ways] if ways else []


def in_rows(buttons: Sequence[Button], a_row: int = 2) -> tuple[tuple[Button, ...], ...]:
    """Buttons side by side."""
    return tuple(tuple(buttons[i : i + a_row]) for i in range(0, len(buttons), a_row))


def paged(
    buttons: Sequence[Button], page: int, data: str, a_row: int = 2, a_page: int = A_PAGE
) -> tuple[tuple[Button, ...], ...]:
    """A page of the buttons in rows, and under it the way to the others."""
    shown = in_rows(buttons[page * a_page : (page + 1) * a_page], a_row)
    return (*shown, *turning_row(data, page, len(buttons), a_page, onward="more"))
