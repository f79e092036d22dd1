"""`python -m bot form`: check a workbook, walk through it, import it, start from a template."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from bot.cli import console
from services.forms.documents import Document

if TYPE_CHECKING:
    from db.work import Work

app = console.commands("Questionnaires written in Excel (XLSForm).")

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

    walked = walks.walk(_usable(file), _given(answers))
    if as_json:
        _print(walked)
        return
    for step in walked["steps"]:
        typer.echo(f"{step['ref']}  {step['label']}  {step['answer']!r}  {step['result']}")


@app.command("import")
def import_file(file: File) -> None:
    """Make a draft questionnaire of a workbook; staff publish it in chat. Exit 1 if it is bad."""
    from services.permissions import Actor, HeldRole, Role
    from services.surveys import drafts

    document = _usable(file)

    async def act(work: "Work") -> str:
        by = Actor(0, (HeldRole(Role.ADMIN),))  # whoever has the shell has the database
        survey = await drafts.create(work, by, document)
        return f"{survey.id}: {survey.title}"

    typer.echo(f"draft {console.in_one_work(act, write=True)}")


def _usable(file: Path) -> Document:
    """The questionnaire of a workbook; one that cannot be used ends the command with its errors."""
    from handlers.texts.findings import sentence
    from services.forms import checks

    report = checks.check(file)
    if report.document is None:
        for one in report.errors:
            typer.echo(sentence(one.code, one.sheet, one.row, one.params), err=True)
        raise typer.Exit(1)
    return report.document


def _given(file: Path) -> list[dict[str, Any]]:
    """The answers of a JSON file; another shape ends the command."""
    try:
        rows = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:  # no UTF-8 counts as well
        console.end(f"{file.name}: no JSON in UTF-8: {error}")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        console.end(f'{file.name}: a list like [{{"name": "age", "answer": "70"}}] is needed')
    return cast("list[dict[str, Any]]", rows)


@app.command()
def template(
    out: Annotated[Path, typer.Argument(dir_okay=False, help="An .xlsx to write")],
) -> None:
    """Write the workbook in Chinese that a questionnaire starts from."""
    from services.forms.xlsforms import templates

    out.write_bytes(templates.template())
    typer.echo(str(out))


def _print(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))
