"""Background work of recognition: certificates, batches of them, yearly pictures, statistics."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bot.jobs.files import Exports
from bot.jobs.runner import Effect, refusing, sending
from bot.office import RunningOffice
from db.engine import Database
from db.models.certificates import Certificate, CertificateBatch
from db.stores import certificates as rows
from db.stores import jobs, outbox, places, volunteers
from db.work import Work
from handlers import notices
from handlers.chat import Screen, compose
from handlers.files import certificates as papers
from handlers.files import recognition as files
from handlers.files.certificates import Writer
from handlers.files.recognition import Breakdown, Year
from handlers.recognition.certificates import paper_of
from handlers.texts import join, say
from services import clock
from services.activities import attendance
from services.errors import Refusal
from services.recognition import certificate_batches
from services.recognition import standing as recognition
from services.recognition import statistics as recognition_statistics
from services.recognition.certificates import State
from services.recognition.statistics import Reached, Statistics

A_STEP = 20
"""Certificates between two reports of progress."""


class RecognitionJobs:
    """Runs "certificate", "certificate_batch", "year_picture" and "recognition_statistics"."""

    def __init__(self, database: Database, office: RunningOffice, folder: Path) -> None:
        self._database = database
        self._office = office
        self._exports = Exports(folder)

    # -- certificates --

    async def certificate(self, payload: Mapping[str, Any]) -> Effect:
        """Print one certificate and send it."""
        async with self._database.read() as session:
            row = await rows.by_id(session, payload["certificate_id"])
        if row is None or row.state != State.ISSUED:
            return _nothing
        content, _ = await asyncio.to_thread(self._print, [row])
        name = str(say("certificate_paper.file", number=row.number or ""))
        text = say("certificates.document", number=row.number or "")
        return sending(payload["chat_id"], Screen(text, document=self._exports.put(content, name)))

    def _print(self, wanted: Sequence[Certificate]) -> tuple[bytes, set[str]]:
        title = str(say("certificate_paper.title"))
        with papers.writing(title) as writer:
            self._add(writer, wanted)
            return writer.pdf(), writer.unprintable

    def _add(self, writer: Writer, wanted: Sequence[Certificate]) -> None:
        for row in wanted:
            writer.add(paper_of(row, self._office.bot_username))

    async def batch(self, payload: Mapping[str, Any]) -> Effect:
        """Issue a batch, print one document of it, report how far it is, and plan the next."""
        batch_id, number = int(payload["batch_id"]), int(payload["part"])
        try:
            async with self._database.write() as session:
                work = Work(session)
                batch = await certificate_batches.issue(work, batch_id)
                await notices.deliver(work)
                wanted = await certificate_batches.part(work, batch_id, number)
        except Refusal as no:  # whoever ordered it may not any more
            return refusing(payload["chat_id"], no)
        if not wanted:
            return sending(batch.chat_id, Screen(say("certificate_desk.nothing_left")))
        content, unprintable = await self._print_batch(batch, wanted, number)
        name = await self._name(batch, number)
        text = say("certificate_desk.done", community=name, part=number + 1, count=len(wanted))
        file = str(say("certificate_paper.batch_file", community=name, part=number + 1))
        screens = [Screen(text, document=self._exports.put(content, file))]
        if unprintable:
            numbers = " ".join(unprintable[:20])
            screens.append(
                Screen(say("certificate_desk.unprintable", count=len(unprintable), numbers=numbers))
            )
        send = sending(batch.chat_id, *screens)

        async def effect(work: Work) -> None:
            await send(work)
            if (number + 1) * certificate_batches.A_FILE < (batch.total or 0):
                following = {**payload, "part": number + 1}
                await jobs.add(work.session, "certificate_batch", following, now=clock.now())

        return effect

    async def _print_batch(
        self, batch: CertificateBatch, wanted: Sequence[Certificate], number: int
    ) -> tuple[bytes, list[str]]:
        """The document, and the numbers of the certificates with letters to fill in by hand."""
        unprintable: list[str] = []
        before = number * certificate_batches.A_FILE
        with papers.writing(str(say("certificate_paper.title"))) as writer:
            for start in range(0, len(wanted), A_STEP):
                some = wanted[start : start + A_STEP]
                unprintable += await asyncio.to_thread(self._add_some, writer, some)
                await self._report(batch, before + start + len(some))
            return await asyncio.to_thread(writer.pdf), unprintable

    def _add_some(self, writer: Writer, some: Sequence[Certificate]) -> list[str]:
        marked = []
        for row in some:
            writer.unprintable.clear()
            self._add(writer, [row])
            if writer.unprintable:
                marked.append(row.number or "")
        return marked

    async def _report(self, batch: CertificateBatch, done: int) -> None:
        """One message in the chat, changed as the work goes on."""
        screen = Screen(say("certificate_desk.progress", done=done, total=batch.total or 0))
        calls = compose(batch.chat_id, screen, slot=f"batch:{batch.id}", edit=True)
        async with self._database.write() as session:
            await outbox.add(session, calls, now=clock.now())

    async def _name(self, batch: CertificateBatch, number: int) -> str:
        async with self._database.read() as session:
            found = await places.community(session, batch.community_id)
        return found.name if found else ""

    # -- a person's year --

    async def year_picture(self, payload: Mapping[str, Any]) -> Effect:
        """Draw somebody's year and send it with its figures in words."""
        year = int(payload["year"])
        async with self._database.read() as session:
            volunteer = await volunteers.by_id(session, payload["volunteer_id"])
            if volunteer is None:
                return _nothing
            period = recognition.year(year)
            found = Year(year, await recognition.record(Work(session), volunteer, period))
        content = await asyncio.to_thread(files.year_picture, found)
        lines = [
            say("recognition.picture_line", category=label, hours=attendance.written(halves))
            for label, halves in found.categories
        ]
        text = say("recognition.picture", year=year, hours=found.hours,
                   count=len(found.record.services), lines=join(lines))  # fmt: skip
        picture = self._exports.put(content, f"{year}.png")
        return sending(payload["chat_id"], Screen(text, picture=picture))

    # -- statistics --

    async def statistics(self, payload: Mapping[str, Any]) -> Effect:
        """Count a year, draw it three ways with the numbers as text, and write the workbook."""
        year, reach = int(payload["year"]), payload["communities"]
        async with self._database.read() as session:
            work = Work(session)
            found = await recognition_statistics.of_year(work, year, reach)
            reached = await recognition_statistics.levels(work, reach)
            names = {one.id: one.name for one in await places.communities(session)}
        owner = self._owner(names, reach)
        screens = await asyncio.to_thread(self._pictures, found, names, owner)
        screens.append(await asyncio.to_thread(self._workbook, found, reached, names, owner))
        return sending(payload["chat_id"], *screens)

    def _owner(self, names: Mapping[int, str], reach: Sequence[int] | None) -> str:
        if reach is None:
            return str(say("recognition_statistics.street"))
        return " ".join(names[one] for one in reach if one in names)

    def _pictures(self, found: Statistics, names: Mapping[int, str], owner: str) -> list[Screen]:
        if not found.whole.services:
            return [Screen(say("recognition_statistics.nothing", year=found.year))]
        screens = []
        for one in files.breakdowns(found, names):
            picture = self._exports.put(files.chart(found, one, owner), f"{one.key}.png")
            screens.append(Screen(_caption(found, one), picture=picture))
        return screens

    def _workbook(
        self,
        found: Statistics,
        reached: Sequence[Reached],
        names: Mapping[int, str],
        owner: str,
    ) -> Screen:
        notes = [
            str(say("recognition_statistics.owner", owner=owner)),
            str(say("recognition_statistics.counted")),
        ]
        name = str(say("recognition_statistics.file", year=found.year))
        document = self._exports.put(files.workbook(found, reached, names, notes), name)
        levels = Counter(one.level for one in reached if one.level)
        lines = [
            say("recognition_statistics.level_count", level=level, count=count)
            for level, count in sorted(levels.items())
        ]
        text = say(
            "recognition_statistics.workbook",
            year=found.year,
            roster=len(reached),
            levels=join([Markup(), *lines]),
        )
        return Screen(text, document=document)


def _caption(found: Statistics, one: Breakdown) -> Markup:
    lines = [
        say(
            "recognition_statistics.line",
            label=label,
            hours=attendance.written(total.half_hours),
            services=total.services,
            people=len(total.people),
        )
        for label, total in one.groups
        if total.services
    ]
    whole = found.whole
    return say(
        "recognition_statistics.caption",
        title=say(f"recognition_statistics.title.{one.key}", year=found.year),
        lines=join(lines),
        hours=attendance.written(whole.half_hours),
        services=whole.services,
        activities=len(whole.activities),
        people=len(whole.people),
    )


async def _nothing(_work: Work) -> None:
    return
