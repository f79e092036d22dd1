"""`python -m bot report`: try the reading of reports on files from outside."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Problem reports, on files.")

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
