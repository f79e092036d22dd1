"""Keeps chats and files between two starts of the demonstration, in a folder of its own."""

import json
from dataclasses import asdict
from pathlib import Path

from bot.sandbox.chats import Chat
from bot.sandbox.files import StoredFile, Upload
from bot.sandbox.refusals import SimError
from bot.sandbox.shapes import Json
from bot.sandbox.updates import Pending
from bot.sandbox.world import World

INDEX = "state.json"
SETS = ("members", "admins", "sealed")
BY_NUMBER = ("messages", "keyboards", "faded", "unread")


def save_state(world: World, folder: Path) -> None:
    """Writes the whole state; a crash in between leaves the state before."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "chats": [_chat_out(chat) for chat in world.chats.values()],
        "files": [_file_out(file, folder) for file in world.files.all()],
        "words": [[*key, text] for key, text in world.profile.words.items()],
        "commands": [[*key, commands] for key, commands in world.profile.commands.items()],
        "allowed": world.updates.allowed,
        "counters": world.ids.counters,
        "pending": [asdict(entry) for entry in world.updates.pending()],
    }
    draft = folder / f"{INDEX}.new"
    draft.write_text(json.dumps(document), "utf-8")
    draft.replace(folder / INDEX)


def load_state(world: World, folder: Path) -> None:
    """Reads what `save_state` wrote; a folder without it changes nothing.

    Raises SimError when it cannot be read.
    """
    index = folder / INDEX
    if not index.is_file():
        return
    try:
        _restore(world, json.loads(index.read_text("utf-8")), folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SimError(f"{index} cannot be read; move it away to start anew") from error


def _restore(world: World, document: Json, folder: Path) -> None:
    for entry in document["chats"]:
        _chat_in(world, entry)
    for entry in document["files"]:
        data = (folder / entry["unique_id"]).read_bytes()
        upload = Upload(entry.pop("name"), data, entry.pop("mime"))
        world.files.restore(StoredFile(upload=upload, **entry))
    world.profile.words = {(a, b): text for a, b, text in document["words"]}
    world.profile.commands = {(a, b): commands for a, b, commands in document["commands"]}
    world.updates.allowed = document["allowed"]
    for kind, last in document["counters"].items():
        world.ids.counters[kind] = max(last, world.ids.number(kind) - 1)
    for entry in document["pending"]:
        world.updates.restore(Pending(**entry))


def _chat_out(chat: Chat) -> Json:
    return {k: sorted(v) if k in SETS else v for k, v in vars(chat).items()}


def _chat_in(world: World, entry: Json) -> None:
    for name in SETS:
        entry[name] = set(entry[name])
    for name in BY_NUMBER:
        entry[name] = {int(key): value for key, value in entry[name].items()}
    chat = Chat(**entry)
    if chat.type == "private":
        world.person(chat.id)
        chat.first_name = world.people[chat.id].name
    world.chats[chat.id] = chat


def _file_out(file: StoredFile, folder: Path) -> Json:
    place = folder / file.unique_id
    if not place.exists():
        place.write_bytes(file.upload.data)
    entry = {k: v for k, v in vars(file).items() if k != "upload"}
    return entry | {"name": file.upload.name, "mime": file.upload.mime}
