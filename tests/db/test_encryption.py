"""Sealed columns on a real database file: all comes back, and the file shows nothing."""

import operator
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from db import encryption
from services import privacy

PHONE, NAME = "13812345678", "张小丽"


class Base(DeclarativeBase):
    pass


class Card(Base):
    __tablename__ = "cards"
    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str | None] = mapped_column(encryption.EncryptedText)
    answers: Mapped[dict[str, Any] | None] = mapped_column(encryption.EncryptedJSON)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    ring, cipher = privacy._ring, encryption._cipher
    privacy.configure("a passphrase for the tests")
    encryption.install(privacy.encrypt, privacy.decrypt)
    engine = create_engine(f"sqlite:///{tmp_path / 'cards.db'}", hide_parameters=True)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()
    privacy._ring, encryption._cipher = ring, cipher


def test_values_come_back_and_the_file_shows_nothing(engine: Engine, tmp_path: Path) -> None:
    answers = {"name": NAME, "floors": [1, 2], "note": None, "emoji": "😀"}
    with Session(engine) as session:
        session.add(Card(phone=PHONE, answers=answers))
        session.commit()
    with Session(engine) as session:
        card = session.scalars(select(Card)).one()
        assert (card.phone, card.answers) == (PHONE, answers)
    file = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for plain in (PHONE.encode(), NAME.encode(), b"floors", b"\\u5f20"):
        assert plain not in file


def test_no_value_stays_no_value_and_can_be_asked_for(engine: Engine) -> None:
    with Session(engine) as session:
        session.add_all([Card(phone=None, answers=None), Card(phone="", answers={})])
        session.commit()
        nulls = session.execute(text("select phone is null, answers is null from cards")).all()
        assert [tuple(row) for row in nulls] == [(1, 1), (0, 0)]
        absent = select(Card.id).where(Card.phone.is_(None), Card.answers == None)  # noqa: E711
        present = select(Card.id).where(Card.phone.is_not(None), Card.answers != None)  # noqa: E711
        assert session.scalars(absent).all() == [1]
        assert session.scalars(present).all() == [2]


def test_an_unchanged_value_is_not_written_again(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Card(phone=PHONE, answers={"a": 1}))
        session.commit()
        card = session.scalars(select(Card)).one()
        card.phone, card.answers = PHONE, {"a": 1}
        assert not session.is_modified(card)
        card.answers = {"a": 2}
        assert session.is_modified(card)


@pytest.mark.parametrize(
    "search",
    [
        lambda column: column == PHONE,
        lambda column: column != PHONE,
        lambda column: column.in_([PHONE]),
        lambda column: column.like("138%"),
        lambda column: column.contains("138"),
        lambda column: column + "x",
        lambda column: column.desc(),
        lambda column: operator.lt(column, PHONE),
    ],
)
@pytest.mark.parametrize("column", [Card.phone, Card.answers])
def test_searching_a_sealed_column_is_refused(
    search: Callable[[Any], object], column: object
) -> None:
    with pytest.raises(TypeError, match="blind index"):
        search(column)


@pytest.mark.parametrize("wrong", [Card(phone=13812345678), Card(answers={"a": {1}})])
def test_what_cannot_be_sealed_is_an_error_without_the_value(engine: Engine, wrong: Card) -> None:
    with Session(engine) as session:
        session.add(wrong)
        with pytest.raises(StatementError) as error:
            session.flush()
    assert PHONE not in str(error.value)


def test_rotated_rows_read_the_same(engine: Engine) -> None:
    new = privacy.make_key()
    with Session(engine) as session:
        session.add(Card(phone=PHONE, answers={"name": NAME}))
        session.commit()
        privacy.configure([new, "a passphrase for the tests"])
        raw = session.execute(text("select phone, answers from cards")).one()
        turned = {"p": privacy.rotate(raw.phone), "a": privacy.rotate(raw.answers)}
        session.execute(text("update cards set phone = :p, answers = :a"), turned)
        session.commit()
    privacy.configure(new)
    with Session(engine) as session:
        card = session.scalars(select(Card)).one()
        assert (card.phone, card.answers) == (PHONE, {"name": NAME})


def test_a_column_without_a_cipher_says_so(engine: Engine) -> None:
    encryption._cipher = None
    with Session(engine) as session:
        session.add(Card(phone=PHONE))
        with pytest.raises(StatementError, match="install"):
            session.flush()
