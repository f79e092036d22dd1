"""What an administrator sees of messages that went wrong."""

from db.work import Work
from handlers import notices
from services.permissions import Role
from tests.telegram import ApiError, Town


async def test_a_broadcast_of_unknown_fate_is_listed_and_not_sent_again(town: Town) -> None:
    admin = await town.person("管理员", Role.ADMIN)
    wang, zhou = await town.person("王阿姨"), await town.person("周叔")
    async with town.database.write() as session:
        work = Work(session)
        for who in (wang, zhou):
            work.broadcast(await town.person_id(who), "dead_letters.none", once="activity:7")
        await notices.deliver(work)
    town.flood = [ApiError(502, "Bad Gateway")]
    await town.work()
    await town.work()
    assert (len(wang.screen), len(zhou.screen)) == (0, 1)
    await admin.sends("/dead")
    shown = admin.sees("1 条群发不知道送到没有", "activity:7", f"#{await town.person_id(wang)}")
    assert not shown.buttons


async def test_residents_do_not_see_it(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/dead")
    wang.sees("")
    assert "处理不了" not in wang.screen[-1].text
