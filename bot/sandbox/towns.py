"""Reads town.toml: who lives in the sandbox, fixed and made up."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.shapes import Json


@dataclass(frozen=True)
class Person:
    """Somebody who can write to the bot; `role` and `about` are for the page."""

    id: int
    name: str
    role: str = ""
    about: str = ""
    colour: str = "#5b6b7a"
    username: str = ""

    @property
    def phone(self) -> str:
        return f"+8619{self.id % 10**9:09d}"

    def user(self) -> Json:
        shape: Json = {"id": self.id, "is_bot": False, "first_name": self.name}
        if self.username:
            shape["username"] = self.username
        return shape | {"language_code": "zh-hans"}


@dataclass(frozen=True)
class Place:
    """A group, supergroup or channel that exists from the start."""

    id: int
    type: str
    title: str
    members: tuple[int, ...]
    admins: tuple[int, ...] = ()
    username: str = ""


@dataclass(frozen=True)
class Town:
    bot: Json
    people: tuple[Person, ...]
    places: tuple[Place, ...]


def read_town(path: Path) -> Town:
    """Raises OSError, TOMLDecodeError or TypeError for a town that cannot be read."""
    document = tomllib.loads(path.read_text("utf-8"))
    places = [_place(entry, "group") for entry in document.get("groups", ())]
    places += [_place(entry, "channel") for entry in document.get("channels", ())]
    people = tuple(Person(**entry) for entry in document.get("people", ()))
    return Town(bot=_bot(document["bot"]), people=people, places=tuple(places))


def _place(entry: Json, kind: str) -> Place:
    members = tuple(entry.get("members", ()))
    admins = tuple(entry.get("admins", ()))
    rest = {key: entry[key] for key in ("id", "title", "username") if key in entry}
    kind = "supergroup" if kind == "group" and rest["id"] < -(10**12) else kind
    return Place(type=kind, members=members, admins=admins, **rest)


def _bot(entry: Json) -> Json:
    return {
        "is_bot": True,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
    } | entry
