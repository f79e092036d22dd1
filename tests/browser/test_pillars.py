"""The four pillars and the staff's side, walked on the demo page."""

import pytest

from tests.browser.phones import Phone

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
RESIDENT = {"desk": 1002, "phone": 1003}
STREET, COMMUNITY = 1401, 1301


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
