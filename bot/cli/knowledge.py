"""`python -m bot kb`: try a knowledge base, or the reading of messages, on files from outside."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import console

app = console.commands("The knowledge base, on files.")

Source = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
Out = Annotated[Path, typer.Option("--out", help="JSON lines to write")]


@app.command("try")
def try_base(base: Source, queries: Source, out: Out) -> None:
    """Ask every {query} of a base of {id, question, answer?, alts?}; one result a line."""
    from knowledge import trial

    typer.echo(f"{trial.try_base(base, queries, out)} questions asked")


@app.command()
def route(texts: Source, out: Out) -> None:
    """What every {text} is: a question, a report, a survey or volunteer matter, or other."""
    from services import trials

    typer.echo(f"{trials.route_texts(texts, out)} texts read")
