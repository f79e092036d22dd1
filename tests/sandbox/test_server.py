"""A whole PTB Application on the sandbox, its life as a process, and what it keeps."""

import ast
import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.sandbox import Options, Sandbox, SimError
from tests.sandbox.conftest import TOKEN, make_bot

ROOT = Path(__file__).parents[2]


async def greet(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="yes")]])
    await update.message.reply_text("您好", reply_markup=markup)


async def agree(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("记下了")
    await update.callback_query.edit_message_text("谢谢")


async def test_an_application_polls_answers_and_edits(sandbox: Sandbox) -> None:
    application = (
        Application.builder()
        .token(TOKEN)
        .base_url(sandbox.base_url)
        .base_file_url(sandbox.base_file_url)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, greet))
    application.add_handler(CallbackQueryHandler(agree))
    async with application:
        assert application.updater is not None
        await application.updater.start_polling()
        await application.start()
        await sandbox.start(1001)
        await sandbox.said(1001, "您好")
        press = await sandbox.tap(1001, "好")
        await sandbox.said(1001, "谢谢")
        await sandbox.settle()
        with pytest.raises(AssertionError, match="nobody said"):
            await sandbox.said(1001, "再见", seconds=0.05)
        await application.updater.stop()
        await application.stop()
    assert sandbox.answer(press) == {"text": "记下了", "alert": False, "url": ""}
    assert sandbox.violations == []


async def test_chats_and_files_survive_a_second_start(tmp_path: Path) -> None:
    options = Options(deterministic=False, state=tmp_path / "kept")
    async with Sandbox(options) as first, make_bot(first) as bot:
        await first.photo(1001, caption="灯")
        await first.text(4321, "新来的")
        update = (await bot.get_updates())[0]
        assert update.message is not None
        await bot.get_updates(offset=update.update_id + 1)
        await bot.set_my_commands([("start", "开始")])
        sent = await bot.send_message(1001, "收到")
    async with Sandbox(options) as second, make_bot(second) as bot:
        assert [m["message_id"] for m in second.messages(1001)][-1] == sent.message_id
        assert await bot.edit_message_text("修好了", 1001, sent.message_id)
        file = await bot.get_file(update.message.photo[-1].file_id)
        assert len(await file.download_as_bytearray()) > 100
        assert [c.command for c in await bot.get_my_commands()] == ["start"]
        waiting = await bot.get_updates()
        assert [u.message.text for u in waiting if u.message] == ["新来的"]
        later = await second.text(1001, "还在")
        assert later["update_id"] > waiting[0].update_id
        assert later["message"]["message_id"] > sent.message_id


async def test_a_state_that_cannot_be_read_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(SimError, match="move it away"):
        await Sandbox(state=tmp_path).start_server()


def test_it_imports_nothing_of_the_project_but_itself() -> None:
    files = list((ROOT / "bot" / "sandbox").rglob("*.py"))
    assert files
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                own = name.startswith("bot.sandbox") or name == "aiohttp"
                assert own or name.split(".")[0] in sys.stdlib_module_names, (file, name)


async def test_it_works_without_the_description() -> None:
    async with Sandbox(api=None) as sandbox, make_bot(sandbox) as bot:
        await sandbox.start(1001)
        assert (await bot.send_message(1001, "123")).text == "123"
        assert sandbox.violations == []


async def test_the_same_run_gives_the_same_ids() -> None:
    async def run() -> list[object]:
        async with Sandbox() as sandbox, make_bot(sandbox) as bot:
            await sandbox.photo(1001)
            await bot.send_message(1001, "x")
            return [*sandbox.messages(1001), *await bot.get_updates()]

    assert await run() == await run()


@asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.sandbox",
        "--port",
        "0",
        *arguments,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    try:
        line = (await asyncio.wait_for(child.stdout.readline(), 10)).decode()
        yield child, line.split()[-1]
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_even_with_a_page_open(number: signal.Signals) -> None:
    async with (
        process() as (child, url),
        aiohttp.ClientSession() as http,
        http.get(f"{url}sim/events") as page,
    ):
        assert page.status == 200
        child.send_signal(number)
        assert await asyncio.wait_for(child.wait(), 5) == 0


@pytest.mark.slow
async def test_it_ends_when_its_input_closes() -> None:
    async with process("--stdin") as (child, _):
        assert child.stdin is not None
        child.stdin.close()
        assert await asyncio.wait_for(child.wait(), 5) == 0


@pytest.mark.slow
async def test_it_ends_with_the_process_it_watches() -> None:
    parent = await asyncio.create_subprocess_exec("sleep", "60")
    async with process("--parent-pid", str(parent.pid)) as (child, _):
        await asyncio.sleep(0.7)
        assert child.returncode is None
        parent.kill()
        await parent.wait()
        assert await asyncio.wait_for(child.wait(), 5) == 0


async def test_a_taken_port_is_said_plainly() -> None:
    async with Sandbox() as sandbox:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.sandbox",
            "--port",
            str(sandbox.port),
            cwd=ROOT,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | {"SANDBOX_BOT_API": ""},
        )
        _, errors = await asyncio.wait_for(child.communicate(), 10)
        assert child.returncode == 1
        assert f"port {sandbox.port}" in errors.decode()
