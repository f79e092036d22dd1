"""The administrator is told once of trouble with the machine, and again after it was well."""

import shutil
from collections import namedtuple
from datetime import timedelta

import pytest

from db.stores import outbox
from db.stores.outbox import Outgoing
from services import clock
from services.permissions import Role
from tests.telegram import Somebody, Town

Usage = namedtuple("Usage", "total used free")


def pass_time(seconds: int) -> None:
    later = clock.now() + timedelta(seconds=seconds)
    clock.set_source(lambda: later)


async def look(town: Town) -> None:
    """The timetable looks, some minutes later; what it says is sent by a sender that works."""
    pass_time(400)
    await town.processes[0].make_timetable().run_due()


def told(who: Somebody, words: str) -> int:
    return sum(words in shown.text for shown in who.screen)


async def test_a_sender_that_stalls_is_told_once(town: Town) -> None:
    admin = await town.person("管理员", Role.ADMIN)
    staff = await town.person("街道", Role.STREET_STAFF)
    async with town.database.write() as session:
        row = Outgoing(staff.id, "sendMessage", {"chat_id": staff.id, "text": "waits"})
        await outbox.add(session, [row], now=clock.now())
    await look(town)
    await look(town)
    await town.work()
    assert told(admin, "消息发不出去了") == 1
    assert told(staff, "消息发不出去了") == 0
    await look(town)  # it is well again
    async with town.database.write() as session:
        await outbox.add(session, [row], now=clock.now())
    await look(town)
    await town.work()
    assert told(admin, "消息发不出去了") == 2


async def test_a_disk_that_is_nearly_full_is_told_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await town.person("管理员", Role.ADMIN)
    free = {"share": 0.04}

    def usage(_path: object) -> Usage:
        total = 100 * 2**20
        return Usage(total, 0, int(total * free["share"]))

    monkeypatch.setattr(shutil, "disk_usage", usage)
    for share, times in ((0.04, 1), (0.03, 1), (0.5, 1), (0.01, 2)):
        free["share"] = share
        await look(town)
        await town.work()
        assert told(admin, "磁盘快满了") == times
    assert "MB" in admin.sees_somewhere("磁盘快满了").text
