"""Functions that look at nodes, choices, the clock or chance, or that leave arguments alone."""

import re
import string
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

from services.forms.documents import Choice
from services.forms.expressions.codes import Code, Several
from services.forms.expressions.contexts import Context, Scope
from services.forms.expressions.nodesets import Place
from services.forms.expressions.operators import as_truth
from services.forms.expressions.paths import Compile, from_places, relevant
from services.forms.expressions.patterns import Pattern
from services.forms.expressions.shuffles import shuffled
from services.forms.expressions.syntax import Call, ExpressionError, Reference, Text, Tree
from services.forms.expressions.values import Value, equal, number, text, thawed
from services.forms.trees import At, Node

Compiler: TypeAlias = Callable[[Call, Scope, Compile], Code]


def _if(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    condition, yes, no = (compile_tree(one, scope) for one in call.arguments)
    holds, then, otherwise = as_truth(condition), yes.run, no.run
    return Code(lambda c: then(c) if holds(c) else otherwise(c), boolean=yes.boolean and no.boolean)


def _coalesce(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    """The first argument that is not blank, as JavaRosa: only two are looked at."""
    runs = [compile_tree(one, scope).run for one in call.arguments]

    def first(c: Context) -> Value:
        for run in runs[:-1]:
            value = run(c)
            if not equal(text(value), ""):
                return value
        return runs[-1](c)

    return Code(first)


def _once(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    """The value it had when it was first reckoned."""
    run = compile_tree(call.arguments[0], scope).run
    scope.flags.add("once")

    def kept(c: Context) -> Value:
        return thawed(c.kept[c.path]) if c.path in c.kept else run(c)

    return Code(kept)


def _count(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    code = compile_tree(call.arguments[0], scope)
    places, several = code.places, code.several
    if places is not None:
        return Code(lambda c: float(sum(relevant(c, place) for place in places(c))))
    if several is None:
        raise ExpressionError("form_check.expression.needs_nodes", function=call.name)
    found: Several = several
    return Code(lambda c: float(len(found(c))))


def _count_filled(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    code = compile_tree(call.arguments[0], scope)
    return Code(lambda c: float(sum(text(value) != "" for value in code.all(c))))


def _position(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    """position(..): the round of a repeat; position(): the place among what is filtered."""
    if not call.arguments:
        return Code(lambda c: float(c.position))
    places = compile_tree(call.arguments[0], scope).places
    if places is None:
        raise ExpressionError("form_check.expression.needs_nodes", function=call.name)
    look = places

    def round_(c: Context) -> Value:
        found = look(c)
        if not found:
            return ""
        node, at = found[0]
        return float(at[len(node.repeats)]) if node.is_repeat else 1.0

    return Code(round_)


def _indexed_repeat(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    """indexed-repeat(${x}, ${repeat}, 2, ${inner}, 3): the answer in given rounds."""
    arguments = call.arguments
    if len(arguments) % 2 == 0 or not all(isinstance(a, Reference) for a in arguments[:1]):
        raise ExpressionError("form_check.expression.arguments", function=call.name)
    node = _named(arguments[0], scope, call)
    chosen: dict[Node, Callable[[Context], Value]] = {}
    for repeat, index in zip(arguments[1::2], arguments[2::2], strict=True):
        chosen[_named(repeat, scope, call)] = compile_tree(index, scope).run
    if not set(chosen) <= set(node.repeats):
        raise ExpressionError("form_check.expression.not_in_repeat", name=node.name)

    def places(c: Context) -> list[Place]:
        at: At = ()
        for depth, repeat in enumerate(node.repeats):
            own = c.at[depth] if depth < len(c.at) else 1
            index = number(chosen[repeat](c)) if repeat in chosen else own
            index = max(index, 1) if index == index else 1
            if not index <= c.counts.get(repeat.path(at), 0):
                return []
            at = (*at, int(index))
        return [(node, at)]

    return from_places(places)


def _named(tree: Tree, scope: Scope, call: Call) -> Node:
    if not isinstance(tree, Reference):
        raise ExpressionError("form_check.expression.arguments", function=call.name)
    return scope.resolve(tree.name)


def _choice_name(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    """jr:choice-name(value, '${question}'): the label of a choice, in the person's language."""
    value = compile_tree(call.arguments[0], scope).run
    where = call.arguments[1]
    written = where.value.strip() if isinstance(where, Text) else ""
    found = re.fullmatch(r"\$\{\s*([^\s}]+)\s*\}", written)
    name = found[1] if found else written.rsplit("/", 1)[-1]
    if isinstance(where, Reference):
        name = where.name
    question = scope.resolve(name).question
    choices = scope.tree.document.lists.get(question.choices, ()) if question else ()
    if not choices:
        raise ExpressionError("form_check.expression.no_choices", name=name)
    labels: dict[str, Choice] = {choice.name: choice for choice in choices}

    def label(c: Context) -> Value:
        choice = labels.get(text(value(c)))
        return "" if choice is None else choice.label.said(c.language)

    return Code(label)


def _itext(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    """jr:itext(id): the label of a choice by the key that pyxform gives it."""
    run = compile_tree(call.arguments[0], scope).run
    lists = scope.tree.document.lists

    def label(c: Context) -> Value:
        key = text(run(c))
        name, _, index = key.rpartition("-")
        choices = lists.get(name, ())
        if not index.isdecimal() or int(index) >= len(choices):
            return f"[itext:{key}]"
        return choices[int(index)].label.said(c.language)

    return Code(label)


def _regex(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    value = compile_tree(call.arguments[0], scope).run
    written = compile_tree(call.arguments[1], scope)
    if written.constant is not None:
        fixed = _pattern(text(written.constant))
        return Code(lambda c: fixed.matches(text(value(c))), boolean=True)
    run = written.run
    return Code(lambda c: _pattern(text(run(c))).matches(text(value(c))), boolean=True)


@lru_cache(maxsize=256)
def _pattern(written: str) -> Pattern:
    return Pattern(written)


def _selected(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    chosen, wanted = (compile_tree(one, scope) for one in call.arguments)
    run, other = chosen.run, wanted.run
    if isinstance(wanted.constant, str):
        code = f" {wanted.constant.strip()} "
        return Code(lambda c: code in f" {text(run(c)).strip()} ", boolean=True)
    return Code(
        lambda c: f" {text(other(c)).strip()} " in f" {text(run(c)).strip()} ", boolean=True
    )


def _today(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    scope.flags.add("clock")
    return Code(lambda c: c.now.date())


def _now(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    scope.flags.add("clock")
    return Code(lambda c: _wall(c.now))


def _wall(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def _random(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    salt = scope.salt()
    return Code(lambda c: c.chance(salt).random())


_DIGITS = string.digits + string.ascii_uppercase


def _uuid(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    """uuid(), or uuid(8) for so many random letters and figures."""
    salt = scope.salt()
    if call.arguments:
        length = compile_tree(call.arguments[0], scope).run

        def short(c: Context) -> Value:
            wanted = number(length(c))
            count = int(min(wanted, 64)) if wanted > 0 else 0
            return "".join(c.chance(salt).choices(_DIGITS, k=count))

        return Code(short)

    def made(c: Context) -> Value:
        return str(uuid.UUID(int=c.chance(salt).getrandbits(128), version=4))

    return Code(made)


def _version(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    return Code(lambda _: scope.tree.document.version)


def _randomize(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    """The same nodes in another order; the seed, else the filling, decides which."""
    code = compile_tree(call.arguments[0], scope)
    seed = compile_tree(call.arguments[1], scope).run if len(call.arguments) > 1 else None

    def several(c: Context) -> list[Value]:
        return shuffled(code.all(c), c if seed is None else seed(c))

    return Code(lambda c: next(iter(several(c)), ""), several=several)


def _refused(call: Call, scope: Scope, compile_tree: Compile) -> Code:
    raise ExpressionError("form_check.expression.refused_function", function=call.name)


CALLS: dict[str, tuple[Compiler, int, int | None]] = {
    "if": (_if, 3, 3),
    "coalesce": (_coalesce, 2, None),
    "once": (_once, 1, 1),
    "count": (_count, 1, 1),
    "count-non-empty": (_count_filled, 1, 1),
    "position": (_position, 0, 1),
    "indexed-repeat": (_indexed_repeat, 3, None),
    "jr:choice-name": (_choice_name, 2, 2),
    "jr:itext": (_itext, 1, 1),
    "regex": (_regex, 2, 2),
    "selected": (_selected, 2, 2),
    "today": (_today, 0, 0),
    "now": (_now, 0, 0),
    "random": (_random, 0, 0),
    "uuid": (_uuid, 0, 1),
    "version": (_version, 0, 0),
    "randomize": (_randomize, 1, 2),
    "pulldata": (_refused, 0, None),
    "property": (_refused, 0, None),
    "area": (_refused, 0, None),
    "intersects": (_refused, 0, None),
    "extract-signed": (_refused, 0, None),
}
