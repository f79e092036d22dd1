"""Whom a questionnaire is for: lists, communities, quotas; who is outside gets a clear answer."""

from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest

from db.models.clubs import ClubMember
from db.models.people import Person
from db.models.volunteers import Volunteer
from db.stores import clubs, survey_audiences, surveys
from db.work import Work
from services import clock, privacy
from services.permissions import Role
from services.surveys import reminding
from services.surveys.drafts import Publication
from tests.scenarios.small_surveys import answers, drop_starters, picks_and_hands_in, published
from tests.telegram import File, Somebody, Town

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPEN = Publication(anonymous=True, once=True)


async def with_phone(town: Town, who: Somebody, phone: str) -> None:
    async with town.database.write() as session:
        person = await session.get_one(Person, await town.person_id(who))
        person.phone = phone
        person.phone_index = privacy.blind_index(phone, "phone").hex()


async def as_volunteer(town: Town, who: Somebody, number: str) -> None:
    async with town.database.write() as session:
        session.add(
            Volunteer(
                number=number,
                person_id=await town.person_id(who),
                name=who.name,
                free_times=[],
                state="active",
                created_at=clock.now(),
                changed_at=clock.now(),
            )
        )


async def staff_at_the_list(town: Town, survey_id: int) -> Somebody:
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:show:{survey_id}")
    await staff.taps("更多")
    await staff.taps("给谁填")
    staff.sees("没有名单")
    await staff.taps("发名单")
    staff.sees("一行一个人")
    return staff


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


async def test_a_list_from_excel_lets_in_only_those_on_it(town: Town) -> None:
    survey_id = await published(town, OPEN)
    wang = await town.person("王阿姨", community="donghu")
    await with_phone(town, wang, "13812345678")
    zhou = await town.person("周叔", community="donghu")
    await as_volunteer(town, zhou, "V26-0007")
    late = await town.person("还没留电话的", community="donghu")
    other = await town.person("名单外的", community="donghu")
    staff = await staff_at_the_list(town, survey_id)
    rows = [
        ("座谈会名单",),
        ("姓名", "电话"),
        ("王", 13812345678),
        ("周", "Ｖ26-0007"),
        ("刘", "139 1111 2222"),
        ("王", "138-1234-5678"),
    ]
    await staff.sends(File(workbook(*rows), "名单.xlsx", XLSX))
    staff.sees("新加 3 人", "2 人来过", "重复的 1 人")
    await staff.taps("返回")
    staff.sees("只给名单上的 3 人")
    for who in (wang, zhou):
        await who.sends(f"/start svy_{survey_id}")
        who.sees("三题小问卷", buttons=["开始答"])
    for who in (late, other):
        await who.sends(f"/start svy_{survey_id}")
        who.sees("只请名单上的人", buttons=["我的电话"])
        await who.sends("/survey")
        assert "三题小问卷" not in who.screen[-1].text + str(who.screen[-1].buttons)
    await with_phone(town, late, "13911112222")
    await answers(late, survey_id)
    late.sees_somewhere("谢谢您")


async def test_people_are_chosen_by_typing_and_the_list_can_be_taken_away(town: Town) -> None:
    survey_id = await published(town, OPEN)
    wang = await town.person("王阿姨", community="donghu")
    staff = await staff_at_the_list(town, survey_id)
    await staff.sends("13812345678、13911112222\n１３７００００１１１１")
    staff.sees("新加 3 人")
    await wang.sends(f"/start svy_{survey_id}")
    wang.sees("名单")
    await staff.taps("返回")
    await staff.taps("更多")
    await staff.taps("给谁填")
    await staff.taps("去掉名单")
    staff.sees_toast("去掉了")
    await wang.sends(f"/start svy_{survey_id}")
    wang.sees("三题小问卷")


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.csv", "没有电话"),
        ("姓名,电话\n王,13812345678\n刘,1391111222\n赵,不详\n".encode(), "a.csv", "2 行看不出"),
        ("电话\n13812345678\n".encode("gb18030"), "a.csv", "新加 1 人"),
        (b"\xff\xfe\x00\x01\x02", "a.csv", "打不开"),
        (b"PK\x03\x04 torn", "a.xlsx", "不是一个 Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx",
         "有密码"),
        ("\n".join(str(13800000000 + i) for i in range(5001)).encode(), "a.csv", "太长"),
    ],
)  # fmt: skip
async def test_odd_lists_are_explained_and_nobody_is_half_added(
    town: Town, content: bytes, name: str, said: str
) -> None:
    survey_id = await published(town, OPEN)
    staff = await staff_at_the_list(town, survey_id)
    await staff.sends(File(content, name, "text/csv"))
    staff.sees(said)
    async with town.database.read() as session:
        kept = await survey_audiences.invitees(session, survey_id)
    assert len(kept) == (1 if "新加" in said else 0)


async def test_a_question_typed_instead_of_a_list_is_a_question(town: Town) -> None:
    survey_id = await published(town, OPEN)
    staff = await staff_at_the_list(town, survey_id)
    await staff.sends("楼道灯坏了找谁修")
    assert "看不出是谁" not in staff.screen[-1].text


async def test_residents_cannot_touch_a_list(town: Town) -> None:
    survey_id = await published(town, OPEN)
    wang = await town.person("王阿姨", community="donghu")
    await wang.presses(f"slist:clear:{survey_id}")
    wang.sees_toast("权限")
    await wang.presses("slist:ask:999")
    wang.sees_toast("权限")


async def test_the_wrong_community_or_role_is_told_so(town: Town) -> None:
    donghu = await town.community_id("donghu")
    here = await published(town, Publication(anonymous=True, once=True, communities=[donghu]))
    roles = await published(town, Publication(anonymous=True, once=True, roles=["volunteer"]))
    elsewhere = await town.person("桥头的", community="qiaotou")
    await elsewhere.sends(f"/start svy_{here}")
    elsewhere.sees("别的社区")
    await elsewhere.sends(f"/start svy_{roles}")
    elsewhere.sees("只请志愿者或工作人员")
    await elsewhere.sends("/start svy_99999")
    elsewhere.sees("没有")


async def test_a_questionnaire_for_a_troupe_is_for_its_members_only(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    other = await town.person("不跳舞的", community="donghu")
    async with town.database.write() as session:
        troupe = next(
            one for one in await clubs.all_of_them(session, closed=False) if "百花" in one.name
        )
        member = ClubMember(
            club_id=troupe.id,
            person_id=await town.person_id(wang),
            name="王秀英",
            joined_at=clock.now(),
        )
        await clubs.add(session, member)
    survey_id = await published(town, OPEN)
    async with town.database.write() as session:
        survey = await surveys.by_id(session, survey_id)
        assert survey is not None
        survey.state = "draft"
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:show:{survey_id}")
    await staff.taps("发布")
    await staff.presses(staff.screen[-1].buttons["不记名"])
    await staff.taps("每人一次")
    for _ in range(5):
        await staff.taps("跳过")
    staff.sees("哪些团队")
    await staff.taps("百花")
    await staff.taps("选好了")
    await staff.taps("交上去")
    staff.sees_somewhere("发布了")
    await staff.taps("返回")
    staff.sees("给:百花艺术团")
    await other.sends(f"/start svy_{survey_id}")
    other.sees("团队、班级里的人")
    clock.set_source(lambda: datetime(2030, 11, 8, 2, 0, tzinfo=UTC))
    async with town.database.read() as session:
        told = await reminding.due(Work(session))
    reached = {one.person.id for one in told if survey_id in dict(one.surveys)}
    assert reached == {await town.person_id(wang)}
    clock.reset()
    await answers(wang, survey_id)
    wang.sees_somewhere("谢谢您")


async def test_a_quota_stops_kindly_and_lets_those_finish_who_have_begun(town: Town) -> None:
    donghu = await town.community_id("donghu")
    qiaotou = await town.community_id("qiaotou")
    how = Publication(anonymous=True, once=True, communities=[donghu, qiaotou], target=2,
                      stops=True)  # fmt: skip
    survey_id = await published(town, how)
    early = await town.person("先开始的", community="donghu")
    await early.sends(f"/start svy_{survey_id}")
    await early.taps("开始答")
    for i in range(2):
        await answers(await town.person(f"居民{i}", community="donghu"), survey_id)
    late = await town.person("晚来的", community="donghu")
    await late.sends(f"/start svy_{survey_id}")
    late.sees("已经收够了", "谢谢您")
    await late.sends("/survey")
    assert "三题小问卷" not in late.screen[-1].buttons
    await picks_and_hands_in(early, "干净 亮 门")
    early.sees_somewhere("谢谢您,收到了")
    next_door = await town.person("隔壁的", community="qiaotou")
    await answers(next_door, survey_id)
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:show:{survey_id}")
    staff.sees("3/2 份(150%),收够了", "1/2 份(50%)")
    await staff.taps("看图(各社区)")
    assert staff.screen[-1].file is not None
    assert staff.screen[-1].file.startswith(b"\x89PNG")


async def test_a_target_without_a_stop_only_counts(town: Town) -> None:
    donghu = await town.community_id("donghu")
    how = Publication(anonymous=False, once=False, communities=[donghu], target=1)
    survey_id = await published(town, how)
    wang = await town.person("王阿姨", community="donghu")
    for _ in range(2):
        await answers(wang, survey_id)
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:show:{survey_id}")
    staff.sees("2/1 份(200%)")


async def test_a_target_for_the_whole_street_is_one_for_each_community(town: Town) -> None:
    survey_id = await published(town, Publication(anonymous=True, once=True, target=4))
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await answers(await town.person("居民", community="qiaotou"), survey_id)
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:show:{survey_id}")
    staff.sees("东湖社区 0/4 份(0%)", "桥头社区 1/4 份(25%)")


async def test_each_community_can_have_a_target_of_its_own(town: Town) -> None:
    survey_id = await published(town, OPEN)
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:show:{survey_id}")
    await staff.taps("更多")
    await staff.taps("改目标")
    staff.sees("照样收", buttons=["东湖社区:没定", "改成收够就停"])
    await staff.taps("东湖社区")
    staff.sees("东湖社区", "想收多少份")
    await staff.sends("一份")
    await staff.taps("交上去")
    staff.sees("每个社区想收多少份", buttons=["东湖社区:1 份", "桥头社区:没定"])
    await staff.taps("改成收够就停")
    staff.sees("收够就停", buttons=["改成照样收"])
    await answers(await town.person("先来的", community="donghu"), survey_id)
    late = await town.person("后来的", community="donghu")
    await late.sends(f"/start svy_{survey_id}")
    late.sees("已经收够了")
    await staff.taps("改成照样收")
    await late.sends(f"/start svy_{survey_id}")
    late.sees("三题小问卷", buttons=["开始答"])
    await staff.taps("东湖社区")
    await staff.taps("跳过")
    await staff.taps("交上去")
    staff.sees("每个社区想收多少份", buttons=["东湖社区:没定"])
    await staff.presses(f"starget:one:{survey_id}:999")
    staff.sees_toast("没有")


async def test_the_quota_is_asked_for_when_publishing(town: Town) -> None:
    await drop_starters(town)
    survey_id = await published(town, OPEN)
    async with town.database.write() as session:
        survey = await surveys.by_id(session, survey_id)
        assert survey is not None
        survey.state = "draft"
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:show:{survey_id}")
    await staff.taps("发布")
    await staff.presses(staff.screen[-1].buttons["不记名"])
    await staff.taps("每人一次")
    await staff.taps("跳过")
    await staff.sends("12月31日")
    await staff.taps("东湖")
    await staff.taps("选好了")
    await staff.sends("３０份")
    staff.sees("收够了怎么办")
    await staff.taps("收够就停")
    await staff.taps("跳过")
    await staff.taps("跳过")
    await staff.taps("交上去")
    staff.sees_somewhere("发布了")
    await staff.taps("返回")
    staff.sees("东湖社区 0/30 份(0%)", "结束:")


async def test_a_phone_on_a_list_goes_when_its_owner_is_forgotten(town: Town) -> None:
    survey_id = await published(town, OPEN)
    staff = await staff_at_the_list(town, survey_id)
    await staff.sends("13812345678")
    wang = await town.person("王阿姨", community="donghu")
    await with_phone(town, wang, "13812345678")
    await wang.sends("/forget")
    await wang.taps("确定")
    async with town.database.read() as session:
        assert not await survey_audiences.invitees(session, survey_id)


async def test_a_newcomer_at_a_poster_says_once_where_they_live(town: Town) -> None:
    donghu = await town.community_id("donghu")
    how = Publication(anonymous=True, once=True, communities=[donghu], target=5)
    survey_id = await published(town, how)
    new = await town.person("新来的")
    await new.sends(f"/start svy_{survey_id}_{donghu}")
    asked = new.sees("您住在东湖社区吗?", buttons=["是,住这里", "住别的社区"])
    await new.taps("是,住这里")
    new.sees("三题小问卷", buttons=["开始答"])
    await new.taps("是,住这里", on=asked)  # a second press does no harm
    new.sees("三题小问卷", buttons=["开始答"])
    await new.taps("开始答")
    await picks_and_hands_in(new, "干净 亮 门")
    new.sees_somewhere("谢谢您")
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:show:{survey_id}")
    staff.sees("东湖社区 1/5 份")
    elsewhere = await town.person("别处的")
    await elsewhere.sends(f"/start svy_{survey_id}_{donghu}")
    await elsewhere.taps("住别的社区")
    elsewhere.sees("哪个社区", buttons=["桥头"])
    await elsewhere.taps("桥头")
    assert "别的社区" in elsewhere.screen[-1].text + (elsewhere.toasts or [""])[-1]


async def test_a_newcomer_without_a_poster_is_asked_only_where_it_matters(town: Town) -> None:
    donghu = await town.community_id("donghu")
    some = await published(town, Publication(anonymous=True, once=True, communities=[donghu]))
    every = await published(town, OPEN)
    new = await town.person("新来的")
    await new.sends(f"/start svy_{every}")
    new.sees("三题小问卷", buttons=["开始答"])
    await new.sends(f"/start svy_{some}")
    new.sees("哪个社区", buttons=["东湖"])
    await new.taps("东湖")
    new.sees("三题小问卷", buttons=["开始答"])
    await new.sends(f"/start svy_{every}_zzz")
    new.sees("三题小问卷", buttons=["开始答"])
    await new.presses("svy:live:x.y")
    new.sees_toast("没有")
