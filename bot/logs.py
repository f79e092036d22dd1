"""Structured logs without tokens, message texts or phone numbers."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

TOKEN = re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}")
PHONE = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)"
)
IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
#: Only these say more than warnings: a library's DEBUG holds statements and what is in them.
OURS = ("bot", "handlers", "services", "knowledge", "db")


def redact(text: str) -> str:
    """The text without anything that looks like a token, a phone or an identity number."""
    text = TOKEN.sub("[token]", text)
    text = IDENTITY.sub("[identity]", text)
    return PHONE.sub("[phone]", text)


class RedactingFormatter(logging.Formatter):
    """Redacts whole records, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def _redact_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {k: redact(v) if isinstance(v, str) else v for k, v in event.items()}


def _short_traceback(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Where it broke and what kind of error: never its message or locals, which hold words."""
    error = event.pop("exc_info", None)
    error = sys.exc_info()[1] if error is True else error
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        places = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]
        event["error"] = type(error).__name__
        event["at"] = " > ".join(places)
    return event


def configure(level: str = "INFO") -> None:
    """Set up logging for the process: one line an event, to standard error.

    The level is that of our own modules; libraries are heard from WARNING on.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    quiet = max(logging.WARNING, logging.getLevelNamesMapping()[level])
    logging.basicConfig(level=quiet, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _short_traceback,
            _redact_event,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
