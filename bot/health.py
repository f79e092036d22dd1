"""/healthz, /metrics and /map (the page of public reports) on a loopback port."""

import asyncio

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from db.engine import Database
from db.stores import inbox, outbox
from db.work import Work
from handlers.files import report_maps
from services import clock
from services.reports import maps

log = structlog.get_logger(__name__)


class Health:
    """Tells whether the process can do its work, and how it is doing."""

    def __init__(self, database: Database, port: int, *, tiles: str = "") -> None:
        self._database = database
        self._port = port
        self._tiles = tiles
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/map", self._map)
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

    async def _map(self, _request: web.Request) -> web.Response:
        """For everybody, once the office puts its web server before it."""
        async with self._database.read() as session:
            town = await maps.public(Work(session))
        page = await asyncio.to_thread(report_maps.page, town, tiles=self._tiles)
        return web.Response(text=page, content_type="text/html", charset="utf-8")

    async def _metrics(self, _request: web.Request) -> web.Response:
        await self._measure()
        content = generate_latest(metrics.REGISTRY)
        return web.Response(body=content, headers={"Content-Type": CONTENT_TYPE_LATEST})
