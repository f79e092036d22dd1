"""What colleagues are called: their name, or what they are and where, never a bare number."""

from db.stores import people
from db.work import Work
from handlers import colleagues
from services import clock
from services.permissions import Role
from tests.telegram import Town


async def test_who_gave_no_name_is_called_by_role_and_community(town: Town) -> None:
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    admin = await town.person("管理员", Role.ADMIN)
    wang = await town.person("王阿姨", community="donghu")
    ids = [await town.person_id(one) for one in (staff, admin, wang)]
    async with town.database.read() as session:
        known = await colleagues.called(Work(session), ids)
        gone = await colleagues.called_one(Work(session), 10**6)
    assert [known[one] for one in ids] == ["东湖社区工作人员", "街道管理员", "原来的同事"]
    assert gone == "原来的同事"


async def test_two_that_read_alike_are_told_apart(town: Town) -> None:
    grids = [await town.person(name, Role.GRID_WORKER, community="donghu") for name in ("甲", "乙")]
    ids = [await town.person_id(one) for one in grids]
    async with town.database.read() as session:
        known = await colleagues.called(Work(session), ids)
    assert [known[one] for one in ids] == [f"东湖社区网格员({one}号)" for one in ids]


async def test_a_name_is_masked_unless_told_and_the_role_of_work_is_shown(town: Town) -> None:
    sun = await town.person("孙", Role.GRID_WORKER, community="donghu")
    sun_id = await town.person_id(sun)
    async with town.database.write() as session:
        for role in (Role.VOLUNTEER, Role.SUPERVISOR):
            await people.grant(
                *(session, sun_id, role),
                scope_kind="street",
                scope_id=0,
                granted_by=None,
                now=clock.now(),
            )
        assert await colleagues.called_one(Work(session), sun_id) == "东湖社区网格员"
        (row,) = await people.by_ids(session, [sun_id])
        row.name = "孙丽"
        await session.flush()
        assert await colleagues.called_one(Work(session), sun_id) == "孙*"
        assert await colleagues.called_one(Work(session), sun_id, masked=False) == "孙丽"
