"""Voice and video that the bot cannot read reach staff, who answer."""

from sqlalchemy import select

from db.models.people import AuditEntry
from services.permissions import Role
from tests.telegram import Somebody, Town

VOICE = {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}}
VIDEO = {"video": {"file_id": "m", "file_unique_id": "m", "duration": 3, "width": 1, "height": 1}}


async def staff_of(town: Town, community: str) -> Somebody:
    return await town.person(f"{community}干部", Role.COMMUNITY_STAFF, community=community)


async def test_a_voice_message_is_heard_and_answered(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    staff, other = await staff_of(town, "donghu"), await staff_of(town, "xixia")
    await wang.sends(VOICE)
    wang.sees("听不懂语音", "转给社区")
    assert not other.screen
    staff.sees("等您来看", buttons=["看一看"])
    await staff.taps("看一看")
    staff.sees("语音", "东湖社区", buttons=["听一听", "回复居民", "不用回复", "返回"])
    await staff.taps("听一听")
    staff.sees(f"in {wang.id}")
    async with town.database.read() as session:
        looks = (await session.scalars(select(AuditEntry.act))).all()
    assert "kept:view" in looks
    await staff.taps("回复居民")
    await staff.sends("路灯今天下午就修 <b>")
    await staff.taps("交上去")
    staff.sees("已经告诉居民了")
    wang.sees("您发的语音", "听过了", "路灯今天下午就修 <b>")
    await staff.taps("看别的")
    staff.sees("没有等着看的")


async def test_the_list_is_paged_and_what_needs_no_answer_is_settled_once(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    staff, street = await staff_of(town, "donghu"), await town.person("街道", Role.STREET_STAFF)
    for _ in range(7):
        await wang.sends(VIDEO)
    await staff.sends("/kept")
    staff.sees("7 条", buttons=["视频 · 东湖社区", "下一页", "回菜单"])
    assert sum("视频" in label for label in staff.screen[-1].buttons.values()) == 0
    await street.sends("/kept")
    await street.taps("下一页")
    street.sees("7 条", buttons=["上一页"])
    await street.taps("视频")
    old = street.sees("视频", buttons=["看视频"])
    await street.taps("不用回复")
    street.sees("6 条")
    await street.presses(next(d for d in old.buttons.values() if "done" in d), old)
    street.sees_toast("已经有人处理了")


async def test_nobody_reaches_what_is_not_theirs(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    other = await staff_of(town, "xixia")
    await wang.sends(VOICE)
    for act in ("show", "play", "reply", "done"):
        await other.presses(f"kept:{act}:1")
        other.sees_toast("")
        await wang.presses(f"kept:{act}:1")
    assert not any("copy" in shown.text for shown in (*other.screen, *wang.screen))
    await other.sends("/kept")
    other.sees("没有等着看的")
    await wang.sends("/kept")
    wang.sees("")
    assert "条" not in wang.screen[-1].text
