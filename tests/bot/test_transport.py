"""Files as they go out: a Chinese name arrives as it is, and cannot add a header of its own."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import InputFile
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.transport import AiohttpRequest


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    """Tells the raw head of the file that it was sent."""

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        start = body.index(b'name="document"')
        return web.Response(body=body[start : body.index(b"\r\n\r\n", start)])

    application = web.Application()
    application.router.add_post("/send", take)
    running = TestServer(application)
    await running.start_server()
    yield running
    await running.close()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("志愿服务记录证明 ZY2026-00001.pdf", "志愿服务记录证明 ZY2026-00001.pdf"),
        ("a\r\nX-Evil: 1.pdf", "aX-Evil: 1.pdf"),
    ],
)
async def test_the_name_of_a_document(server: TestServer, name: str, expected: str) -> None:
    transport = AiohttpRequest()
    await transport.initialize()
    file = InputFile(b"%PDF-", filename="x.pdf")
    file.filename = name
    data = RequestData([RequestParameter.from_input("document", file)])
    status, head = await transport.do_request(str(server.make_url("/send")), "POST", data)
    await transport.shutdown()
    assert status == 200
    assert f'filename="{expected}"' in head.decode()
    assert b"\r\nX-Evil" not in head
