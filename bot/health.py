"""/healthz and /metrics on a loopback port."""

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from db.engine import Database
from db.stores import inbox, outbox
from services import clock

log = structlog.get_logger(__name__)


class Health:
    """Tells whether the process can do its work, and how it is doing."""

    def __init__(self, database: Database, port: int) -> None:
        self._database = database
        self._port = port
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self) -> None:
        """Listen; a port that is taken is said in the log and does not stop the bot."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except OSError:
            log.warning("health port is taken", port=self._port)

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _measure(self) -> bool:
        try:
            async with self._database.read() as session:
                now = clock.now()
                depth, age = await inbox.depth_and_age(session, now=now)
                out_depth, out_age = await outbox.depth_and_age(session, now=now)
        except (SQLAlchemyError, OSError):
            return False
        metrics.INBOX_DEPTH.set(depth)
        metrics.INBOX_AGE.set(age)
        metrics.OUTBOX_DEPTH.set(out_depth)
        metrics.OUTBOX_AGE.set(out_age)
        return True

    async def _healthz(self, _request: web.Request) -> web.Response:
        usable = await self._measure()
        body = {"database": "ok" if usable else "unreachable"}
        return web.json_response(body, status=200 if usable else 503)

    async def _metrics(self, _request: web.Request) -> web.Response:
        await self._measure()
        content = generate_latest(metrics.REGISTRY)
        return web.Response(body=content, headers={"Content-Type": CONTENT_TYPE_LATEST})
