"""After an activity: photos for the archive, one press of feedback, sums for the leader."""

import io
import zipfile
from datetime import timedelta

from db.stores import activities as rows
from services import clock
from services.permissions import Role
from tests.activities import enrol, planned
from tests.telegram import Photo, Somebody, Town, picture


async def held(town: Town, *names: str) -> tuple[int, list[Somebody]]:
    """An activity that goes on now, and people who are checked in."""
    activity = await planned(town, capacity=9)
    people = [await town.person(name, community="donghu") for name in names]
    await enrol(town, *people)
    for one in people:
        await one.presses(f"act:join:{activity}")
    now = clock.now()
    clock.set_source(lambda: now + timedelta(hours=48, minutes=5))
    async with town.database.write() as session:
        for signup, _ in await rows.everybody(session, activity):
            signup.state, signup.arrived_at = "arrived", clock.now()
    return activity, people


def later(hours: float) -> None:
    now = clock.now()
    clock.set_source(lambda: now + timedelta(hours=hours))


async def test_photos_go_into_the_album_and_staff_turn_its_pages(town: Town) -> None:
    activity, [lin] = await held(town, "林阿姨")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    stranger = await town.person("外人", community="donghu")
    await lin.presses(f"act:show:{activity}")
    await lin.taps("发活动照片")
    lin.sees("一次最多 9 张")
    await lin.sends(Photo(picture(64, 48)), Photo(picture(80, 60)))
    await lin.taps("好了")
    await lin.taps("交上去")
    lin.sees("2 张照片存进")
    await lin.taps("再发几张")
    await lin.sends(Photo(picture(64, 48)))
    await lin.taps("好了")
    await lin.taps("交上去")
    lin.sees("不用再发")
    await staff.presses(f"att:list:{activity}")
    await staff.taps("活动照片")
    first = staff.sees("第 1 张,共 2 张")
    assert first.file
    count = len(staff.screen)
    await staff.taps("下一张")
    second = staff.sees("第 2 张,共 2 张")
    assert (len(staff.screen), second.message_id) == (count, first.message_id)
    assert second.file
    assert second.file != first.file
    await staff.taps("下载全部")
    staff.sees_toast("正在打包")
    packed = staff.sees("第 1 包,共 2 张")
    assert packed.file
    assert packed.file_name == f"活动照片-{activity}-1.zip"
    names = zipfile.ZipFile(io.BytesIO(packed.file)).namelist()
    assert [name[:3] for name in names] == ["01-", "02-", "lis"]
    await staff.taps("拿掉这张")
    await staff.taps("不拿掉")
    await staff.taps("拿掉这张")
    await staff.taps("确定拿掉")
    staff.sees("第 1 张,共 1 张")
    for press in ("alb:album:{}:0", "alb:drop:1:0", "alb:gone:1:0", "alb:pack:{}", "fbk:sum:{}:0"):
        await lin.presses(press.format(activity))
        lin.sees_toast("没有找到")
    await stranger.presses(f"alb:send:{activity}")
    stranger.sees_toast("只有参加")


async def test_no_photos_before_the_start_nor_long_after(town: Town) -> None:
    activity = await planned(town)
    lin = await town.person("林阿姨", community="donghu")
    await enrol(town, lin)
    await lin.presses(f"act:join:{activity}")
    await lin.presses(f"alb:send:{activity}")
    lin.sees_toast("活动开始以后")
    later(24 * 40)
    await lin.presses(f"alb:send:{activity}")
    lin.sees_toast("30 天以内")
    await lin.presses("alb:send:999")
    lin.sees_toast("没有找到")


async def test_one_press_is_a_feedback_and_the_leader_sees_the_sums(town: Town) -> None:
    activity, [lin, wang, quiet] = await held(town, "林阿姨", "王阿姨", "不说")
    leader = next(w for w in town.people.values() if w.name == "负责人")
    absent = await town.person("没来", community="donghu")
    await enrol(town, absent)
    later(1)
    await town.clock_work()
    assert not any("怎么样" in shown.text for shown in lin.screen)
    later(2)
    await town.clock_work()
    await town.clock_work()
    asked = [
        sum("怎么样" in shown.text for shown in one.screen) for one in (lin, wang, quiet, absent)
    ]
    assert asked == [1, 1, 1, 0]
    await lin.taps("很满意")
    lin.sees("记下了:很满意", buttons=["写几句", "不用了"])
    await lin.presses(f"fbk:rate:{activity}:4")
    await lin.taps("写几句")
    await lin.sends("水 <不够> & 有点晒")
    await lin.taps("交上去")
    lin.sees("谢谢您的话")
    await wang.taps("一般")
    await wang.taps("不用了")
    wang.sees("谢谢您")
    for forged in (f"fbk:rate:{activity}:9", f"fbk:rate:{activity}:0"):
        await wang.presses(forged)
        wang.sees_toast("已经不能用了")
    await absent.presses(f"fbk:rate:{activity}:1")
    absent.sees_toast("签到参加了")
    await quiet.presses(f"fbk:words:{activity}")
    await quiet.sends("没点")
    await quiet.taps("交上去")
    quiet.sees_toast("请先点一下")
    later(25)
    await town.clock_work()
    await town.clock_work()
    assert sum("人评价" in shown.text for shown in leader.screen) == 1
    leader.sees_somewhere("2 人评价,平均 3.5 分")
    await leader.taps("看评价")
    leader.sees("满意:1 人", "一般:1 人", "水 <不够> & 有点晒")
    assert "林" not in leader.screen[-1].text
    await leader.taps("返回")
    leader.sees("名单")


async def test_the_album_and_the_feedback_are_in_ones_own_data_and_go_with_it(town: Town) -> None:
    activity, [lin] = await held(town, "林阿姨")
    await lin.presses(f"alb:send:{activity}")
    await lin.sends(Photo())
    await lin.taps("好了")
    await lin.taps("交上去")
    await lin.presses(f"fbk:rate:{activity}:5")
    await lin.sends("/forget")
    await lin.taps("删")
    leader = next(w for w in town.people.values() if w.name == "负责人")
    await leader.presses(f"alb:album:{activity}:0")
    leader.sees("还没有照片")
    await leader.presses(f"fbk:sum:{activity}:0")
    leader.sees("还没有人评价")
