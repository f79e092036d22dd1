"""`python -m bot report`: try the reading of reports on files from outside."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import console
from services.errors import Refusal

if TYPE_CHECKING:
    from db.work import Work
    from services.reports.ledgers import Entry

app = console.commands("Problem reports, on files.")

Source = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
Out = Annotated[Path, typer.Option("--out", help="JSON lines to write")]


@app.command()
def transitions() -> None:
    """Print every move a report can make; what is not in the table cannot happen."""
    from services.reports.transitions import rows

    for row in (("from", "to", "who", "scope", "evidence"), *rows()):
        typer.echo("\t".join(row))


@app.command()
def suggest(texts: Source, out: Out) -> None:
    """Category, place, quantity and urgency of every {text}; one result a line."""
    from services import trials

    typer.echo(f"{trials.suggest_reports(texts, out)} texts read")


@app.command()
def duplicates(pairs: Source, out: Out) -> None:
    """Whether every {a, b} reports the same thing; one {score, same} a line."""
    from services import trials

    typer.echo(f"{trials.judge_pairs(pairs, out)} pairs judged")


@app.command()
def open311(
    out: Annotated[Path, typer.Option(help="Folder to write services.json and requests.json to")],
    first: Annotated[
        str, typer.Option(help="First day, like 2026-11-01; default 90 days ago")
    ] = "",
    last: Annotated[str, typer.Option(help="Last day; default today")] = "",
) -> None:
    """Write the reports of some days in the shape of Open311 GeoReport v2."""
    from handlers.files import ledgers as files
    from services import clock
    from services.reports import ledgers, periods

    default = periods.last_days(90)
    try:
        days = periods.between(
            clock.day(first) if first else default.first, clock.day(last) if last else default.last
        )
    except (ValueError, Refusal) as wrong:
        typer.echo("two days like 2026-11-01 are needed, the earlier one first", err=True)
        raise typer.Exit(1) from wrong

    async def entries(work: "Work") -> "list[Entry]":
        await ledgers.check_size(work, days, None)
        return await ledgers.entries(work, days, None)

    try:
        written = files.open311(console.in_one_work(entries))
    except Refusal as wrong:
        typer.echo(f"more than {ledgers.MOST_ROWS} reports: choose fewer days", err=True)
        raise typer.Exit(1) from wrong
    out.mkdir(parents=True, exist_ok=True)
    for name, content in written.items():
        (out / name).write_bytes(content)
    typer.echo(f"{', '.join(written)} written")


@app.command("map")
def write_map(out: Annotated[Path, typer.Argument(help="The .html file to write")]) -> None:
    """Write the page of public reports: one file that needs nothing else."""
    from bot.settings import Settings
    from handlers.files import report_maps
    from services.reports import maps

    town = console.in_one_work(maps.public)
    out.write_text(report_maps.page(town, tiles=Settings().map_tiles_url), encoding="utf-8")
    typer.echo("written")
