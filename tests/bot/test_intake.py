"""The intake: what is stored before it is acknowledged, and what is turned away."""

import io

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.intake import SECRET_HEADER, Intake, Webhook, keys_of
from bot.signals import Signal
from db.engine import Database
from db.models.queues import InboxUpdate
from tests.databases import free_port


def update(number: int, chat: int = 5) -> dict[str, object]:
    who = {"id": chat, "is_bot": False, "first_name": "x"}
    place = {"id": chat, "type": "private", "first_name": "x"}
    message = {"message_id": 1, "date": 1, "chat": place, "from": who, "text": "x"}
    return {"update_id": number, "message": message}


async def stored(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(InboxUpdate)) or 0


async def test_known_updates_are_not_stored_twice(database: Database) -> None:
    intake = Intake(database, Signal(), Signal())
    await intake.accept([update(1), update(2)])
    await intake.accept([update(2), update(3)])
    await intake.accept([{"no": "id"}])
    assert await stored(database) == 3


async def test_the_webhook_takes_only_what_telegram_sends(database: Database) -> None:
    port = free_port()
    hook = Webhook(Intake(database, Signal(), Signal()), secret="s3", path="/h", port=port)
    await hook.start()
    url = f"http://127.0.0.1:{port}/h"
    good = {SECRET_HEADER: "s3"}
    async with aiohttp.ClientSession() as session:
        for headers, body, status in (
            ({}, b"{}", 403),
            ({SECRET_HEADER: "wrong"}, b"{}", 403),
            (good, b"not json", 400),
            (good, b"[]", 400),
            (good, b'{"update_id": "x"}', 400),
            (good, b"x" * (1024 * 1024 + 10), 413),
        ):
            async with session.post(url, data=io.BytesIO(body), headers=headers) as answer:
                assert answer.status == status
        async with session.post(url, json=update(9), headers=good) as answer:
            assert answer.status == 200
    await hook.stop()
    assert await stored(database) == 1


@pytest.mark.parametrize(
    ("raw", "keys"),
    [
        (update(1, 7), (7, 7)),
        (
            {
                "update_id": 1,
                "callback_query": {"from": {"id": 3}, "message": {"chat": {"id": -9}}},
            },
            (-9, 3),
        ),
        ({"update_id": 1, "inline_query": {"from": {"id": 3}, "query": ""}}, (3, 3)),
        ({"update_id": 1, "channel_post": {"chat": {"id": -4}}}, (-4, -4)),
        ({"update_id": 1, "new_kind": 5}, (0, 0)),
    ],
)
def test_the_chat_orders_and_the_person_is_counted(
    raw: dict[str, object], keys: tuple[int, int]
) -> None:
    assert keys_of(raw) == keys
