"""The gazetteer: community, estate, building, landmark, and the bodies that look after them."""

from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId


class Community(Base):
    """One of the street's communities; `unattached` stands for places outside all of them."""

    __tablename__ = "communities"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    aliases: Mapped[list[Any]]
    placeholder: Mapped[bool] = mapped_column(default=False)
    unattached: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(String(200))
    office_hours: Mapped[str | None] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)


class Body(Base):
    """Somebody answerable: a department of the street, a property company, an owner, a unit.

    `kind` is a services.places.BodyKind. A person may hold a role in the scope of a body.
    """

    __tablename__ = "bodies"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    phone: Mapped[str | None] = mapped_column(String(40))
    active: Mapped[bool] = mapped_column(default=True)
    example: Mapped[bool] = mapped_column(default=False)


class Estate(Base):
    """A housing estate (小区) of a community."""

    __tablename__ = "estates"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    aliases: Mapped[list[Any]]
    managing_body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    owner_body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    example: Mapped[bool] = mapped_column(default=False)


class Building(Base):
    """A building (楼栋) with its entrances and floors, and who manages and owns it."""

    __tablename__ = "buildings"
    __table_args__ = (UniqueConstraint("estate_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    estate_id: Mapped[int] = mapped_column(ForeignKey("estates.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    aliases: Mapped[list[Any]]
    entrances: Mapped[int] = mapped_column(default=1)
    floors: Mapped[int] = mapped_column(default=6)
    managing_body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    owner_body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    example: Mapped[bool] = mapped_column(default=False)


class Landmark(Base):
    """A named spot people use to say where something is."""

    __tablename__ = "landmarks"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    aliases: Mapped[list[Any]]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    example: Mapped[bool] = mapped_column(default=False)
