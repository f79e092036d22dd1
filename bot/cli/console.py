"""What every command of the shell shares: one line for what went wrong, one piece of work."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from subprocess import CalledProcessError
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from db.work import Work

T = TypeVar("T")
LASTING = "run"
"""The command that is a process of its own: a fault in it keeps its traceback."""


class Commands(TyperGroup):
    """Commands that tell what hinders them in one line and end with 1, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            line = settings_line(error)
            if line is None and ctx.invoked_subcommand != LASTING:
                line = file_line(error)
            if line is None:
                raise
            end(line)


def end(line: str) -> NoReturn:
    """Say why on the error stream and end with 1."""
    typer.echo(" ".join(line.split()), err=True)
    raise typer.Exit(1)


def commands(purpose: str = "") -> typer.Typer:
    """A group of commands; its errors are plain lines that can be searched for."""
    return typer.Typer(
        cls=Commands,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help=purpose or None,
    )


def settings_line(error: Exception) -> str | None:
    """What to set or start otherwise; None for another kind of error. Says no value of a secret."""
    from pydantic import ValidationError

    from bot.keys import KeyMissing
    from bot.leadership import AlreadyRunning
    from bot.schema import WrongSchema
    from services.privacy import KeysMissingError

    if isinstance(error, ValidationError):
        rows = error.errors(include_input=False, include_url=False)
        return "; ".join(f"{'.'.join(map(str, r['loc'])).upper()}: {r['msg']}" for r in rows)
    if isinstance(error, AlreadyRunning):
        return "another process uses this database file; SQLite serves one process"
    if isinstance(error, KeyMissing):
        return "set SECRET_KEY (see README): names and phones are never stored in the clear"
    if isinstance(error, WrongSchema | KeysMissingError):
        return str(error)
    return None


def file_line(error: Exception) -> str | None:
    """What is wrong with a file, a database or what was asked for; None for a fault of ours."""
    from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

    from bot.backups import NeedsTool, NotABackup
    from handlers.texts import say
    from knowledge.entries import EntryError
    from services.errors import Refusal

    match error:
        case OSError():
            return f"{error.filename}: {error.strerror}" if error.filename else str(error)
        case EntryError():
            return str(error)
        case Refusal():
            return str(say(error.code, **error.params).striptags())
        case NotABackup():
            return f"{error}: no whole database of the bot"
        case NeedsTool():
            return f"{error} of PostgreSQL is needed on the PATH"
        case CalledProcessError():  # its arguments may hold a password
            return f"{Path(error.cmd[0]).name} ended with {error.returncode}"
        case IntegrityError() | ProgrammingError():  # a fault of ours
            return None
        case DBAPIError():
            return f"the database cannot be used: {error.orig}"
        case sqlite3.OperationalError() | sqlite3.DatabaseError():
            return f"the database cannot be used: {error}"
    return None


def in_one_work(act: "Callable[[Work], Awaitable[T]]", *, write: bool = False) -> T:
    """Run something in one transaction on the database of the settings.

    Raises WrongSchema for a database that is not at this code's version, KeyMissing.
    """
    return asyncio.run(_in_one_work(act, write=write))


async def _in_one_work(act: "Callable[[Work], Awaitable[T]]", *, write: bool) -> T:
    from bot import keys
    from bot.schema import check_schema, check_there
    from bot.settings import Settings
    from db.engine import Database
    from db.work import Work
    from services import clock

    settings = Settings()
    keys.configure(settings)
    clock.set_zone(settings.tz)
    check_there(settings.database)
    database = Database(settings.database)
    try:
        await check_schema(database)
        async with database.write() if write else database.read() as session:
            return await act(Work(session))
    finally:
        await database.close()
