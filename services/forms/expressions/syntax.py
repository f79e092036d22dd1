"""Reads an XLSForm expression into a tree: XPath 1.0 as ODK uses it, with ${name} references.

A Pratt parser: each operator has a binding strength, and `_expression` reads on as long as the
next operator binds more tightly than the one on its left.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import TypeAlias


class ExpressionError(Exception):
    """An expression that cannot be understood; `code` and `params` tell the author why."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(f"{code} {params}")
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Text:
    value: str


@dataclass(frozen=True)
class Reference:
    """${name}, or ${last-saved#name} which is refused later."""

    name: str


@dataclass(frozen=True)
class Call:
    name: str
    arguments: "tuple[Tree, ...]"


@dataclass(frozen=True)
class Binary:
    operator: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True)
class Negation:
    operand: "Tree"


@dataclass(frozen=True)
class Step:
    """`name` is a child's name, "." for the node itself, ".." for its parent, "*" for any child."""

    name: str
    predicates: "tuple[Tree, ...]" = ()


@dataclass(frozen=True)
class Path:
    """Steps from `start`: None for the context node, "/" for the root, else a node expression."""

    start: "Tree | str | None"
    steps: tuple[Step, ...]
    predicates: "tuple[Tree, ...]" = ()
    """Those on `start` itself, as in ${member}[1]."""


Tree: TypeAlias = Number | Text | Reference | Call | Binary | Negation | Path

_NAME = r"[^\W\d][\w\-]*(?:\.[\w\-]+)*(?::[^\W\d][\w\-]*)?"
_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<reference>\$\{{\s*(?:last-saved\#)?[^\s{{}}]+\s*\}})
    | (?P<slip>==|&&|\|\||<>|=<|=>|\$\(|[^\x00-\x7f\w])
    | (?P<name>{_NAME})
    | (?P<sign>\.\.|//|::|!=|<=|>=|[/.()\[\],*+\-=<>|@])
    )""",
    re.VERBOSE,
)
_BINDING = {
    "or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "div": 6, "mod": 6, "|": 8,
}  # fmt: skip
_UNARY = 7
_WORDS = frozenset({"or", "and", "div", "mod"})
_DEPTH = 60
"""Nested brackets more than this are refused: no author writes them, and Python would overflow."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str) -> Tree:
    """The tree of an expression; raises ExpressionError with the place that is wrong."""
    return _Parser(text).whole()


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            wrong = text[at:].lstrip()
            raise ExpressionError("form_check.expression.sign", found=wrong[:12], expression=text)
        kind = match.lastgroup or ""
        if kind == "slip":
            raise _slip(match[kind], text)
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return found


_MEANT = {
    "==": "=", "&&": "and", "||": "or", "<>": "!=", "=<": "<=", "=>": ">=", "$(": "${",
    "\u2265": ">=", "\u2264": "<=", "\u2260": "!=", "\u00d7": "*", "\u00f7": "div",
    "\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u3001": ",",
    "\u3002": ".", "\u2212": "-", "\u2013": "-", "\u2014": "-",
}  # fmt: skip
"""Signs that people type, and what an expression has instead."""


def _slip(found: str, text: str) -> ExpressionError:
    meant = _MEANT.get(found) or unicodedata.normalize("NFKC", found)
    if meant == found:
        return ExpressionError("form_check.expression.sign", found=found, expression=text)
    return ExpressionError(
        "form_check.expression.sign_instead", found=found, instead=meant, expression=text
    )


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    def whole(self) -> Tree:
        tree = self._expression(0)
        if self.at < len(self.tokens):
            raise self._unexpected()
        return tree

    def _peek(self, ahead: int = 0) -> str:
        """The next token's text when it is a sign or a word, else ""."""
        where = self.at + ahead
        if where >= len(self.tokens) or self.tokens[where].kind not in ("sign", "name"):
            return ""
        return self.tokens[where].text

    def _kind(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else "end"

    def _next(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1].text

    def _take(self, sign: str) -> None:
        if self._kind() != "sign" or self._peek() != sign:
            raise self._unexpected(sign)
        self.at += 1

    def _unexpected(self, wanted: str = "") -> ExpressionError:
        if self.at >= len(self.tokens):
            return ExpressionError("form_check.expression.unfinished", expression=self.text)
        found = self.text[self.tokens[self.at].at :][:12]
        return ExpressionError(
            "form_check.expression.unexpected", found=found, expression=self.text
        )

    def _expression(self, binding: int) -> Tree:
        self.depth += 1
        if self.depth > _DEPTH:
            raise ExpressionError("form_check.expression.too_deep", expression=self.text)
        tree = self._operand()
        while (operator := self._operator()) and _BINDING[operator] > binding:
            self.at += 1
            tree = Binary(operator, tree, self._expression(_BINDING[operator]))
        self.depth -= 1
        return tree

    def _operator(self) -> str:
        text = self._peek()
        if self._kind() == "name" and text not in _WORDS:
            return ""
        return text if text in _BINDING else ""

    def _operand(self) -> Tree:
        if self._kind() == "sign" and self._peek() == "-":
            self.at += 1
            return Negation(self._expression(_UNARY))
        kind = self._kind()
        if kind == "number":
            return Number(float(self._next()))
        if kind == "text":
            return Text(self._next()[1:-1])
        return self._path()

    def _path(self) -> Tree:
        """A node expression, and any steps and predicates behind it."""
        start = self._start()
        predicates = self._predicates() if start is not None and start != "/" else ()
        steps = [] if start is not None and start != "/" else [self._step()]
        while self._kind() == "sign" and self._peek() == "/":
            self.at += 1
            steps.append(self._step())
        if not steps and not predicates and isinstance(start, Reference | Call | Binary):
            return start
        if not steps and not predicates and start is not None and not isinstance(start, str):
            return start
        return Path(start, tuple(steps), predicates)

    def _start(self) -> Tree | str | None:
        kind = self._kind()
        if kind == "reference":
            return Reference(self._next()[2:-1].strip())
        if kind == "sign" and self._peek() == "(":
            self.at += 1
            inner = self._expression(0)
            self._take(")")
            return inner
        if kind == "sign" and self._peek() == "/":
            self.at += 1
            return "/"
        if kind == "name" and self.at + 1 < len(self.tokens) and self._peek(1) == "(":
            return self._call()
        return None

    def _call(self) -> Call:
        name = self._next()
        self._take("(")
        arguments: list[Tree] = []
        while self._peek() != ")":
            if arguments:
                self._take(",")
            arguments.append(self._expression(0))
        self._take(")")
        return Call(name, tuple(arguments))

    def _step(self) -> Step:
        if self._kind() == "name" or self._peek() in (".", "..", "*"):
            name = self._next()
            return Step(name, self._predicates())
        raise self._unexpected()

    def _predicates(self) -> tuple[Tree, ...]:
        found: list[Tree] = []
        while self._kind() == "sign" and self._peek() == "[":
            self.at += 1
            found.append(self._expression(0))
            self._take("]")
        return tuple(found)
