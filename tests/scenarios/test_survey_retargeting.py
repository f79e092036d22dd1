"""Staff change whom a questionnaire is for: who began finishes, who is new is invited once."""

from db.stores import surveys
from services.permissions import Role
from services.surveys.drafts import Publication
from tests.scenarios.small_surveys import drop_starters, published
from tests.telegram import Somebody, Town


async def audience(town: Town, number: int) -> dict[str, object]:
    async with town.database.read() as session:
        survey = await surveys.by_id(session, number)
        assert survey is not None
        return survey.audience


async def changes(staff: Somebody, number: int) -> None:
    await staff.presses(f"sdesk:acts:{number}")
    await staff.taps("给谁填")
    await staff.taps("改社区、身份、团队")


def invited(who: Somebody) -> int:
    return sum("想请您填" in shown.text for shown in who.screen)


async def test_another_community_is_invited_once_and_who_began_may_finish(town: Town) -> None:
    await drop_starters(town)
    wang = await town.person("王阿姨", community="donghu")
    zhou = await town.person("周叔", community="donghu")
    there = await town.person("西峡老吴", community="xixia")
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    east = await town.community_id("donghu")
    west = await town.community_id("xixia")
    how = Publication(anonymous=False, once=True, communities=[east])
    number = await published(town, how)
    await there.presses(f"svy:go:{number}")
    there.sees_toast("给别的社区的")
    await wang.presses(f"svy:start:{number}")
    await wang.taps("干净")
    await changes(staff, number)
    staff.sees("东湖", buttons=["交上去", "改一项"])
    await staff.taps("改一项")
    await staff.taps("社区")
    for name in ("东湖", "西峡"):
        await staff.taps(name)
    await staff.taps("选好了")
    await staff.taps("交上去")
    staff.sees("给谁填改好了")
    assert (await audience(town, number))["communities"] == [west]
    assert [invited(one) for one in (there, wang, zhou)] == [1, 0, 0]
    there.sees("三题小问卷", buttons=["三题小问卷", "不再提醒这份问卷"])
    await zhou.presses(f"svy:go:{number}")
    zhou.sees_toast("给别的社区的")
    await wang.presses(f"svy:start:{number}")
    wang.sees("楼道灯亮吗")
    await wang.taps("亮")
    await wang.taps("楼梯")
    await wang.taps("选好了")
    await wang.taps("交上去")
    wang.sees("谢谢您")
    await there.taps("三题小问卷")
    await there.taps("开始答")
    there.sees("楼道干净吗")


async def test_there_and_back_again_invites_nobody_twice(town: Town) -> None:
    await drop_starters(town)
    there = await town.person("西峡老吴", community="xixia")
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    east = await town.community_id("donghu")
    number = await published(town, Publication(anonymous=True, once=True, communities=[east]))
    for times in range(2):
        for names in (("东湖", "西峡"), ("东湖", "西峡")):
            await changes(staff, number)
            await staff.taps("改一项")
            await staff.taps("社区")
            for name in names:
                await staff.taps(name)
            await staff.taps("选好了")
            await staff.taps("交上去")
        assert invited(there) == 1, times
    assert (await audience(town, number))["communities"] == [east]
    resident = await town.person("王阿姨", community="donghu")
    await resident.presses(f"sdraft:audience:{number}")
    assert "给哪些社区" not in resident.transcript()


async def test_a_draft_is_told_whom_it_is_for_when_it_is_published(town: Town) -> None:
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    async with town.database.write() as session:
        survey = (await surveys.all_of(session))[0]
        survey.state, number = "draft", survey.id
    await staff.presses(f"slist:show:{number}")
    assert "改社区、身份、团队" not in staff.screen[-1].buttons
