"""Logs: no token, no phone, no identity number, no words of people, tracebacks included."""

import logging

import pytest
import structlog

from bot import logs

TOKEN = "123456789:" + "A" * 35
WORDS = f"邻居 13812345678 110101199003071234 {TOKEN}"


def test_what_looks_personal_is_redacted() -> None:
    for secret in ("13812345678", "+86 138-1234-5678", "0714-8812345", "11010119900307123X", TOKEN):
        assert secret not in logs.redact(f"call {secret}!")
    assert logs.redact(f"/bot{TOKEN}/getMe") == "/bot[token]/getMe"


def test_a_traceback_tells_where_and_not_what(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("DEBUG")
    try:
        int(WORDS)
    except ValueError:
        structlog.get_logger("x").exception("failed")
        logging.getLogger("y").exception("failed")
    written = capsys.readouterr().err
    assert "ValueError" in written
    for secret in ("13812345678", "110101199003071234", TOKEN):
        assert secret not in written
    with capsys.disabled():  # the handler must not keep this test's stream
        logs.configure("WARNING")
