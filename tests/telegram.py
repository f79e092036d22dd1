"""A Telegram that lives in the test: people who send and tap, workers that answer, chats that show.

Every call the bot makes is checked against the Bot API's description where it is at hand.
"""

import io
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image
from pydantic import SecretStr
from telegram.request import BaseRequest, RequestData

from bot.app import Process
from bot.pacing import Pace
from bot.sandbox.entities import parse_html
from bot.sandbox.specs import Spec, read_spec
from bot.settings import Settings
from bot.worker import Worker
from db.engine import Database
from db.stores import people as people_rows
from db.work import Work
from handlers import notices
from handlers.chat import Chat, Input, Kind
from services import clock, notice_hours
from services.people import identities as people
from services.permissions import Role

SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).resolve().parents[2] / "shared"))
SPEC_FILE = SHARED / "botapi" / "api.json"
TEST_KEY = "a-key-for-tests-only-and-long-enough"
BOT = {"id": 42, "is_bot": True, "first_name": "bot", "username": "office_bot"}


def picture(width: int = 64, height: int = 48, kind: str = "JPEG") -> bytes:
    """A small real photo."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), (90, 120, 60)).save(target, kind)
    return target.getvalue()


@dataclass(frozen=True)
class Photo:
    """A photo somebody sends; `album` groups several."""

    content: bytes = b""
    caption: str = ""
    album: str | None = None


@dataclass(frozen=True)
class File:
    """A file somebody sends."""

    content: bytes
    name: str = "file.bin"
    mime: str = "application/octet-stream"
    caption: str = ""


@dataclass(frozen=True)
class Location:
    latitude: float
    longitude: float
    accuracy: float | None = None


@dataclass(frozen=True)
class SharedContact:
    phone: str
    own: bool = True


@dataclass
class Shown:
    """A message of the bot as it stands on the person's screen now."""

    message_id: int
    text: str
    buttons: dict[str, str] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    file: bytes | None = None
    file_name: str = ""
    edited: int = 0


class Network(BaseRequest):
    """PTB's transport with a small Telegram behind it, shared by all workers of a town."""

    def __init__(self, town: "Town") -> None:
        self._town = town
        self._spec: Spec | None = read_spec(SPEC_FILE) if SPEC_FILE.exists() else None

    @property
    def read_timeout(self) -> float:
        return 1

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,
        connect_timeout: Any = None,
        pool_timeout: Any = None,
    ) -> tuple[int, bytes]:
        if "/file/" in url:
            return 200, self._town.files[url.rpartition("/")[2]]
        name = url.rpartition("/")[2]
        params = dict(request_data.parameters) if request_data else {}
        uploads = dict(request_data.multipart_data) if request_data else {}
        self._check(name, params, list(uploads))
        try:
            result = self._town.answer(name, params, uploads)
        except ApiError as error:
            body = {"ok": False, "error_code": error.code, "description": error.description}
            if error.parameters:
                body["parameters"] = error.parameters
            return error.code, json.dumps(body).encode()
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def _check(self, name: str, params: dict[str, Any], uploads: list[str]) -> None:
        if self._spec is not None:
            wrong = self._spec.request(name, params, uploads)
            assert not wrong, f"the bot made a bad call of {name}: {wrong}"
        text = params.get("text") or params.get("caption")
        if text and params.get("parse_mode") == "HTML":
            parse_html(text)


class ApiError(Exception):
    """A refusal in Telegram's shape."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class Somebody:
    """A person in a private chat with the bot (or in a group: `in_group`)."""

    town: "Town"
    id: int
    name: str
    screen: list[Shown] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    has_blocked: bool = False

    async def sends(self, *things: object, **extra: Any) -> None:
        """Send texts, photos, files, a location or a contact, one update each."""
        for what in things:
            await self.town.deliver({"message": self.message(what) | extra})

    async def taps(self, label: str, on: Shown | None = None) -> None:
        """Tap the newest button whose label contains this, or one of an older message."""
        shown = on or next(
            (s for s in reversed(self.screen) if any(label in b for b in s.buttons)), None
        )
        assert shown is not None, f"{self.name} sees no button {label!r}:\n{self.transcript()}"
        found = next((d for b, d in shown.buttons.items() if label in b), None)
        assert found is not None, f"no button {label!r} on that message, only {list(shown.buttons)}"
        await self.presses(found, shown)

    async def presses(self, data: str, on: Shown | None = None) -> None:
        """Send a button's data, real or forged."""
        shown = on or (self.screen[-1] if self.screen else Shown(1, "?"))
        message = self.base() | {"message_id": shown.message_id, "text": shown.text, "from": BOT}
        query = {
            "id": str(next(self.town.ids)),
            "from": self.user(),
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
        await self.town.deliver({"callback_query": query})

    def sees(self, *parts: str, buttons: Sequence[str] | None = None) -> Shown:
        """The last message holds all the parts (and each of these buttons)."""
        assert self.screen, f"{self.name} sees an empty chat"
        return self._check(self.screen[-1], parts, buttons)

    def sees_somewhere(self, *parts: str) -> Shown:
        """Some message, the newest first, holds all the parts."""
        for shown in reversed(self.screen):
            if all(part in shown.text for part in parts):
                return shown
        raise AssertionError(f"{self.name} sees {parts} nowhere:\n{self.transcript()}")

    def _check(self, shown: Shown, parts: Sequence[str], buttons: Sequence[str] | None) -> Shown:
        for part in parts:
            assert part in shown.text, (
                f"{self.name} expected {part!r}, the bot said:\n{shown.text}\n{list(shown.buttons)}"
            )
        for label in buttons or ():
            assert any(label in b for b in shown.buttons), (
                f"{self.name} misses button {label!r}: {list(shown.buttons)}\n{shown.text}"
            )
        return shown

    def sees_toast(self, part: str) -> None:
        assert self.toasts, f"{self.name} got no toast"
        assert part in self.toasts[-1], f"expected a toast {part!r}, got {self.toasts[-1]!r}"

    def sees_nothing_new(self, since: int) -> None:
        assert len(self.screen) == since, f"unexpected: {self.screen[since:]}"

    def transcript(self) -> str:
        return "\n".join(f"[{s.message_id}] {s.text} {list(s.buttons)}" for s in self.screen)

    def user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": self.name}

    def base(self) -> dict[str, Any]:
        return {
            "message_id": next(self.town.ids),
            "date": int(clock.now().timestamp()),
            "chat": {"id": self.id, "type": "private", "first_name": self.name},
            "from": self.user(),
        }

    def message(self, what: object) -> dict[str, Any]:
        body = self.base()
        if isinstance(what, str):
            body["text"] = what
            if what.startswith("/"):
                length = len(what.split()[0])
                body["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        elif isinstance(what, Photo):
            body |= self.town.photo(what)
        elif isinstance(what, File):
            file_id = self.town.store(what.content)
            body["document"] = {
                "file_id": file_id,
                "file_unique_id": f"u{file_id}",
                "file_name": what.name,
                "mime_type": what.mime,
                "file_size": len(what.content),
            }
            if what.caption:
                body["caption"] = what.caption
        elif isinstance(what, Location):
            body["location"] = {"latitude": what.latitude, "longitude": what.longitude}
            if what.accuracy is not None:
                body["location"]["horizontal_accuracy"] = what.accuracy
        elif isinstance(what, SharedContact):
            owner = {"user_id": self.id} if what.own else {}
            body["contact"] = {"phone_number": what.phone, "first_name": self.name, **owner}
        elif isinstance(what, dict):
            body |= what
        else:
            raise TypeError(what)
        return body


@dataclass
class Town:
    """Some people, two workers that take turns, one database."""

    url: str
    processes: list[Process]
    workers: list[Worker]
    folder: Path
    people: dict[int, Somebody] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ids: Any = field(default_factory=lambda: count(1000))
    turn: Any = field(default_factory=count)
    flood: list[ApiError] = field(default_factory=list)
    jobs_run: bool = True

    @classmethod
    async def build(cls, url: str, folder: Path, n: int = 2) -> "Town":
        town = cls(url, [], [], folder)
        for _ in range(n):
            await town.start_process()
        async with town.database.write() as session:
            await notice_hours.never_quiet(Work(session))  # tests run at any hour
        return town

    async def start_process(self) -> Process:
        """One more process on the same database (also: the process after a restart)."""
        settings = Settings(
            _env_file=None,
            database_url=self.url,
            data_dir=self.folder,
            demo=False,
            secret_key=SecretStr(TEST_KEY),
        )
        process = Process(settings, token="42:" + "x" * 35, request=Network(self))
        await process.office.refresh(process.database)
        await process.application.initialize()
        process.office.bot_username, process.office.bot_id = "office_bot", 42
        self.processes.append(process)
        self.workers.append(process.make_worker())
        return process

    @property
    def database(self) -> Database:
        return self.processes[0].database

    async def close(self) -> None:
        for process in self.processes:
            await process.close()

    async def person(
        self, name: str, role: Role | None = None, *, community: str | None = None
    ) -> Somebody:
        """Somebody; with a role they hold it in a community (by its code) or the whole street."""
        somebody = Somebody(self, 100 + len(self.people), name)
        self.people[somebody.id] = somebody
        async with self.database.write() as session:
            row = await people_rows.meet(session, somebody.id, now=clock.now())
            scope = (await self.community_id(community)) if community else 0
            if community:
                row.community_id = scope
            if role:
                await people_rows.grant(
                    session,
                    row.id,
                    role,
                    scope_kind="community" if community else "street",
                    scope_id=scope,
                    granted_by=None,
                    now=clock.now(),
                )
        return somebody

    async def community_id(self, code: str) -> int:
        from db.stores import places

        async with self.database.read() as session:
            return next(c.id for c in await places.communities(session) if c.code == code)

    async def person_id(self, somebody: Somebody) -> int:
        async with self.database.read() as session:
            row = await people_rows.by_telegram_id(session, somebody.id)
            assert row is not None
            return row.id

    async def deliver(self, content: dict[str, Any], *, update_id: int | None = None) -> None:
        """An update arrives, is handled, and the answers are sent."""
        number = update_id if update_id is not None else next(self.ids)
        await self.processes[0].intake.accept([{"update_id": number, **content}])
        await self.work()

    async def work(self) -> None:
        """Let the workers take turns until nothing is left, then run jobs and send."""
        for _ in range(200):
            worker = self.workers[next(self.turn) % len(self.workers)]
            if not await worker.step():
                break
        process = self.processes[-1]
        runner = process.make_job_runner()
        while self.jobs_run and await runner.step():
            continue
        for each in self.processes:
            await each.answers.drain()
        await process.make_sender(Pace(times=1000)).flush()

    async def turn_of(self, who: Somebody, feature: Callable[[Chat], Awaitable[None]]) -> None:
        """Run a feature for somebody as a worker would, in one transaction."""
        process = self.processes[0]
        async with process.database.write() as session:
            work = Work(session)
            person, actor = await people.recognise(work, telegram_id=who.id, is_admin=False)
            given = Input(Kind.OTHER)
            chat = Chat(work, actor, who.id, given, process.office, telegram_id=who.id)
            chat.large_print = person.large_print
            await feature(chat)
            await notices.deliver(work)
        await self.work()

    async def clock_work(self) -> None:
        """Run what the timetable has due now, and send."""
        await self.processes[0].make_timetable().run_due()
        await self.work()

    def store(self, content: bytes) -> str:
        file_id = f"file{next(self.ids)}"
        self.files[file_id] = content
        return file_id

    def photo(self, what: Photo) -> dict[str, Any]:
        content = what.content or picture()
        file_id = self.store(content)
        size = {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": len(content)}
        body: dict[str, Any] = {"photo": [size | {"width": 64, "height": 48}]}
        if what.caption:
            body["caption"] = what.caption
        if what.album:
            body["media_group_id"] = what.album
        return body

    # -- Telegram's side --------------------------------------------------------------------

    def answer(self, name: str, params: dict[str, Any], uploads: dict[str, Any]) -> Any:
        """Telegram's reply to a call; raises ApiError."""
        self.calls.append((name, params))
        if self.flood and name.startswith("send"):
            raise self.flood.pop(0)
        handler = getattr(self, f"_on_{name.lower()}", None)
        if handler is not None:
            return handler(params)
        if name == "editMessageMedia":
            return self._change_picture(params, uploads)
        if name.startswith("send") and name != "sendChatAction":
            return self._on_send(params, uploads)
        return True

    def _on_getme(self, _params: dict[str, Any]) -> Any:
        return BOT | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": True,
        }

    def _on_getfile(self, params: dict[str, Any]) -> Any:
        file_id = params["file_id"]
        if file_id not in self.files:
            raise ApiError(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_path": file_id}

    def _on_answercallbackquery(self, params: dict[str, Any]) -> Any:
        for somebody in self.people.values():
            if somebody.toasts is not None and params.get("text"):
                somebody.toasts.append(params["text"])
        return True

    def _change_picture(self, params: dict[str, Any], uploads: dict[str, Any]) -> Any:
        somebody = self.people[int(params["chat_id"])]
        at = [shown.message_id for shown in somebody.screen].index(params["message_id"])
        fresh = self._shown({**params, **params["media"]}, uploads, params["message_id"])
        somebody.screen[at] = replace(fresh, edited=somebody.screen[at].edited + 1)
        return self._as_message(params["chat_id"], params["message_id"])

    def _on_editmessagetext(self, params: dict[str, Any]) -> Any:
        somebody = self.people.get(int(params["chat_id"]))
        shown = (
            next((s for s in somebody.screen if s.message_id == params["message_id"]), None)
            if somebody
            else None
        )
        if somebody is None or shown is None:
            raise ApiError(400, "Bad Request: message to edit not found")
        fresh = self._shown(params, {}, shown.message_id)
        if (fresh.text, fresh.buttons) == (shown.text, shown.buttons):
            raise ApiError(400, "Bad Request: message is not modified")
        at = somebody.screen.index(shown)
        somebody.screen[at] = replace(fresh, edited=shown.edited + 1)
        return self._as_message(params["chat_id"], shown.message_id)

    def _on_send(self, params: dict[str, Any], uploads: dict[str, Any]) -> Any:
        chat_id = int(params["chat_id"])
        somebody = self.people.get(chat_id)
        if somebody is not None and somebody.has_blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        message_id = next(self.ids)
        if somebody is not None:
            somebody.screen.append(self._shown(params, uploads, message_id))
        return self._as_message(chat_id, message_id)

    def _on_copymessage(self, params: dict[str, Any]) -> Any:
        """The copy shows what it is a copy of."""
        message_id = next(self.ids)
        words = f"copy of {params['message_id']} in {params['from_chat_id']}"
        self.people[int(params["chat_id"])].screen.append(Shown(message_id, words))
        return {"message_id": message_id}

    def _as_message(self, chat_id: int, message_id: int) -> dict[str, Any]:
        return {
            "message_id": message_id,
            "date": int(clock.now().timestamp()),
            "chat": {"id": chat_id, "type": "private"},
        }

    def _shown(self, params: dict[str, Any], uploads: dict[str, Any], message_id: int) -> Shown:
        html = params.get("text") or params.get("caption") or ""
        text = parse_html(html)[0] if params.get("parse_mode") == "HTML" else html
        markup = params.get("reply_markup") or {}
        rows = markup.get("inline_keyboard", [])
        keys = [k["text"] for row in markup.get("keyboard", []) for k in row]
        upload = next(iter(uploads.values()), None)
        return Shown(
            message_id,
            text,
            {b["text"]: b["callback_data"] for row in rows for b in row if "callback_data" in b},
            {b["text"]: b["url"] for row in rows for b in row if "url" in b},
            keys,
            upload[1] if upload else None,
            upload[0] if upload else "",
        )
