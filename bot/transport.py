"""The way to the Bot API: python-telegram-bot's Bot over one aiohttp session.

aiohttp costs about a third of the processor time of httpx for a call.
"""

from datetime import timedelta
from typing import Any

import aiohttp
from telegram.error import NetworkError, RetryAfter, TimedOut
from telegram.ext import ExtBot
from telegram.request import BaseRequest, RequestData

NO_VALUE = BaseRequest.DEFAULT_NONE
ANSWER_SECONDS = 8.0  # without a word from Telegram; a silent call holds up the sender's others
UPLOAD_SECONDS = 60.0  # Telegram stores a file before it answers
LONGEST_CALL = 300.0


class NotConnected(NetworkError):  # noqa: N818 - named like its neighbours in PTB
    """The server was not reached: the call has certainly not arrived."""


class AiohttpRequest(BaseRequest):
    """Carries calls over a keep-alive connection pool.

    A call that gets no answer ends after `timeout` seconds of silence, not of work: a file may
    take its time as long as it moves.
    """

    def __init__(self, *, timeout: float = ANSWER_SECONDS, connections: int = 32) -> None:
        self._timeout = timeout
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._timeout

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = NO_VALUE,
        write_timeout: Any = NO_VALUE,
        connect_timeout: Any = NO_VALUE,
        pool_timeout: Any = NO_VALUE,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NetworkError("the connection is not open")
        wait = self._timeout
        if isinstance(read_timeout, int | float):
            wait = read_timeout
        elif request_data is not None and request_data.contains_files:
            wait = max(wait, UPLOAD_SECONDS)
        timeout = aiohttp.ClientTimeout(total=LONGEST_CALL, sock_connect=wait, sock_read=wait)
        try:
            async with self._session.request(
                method, url, data=_body(request_data), timeout=timeout
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotConnected(type(error).__name__) from error
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from error


def retry_seconds(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return float(wait.total_seconds() if isinstance(wait, timedelta) else wait)


def _body(data: RequestData | None) -> Any:
    if data is None:
        return None
    if not data.contains_files:
        return data.json_parameters
    form = aiohttp.FormData(quote_fields=False)  # else phones show a Chinese name as %E5%BF...
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        shown = "".join(letter for letter in filename if letter.isprintable())
        form.add_field(name, content, filename=shown, content_type=mime)
    return form


class OfficeBot(ExtBot[None]):
    """A Bot that can also make a call as it stands in the outbox, by name."""

    async def call(
        self, method: str, payload: dict[str, Any], *, read_timeout: float | None = None
    ) -> Any:
        """Make one call; the raw result. Raises telegram.error.TelegramError and its children."""
        timeout: Any = NO_VALUE if read_timeout is None else read_timeout
        return await self._post(method, payload, read_timeout=timeout)


def make_bot(token: str, api_root: str, request: BaseRequest | None = None) -> OfficeBot:
    """A bot that talks to this Bot API server (or over another transport)."""
    return OfficeBot(
        token=token,
        base_url=f"{api_root}/bot",
        base_file_url=f"{api_root}/file/bot",
        request=request or AiohttpRequest(),
        get_updates_request=request or AiohttpRequest(connections=2),
    )
