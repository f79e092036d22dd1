"""The chat page in a real browser, at desk and phone width; screenshots go to var/screenshots."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyKeyboardMarkup,
)

from bot.sandbox import Sandbox, sample_picture
from tests import browsers
from tests.sandbox.conftest import make_bot

# One browser for all tests here, so they share its event loop.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
WIDTHS = [pytest.param(size, id=name) for name, size in browsers.SIZES.items()]
SECONDS = 5000


@pytest_asyncio.fixture(loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    async with make_bot(sandbox) as ready:
        yield ready


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        running = await browsers.launch(driver)
        yield running
        await running.close()


@pytest_asyncio.fixture(params=WIDTHS, loop_scope="module")
async def page(
    request: pytest.FixtureRequest, sandbox: Sandbox, browser: Browser
) -> AsyncIterator[Page]:
    width, height = request.param
    page = await browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(SECONDS)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    yield page
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    name = request.node.name.replace("[", "-").rstrip("]")
    browsers.SHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=browsers.SHOTS / f"sandbox-{name}.png")
    await page.close()
    assert troubles == []
    assert wide <= 0


async def test_a_resident_talks_presses_and_sees_the_answer(
    sandbox: Sandbox, bot: Bot, page: Page
) -> None:
    await page.goto(f"{sandbox.url}/#1001")
    await page.get_by_role("button", name="开始").click()
    await page.locator("#entry").fill("<img src=x onerror=alert(1)> & 您好")
    await page.locator("#entry").press("Enter")
    mine = page.locator("#log .mine .words")
    await expect(mine.last).to_have_text("<img src=x onerror=alert(1)> & 您好")
    assert await page.locator("#log .words img").count() == 0
    assert [u.message.text for u in await bot.get_updates() if u.message] == [
        "/start",
        "<img src=x onerror=alert(1)> & 您好",
    ]
    await bot.send_chat_action(1001, "typing")
    await expect(page.locator("#with-state")).to_have_text("正在输入…")
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("好的", callback_data="yes")]])
    sent = await bot.send_message(
        1001, "先看<b>这里</b>👍,<i>行吗</i>?", parse_mode="HTML", reply_markup=markup
    )
    await expect(page.locator("#log strong")).to_have_text("这里")
    await expect(page.locator("#log em")).to_have_text("行吗")
    await page.locator("#log").get_by_role("button", name="好的").click()
    async with asyncio.timeout(5):
        while not (query := (await bot.get_updates(offset=-1, timeout=1))[0].callback_query):
            pass
    await query.answer("记下了")
    await expect(page.locator("#toasts")).to_contain_text("记下了")
    await query.answer("看不见的第二次")
    await bot.edit_message_text("改好了", 1001, sent.message_id)
    await expect(page.locator("#log .message").last).to_contain_text("改好了")
    await expect(page.locator("#log .buttons")).to_have_count(0)
    await bot.delete_message(1001, sent.message_id)
    await expect(page.locator("#log")).not_to_contain_text("改好了")


async def test_photos_keys_and_commands(sandbox: Sandbox, bot: Bot, page: Page) -> None:
    await sandbox.start(1002)
    await bot.set_my_commands([("report", "随手拍")])
    keys = ReplyKeyboardMarkup([["报修", "问事"]], input_field_placeholder="打字也行")
    await bot.send_message(1002, "您好", reply_markup=keys)
    await page.goto(f"{sandbox.url}/#1002")
    await expect(page.locator("#entry")).to_have_attribute("placeholder", "打字也行")
    await page.locator("#keys").get_by_role("button", name="报修").click()
    await page.get_by_role("button", name="命令菜单").click()
    await page.get_by_role("menuitem", name="/report").click()
    await page.get_by_role("button", name="发照片、位置、文件").click()
    await page.get_by_role("menuitem", name="现成的三张").click()
    await page.get_by_label("配一句话").fill("灯坏了")
    await page.locator("#photos").get_by_role("button", name="发送").click()
    await expect(page.locator("#log .media.many img")).to_have_count(3)
    await bot.send_media_group(1002, [InputMediaPhoto(sample_picture(n)) for n in range(2)])
    await expect(page.locator("#log .media.many")).to_have_count(2)
    messages = [update.message for update in await bot.get_updates()]
    assert [m.text for m in messages if m and m.text] == ["/start", "报修", "/report"]
    photos = [m.photo[-1] for m in messages if m and m.photo]
    assert [(photo.width, photo.height) for photo in photos] == [(960, 720)] * 3
    first = await (await bot.get_file(photos[0])).download_as_bytearray()
    assert first.startswith(b"\xff\xd8")
    assert messages[3] is not None
    assert messages[3].caption == "灯坏了"


async def test_staff_see_that_something_came(sandbox: Sandbox, bot: Bot, page: Page) -> None:
    await sandbox.start(1001)
    await sandbox.start(1201)
    await page.goto(f"{sandbox.url}/#1001")
    await bot.send_message(1201, "新来一件上报")
    narrow = await page.locator("#people-open").is_visible()
    if narrow:
        await expect(page.locator("#others-unread")).to_be_visible()
        await page.locator("#people-open").click()
    row = page.locator("#people-list").get_by_role("button", name="孙丽")
    await expect(row.locator(".badge")).to_have_text("1")
    await row.click()
    await expect(page.locator("#log")).to_contain_text("新来一件上报")
    async with asyncio.timeout(5):
        while sandbox.world.chats[1201].unread:
            await asyncio.sleep(0.02)
    assert page.url.endswith("#1201")
