"""Column types that seal what they hold: the database file never shows it, the models never notice.

The cipher is installed at start, so that storage needs to know nothing of keys.
"""

import json
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.operators import OperatorType, is_, is_not
from sqlalchemy.types import TypeDecorator


class CipherMissingError(RuntimeError):
    """A sealed column was used before `install`."""


@dataclass(frozen=True)
class _Cipher:
    encrypt: Callable[[str], str]
    decrypt: Callable[[str], str]


_cipher: _Cipher | None = None


def install(encrypt: Callable[[str], str], decrypt: Callable[[str], str]) -> None:
    """Use these two functions, text to token and back, for every sealed column of the process."""
    global _cipher  # noqa: PLW0603 - one process, one key ring
    _cipher = _Cipher(encrypt, decrypt)


def _installed() -> _Cipher:
    if _cipher is None:
        raise CipherMissingError("No cipher: call db.encryption.install at start.")
    return _cipher


class _Sealed(TypeDecorator[Any]):
    """What both types share: tokens in a text column, and no comparing of tokens in SQL.

    A token differs each time, so that ``column == value`` would always be false: it is refused
    when the statement is built. Look a value up by a blind index instead.
    """

    impl = Text
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[Any]):
        """Allows only the question whether there is a value."""

        def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
            asks_for_null = op in (operator.eq, operator.ne) and all(one is None for one in other)
            of_columns = all(isinstance(one, ColumnElement) for one in other)  # the ORM's own
            if op in (is_, is_not) or asks_for_null or (other and of_columns):
                return super().operate(op, *other, **kwargs)
            raise TypeError("A sealed column cannot be searched or sorted; use its blind index.")

    comparator_factory = Comparator


class EncryptedText(_Sealed):
    """A string kept as a token; None stays NULL. Raises TypeError for anything but a string."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise TypeError(f"EncryptedText takes a string, not {type(value).__name__}.")
        return _installed().encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _installed().decrypt(value)


class EncryptedJSON(_Sealed):
    """A JSON value kept as one token; None stays NULL. Assign anew, never change it in place.

    Raises TypeError or ValueError for what JSON cannot hold (a set, NaN).
    """

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return _installed().encrypt(json.dumps(value, ensure_ascii=False, allow_nan=False))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else unseal_json(value)


def unseal_json(token: str) -> Any:
    """What an EncryptedJSON column holds; for thousands of tokens, read as text, in a thread."""
    return json.loads(_installed().decrypt(token))


def blind_index_of(column: str, *, purpose: str) -> dict[str, Any]:
    """Marks a column (`info=`) as the blind index of a sealed one, for the rotation of keys."""
    return {"blind_index_of": column, "purpose": purpose}
