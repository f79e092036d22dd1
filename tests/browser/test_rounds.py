"""A stairwell round on the demo page: walked with one thumb, then seen as a chart and a map."""

import pytest

from tests.browser.phones import Phone

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
COMMUNITY, GRID = 1301, 1201


async def test_a_round_is_walked_and_the_figures_are_drawn(phone: Phone) -> None:
    await phone.becomes(COMMUNITY)
    await phone.types("/reports")
    await phone.taps("楼道灯排查")
    await phone.taps("新开一轮")
    await phone.sees("从哪天开始")
    await phone.types("今天")
    await phone.sees("到哪天结束")
    await phone.types("后天")
    await phone.taps("交上去")
    await phone.sees("这一轮开始了")
    await phone.becomes(GRID)
    await phone.types("/reports")
    await phone.taps("楼道灯排查")
    await phone.taps("楼道灯排查 2")
    await phone.taps("示例老厂家属院")
    await phone.shoots("round-buildings")
    await phone.taps("示例老厂家属院 1号楼")
    await phone.sees("这栋已走")
    await phone.taps("坏 2 盏")
    await phone.sees("刚记下:1单元")
    await phone.shoots("round-floor")
    await phone.taps("看各层")
    await phone.sees("要改哪一层")
    await phone.shoots("round-floors")
    await phone.taps("坏的一起报修")
    await phone.becomes(COMMUNITY)
    await phone.sees("请受理")
    await phone.types("/reports")
    await phone.taps("更多")
    await phone.taps("图表")
    await phone.sees("各类事情办得怎么样")
    await phone.taps("发成图片")
    await phone.page.wait_for_timeout(1500)
    await phone.shoots("chart")
