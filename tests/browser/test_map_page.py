"""The map's page in a real browser: circles, the list, zoom, a kind chosen; no request at all."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from handlers.files import report_maps
from services.reports import periods
from services.reports.maps import Map, Spot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

TOWN = Map(
    periods.last_days(90),
    (
        Spot("湖滨小区", "东湖社区", 30.70, 111.30, 5, 2, (("楼道灯", 4), ("下水道", 1))),
        Spot("<b>峡口</b>", "西峡社区", 30.71, 111.31, 1, 1, (("下水道", 1),)),
        Spot("", "东湖社区", None, None, 2, 0, (("噪音", 2),)),
    ),
    (),
)


async def test_the_page_works_on_a_phone_without_a_network(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "map.html"
    file.write_text(report_maps.page(TOWN), encoding="utf-8")
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(file.as_uri())
    assert await page.locator(".spot").all_inner_texts() == ["5", "1"]
    assert "<b>峡口</b> 1 件" in (await page.locator("li").all_inner_texts())[1]
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    before = await page.locator(".spot").first.bounding_box()
    await page.click("#in")
    after = await page.locator(".spot").first.bounding_box()
    assert before
    assert after
    assert before["x"] != after["x"]
    await page.click("#out")
    await page.select_option("#kind", "下水道")
    assert await page.locator("li").count() == 2
    await page.locator(".spot").first.click()
    assert await page.locator("li.chosen").count() == 1
    assert asked == [file.as_uri()]
    assert not errors
    await page.close()
