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
#: Only our own rooms may be talkative: drivers and libraries log statements, calls and texts.
OURS = ("bot", "handlers", "services", "knowledge", "db")


def redact(text: str) -> str:
    """The text without anything that looks like a token, a phone or an identity number."""
    text = TOKEN.sub("[token]", text)
    text = IDENTITY.sub("[identity]", text)
    return PHONE.sub("[phone]", text)


class RedactingFormatter(logging.Formatter):
    """Redacts whole records; of an error it tells the kind and the places."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        return " ".join(_described(ei[1]).values())


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
        event.update(_described(error))
    return event


def _described(error: BaseException) -> dict[str, str]:
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    places = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]
    return {"error": type(error).__name__, "at": " > ".join(places)}


def configure(level: str = "INFO") -> None:
    """Set up logging for the process: one line an event, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
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
