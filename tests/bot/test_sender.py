"""The sender: order, 429, blocked people, timeouts, moved groups, edits whose message is gone."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TimedOut

from bot.attachments import Attachments
from bot.pacing import Pace
from bot.sender import Sender
from bot.signals import Signal
from bot.transport import OfficeBot
from db.engine import Database
from db.models.people import Person
from db.models.queues import Delivery, OutboxMessage
from db.stores import outbox, people
from db.stores.outbox import Outgoing
from services import clock
from services.photo_store import FolderStore
from tests.crashes import AT_COMMIT, FailPoint, Killed


class Line:
    """A bot that answers calls as told; what it was asked stays readable."""

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def call(self, method: str, payload: dict[str, Any], **_: Any) -> Any:
        self.calls.append((method, payload))
        outcome = self.outcomes.pop(0) if self.outcomes else {"message_id": len(self.calls)}
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def sender(database: Database, line: Line, tmp_path: Any) -> Sender:
    attachments = Attachments(FolderStore(tmp_path / "photos"), tmp_path)
    bot = cast("OfficeBot", line)
    return Sender(database, bot, attachments, Signal(), Pace(times=1000))


async def put(database: Database, *messages: Outgoing) -> None:
    async with database.write() as session:
        await outbox.add(session, messages, now=clock.now())


def text(chat_id: int, words: str, **more: Any) -> Outgoing:
    return Outgoing(chat_id, "sendMessage", {"chat_id": chat_id, "text": words}, **more)


async def rows(database: Database) -> list[OutboxMessage]:
    async with database.read() as session:
        return list((await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all())


async def test_a_chat_is_served_in_order_and_replies_before_broadcasts(
    database: Database, tmp_path: Any
) -> None:
    line = Line()
    await put(
        database,
        text(1, "b", priority=outbox.BROADCAST, at_most_once=True),
        text(1, "1"),
        text(1, "2"),
        text(1, "3"),
    )
    await sender(database, line, tmp_path).flush()
    assert [payload["text"] for _, payload in line.calls] == ["1", "2", "3", "b"]
    assert all(row.status == Delivery.SENT and row.payload == {} for row in await rows(database))


async def test_429_pauses_everybody_and_the_message_still_goes_out(
    database: Database, tmp_path: Any
) -> None:
    line = Line(RetryAfter(timedelta(seconds=0.2)))
    await put(database, text(1, "a"))
    ours = sender(database, line, tmp_path)
    await ours.flush()
    [row] = await rows(database)
    assert row.status == Delivery.WAITING
    later = clock.now() + timedelta(seconds=1)
    clock.set_source(lambda: later)
    ours._paused_until = 0
    await ours.flush()
    [row] = await rows(database)
    assert row.status == Delivery.SENT


async def test_somebody_who_blocked_the_bot_is_noted(database: Database, tmp_path: Any) -> None:
    async with database.write() as session:
        await people.meet(session, 7, now=clock.now())
    await put(database, text(7, "a"))
    await sender(database, Line(Forbidden("blocked")), tmp_path).flush()
    [row] = await rows(database)
    async with database.read() as session:
        person = await session.scalar(select(Person).where(Person.telegram_id == 7))
    assert row.status == Delivery.FAILED
    assert person is not None
    assert not person.reachable


@pytest.mark.parametrize("error", [TimedOut(), NetworkError("x")])
async def test_after_a_timeout_a_reply_is_repeated_and_a_broadcast_is_not(
    database: Database, tmp_path: Any, error: Exception
) -> None:
    await put(
        database,
        text(1, "reply"),
        text(2, "news", priority=outbox.BROADCAST, at_most_once=True),
    )
    await sender(database, Line(error, error), tmp_path).flush()
    reply, news = await rows(database)
    assert (reply.status, news.status) == (Delivery.WAITING, Delivery.UNKNOWN)


async def test_a_sender_that_died_leaves_replies_waiting_and_broadcasts_unknown(
    database: Database, tmp_path: Any
) -> None:
    await put(database, text(1, "reply"), text(2, "news", at_most_once=True))
    async with database.write() as session:
        await outbox.claim(session, now=clock.now(), lease=timedelta(seconds=9), limit=5)
    async with database.write() as session:
        assert await outbox.recover(session, now=clock.now(), everything=False) == 0
        later = clock.now() + timedelta(minutes=1)
        assert await outbox.recover(session, now=later, everything=False) == 2
    reply, news = await rows(database)
    assert (reply.status, news.status) == (Delivery.WAITING, Delivery.UNKNOWN)


async def test_a_group_that_moved_gets_its_messages_at_the_new_id(
    database: Database, tmp_path: Any
) -> None:
    async with database.write() as session:
        await people.set_group(session, -5, title="g", active=True, now=clock.now())
    line = Line(ChatMigrated(-100500))
    await put(database, text(-5, "a"), text(-5, "b"))
    await sender(database, line, tmp_path).flush()
    assert [p["chat_id"] for _, p in line.calls][-2:] == [-100500, -100500]
    async with database.read() as session:
        assert await people.group(session, -100500) is not None


async def test_an_edit_whose_message_is_gone_is_sent_anew_and_one_without_change_is_done(
    database: Database, tmp_path: Any
) -> None:
    async with database.write() as session:
        await outbox.set_card(session, 1, "s", 33)
    edit = Outgoing(1, "editMessageText", {"chat_id": 1, "text": "x"}, slot="s")
    line = Line(
        BadRequest("Bad Request: message to edit not found"),
        {"message_id": 44},
        BadRequest("Bad Request: message is not modified"),
    )
    await put(database, edit, edit)
    await sender(database, line, tmp_path).flush()
    assert [method for method, _ in line.calls] == [
        "editMessageText",
        "sendMessage",
        "editMessageText",
    ]
    assert line.calls[2][1]["message_id"] == 44
    assert [row.status for row in await rows(database)] == [Delivery.SENT, Delivery.SENT]


async def test_a_dedup_key_makes_a_message_unique(database: Database) -> None:
    await put(database, text(1, "a", dedup="k"), text(1, "a", dedup="k"))
    await put(database, text(1, "a", dedup="k"))
    assert len(await rows(database)) == 1


def test_pacing_lets_a_burst_through_and_then_rests_the_chat() -> None:
    pace = Pace()
    message = OutboxMessage(chat_id=5, method="sendMessage", priority=0)
    for _ in range(3):
        assert 5 not in pace.resting()
        pace.take(message)
    assert 5 in pace.resting()


async def test_a_sender_that_dies_at_any_step_leaves_no_reply_out_and_no_broadcast_twice(
    database: Database, tmp_path: Any
) -> None:
    """What it was about to send goes out after the restart, in order; a broadcast at most once."""
    point = FailPoint(database.engine.sync_engine)
    for at in (AT_COMMIT, *range(1, 40)):
        line = Line()
        await put(
            database,
            text(1, f"{at} a"),
            text(1, f"{at} b"),
            text(2, f"{at} news", priority=outbox.BROADCAST, at_most_once=True),
        )
        with point.armed(at), suppress(Killed):
            await asyncio.wait_for(sender(database, line, tmp_path).flush(), 20)
        came_to_it = at == AT_COMMIT or point.seen >= at
        async with database.write() as session:
            await outbox.recover(session, now=clock.now(), everything=True)
        await sender(database, line, tmp_path).flush()
        sent = [payload["text"] for _, payload in line.calls]
        replies = [words for words in sent if "news" not in words]
        assert replies == sorted(replies)
        assert set(replies) == {f"{at} a", f"{at} b"}
        assert len(sent) - len(set(sent)) <= 1
        assert sent.count(f"{at} news") <= 1
        if not came_to_it:
            assert len(sent) == 3
            return
    raise AssertionError("it always died")
