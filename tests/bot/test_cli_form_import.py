"""`python -m bot form template` and `form import`, on a database of its own."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.forms import app
from tests.telegram import TEST_KEY


def test_the_template_is_written_and_imported_as_a_draft(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("SECRET_KEY", TEST_KEY)
    file = tmp_path / "form.xlsx"
    run = CliRunner()
    assert run.invoke(app, ["template", str(file)]).exit_code == 0
    made = run.invoke(app, ["import", str(file)])
    assert made.exit_code == 0, made.output
    assert made.output.startswith("draft 3: ")  # after the two starters


def test_a_bad_workbook_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "form.xlsx"
    file.write_bytes(b"nothing of the kind")
    assert CliRunner().invoke(app, ["import", str(file)]).exit_code == 1
