"""Refusals in Telegram's words: what the Bot API answers when a request cannot be done."""

from typing import Any


class ApiError(Exception):
    """A request that the Bot API refuses; becomes `{"ok": false, ...}` with this HTTP status."""

    def __init__(self, code: int, description: str, *, parameters: dict[str, Any] | None = None):
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters or {}

    def body(self) -> dict[str, Any]:
        answer = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


class SimError(Exception):
    """A person's action that makes no sense here, such as tapping a button that is not there."""


def bad_request(reason: str, *, parameters: dict[str, Any] | None = None) -> ApiError:
    return ApiError(400, f"Bad Request: {reason}", parameters=parameters)


def forbidden(reason: str) -> ApiError:
    return ApiError(403, f"Forbidden: {reason}")


def not_found(reason: str) -> ApiError:
    return ApiError(404, f"Not Found: {reason}")


def conflict(reason: str) -> ApiError:
    return ApiError(409, f"Conflict: {reason}")


def too_many(retry_after: int) -> ApiError:
    return ApiError(
        429,
        f"Too Many Requests: retry after {retry_after}",
        parameters={"retry_after": retry_after},
    )
