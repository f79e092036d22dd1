"""Every type of question of an XLSForm, answered in chat as somebody would."""

from datetime import UTC, datetime

from db.stores import surveys
from services import clock
from services.forms.checks import check
from services.permissions import Role
from services.surveys.drafts import Publication
from tests.scenarios.small_surveys import published
from tests.services.forms.workbooks import Rows, xlsx
from tests.telegram import File, Location, Photo, Somebody, Town

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
QUESTIONS: Rows = [
    ["type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message",
     "parameters", "repeat_count", "default", "calculation", "choice_filter"],
    ["note", "hello", "您好,下面问几件小事。"],
    ["select_one area or_other", "area", "您住哪一片?", "", "yes"],
    ["select_one street", "street", "哪条街?", "", "yes", "", "", "", "", "", "", "", "of=${area}"],
    ["select_multiple things", "things", "缺什么?"],
    ["rank things", "order", "按要紧排一排"],
    ["integer", "people", "家里几口人?", "", "yes", "", ". > 0 and . < 20", "一般不到 20 人。"],
    ["decimal", "rooms", "房子多少平方?"],
    ["range", "score", "打几分?", "", "yes", "", "", "", "start=1 end=5 step=1"],
    ["date", "since", "哪天搬来的?"],
    ["time", "quiet", "几点睡觉?"],
    ["dateTime", "seen", "什么时候看到的?"],
    ["image", "picture", "拍张照片?"],
    ["audio", "sound", "说两句?"],
    ["video", "film", "拍一段?"],
    ["file", "paper", "有文件吗?"],
    ["geopoint", "spot", "在哪里?"],
    ["begin_group", "kin", "家里人"],
    ["begin_repeat", "child", "孩子", "", "", "", "", "", "", "${people} - 1"],
    ["text", "name", "第 ${people} 口之家的孩子叫什么小名?"],
    ["end_repeat"],
    ["begin_repeat", "pet", "宠物"],
    ["text", "kind", "养的什么?"],
    ["end_repeat"],
    ["end_group"],
    ["calculate", "double", "", "", "", "", "", "", "", "", "", "${people} * 2"],
    ["note", "told", "一共记 ${double} 份。"],
    ["acknowledge", "agree", "看过了。"],
    ["text", "words", "还想说什么?", "", "", "", "", "", "", "", "没有了"],
]  # fmt: skip
CHOICES: Rows = [
    ["list_name", "name", "label", "of"],
    ["area", "east", "东片", ""],
    ["area", "west", "西片", ""],
    ["street", "lake", "湖边街", "east"],
    ["street", "bridge", "桥头街", "west"],
    ["things", "lamp", "灯", ""],
    ["things", "bench", "长椅", ""],
    ["things", "ramp", "坡道", ""],
]


def form() -> bytes:
    settings: Rows = [["form_title", "form_id"], ["样样都有", "every"]]
    return xlsx(survey=QUESTIONS, choices=CHOICES, settings=settings)


VOICE = {"file_unique_id": "v1", "duration": 3, "mime_type": "audio/ogg", "file_size": 64}


async def opened(town: Town) -> int:
    clock.set_source(lambda: NOON)
    report = check(form())
    assert report.document is not None, report.errors
    return await published(town, Publication(anonymous=False, once=True), report.document)


async def goes_through(wang: Somebody, survey_id: int) -> None:
    """Every question once, by button, by typing and by sending things; the review page."""
    await wang.sends(f"/start svy_{survey_id}")
    await wang.taps("开始答")
    wang.sees("下面问几件小事")
    await wang.taps("看好了")
    await wang.taps("东片")
    shown = wang.sees("哪条街?", buttons=["湖边街"])
    assert "桥头街" not in shown.buttons
    for label in ("湖边街", "灯", "坡道", "选好了", "坡道", "灯", "长椅"):
        await wang.taps(label)
    wang.sees("坡道 > 灯 > 长椅")
    await wang.taps("选好了")
    await wang.sends("２５")
    wang.sees("一般不到 20 人")
    await wang.sends("三", "八十八点五")
    await wang.taps("4")
    await wang.sends("去年10月1日", "晚上9点半", "昨天下午3点")
    wang.sees("拍张照片?")
    await wang.sends(Photo())
    wang.sees("说两句?")
    await wang.sends({"voice": VOICE | {"file_id": wang.town.store(b"OggS" + b"\0" * 60)}})
    wang.sees("拍一段?")
    await wang.taps("跳过")
    wang.sees("有文件吗?")
    await wang.sends(File(b"%PDF-1.7 paper", "证明.pdf", "application/pdf"))
    wang.sees("在哪里?")
    await wang.sends(Location(30.2, 111.3, 12))
    for name in ("小宝", "二宝"):
        wang.sees("第 3 口之家", "叫什么小名?")
        await wang.sends(name)
    await wang.sends("猫")
    await wang.taps("再加")
    await wang.sends("狗")
    await wang.taps("没有了")
    wang.sees("一共记 6 份")
    for label in ("看好了", "知道了", "保持不变"):
        await wang.taps(label)
    wang.sees("请看一眼", buttons=["交上去"])


async def test_every_type_goes_through_the_chat(town: Town) -> None:
    survey_id = await opened(town)
    wang = await town.person("王阿姨", community="donghu")
    await goes_through(wang, survey_id)
    await wang.taps("交上去")
    wang.sees_somewhere("谢谢您")
    async with town.database.read() as session:
        [response] = await surveys.responses(session, survey_id)
    answer = dict(response.answer)
    files = {key: answer.pop(key) for key in ("picture", "sound", "paper")}
    assert answer == {
        "area": "east",
        "street": "lake",
        "things": ["lamp", "ramp"],
        "order": ["ramp", "lamp", "bench"],
        "people": 3,
        "rooms": 88.5,
        "score": 4,
        "since": "2025-10-01",
        "quiet": "21:30:00.000+08:00",
        "seen": "2026-11-23T15:00:00.000+08:00",
        "spot": {"lat": 30.2, "lon": 111.3, "altitude": None, "accuracy": 12},
        "kin/child_count": "2",
        "kin/child[1]/name": "小宝",
        "kin/child[2]/name": "二宝",
        "kin/pet[1]/kind": "猫",
        "kin/pet[2]/kind": "狗",
        "double": "6",
        "agree": "OK",
        "words": "没有了",
    }
    assert all(entry["state"] == "ok" for one in files.values() for entry in one)


async def test_staff_read_every_answer_and_see_the_files(town: Town) -> None:
    survey_id = await opened(town)
    wang = await town.person("王阿姨", community="donghu")
    await goes_through(wang, survey_id)
    await wang.taps("交上去")
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:show:{survey_id}")
    await staff.taps("看结果")
    pages = [staff.screen[-1].text]
    files: list[str] = []
    while "下一题" in staff.screen[-1].buttons:
        await staff.taps("下一题")
        page = staff.screen[-1]
        pages.append(page.text)
        files += [data for label, data in page.buttons.items() if "看照片" in label]
    said = "\n".join(pages)
    for part in ("88.5", "2025-10-01", "21:30", "2026-11-23 15:00", "30.2 111.3", "二宝", "狗"):
        assert part in said, said
    assert "T15:00" not in said
    assert len(files) == 3
    before = len(town.calls)
    for data in files:
        await staff.presses(data)
        staff.sees("看到第 1 个,一共 1 个")
    sent = {name for name, _ in town.calls[before:]}
    assert {"sendPhoto", "sendVoice", "sendDocument"} <= sent
    for kind in ("xlsx", "csv", "sav"):
        await staff.presses(f"sdesk:file:{survey_id}:{kind}")
        assert staff.screen[-1].file


async def test_residents_do_not_see_what_others_sent(town: Town) -> None:
    survey_id = await opened(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.presses(f"sdesk:files:{survey_id}:10.0")
    wang.sees_toast("权限")
