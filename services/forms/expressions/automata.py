"""A regular expression as an automaton that is in several states at once (Thompson, 1968).

It reads each sign of a text once, so its time is bounded by length times states. It knows what
forms use: signs, classes, groups, alternatives and repetitions; not back references or lookaround.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

Accepts = Callable[[str], bool]
_MOST_STATES = 1200
_MANY = -1


class UnsupportedError(Exception):
    """The pattern has something that the automaton does not know, or is too large."""


@dataclass
class State:
    """One that reads a sign, if it `accepts`, or else goes on to all of `to` at once."""

    accepts: Accepts | None = None
    to: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Automaton:
    states: list[State]
    closures: list[tuple[int, ...]]
    """For each state, the reading and final states that it reaches without reading."""
    start: int
    end: int

    def matches(self, text: str) -> bool:
        """Whether the whole text is accepted."""
        now = set(self.closures[self.start])
        for sign in text:
            then: set[int] = set()
            for index in now:
                state = self.states[index]
                if state.accepts is not None and state.accepts(sign):
                    then.update(self.closures[state.to[0]])
            if not then:
                return False
            now = then
        return self.end in now


def automaton(written: str) -> Automaton:
    """The automaton of a pattern; raises UnsupportedError."""
    builder = _Builder(written)
    try:
        start, end = builder.whole()
    except RecursionError as deep:
        raise UnsupportedError from deep
    closures = [_closure(builder.states, index) for index in range(len(builder.states))]
    return Automaton(builder.states, closures, start, end)


def _closure(states: list[State], index: int) -> tuple[int, ...]:
    seen, todo = {index}, [index]
    while todo:
        state = states[todo.pop()]
        if state.accepts is None:
            fresh = [one for one in state.to if one not in seen]
            seen.update(fresh)
            todo += fresh
    return tuple(one for one in seen if states[one].accepts is not None or not states[one].to)


_Part = tuple[int, int]


class _Builder:
    def __init__(self, written: str) -> None:
        self.written = written
        self.at = 0
        self.states: list[State] = []

    def whole(self) -> _Part:
        part = self._alternatives()
        if self.at < len(self.written):
            raise UnsupportedError
        return part

    def _peek(self) -> str:
        return self.written[self.at : self.at + 1]

    def _next(self) -> str:
        sign = self._peek()
        if not sign:
            raise UnsupportedError
        self.at += 1
        return sign

    def _state(self, accepts: Accepts | None = None) -> int:
        if len(self.states) >= _MOST_STATES:
            raise UnsupportedError
        self.states.append(State(accepts))
        return len(self.states) - 1

    def _link(self, one: int, other: int) -> None:
        self.states[one].to.append(other)

    def _alternatives(self) -> _Part:
        start, end = self._state(), self._state()
        while True:
            first, last = self._sequence()
            self._link(start, first)
            self._link(last, end)
            if self._peek() != "|":
                return start, end
            self.at += 1

    def _sequence(self) -> _Part:
        start = end = self._state()
        while self._peek() not in ("", "|", ")"):
            first, last = self._repeated()
            self._link(end, first)
            end = last
        return start, end

    def _repeated(self) -> _Part:
        begun = self.at
        part = self._atom()
        bounds = self._bounds()
        if bounds is None:
            return part
        after = self.at
        least, most = bounds
        copies = [part]
        for _ in range(1, max(least, most, 1)):
            self.at = begun
            copies.append(self._atom())
        self.at = after
        return self._chained(copies, least, most)

    def _chained(self, copies: list[_Part], least: int, most: int) -> _Part:
        """Copies one after the other, those beyond `least` optional, the last one open-ended."""
        start = end = self._state()
        out = self._state()
        for count, (first, last) in enumerate(copies):
            if count >= least:
                self._link(end, out)
            if most != 0:
                self._link(end, first)
                end = last
        if most == _MANY:
            self._link(end, copies[-1][0])
        self._link(end, out)
        return start, out

    def _bounds(self) -> tuple[int, int] | None:
        """Least and most repetitions behind an atom; lazy and possessive ones match the same."""
        sign = self._peek()
        known = {"*": (0, _MANY), "+": (1, _MANY), "?": (0, 1)}
        if sign in known and sign:
            self.at += 1
            bounds = known[sign]
        elif sign == "{":
            bounds = self._braces()
        else:
            return None
        if self._peek() in ("?", "+"):
            self.at += 1
        return bounds

    def _braces(self) -> tuple[int, int]:
        close = self.written.find("}", self.at)
        least, comma, most = self.written[self.at + 1 : close].partition(",")
        if close < 0 or not least.isdecimal() or (most and not most.isdecimal()):
            raise UnsupportedError
        self.at = close + 1
        if not comma:
            return int(least), int(least)
        return int(least), int(most) if most else _MANY

    def _atom(self) -> _Part:
        sign = self._next()
        if sign == "(":
            return self._group()
        if sign in "^$":
            return self._anchor(sign)
        if sign in "*+?{":
            raise UnsupportedError
        if sign == "[":
            return self._reading(self._class())
        if sign == "\\":
            return self._reading(self._escape())
        return self._reading((lambda one: one != "\n") if sign == "." else _just(sign))

    def _reading(self, accepts: Accepts) -> _Part:
        start, end = self._state(accepts), self._state()
        self._link(start, end)
        return start, end

    def _group(self) -> _Part:
        if self._peek() == "?":
            self.at += 1
            if self._next() != ":":
                raise UnsupportedError
        part = self._alternatives()
        if self._next() != ")":
            raise UnsupportedError
        return part

    def _anchor(self, sign: str) -> _Part:
        """At its own end of the pattern an anchor says what is so already; elsewhere it is odd."""
        before, after = self.written[: self.at - 1], self.written[self.at :]
        if (before if sign == "^" else after).strip("()?:"):
            raise UnsupportedError
        alone = self._state()
        return alone, alone

    def _class(self) -> Accepts:
        negated = self._peek() == "^"
        self.at += negated
        parts: list[Accepts] = []
        while self._peek() != "]" or not parts:
            parts.append(self._member())
        self.at += 1
        found = tuple(parts)
        if negated:
            return lambda one: not any(part(one) for part in found)
        return lambda one: any(part(one) for part in found)

    def _member(self) -> Accepts:
        if self.written.startswith("&&", self.at) or self._peek() == "[":
            raise UnsupportedError
        sign = self._next()
        if sign == "\\":
            escaped = self._peek()
            accepts = self._escape()
            if escaped.isalnum() or self._peek() != "-":
                return accepts
            sign = escaped
        dash = self.written[self.at : self.at + 2]
        if len(dash) < 2 or dash[0] != "-" or dash[1] == "]":
            return _just(sign)
        self.at += 1
        last = self._next()
        if last == "\\":
            last = self._next()
        return lambda one: sign <= one <= last

    def _escape(self) -> Accepts:
        sign = self._next()
        if sign in _CLASSES:
            return _CLASSES[sign]
        if sign in "pP":
            return self._property(wanted=sign == "p")
        if sign in "tnrf":
            return _just({"t": "\t", "n": "\n", "r": "\r", "f": "\f"}[sign])
        if sign.isalnum():
            raise UnsupportedError
        return _just(sign)

    def _property(self, *, wanted: bool) -> Accepts:
        """\\p{L}: a general category of Unicode, or its first letter."""
        if self._peek() == "{":
            close = self.written.find("}", self.at)
            name, self.at = self.written[self.at + 1 : close], close + 1
        else:
            name = self._next()
        if name in ("IsHan", "script=Han", "sc=Han"):
            return lambda one: ("CJK UNIFIED" in unicodedata.name(one, "")) is wanted
        if not name.isalpha() or len(name) > 2:
            raise UnsupportedError
        return lambda one: unicodedata.category(one).startswith(name) is wanted


def _just(sign: str) -> Accepts:
    return lambda one: one == sign


_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_SPACE = frozenset(" \t\n\x0b\f\r")
_FIGURES = frozenset("0123456789")
_CLASSES: dict[str, Accepts] = {
    "d": lambda one: one in _FIGURES,
    "D": lambda one: one not in _FIGURES,
    "w": lambda one: one in _WORD,
    "W": lambda one: one not in _WORD,
    "s": lambda one: one in _SPACE,
    "S": lambda one: one not in _SPACE,
}
"""As in Java, where these mean ASCII only."""
