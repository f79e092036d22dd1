"""Every move a report can make: from, to, who, and the evidence it needs. There are no others."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.permissions import Permission


class State(StrEnum):
    """Where a report stands (reference: the closed loop of a street office)."""

    SUBMITTED = "submitted"
    NEED_INFO = "need_info"
    REJECTED = "rejected"
    MERGED = "merged"
    FILED = "filed"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    HANDLED = "handled"
    CLOSED = "closed"
    REOPENED = "reopened"
    VOID = "void"


class Evidence(StrEnum):
    """What a move must bring along."""

    WORDS = "words"
    PHOTO = "photo"
    ASSIGNEE = "assignee"
    MASTER = "master"
    OUTSIDE = "outside_number"
    SILENCE = "seven_days_of_silence"
    OTHER_PERSON = "other_person"
    REQUEST = "approved_request"
    WINDOW = "refusal_window"


@dataclass(frozen=True)
class Move:
    """One allowed move. `who` is a right, or None for the reporter of this very report."""

    before: State
    after: State
    who: Permission | None
    needs: frozenset[Evidence] = frozenset()


S, P, E = State, Permission, Evidence
OPEN: Final = (S.SUBMITTED, S.NEED_INFO, S.FILED, S.ASSIGNED, S.IN_PROGRESS, S.REOPENED)
WORDS: Final = frozenset({E.WORDS})
PHOTO: Final = frozenset({E.PHOTO})
FIXED, NO_ACTION, ELSEWHERE = "fixed", "no_action", "outside"
RESULTS: Final = (FIXED, NO_ACTION, ELSEWHERE)
"""How a report was handled: mended (with a photo), or not, for a reason that a leader approved."""


def _moves() -> tuple[Move, ...]:
    to_assign = frozenset({E.ASSIGNEE})
    moves = [
        Move(S.SUBMITTED, S.FILED, P.REPORT_ASSIGN),
        Move(S.SUBMITTED, S.ASSIGNED, P.REPORT_ASSIGN, to_assign),
        Move(S.SUBMITTED, S.REJECTED, P.REPORT_ASSIGN, WORDS),
        Move(S.SUBMITTED, S.MERGED, None, frozenset({E.MASTER})),
        Move(S.MERGED, S.SUBMITTED, P.REPORT_ASSIGN),
        Move(S.FILED, S.ASSIGNED, P.REPORT_ASSIGN, to_assign),
        Move(S.FILED, S.ASSIGNED, P.REPORT_ASSIGN, frozenset({E.OUTSIDE})),
        Move(S.FILED, S.REJECTED, P.REPORT_ASSIGN, WORDS),
        Move(S.FILED, S.IN_PROGRESS, P.REPORT_HANDLE),
        Move(S.FILED, S.HANDLED, P.REPORT_HANDLE, PHOTO),
        Move(S.ASSIGNED, S.IN_PROGRESS, P.REPORT_HANDLE),
        Move(S.ASSIGNED, S.HANDLED, P.REPORT_HANDLE, PHOTO),
        Move(S.ASSIGNED, S.FILED, P.REPORT_HANDLE, frozenset({E.WORDS, E.WINDOW})),
        Move(S.ASSIGNED, S.ASSIGNED, P.REPORT_ASSIGN, to_assign),
        Move(S.ASSIGNED, S.FILED, P.REPORT_ASSIGN, WORDS),
        Move(S.IN_PROGRESS, S.HANDLED, P.REPORT_HANDLE, PHOTO),
        Move(S.IN_PROGRESS, S.ASSIGNED, P.REPORT_ASSIGN, to_assign),
        Move(S.IN_PROGRESS, S.FILED, P.REPORT_ASSIGN, WORDS),
        Move(S.HANDLED, S.CLOSED, P.REPORT_CLOSE, frozenset({E.OTHER_PERSON})),
        Move(S.HANDLED, S.CLOSED, P.REPORT_CHECK, frozenset({E.OTHER_PERSON, E.PHOTO})),
        Move(S.HANDLED, S.CLOSED, None, frozenset({E.OTHER_PERSON})),
        Move(S.HANDLED, S.REOPENED, None, WORDS),
        Move(S.HANDLED, S.REOPENED, P.REPORT_CLOSE, WORDS),
        Move(S.HANDLED, S.REOPENED, P.REPORT_CHECK, WORDS),
        Move(S.CLOSED, S.REOPENED, None, WORDS),
        Move(S.CLOSED, S.REOPENED, P.REPORT_CHECK, WORDS),
        Move(S.REOPENED, S.ASSIGNED, P.REPORT_ASSIGN, to_assign),
        Move(S.REOPENED, S.IN_PROGRESS, P.REPORT_HANDLE),
        Move(S.REOPENED, S.HANDLED, P.REPORT_HANDLE, PHOTO),
        Move(S.NEED_INFO, S.SUBMITTED, None, WORDS),
        Move(S.NEED_INFO, S.REJECTED, P.REPORT_ASSIGN, WORDS),
        Move(S.NEED_INFO, S.REJECTED, P.REPORT_VOID, frozenset({E.SILENCE})),
    ]
    for state in (S.SUBMITTED, S.FILED, S.ASSIGNED):
        moves.append(Move(state, S.NEED_INFO, P.REPORT_ASSIGN, WORDS))
    for state in (S.SUBMITTED, S.FILED, S.ASSIGNED, S.NEED_INFO):
        moves.append(Move(state, S.MERGED, P.REPORT_ASSIGN, frozenset({E.MASTER})))
    for state in (S.FILED, S.ASSIGNED, S.IN_PROGRESS, S.REOPENED):
        moves.append(Move(state, S.HANDLED, P.REPORT_CLOSE, frozenset({E.REQUEST})))
    for state in (*OPEN, S.HANDLED):
        moves.append(Move(state, S.VOID, P.REPORT_VOID, WORDS))
    return tuple(moves)


MOVES: Final = _moves()


def between(before: State, after: State) -> tuple[Move, ...]:
    """The ways from one state to another; empty where there is none."""
    return tuple(m for m in MOVES if m.before is before and m.after is after)


def rows() -> list[tuple[str, str, str, str, str]]:
    """The whole table as text: from, to, who, scope, evidence; every pair that is allowed."""
    scope = {True: "own report", False: "own community, own jobs or whole street"}
    return [
        (
            str(m.before),
            str(m.after),
            str(m.who or "reporter"),
            scope[m.who is None],
            ", ".join(sorted(m.needs)) or "-",
        )
        for m in MOVES
    ]
