"""Whole scenarios in which the process dies at every step of every turn, and goes on as if not."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.jobs.runner import LEASE
from db.models.queues import Job
from db.stores import certificates
from services import clock
from services.permissions import Role
from tests.crashes import AT_COMMIT, CrashingTown, FailPoint, Killed
from tests.scenarios import (
    test_activities,
    test_certificates,
    test_people,
    test_privacy,
    test_questions,
    test_reports,
    test_surveys,
    test_volunteers,
)
from tests.telegram import Photo, Town

SCENARIOS = (
    test_activities.test_full_then_waiting_then_offered_then_taken,
    test_certificates.test_a_certificate_keeps_its_hours_and_later_ones_show_corrections,
    test_people.test_an_invitation_makes_a_grid_worker_once,
    test_privacy.test_nothing_is_left_after_forget,
    test_questions.test_an_unknown_question_reaches_staff_and_the_answer_comes_back,
    test_reports.test_from_the_photo_to_the_checked_repair,
    test_surveys.test_a_resident_answers_once_and_is_thanked,
    test_volunteers.test_a_resident_registers_staff_approve_and_the_volunteer_is_told,
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__[5:])
async def test_a_crash_at_any_step_changes_nothing_of(
    scenario: Callable[[Town], Awaitable[None]], town: Town
) -> None:
    crashing = CrashingTown(town)
    await scenario(town)
    assert crashing.crashes > 20


async def test_background_work_that_dies_at_any_step_is_done_by_another(town: Town) -> None:
    """A photo is fetched, checked and stored; its question of the form waits for it."""
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/report")
    await wang.taps("灯不亮")
    await wang.taps("楼道灯")
    town.jobs_run = False
    await wang.sends(Photo())
    for at in (*range(1, 60), AT_COMMIT):
        if not await _dies_in_a_job(town, at):
            break
    else:
        raise AssertionError("it never got done")
    town.jobs_run = True
    await town.work()
    wang.sees("收到 1 张")
    async with town.database.read() as session:
        assert not await session.scalar(select(func.count()).select_from(Job))


async def test_a_batch_of_certificates_that_dies_is_issued_once(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    for at in range(3):
        await test_certificates.enrol(town, None, brought=2, number=f"V26-1{at:03d}")
    town.jobs_run = False
    await staff.presses(f"certd:go:{await town.community_id('donghu')}:all")
    for at in (AT_COMMIT, *range(1, 90, 4)):
        if not await _dies_in_a_job(town, at):
            break
    else:
        raise AssertionError("it never got done")
    town.jobs_run = True
    await town.work()
    _, printed = test_certificates.paper(staff)
    assert len({test_certificates.link(page) for page in printed}) == len(printed) == 3
    assert len([shown for shown in staff.screen if shown.file]) == 1
    async with town.database.read() as session:
        assert await certificates.counts(session, None) == {"issued": 3}


async def _dies_in_a_job(town: Town, at: int) -> bool:
    """Whether the process died; then its lease runs out."""
    runner = town.processes[at % len(town.processes)].make_job_runner()
    engine = runner._database.engine.sync_engine
    with FailPoint(engine).armed(at):
        try:
            await runner.step()
        except Killed:
            later = clock.now() + LEASE + timedelta(seconds=1)
            clock.set_source(lambda: later)
            return True
    return False
