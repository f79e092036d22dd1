"""Arithmetic, comparison and logic, each as a closure made for what is known beforehand."""

import math
import operator
from collections.abc import Callable

from services.forms.expressions.codes import Code, Run, constant
from services.forms.expressions.contexts import Context
from services.forms.expressions.values import NAN, Value, equal, number, truth

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _divided(left: float, right: float) -> float:
    if right == 0:
        return NAN if left == 0 or math.isnan(left) else math.copysign(math.inf, left)
    return left / right


def _remainder(left: float, right: float) -> float:
    """With the sign of the dividend, as in Java."""
    if right == 0 or math.isinf(left) or math.isnan(left) or math.isnan(right):
        return NAN
    return math.fmod(left, right)


_COUNT: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": _divided,
    "mod": _remainder,
}


def combine(sign: str, left: Code, right: Code) -> Code:
    """The code of `left sign right`."""
    if left.constant is not None and right.constant is not None:
        return constant(_folded(sign, left.constant, right.constant))
    if sign in _COUNT:
        return Code(_arithmetic(_COUNT[sign], left.run, right.run))
    if sign in _COMPARE:
        return Code(_comparison(sign, left, right), boolean=True)
    if sign in ("=", "!="):
        return Code(_equality(left, right, wanted=sign == "="), boolean=True)
    return Code(_logic(left, right, both=sign == "and"), boolean=True)


def _folded(sign: str, left: Value, right: Value) -> Value:
    """What two values known beforehand come to."""
    if sign in _COUNT:
        return _COUNT[sign](number(left), number(right))
    if sign in _COMPARE:
        return _COMPARE[sign](number(left), number(right))
    if sign in ("=", "!="):
        return equal(left, right) is (sign == "=")
    both = truth(left) and truth(right)
    return both if sign == "and" else truth(left) or truth(right)


def negate(operand: Code) -> Code:
    if operand.constant is not None:
        return constant(-number(operand.constant))
    run = operand.run
    return Code(lambda c: -number(run(c)))


def as_truth(code: Code) -> Callable[[Context], bool]:
    """The code as a condition."""
    run = code.run
    if code.boolean:
        return run  # type: ignore[return-value]  # `boolean` says that it gives one
    return lambda c: truth(run(c))


def _arithmetic(act: Callable[[float, float], float], left: Run, right: Run) -> Run:
    return lambda c: act(number(left(c)), number(right(c)))


_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _comparison(sign: str, left: Code, right: Code) -> Run:
    if left.constant is not None:
        return _comparison(_TURNED[sign], right, left)
    act, run = _COMPARE[sign], left.run
    if right.constant is None:
        other = right.run
        return lambda c: act(number(run(c)), number(other(c)))
    limit = number(right.constant)

    def against_limit(c: Context) -> Value:
        value = run(c)
        if value.__class__ is not int and value.__class__ is not float:
            value = number(value)
        return act(value, limit)

    return against_limit


def _equality(left: Code, right: Code, *, wanted: bool) -> Run:
    if left.constant is not None:
        left, right = right, left
    run, fixed = left.run, right.constant
    if left.direct and isinstance(fixed, str) and fixed:
        return _is_code(left.direct, fixed, wanted)
    if isinstance(fixed, str):
        return lambda c: (
            (value == fixed if isinstance(value := run(c), str) else equal(value, fixed)) is wanted
        )
    other = right.run
    return lambda c: equal(run(c), other(c)) is wanted


def _is_code(path: str, code: str, wanted: bool) -> Run:
    """An answer compared with a text, the most frequent condition of all."""

    def compare(c: Context) -> Value:
        answer = c.values.get(path)
        if answer.__class__ is str or answer is None:
            return (answer == code) is wanted
        return equal(answer, code) is wanted

    return compare


def _logic(left: Code, right: Code, *, both: bool) -> Run:
    one, two = as_truth(left), as_truth(right)
    if both:
        return lambda c: one(c) and two(c)
    return lambda c: one(c) or two(c)
