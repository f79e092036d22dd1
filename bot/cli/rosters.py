"""`python -m bot roster`: check a roster of volunteers in Excel, import it, export it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import console

if TYPE_CHECKING:
    from db.work import Work
    from services.volunteers.roster_files import Line, Reading

app = console.commands("The roster of volunteers, as Excel files.")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An .xlsx file")]
Out = Annotated[Path, typer.Argument(help="The .xlsx file to write")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]


@app.command()
def check(file: File, as_json: AsJson = False) -> None:
    """Say what is wrong with a roster, by sheet and row. Exit 0 if it can be imported, else 1."""
    from db import seeds
    from services.volunteers import roster_files as rosters

    known: dict[str, str] = {}
    for one in seeds.read("communities.toml")["community"]:
        known |= dict.fromkeys((one["name"], *one.get("aliases", ())), one["name"])
    reading = rosters.read(_lines(file, as_json), known)
    _tell(reading, as_json)
    raise typer.Exit(0 if reading.ok else 1)


@app.command("import")
def import_roster(file: File, as_json: AsJson = False) -> None:
    """Enter everybody of a roster, or nobody where anything is wrong."""
    from services.permissions import Actor, HeldRole, Role
    from services.volunteers import roster_files as rosters

    lines = _lines(file, as_json)

    async def act(work: "Work") -> tuple["Reading", int]:
        reading = rosters.read(lines, await rosters.names_of_communities(work))
        by = Actor(0, (HeldRole(Role.ADMIN),))
        return reading, await rosters.take_in(work, by, reading) if reading.ok else 0

    reading, entered = console.in_one_work(act, write=True)
    _tell(reading, as_json)
    typer.echo(f"{entered} entered", err=as_json)
    raise typer.Exit(0 if reading.ok else 1)


@app.command()
def template(out: Out) -> None:
    """Write an empty roster with its headings."""
    from handlers.files import rosters

    out.write_bytes(rosters.template())
    typer.echo("written")


@app.command()
def export(out: Out) -> None:
    """Write everybody on the roster, with counts by category and community."""
    from handlers.files import rosters
    from handlers.volunteers.desk import everybody

    out.write_bytes(rosters.written(console.in_one_work(everybody)))
    typer.echo("written")


def _lines(file: Path, as_json: bool) -> "list[Line]":
    """The rows of a workbook; a file that is none ends the command, with JSON where wanted."""
    from handlers.files import rosters
    from handlers.texts import say
    from services.errors import Refusal

    try:
        return rosters.lines_of(file.read_bytes())
    except Refusal as no:
        if not as_json:
            raise
        message = str(say(no.code, **no.params).striptags())
        nowhere = {"sheet": "", "row": 0, "column": ""}
        _print_json(0, [nowhere | {"code": no.code, "message": message}])
        raise typer.Exit(1) from no


def _tell(reading: "Reading", as_json: bool) -> None:
    from handlers.files.rosters import sentence

    errors = [
        {"sheet": p.sheet, "row": p.row, "column": p.column, "code": p.code, "message": sentence(p)}
        for p in reading.problems
    ]
    if as_json:
        _print_json(len(reading.entries), errors)
        return
    for one in errors:
        typer.echo(one["message"])
    typer.echo("ok" if reading.ok else "cannot be imported")


def _print_json(people: int, errors: list[dict[str, Any]]) -> None:
    result = {"ok": not errors, "people": people, "errors": errors}
    typer.echo(json.dumps(result, ensure_ascii=False, indent=1))
