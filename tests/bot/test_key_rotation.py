"""Sealing everything anew with another key, after which the old key is not needed."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import Text, select, type_coerce

from bot import key_rotation
from db.base import Base
from db.engine import Database
from db.models.forms import FormFilling
from db.models.people import Person
from db.models.volunteers import Volunteer
from db.stores import forms, people
from db.work import Work
from services import clock, privacy
from services.people import identities as services
from services.permissions import Actor, HeldRole, Role
from tests.telegram import TEST_KEY

NEW_KEY = "another-key-for-tests-that-is-long-enough"
PEOPLE = 450  # more than two batches


@pytest.fixture(autouse=True)
def old_key_again() -> Iterator[None]:
    yield
    privacy.configure(TEST_KEY)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with many sealed values beside those of the starter content."""
    database = Database(database_url)
    await fill(database)
    yield database
    await database.close()


async def fill(database: Database) -> None:
    phone = "13812345678"
    index = privacy.blind_index(phone, "phone").hex()
    now = clock.now()
    async with database.write() as session:
        for number in range(PEOPLE):
            person = Person(telegram_id=10_000 + number, created_at=now, name=f"人{number}")
            person.phone, person.phone_index = phone, index
            session.add(person)
        await session.flush()
        document = await forms.latest(session, "report")
        assert document is not None
        filling = FormFilling(token="t", person_id=1, chat_id=1, document_id=document.id)
        filling.form, filling.state = "report", {"词": ["一", 2]}
        filling.created_at = filling.changed_at = now
        session.add(filling)
        row = Volunteer(name="林", phone=phone, phone_index=index, free_times=[])
        row.created_at = row.changed_at = now
        session.add(row)


async def test_after_the_rotation_the_old_key_can_go(database: Database, database_url: str) -> None:
    async with database.read() as session:
        named = [p.name for p in await people.with_telegram(session) if p.name]
    assert len(named) >= PEOPLE
    privacy.configure([NEW_KEY, TEST_KEY])
    done = await key_rotation.rotate(database_url)
    assert done.sealed >= 2 * PEOPLE + 3
    assert done.indexes >= PEOPLE + 1
    privacy.configure(NEW_KEY)
    async with database.read() as session:
        names = [p.name for p in await people.with_telegram(session) if p.name]
        assert sorted(names) == sorted(named)
        by = Actor(0, (HeldRole(Role.ADMIN),))
        found = await services.find_by_phone(Work(session), by, "13812345678")
        assert len(found) == PEOPLE
        filling = await session.scalar(select(FormFilling))
        assert filling is not None
        assert filling.state == {"词": ["一", 2]}


async def test_twice_is_harmless_and_a_missing_key_stops_it(
    database: Database, database_url: str
) -> None:
    privacy.configure([NEW_KEY, TEST_KEY])
    first = await key_rotation.rotate(database_url)
    assert await key_rotation.rotate(database_url) == first
    privacy.configure("a-third-key-that-opens-nothing-at-all")
    async with database.read() as session:
        before = (await session.scalars(select(type_coerce(Person.name, Text)))).all()
    with pytest.raises(privacy.UnreadableError):
        await key_rotation.rotate(database_url)
    async with database.read() as session:
        assert (await session.scalars(select(type_coerce(Person.name, Text)))).all() == before


def test_every_blind_index_says_what_it_is_made_of() -> None:
    """Else a rotation would leave it behind, and nobody would be found by phone any more."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name.endswith("_index"):
                assert str(column.info.get("blind_index_of")) in table.columns, column
