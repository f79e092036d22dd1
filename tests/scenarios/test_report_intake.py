"""Three ways into a report: a photo with words or without, an album, one sentence."""

import asyncio
import io

import pytest
from PIL import ExifTags, Image
from sqlalchemy import select

from db.models.places import Body, Building, Community, Estate, Landmark
from db.models.reports import Report, ReportPhoto
from db.stores import forms as form_rows
from db.stores import inbox
from handlers.reports import form as report_form
from services.fillings import Submission
from services.permissions import Role
from tests.telegram import File, Location, Photo, Somebody, Town, picture


async def gazetteer(town: Town) -> None:
    """Two estates in 东湖, one in 西峡; a property company looks after the first."""
    here, there = await town.community_id("donghu"), await town.community_id("xixia")
    async with town.database.write() as session:
        body = Body(name="好管家物业", kind="property_company", phone="0571-8000")
        session.add(body)
        await session.flush()
        for community, name, managed in (
            (here, "湖滨小区", body.id),
            (here, "柳园小区", None),
            (there, "西峡花园", None),
        ):
            estate = Estate(community_id=community, name=name, aliases=[])
            estate.managing_body_id = managed
            session.add(estate)
            await session.flush()
            session.add_all(
                Building(estate_id=estate.id, name=f"{n}栋", aliases=[], entrances=3, floors=7)
                for n in (1, 3)
            )


async def reports_of(town: Town) -> list[Report]:
    async with town.database.read() as session:
        return list((await session.scalars(select(Report).order_by(Report.id))).all())


async def photo_count(town: Town) -> int:
    async with town.database.read() as session:
        return len((await session.scalars(select(ReportPhoto))).all())


def shades(count: int) -> list[bytes]:
    """So many different pictures."""
    return [picture(40 + n, 30) for n in range(count)]


SAYS = "湖滨小区3号楼2单元4楼灯坏了两盏"


async def confirms_the_light(wang: Somebody) -> None:
    wang.sees("湖滨小区3号楼2单元4楼", buttons=["楼道灯", "都不是", "不是报修"])
    await wang.taps("楼道灯")


async def test_a_photo_with_a_caption_becomes_a_report_in_four_taps(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption=SAYS))
    await confirms_the_light(wang)
    wang.sees("请看一眼", "楼道灯", "湖滨小区", "3栋", "2单元", "好管家物业", "1 张", SAYS)
    await wang.taps("交上去")
    wang.sees("记下了", "归好管家物业管", "0571-8000")
    [row] = await reports_of(town)
    assert (row.category, row.entrance, row.floor, row.quantity) == ("stairwell_light", "2", 4, 2)
    assert row.building_id is not None
    assert row.words == SAYS
    assert await photo_count(town) == 1


@pytest.mark.parametrize("captioned", [0, 1, 3])
async def test_an_album_is_one_report_whichever_photo_has_the_words(
    town: Town, captioned: int
) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    for number, content in enumerate(shades(4)):
        caption = SAYS if number == captioned else ""
        await wang.sends(Photo(content, caption=caption, album="77"))
    assert len(wang.screen) == 1
    wang.sees("4 张")
    await confirms_the_light(wang)
    await wang.taps("交上去")
    assert len(await reports_of(town)) == 1
    assert await photo_count(town) == 4


async def test_the_last_photo_of_an_album_comes_when_the_report_is_handed_in(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    first, second, late = shades(3)
    await wang.sends(Photo(first, caption=SAYS, album="78"), Photo(second, album="78"))
    await confirms_the_light(wang)
    await wang.taps("交上去")
    await wang.sends(Photo(late, album="78"))
    wang.sees("补照片", "东湖-", "1 张")
    await wang.taps("交上去")
    wang.sees("补上了", "3 张")
    assert len(await reports_of(town)) == 1
    assert await photo_count(town) == 3


async def test_a_photo_alone_and_then_a_sentence(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo())
    wang.sees("1 张", "说说哪里", buttons=["灯不亮", "不是报修"])
    await wang.sends(SAYS)
    await confirms_the_light(wang)
    wang.sees("请看一眼", "3栋")


async def test_a_sentence_and_then_a_photo(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(SAYS)
    wang.sees("报修", buttons=["帮我登记"])
    await wang.sends(Photo())
    await confirms_the_light(wang)
    wang.sees("请看一眼", "3栋", "1 张")


async def test_a_sentence_alone_is_proposed_with_its_place(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(SAYS)
    wang.sees("楼道灯", "湖滨小区3号楼2单元4楼", buttons=["帮我登记", "我只是问问"])
    await wang.taps("帮我登记")
    await wang.taps("先不拍")
    wang.sees("请看一眼", "3栋", "2单元")
    await wang.taps("帮我登记")  # the old button again: nothing new
    await wang.taps("交上去")
    assert len(await reports_of(town)) == 1


async def test_photos_sent_as_files_are_welcome(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(File(picture(), "IMG.jpg", "image/jpeg", caption=SAYS))
    await confirms_the_light(wang)
    wang.sees("请看一眼", "1 张")


async def test_not_a_report_after_all(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo())
    await wang.taps("不是报修")
    wang.sees("不填了")
    assert not await reports_of(town)


async def test_a_question_under_a_photo_is_answered_and_the_photo_waits(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption="垃圾怎么分类?"))
    wang.sees_somewhere("分")
    wang.sees("照片我先留着", buttons=["用这张照片报修"])
    await wang.taps("用这张照片报修")
    wang.sees("1 张")


async def test_a_photo_in_the_middle_of_something_else_is_kept(town: Town) -> None:
    await gazetteer(town)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    await staff.sends("/places")
    await staff.taps("东湖社区")
    await staff.taps("加小区")
    before = len(staff.screen)
    await staff.sends(Photo())
    staff.sees_somewhere("先给您留着")
    assert len(staff.screen) == before + 2  # and the question again, at the bottom
    await staff.sends("松林小区")
    await staff.taps("用这张照片报修")
    staff.sees("1 张", buttons=["灯不亮"])


async def test_two_captioned_photos_are_two_reports(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    first, second = shades(2)
    await wang.sends(Photo(first, caption=SAYS), Photo(second, caption="柳园小区1栋门口井盖坏了"))
    wang.sees("井盖", "1 张")
    await wang.taps("井盖、沟盖板")
    while "请看一眼" not in wang.screen[-1].text:
        await wang.taps("跳过")
    await wang.taps("交上去")
    wang.sees("还没填完", buttons=["接着填"])
    await wang.taps("接着填")
    await confirms_the_light(wang)
    await wang.taps("交上去")
    assert [row.category for row in await reports_of(town)] == ["drain_cover", "stairwell_light"]
    assert await photo_count(town) == 2


async def test_another_community_asks_for_estate_and_building_again(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption="楼道灯坏了"))
    await wang.taps("楼道灯")
    for label in ("湖滨小区", "3栋", "2单元"):
        await wang.taps(label)
    await wang.sends("4", "1")
    wang.sees("请看一眼")
    await wang.taps("改一项")
    await wang.taps("社区")
    await wang.taps("西峡")
    wang.sees("哪个小区", buttons=["西峡花园"])
    await wang.taps("西峡花园")
    wang.sees("哪一栋", buttons=["1栋", "3栋"])
    await wang.taps("1栋")
    await wang.taps("1单元")
    wang.sees("请看一眼", "西峡花园", "1栋", "1单元")


async def test_a_building_that_nobody_entered_is_kept_in_words(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption="湖滨小区9号楼2单元楼道灯不亮"))
    await wang.taps("楼道灯")
    await wang.sends("1")
    wang.sees("请看一眼", "湖滨小区9号楼2单元")
    await wang.taps("交上去")
    [row] = await reports_of(town)
    assert row.building_id is None
    assert row.estate_id is not None
    assert "9号楼" in row.place


async def test_staff_enter_the_missing_building_with_one_press(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    far = await town.person("西峡干部", Role.COMMUNITY_STAFF, community="xixia")
    await wang.sends(Photo(caption="湖滨小区9号楼4单元8楼楼道灯不亮"))
    await wang.taps("楼道灯")
    await wang.sends("1")
    await wang.taps("交上去")
    await staff.taps("看一看")
    staff.sees("湖滨小区", buttons=["把 9 栋加进地名库"])
    await far.presses("rdesk:missing:1")
    old = staff.screen[-1].buttons["把 9 栋加进地名库"]
    await staff.taps("把 9 栋加进地名库")
    staff.sees("湖滨小区 9栋 4单元 8楼")
    await staff.presses(old)
    [row] = await reports_of(town)
    async with town.database.read() as session:
        [made] = (await session.scalars(select(Building).where(Building.name == "9栋"))).all()
    assert (made.entrances, made.floors, made.managing_body_id) == (4, 8, 1)
    assert (row.building_id, row.entrance, row.floor) == (made.id, "4", 8)


def taken_at(latitude: float, longitude: float) -> bytes:
    """A photo whose camera wrote down where it stood."""
    made, target = Image.new("RGB", (60, 40)), io.BytesIO()
    exif = made.getexif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {1: "N", 2: (latitude, 0.0, 0.0), 3: "E", 4: (longitude, 0.0, 0.0)}
    )
    made.save(target, "JPEG", exif=exif)
    return target.getvalue()


async def test_the_place_in_a_photo_is_only_offered(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(File(taken_at(30.25, 120.15), "a.jpg", "image/jpeg", "路面坑坑洼洼"))
    await wang.taps("路面破损")
    wang.sees("哪个小区", buttons=["用照片里的位置"])
    old = wang.screen[-1].buttons["用照片里的位置"]
    await wang.taps("用照片里的位置")
    wang.sees("请看一眼")
    await wang.presses(old)
    zhou = await town.person("周叔", community="donghu")
    await zhou.presses(old)
    await wang.taps("交上去")
    [row] = await reports_of(town)
    assert (row.latitude, row.longitude) == (30.25, 120.15)


async def test_the_place_in_a_photo_is_dropped_where_nobody_accepts_it(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(File(taken_at(30.25, 120.15), "a.jpg", "image/jpeg", "路面坑坑洼洼"))
    await wang.taps("路面破损")
    await wang.taps("湖滨小区")
    await wang.sends("大门口")
    await wang.taps("交上去")
    [row] = await reports_of(town)
    assert (row.latitude, row.longitude, row.place) == (None, None, "大门口")


async def test_a_file_without_a_kind_is_taken_by_its_name(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(File(picture(), "IMG_1.JPG", caption=SAYS))
    await confirms_the_light(wang)
    wang.sees("请看一眼", "1 张")


async def test_the_same_photo_and_words_twice_are_one_report(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption=SAYS), Photo(caption=SAYS))
    await confirms_the_light(wang)
    await wang.taps("交上去")
    assert "还没填完" not in wang.transcript()
    assert len(await reports_of(town)) == 1


async def test_a_correction_in_words(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption=SAYS))
    await wang.sends("不对,是下水道堵了,污水往外冒")
    wang.sees(SAYS, "污水往外冒", buttons=["下水道、积水", "楼道灯"])
    await wang.taps("下水道、积水")
    wang.sees("请看一眼", "下水道", "3栋")


async def test_words_under_a_video_are_read(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends({"video": {"file_id": "v", "file_unique_id": "v", "width": 1, "height": 1,
                                "duration": 3}, "caption": SAYS})  # fmt: skip
    wang.sees_somewhere("视频我还看不了")
    wang.sees("楼道灯", buttons=["帮我登记"])


async def test_a_form_begun_before_the_update_is_still_handed_in(town: Town) -> None:
    """An older version of the document knows no "what" and asks "quantity"."""
    await gazetteer(town)
    community = await town.community_id("donghu")
    made = report_form.draft(
        Submission(
            form="report",
            subject="",
            token="t",
            document_id=1,
            values={"category": "street_light", "quantity": 3, "community": str(community)},
            for_another=False,
        )
    )
    assert (made.category, made.quantity, made.community_id) == ("street_light", 3, community)


async def test_the_verdict_on_a_photo_waits_for_the_turn_under_way(town: Town) -> None:
    """Both write the whole filling: without waiting, the later would undo the earlier."""
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption=SAYS))  # also warms up the worker that draws photos anew
    town.jobs_run = False
    await wang.sends(Photo(picture(50, 50)))
    runner = town.processes[0].make_job_runner()
    async with town.database.write() as session:
        await inbox.lock_chat(session, wang.id)
        row = await form_rows.under_way(session, await town.person_id(wang), wang.id)
        assert row is not None
        judging = asyncio.create_task(runner.step())
        for _ in range(20):
            await asyncio.sleep(0.05)
            if judging.done():
                break
        row.state = {**row.state, "language": "zh"}
    await judging
    async with town.database.read() as session:
        kept = await form_rows.under_way(session, row.person_id, wang.id)
        assert kept is not None
    assert [photo["state"] for photo in kept.state["answers"]["photos"]] == ["ok", "ok"]
    assert kept.state["language"] == "zh"


async def test_a_sentence_where_a_button_was_expected_is_understood(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/report")
    await wang.sends("楼道灯坏了三盏,晚上看不见")
    await wang.taps("楼道灯")
    await wang.sends("孩子上楼都害怕,没有照片")
    wang.sees("这句也记下了", "拍张照片")
    await wang.taps("先不拍")
    wang.sees("哪个小区")
    await wang.sends("湖滨小区三号楼二单元四楼")
    wang.sees("请看一眼", "3栋", "2单元", "楼层:4", "坏了几盏:3", "孩子上楼都害怕")


async def test_a_building_in_another_way_of_writing(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption="楼道灯坏了"))
    await wang.taps("楼道灯")
    await wang.taps("湖滨小区")
    await wang.sends("三号楼")
    wang.sees("几单元")
    await wang.sends("二单元")
    wang.sees("几楼")
    await wang.sends("四楼的灯和五楼的灯都不亮")
    wang.sees("这句也记下了", "坏了几盏")
    await wang.sends("2")
    wang.sees("请看一眼", "楼层:4", "四楼的灯和五楼的灯都不亮")


async def test_a_voice_in_the_middle_is_kept_and_the_question_stays(town: Town) -> None:
    await gazetteer(town)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/report")
    await wang.sends({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}})
    wang.sees_somewhere("听不懂语音")
    wang.sees("哪方面", buttons=["灯不亮"])
    staff.sees("等您来看")


async def test_where_nothing_is_entered_yet_nothing_is_to_choose_from(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption="楼道灯坏了"))
    await wang.taps("楼道灯")
    wang.sees("具体在什么地方")
    await wang.sends("湖滨路 8 号 2 单元")
    await wang.sends("2")
    wang.sees("请看一眼", "湖滨路 8 号 2 单元")
    await wang.taps("改一项")
    await wang.taps("小区")
    wang.sees("哪个小区", buttons=["不在上面"])


async def test_more_photos_than_another_form_takes_begin_no_report(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    await wang.sends(Photo(caption=SAYS))
    await confirms_the_light(wang)
    await wang.taps("交上去")
    await staff.taps("看一看")
    await staff.taps("受理")
    await staff.taps("处理好了")
    for content in shades(8):
        await staff.sends(Photo(content, album="9"))
    assert "用这张照片报修" not in staff.transcript()
    await staff.sends("换了灯泡")
    await staff.taps("交上去")
    assert "还没填完" not in staff.transcript()


# -- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04" + b"\0" * 200,
        b"<html><script>1</script></html>",
        b"<svg xmlns='x'></svg>",
        b"",
    ],
)
async def test_what_calls_itself_a_photo_and_is_none(town: Town, content: bytes) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(File(content, "photo.jpg", "image/jpeg", caption=SAYS))
    wang.sees_somewhere("用不了", "不是一张照片")
    assert not await photo_count(town)
    await wang.taps("楼道灯")
    wang.sees("拍张照片")  # the words are kept and the photo is asked for
    await wang.taps("先不拍")
    await wang.taps("交上去")
    assert len(await reports_of(town)) == 1
    assert not await photo_count(town)


async def test_a_file_that_is_no_picture_begins_nothing(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(File(b"PK\x03\x04", "a.zip", "application/zip", caption=SAYS))
    assert "请看一眼" not in wang.transcript()
    assert not await reports_of(town)


async def test_thirty_photos(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    for number, content in enumerate(shades(30)):
        await wang.sends(
            Photo(content, caption=SAYS if not number else "", album=str(number // 10))
        )
    wang.sees_somewhere("最多 10 张")
    assert len(wang.screen) < 8
    await confirms_the_light(wang)
    await wang.taps("交上去")
    assert len(await reports_of(town)) == 1
    assert await photo_count(town) == 10


@pytest.mark.parametrize(
    "words",
    [
        "湖滨小区99999999999号楼99999999999单元99999999999楼灯坏了99999999999盏",
        "湖滨小区3号楼0单元-9楼灯坏了0盏",
        "湖滨小区3号楼9单元88楼灯坏了<b>&{x}${y}",
        "湖滨小区３号楼２单元４楼灯坏了２盏\x00\u202e",
        "灯坏了 " * 200,
    ],
)
async def test_numbers_no_building_has_and_odd_signs(town: Town, words: str) -> None:
    await gazetteer(town)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption=words[:1024]))
    await wang.taps("楼道灯")
    for _ in range(12):
        label = next(
            (
                want
                for want in ("交上去", "跳过", "湖滨小区", "3栋", "1单元")
                if any(want in button for button in wang.screen[-1].buttons)
            ),
            None,
        )
        await (wang.taps(label) if label else wang.sends("2"))
        if label == "交上去":
            break
    [row] = await reports_of(town)
    assert row.quantity in (None, 2)
    assert row.floor in (None, 2, 4)
    assert row.entrance in (None, "1", "2")
    await staff.taps("看一看")
    missing = [button for button in staff.screen[-1].buttons if "地名库" in button]
    if missing:
        await staff.taps("地名库")
    assert len(await reports_of(town)) == 1


async def test_a_phone_without_a_fix(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Location(0.0, 0.0))
    wang.sees("没有定到位")
    await wang.sends(Photo(caption="路面坑坑洼洼"))
    await wang.sends(Location(0.0, 0.0))
    wang.sees("没有定到位", "哪一类")
    await wang.taps("路面破损")
    wang.sees("哪个小区")


@pytest.mark.parametrize("text", ["😡", "👍🏽👍🏽", "‍"])
async def test_only_an_emoji(town: Town, text: str) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(text)
    assert wang.screen
    await wang.sends(Photo(caption=text))
    wang.sees("1 张", buttons=["灯不亮", "下一页"])
    await wang.taps("下一页")
    await wang.taps("都不是")
    await wang.taps("都不是")
    await wang.taps("湖滨小区")
    await wang.sends("花坛边")
    wang.sees("怎么回事")
    await wang.sends(text)
    wang.sees("怎么回事")
    await wang.sends("椅子坏了")
    wang.sees("请看一眼", "椅子坏了")


async def test_danger_to_life_is_told_to_call_first(town: Town) -> None:
    await gazetteer(town)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption="湖滨小区3栋楼道电线着火了,快来人"))
    first = wang.screen[0]
    assert "119" in first.text
    assert staff.screen
    wang.sees("1 张")


async def test_somebody_trapped_in_a_lift(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption="湖滨小区3栋2单元电梯坏了"))
    await wang.taps("电梯")
    wang.sees("有人困在里面吗")
    await wang.taps("有")
    wang.sees("请马上打 110、119 或 120", "请看一眼")
    await wang.taps("交上去")
    [row] = await reports_of(town)
    assert row.urgent
    assert row.details == {"trapped": "yes"}


async def test_a_place_outside_the_street(town: Town) -> None:
    await gazetteer(town)
    community = await town.community_id("donghu")
    async with town.database.write() as session:
        spot = Landmark(community_id=community, name="东湖广场", aliases=[])
        spot.latitude, spot.longitude = 30.25, 120.15
        session.add(spot)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption="路面坑坑洼洼"))
    await wang.taps("路面破损")
    await wang.sends(Location(39.9, 116.4, 20))
    wang.sees("不在我们街道")
    await wang.taps("交上去")
    [row] = await reports_of(town)
    assert (row.latitude, row.longitude) == (39.9, 116.4)
    async with town.database.read() as session:
        assert (await session.get_one(Community, row.community_id)).code == "donghu"


async def test_a_photo_sent_at_another_question_is_said_to_be_kept(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/report")
    await wang.sends(Photo())
    wang.sees("照片:1 张,已经收好", "是哪方面的事?")
    await wang.sends(Photo(album="a"), Photo(album="a"))
    wang.sees("照片:3 张,已经收好", "是哪方面的事?")
