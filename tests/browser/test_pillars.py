"""The four pillars and the staff's side, walked on the demo page."""

import pytest
from playwright.async_api import expect

from tests.browser.phones import SECONDS, Phone

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
RESIDENT = {"desk": 1002, "phone": 1003}
STREET, COMMUNITY, GRID, ADMIN = 1401, 1301, 1201, 9001


async def at_home(phone: Phone) -> None:
    """The resident of this phone, who lives in 东湖."""
    await phone.becomes(RESIDENT[phone.prefix])
    await phone.types("/start")
    await phone.page.wait_for_timeout(1500)
    if await phone.page.locator("#log .buttons button", has_text="桥头社区").count():
        await phone.taps("东湖社区")
        await phone.sees("东湖社区")


async def test_a_resident_fills_in_the_questionnaire_and_staff_see_the_count(phone: Phone) -> None:
    await phone.becomes(RESIDENT[phone.prefix])
    await phone.sees("住在哪个社区")
    await phone.shoots("first-meeting")
    await phone.taps("东湖社区")
    await phone.types("/survey")
    await phone.taps("社区生活")
    await phone.sees("不记名")
    await phone.shoots("survey-intro")
    await phone.taps("开始答")
    await phone.sees("第 1/")
    await phone.shoots("survey-question")
    await phone.taps("住满半年了")
    await phone.sees("第 2/")
    await phone.taps("先存着")
    await phone.sees("先存着了")
    await phone.becomes(STREET)
    await phone.types("/surveys")
    await phone.taps("社区生活")
    await phone.sees("能看内容的 25 份")
    await phone.taps("看结果")
    await phone.shoots("survey-results")


async def test_a_question_is_answered_and_staff_answer_what_the_bot_cannot(phone: Phone) -> None:
    await at_home(phone)
    await phone.types("有物业的楼，楼道灯谁修？")
    await phone.sees("物业")
    await phone.shoots("answer")
    words = f"老年大学{phone.prefix}班几点开门"
    await phone.types(words)
    await phone.page.wait_for_timeout(1500)
    if await phone.page.locator("#log .buttons button", has_text="都不是").last.is_visible():
        await phone.shoots("candidates")
        await phone.taps("都不是")
    await phone.sees("1 个工作日内")
    await phone.shoots("unknown")
    await phone.becomes(COMMUNITY)
    await phone.types("/kb")
    await phone.shoots("queue")


async def test_a_dark_stairwell_is_reported_with_a_photo_mended_and_closed(phone: Phone) -> None:
    await at_home(phone)
    await phone.types("/report")
    await phone.sees("哪方面")
    await phone.shoots("report-group")
    await phone.taps("灯不亮")
    await phone.sees("具体是什么")
    await phone.taps("楼道灯")
    await phone.sees("请拍张照片")
    await phone.sends_photo()
    await phone.taps("发好了")
    await phone.sees("哪个小区")
    await phone.taps("不在上面")
    await phone.sees("具体在什么地方")
    await phone.types("湖滨路 8 号老楼")
    await phone.sees("坏了几盏")
    await phone.types("两盏")
    await phone.sees("怎么回事?说一句")
    await phone.types("不亮三天了")
    others = phone.page.locator("#log .buttons button", has_text="不是,继续").last
    done = phone.page.locator("#log .buttons button", has_text="交上去").last
    await expect(others.or_(done).first).to_be_visible(timeout=SECONDS)
    if await others.is_visible():  # the other screen has reported it already
        await phone.shoots("report-same")
        await others.click()
    await phone.sees_button("交上去")
    await phone.shoots("report-review")
    await phone.taps("交上去")
    await phone.sees("记下了,编号 东湖")
    await phone.shoots("report-filed")
    await phone.becomes(GRID)
    await phone.types("/reports")
    await phone.shoots("grid-list")
    await phone.becomes(COMMUNITY)
    await phone.types("/reports")
    await phone.sees("新上报")
    await phone.shoots("desk-list")


async def test_a_resident_becomes_a_volunteer(phone: Phone) -> None:
    await phone.becomes(COMMUNITY)
    before = await phone.counts("看一看")
    await at_home(phone)
    await phone.types("/volunteer")
    await phone.taps("我要报名")
    await phone.sees("境外")
    await phone.shoots("consent")
    await phone.taps("同意")
    await phone.sees("怎么称呼您")
    await phone.types("陈志愿")
    await phone.taps("男")
    await phone.types("1970")
    await phone.sees("哪个社区参加")
    await phone.taps("东湖社区")
    await phone.sees("联系电话")
    await phone.shoots("volunteer-phone")
    await phone.types("13812345678")
    await phone.taps("☐ 环保创卫")
    await phone.sees_button("☑ 环保创卫")
    await phone.taps("选好了")
    await phone.sees("特长")
    await phone.taps("跳过")
    await phone.sees("有空")
    await phone.taps("跳过")
    await phone.sees("请看一眼")
    await phone.shoots("volunteer-review")
    await phone.taps("交上去")
    await phone.sees("收到了")
    await phone.becomes(COMMUNITY)
    await phone.sees_one_more("看一看", before)
    await phone.taps("看一看")
    await phone.sees_button("通过")
    await phone.sees("138****5678")
    await phone.shoots("volunteer-desk")
    await phone.taps("通过")
    await phone.becomes(RESIDENT[phone.prefix])
    await phone.sees("您已经是志愿者了")


async def test_the_menus_fit_the_role(phone: Phone) -> None:
    resident = RESIDENT[phone.prefix]
    for persona, name in ((resident, "resident"), (COMMUNITY, "staff"), (ADMIN, "admin")):
        await phone.becomes(persona)
        await phone.types("/start")
        await phone.page.wait_for_timeout(1200)
        await phone.shoots(f"menu-{name}")
