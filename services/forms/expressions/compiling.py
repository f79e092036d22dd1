"""Turns an expression into a closure over a context: compiled once per version, run often."""

from collections.abc import Callable

from services.forms.expressions.calls import CALLS
from services.forms.expressions.codes import Code, Run, constant
from services.forms.expressions.contexts import Scope
from services.forms.expressions.functions import FUNCTIONS, Function
from services.forms.expressions.moments import MOMENTS, check_constants
from services.forms.expressions.operators import combine, negate
from services.forms.expressions.paths import compile_path, compile_reference
from services.forms.expressions.syntax import (
    Binary,
    Call,
    ExpressionError,
    Negation,
    Number,
    Path,
    Reference,
    Text,
    Tree,
    parse,
)

_TABLE = {**FUNCTIONS, **MOMENTS}


def compile_expression(written: str, scope: Scope) -> Code:
    """The code of an expression as written; raises ExpressionError with what is wrong in it.

    What it depends on is noted in the scope.
    """
    try:
        return compile_tree(parse(written), scope)
    except ExpressionError as wrong:
        raise ExpressionError(wrong.code, **{"expression": written, **wrong.params}) from wrong


def compile_tree(tree: Tree, scope: Scope) -> Code:
    match tree:
        case Number(value) | Text(value):
            return constant(value)
        case Reference(name):
            return compile_reference(name, scope)
        case Binary(operator, left, right):
            if operator == "|":
                raise ExpressionError("form_check.expression.union")
            return combine(operator, compile_tree(left, scope), compile_tree(right, scope))
        case Negation(operand):
            return negate(compile_tree(operand, scope))
        case Path():
            return compile_path(tree, scope, compile_tree)
        case Call():
            return _call(tree, scope)


def _call(call: Call, scope: Scope) -> Code:
    special = CALLS.get(call.name)
    if special is not None:
        made, least, most = special
        _count_arguments(call, least, most)
        return made(call, scope, compile_tree)
    function = _TABLE.get(call.name)
    if function is None:
        raise ExpressionError("form_check.expression.unknown_function", function=call.name)
    _count_arguments(call, function.least, function.most)
    arguments = [compile_tree(one, scope) for one in call.arguments]
    if call.name in MOMENTS:
        check_constants(call.name, [one.constant for one in arguments])
    return _applied(function, arguments)


def _count_arguments(call: Call, least: int, most: int | None) -> None:
    given = len(call.arguments)
    if given < least or (most is not None and given > most):
        raise ExpressionError("form_check.expression.arguments", function=call.name)


def _applied(function: Function, arguments: list[Code]) -> Code:
    if function.spread:
        return Code(_spread(function, arguments), boolean=function.boolean)
    return Code(_by_count(function.act, [one.run for one in arguments]), boolean=function.boolean)


def _by_count(act: Callable[..., object], runs: list[Run]) -> Run:
    """Closures without a loop for the usual numbers of arguments."""
    if not runs:
        return lambda _: act()  # type: ignore[return-value]  # functions give values
    if len(runs) == 1:
        one = runs[0]
        return lambda c: act(one(c))  # type: ignore[return-value]  # as above
    if len(runs) == 2:
        first, second = runs
        return lambda c: act(first(c), second(c))  # type: ignore[return-value]  # as above
    return lambda c: act(*(run(c) for run in runs))  # type: ignore[return-value]  # as above


def _spread(function: Function, arguments: list[Code]) -> Run:
    act = function.act
    return lambda c: act(*(value for one in arguments for value in one.all(c)))
