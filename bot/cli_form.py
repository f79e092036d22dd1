"""`python -m bot form`: check a workbook, walk through it, import it, start from a template."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Questionnaires written in Excel (XLSForm).")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An .xlsx or .xls file")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]


@app.command()
def check(file: File, as_json: AsJson = False) -> None:
    """Say what is wrong with a workbook, by sheet and row. Exit 0 if it can be imported, else 1."""
    from handlers.texts.findings import sentence
    from services.forms import checks

    report = checks.check(file)
    if as_json:
        _print(_with_sentences(report.to_json()))
    else:
        for kind, found in (("error", report.errors), ("warning", report.warnings)):
            for one in found:
                typer.echo(f"{kind}: {sentence(one.code, one.sheet, one.row, one.params)}")
        typer.echo("ok" if report.ok else "cannot be imported")
    raise typer.Exit(0 if report.ok else 1)


def _with_sentences(report: dict[str, Any]) -> dict[str, Any]:
    from handlers.texts.findings import sentence

    for kind in ("errors", "warnings"):
        for one in report[kind]:
            one["message"] = sentence(one["code"], one["sheet"], one["row"], one["params"])
    return report


@app.command()
def walk(
    file: File,
    answers: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A JSON list")],
    as_json: AsJson = False,
) -> None:
    """Answer a form from a list of answers and show every step."""
    from services.forms import walks

    try:
        walked = walks.walk(file, json.loads(answers.read_text(encoding="utf-8")))
    except ValueError as error:  # the form cannot be used, or the answers are no JSON
        typer.echo(f"cannot walk: {error}", err=True)
        raise typer.Exit(1) from error
    if as_json:
        _print(walked)
        return
    for step in walked["steps"]:
        typer.echo(f"{step['ref']}  {step['label']}  {step['answer']!r}  {step['result']}")


def _print(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))
