"""A phone in somebody's hand: the demo page, driven as a person would."""

import re
from dataclasses import dataclass

from playwright.async_api import Page, expect

from tests import browsers

SECONDS = 30_000


@dataclass
class Phone:
    """The page, opened as one persona after the other."""

    page: Page
    address: str
    prefix: str

    async def becomes(self, persona: int) -> None:
        """Hand the phone to somebody else."""
        await self.page.goto(f"{self.address}/#{persona}")
        await self.page.wait_for_timeout(300)
        ready = self.page.locator("#begin:visible, #entry:visible").first
        await expect(ready).to_be_visible(timeout=SECONDS)
        begin = self.page.locator("#begin")
        if await begin.is_visible():
            await begin.click()
            await expect(self.page.locator("#entry")).to_be_visible()

    async def types(self, words: str) -> None:
        await self.page.locator("#entry").fill(words)
        await self.page.locator("#entry").press("Enter")

    async def taps(self, label: str) -> None:
        """Tap the newest button that begins with this."""
        begins = re.compile(f"^{re.escape(label)}")
        button = self.page.locator("#log .buttons button", has_text=begins).last
        await expect(button).to_be_visible(timeout=SECONDS)
        await button.click()

    async def sees_button(self, label: str) -> None:
        """A button with this label is there, now or soon."""
        button = self.page.locator("#log .buttons button", has_text=label)
        await expect(button.last).to_be_visible(timeout=SECONDS)

    async def counts(self, label: str) -> int:
        """How many buttons with this label the chat has."""
        await self.page.wait_for_timeout(500)
        return await self.page.locator("#log .buttons button", has_text=label).count()

    async def sees_one_more(self, label: str, than: int) -> None:
        """A button with this label came to those that were there."""
        button = self.page.locator("#log .buttons button", has_text=label).nth(than)
        await expect(button).to_be_visible(timeout=SECONDS)

    async def sends_photo(self) -> None:
        await self.page.get_by_role("button", name="发照片、位置、文件").click()
        await self.page.get_by_role("menuitem", name="现成的照片").click()
        await self.page.locator("#photos").get_by_role("button", name="发送").click()

    async def sees(self, words: str) -> None:
        """The chat shows these words, now or soon."""
        found = self.page.locator("#log .message", has_text=re.compile(re.escape(words)))
        await expect(found.last).to_be_visible(timeout=SECONDS)

    async def shoots(self, name: str) -> None:
        """Leave a screenshot, and check that nothing runs off the screen."""
        browsers.SHOTS.mkdir(parents=True, exist_ok=True)
        await self.page.wait_for_timeout(250)
        await self.page.screenshot(path=browsers.SHOTS / f"{self.prefix}-{name}.png")
        wide = await self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name} is {wide} px too wide"
