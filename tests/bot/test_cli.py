"""The command line: whatever file it is given, one line says what is wrong, and nothing is lost."""

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import main as cli
from services.reports import periods
from tests.telegram import TEST_KEY

LETTER = {"text": "3号楼2单元4楼灯坏了"}
Shell = Callable[..., Result]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs a command with a data folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("SECRET_KEY", TEST_KEY)
    return lambda *words: CliRunner().invoke(cli.app, [str(word) for word in words])


def hindered(run: Result, *parts: str) -> None:
    """It ended with 1 after one line with these words, and without a traceback."""
    assert run.exit_code == 1, run.output
    assert isinstance(run.exception, SystemExit)
    assert len(run.output.splitlines()) == 1, run.output
    assert all(part in run.output for part in parts), run.output


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


BAD = {
    "gbk": json.dumps(LETTER, ensure_ascii=False).encode("gbk"),
    "utf16": json.dumps(LETTER, ensure_ascii=False).encode("utf-16"),
    "broken": b'{"text": "x"}\n{"text":\n',
    "html": b"<html><body>no</body></html>",
    "deep": b"[" * 100_000,
    "digits": b'{"text": ' + b"9" * 5_000 + b"}",
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("command", [("report", "suggest"), ("report", "duplicates"),
                                     ("kb", "route")])  # fmt: skip
def test_a_file_that_cannot_be_read_leaves_the_results_of_before(
    shell: Shell, tmp_path: Path, kind: str, command: tuple[str, str]
) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(BAD[kind])
    out.write_text("before", encoding="utf-8")
    hindered(shell(*command, source, "--out", out), "in.jsonl:")
    assert out.read_text(encoding="utf-8") == "before"


def test_every_row_gets_its_line_in_order(shell: Shell, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows: list[object] = [
        LETTER,
        {},
        None,
        [],
        7,
        {"text": None},
        {"text": "路灯" * 50_000},
        {"text": "\ud800"},
    ]
    ended = "\r\n\r\n".join(map(json.dumps, rows))
    source.write_bytes(b"\xef\xbb\xbf" + ended.encode())
    assert shell("report", "suggest", source, "--out", out).exit_code == 0
    texts = [row["text"] for row in lines(out)]
    assert texts == [LETTER["text"], "", "", "", "", "", "路灯" * 50_000, "\ud800"]


def test_results_may_take_the_place_of_the_texts(shell: Shell, tmp_path: Path) -> None:
    both = tmp_path / "both.jsonl"
    both.write_text(json.dumps(LETTER), encoding="utf-8")
    assert shell("report", "suggest", both, "--out", both).exit_code == 0
    assert lines(both)[0]["category"] == "stairwell_light"


def test_a_place_that_cannot_be_written_is_named(shell: Shell, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(LETTER), encoding="utf-8")
    nowhere = tmp_path / "no" / "out"
    for words in (
        ("report", "suggest", source, "--out", nowhere),
        ("report", "suggest", source, "--out", tmp_path),
        ("form", "template", nowhere),
        ("roster", "template", nowhere),
    ):
        hindered(shell(*words), "directory")


@pytest.mark.parametrize(
    ("base", "line"),
    [
        ([{"id": 1, "question": "几点上班"}, {"id": 1, "question": "几点下班"}], "kb.jsonl:2"),
        ([{"id": None, "question": "几点上班"}], "kb.jsonl:1"),
        ([None], "kb.jsonl:1"),
        ([{"id": 1, "question": "几点上班", "alts": 5}], "alts"),
    ],
)
def test_a_base_that_cannot_be_used_is_told_by_line(
    shell: Shell, tmp_path: Path, base: list[object], line: str
) -> None:
    source, queries = tmp_path / "kb.jsonl", tmp_path / "q.jsonl"
    source.write_text("\n".join(map(json.dumps, base)), encoding="utf-8")
    queries.write_text("{}", encoding="utf-8")
    hindered(shell("kb", "try", source, queries, "--out", tmp_path / "out"), line)
    assert not (tmp_path / "out").exists()


def test_questions_of_any_shape_are_asked(shell: Shell, tmp_path: Path) -> None:
    source, queries, out = tmp_path / "kb.jsonl", tmp_path / "q.jsonl", tmp_path / "out"
    source.write_text('{"id": 1, "question": "几点上班", "alts": "上班时间"}', encoding="utf-8")
    queries.write_text('{"query": "上班时间"}\n{}\n[]\nnull\n{"query": 5}', encoding="utf-8")
    assert shell("kb", "try", source, queries, "--out", out).exit_code == 0
    assert [row["ids"] for row in lines(out)] == [[1], [], [], [], []]


@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04 no workbook", b"%PDF-1.4"])
def test_what_is_no_workbook(shell: Shell, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(content)
    hindered(shell("roster", "check", file), ".xlsx")
    for command in ("roster", "form"):
        run = shell(command, "check", file, "--json")
        assert run.exit_code == 1
        found = json.loads(run.output)
        assert found["ok"] is False
        assert all(one["message"] for one in found["errors"])
    answers = tmp_path / "answers.json"
    answers.write_text("[]", encoding="utf-8")
    hindered(shell("form", "walk", file, answers))


@pytest.mark.parametrize("answers", ["{", '{"a": 1}', '[1, "x", null]', "路灯".encode("gbk")])
def test_answers_of_another_shape(shell: Shell, tmp_path: Path, answers: str | bytes) -> None:
    form, file = tmp_path / "form.xlsx", tmp_path / "answers.json"
    assert shell("form", "template", form).exit_code == 0
    file.write_bytes(answers if isinstance(answers, bytes) else answers.encode())
    hindered(shell("form", "walk", form, file), "answers.json")


def test_a_database_that_is_not_there_yet(shell: Shell, tmp_path: Path) -> None:
    hindered(shell("report", "map", tmp_path / "map.html"), "migrate")
    hindered(shell("backup", tmp_path / "copy"), "migrate")
    assert not list(tmp_path.iterdir())
    (tmp_path / "data").mkdir()
    hindered(shell("roster", "export", tmp_path / "all.xlsx"), "migrate")


def test_settings_that_cannot_be_used_say_no_secret(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("DATABASE_URL", "mysql://u:geheim@h/x"), ("TZ", "Mars/Base"),
                        ("DATABASE_URL", "postgresql://u:geheim@h:z/x"), ("ADMIN_IDS", "a"),
                        ("HEALTH_PORT", "x"), ("WEBHOOK_PORT", "99999")):  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            run = shell("migrate")
            hindered(run, name)
            assert "geheim" not in run.output


def test_a_backup_that_fails_leaves_nothing_and_says_no_password(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def fails(command: list[str], *, check: bool, env: dict[str, str]) -> None:
        seen.append(command)
        assert env["PGPASSWORD"] == "geheim"
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setenv("DATABASE_URL", "postgresql://u:geheim@localhost:1/x")
    monkeypatch.setattr("bot.backups.shutil.which", lambda tool: f"/usr/bin/{tool}")
    monkeypatch.setattr("bot.backups.subprocess.run", fails)
    hindered(shell("backup", tmp_path / "copy"), "pg_dump ended with 1")
    assert not (tmp_path / "copy").exists()
    assert "geheim" not in " ".join(seen[0])


def test_a_backup_takes_the_place_of_nothing(shell: Shell, tmp_path: Path) -> None:
    assert shell("migrate").exit_code == 0
    copy = tmp_path / "copy"
    assert shell("backup", copy).exit_code == 0
    assert copy.stat().st_mode & 0o777 == 0o600
    hindered(shell("backup", copy), "File exists")
    hindered(shell("backup", tmp_path / "no" / "copy"), "No such file")


def test_a_backup_of_another_version_does_not_replace_what_is_there(
    shell: Shell, tmp_path: Path
) -> None:
    assert shell("migrate").exit_code == 0
    live, foreign = tmp_path / "data" / "bot.db", tmp_path / "foreign.db"
    before = live.read_bytes()
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE alembic_version (version_num)")
    connection.execute("INSERT INTO alembic_version VALUES ('zzz')")
    connection.commit()
    connection.close()
    hindered(shell("restore", foreign), "newer version")
    assert live.read_bytes() == before
    assert not list(live.parent.glob("*.restoring*"))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("9999-12-31", "9999-12-31"),
        ("0001-01-01", "0001-01-02"),
        ("x", "x"),
        ("2026-02-02", "2026-02-01"),
    ],
)
def test_days_that_are_none_are_refused(
    shell: Shell, tmp_path: Path, first: str, last: str
) -> None:
    out = tmp_path / "out"
    hindered(shell("report", "open311", "--out", out, "--first", first, "--last", last), "two days")
    assert not out.exists()
    assert periods.find(f"{first}-{last}".replace("-", "", 2)) == periods.find("days90")
