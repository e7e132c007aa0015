"""Gradients and their norm: how they flow, and who looks at them.

A value tagged ``grad`` is a gradient; one tagged ``norm`` was computed from gradients (a total
norm, a finite test, a histogram's input). The norm is *observed* once it is printed, logged,
compared, returned to the caller, stored, or handed to anybody who does more than compute with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline.values import (
    Const,
    Lib,
    ModuleVal,
    Tags,
    Unknown,
    Value,
    tags_of,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.interpreter import Interpreter

_GRAD, _NORM = "grad@", "norm@"
"""Followed by the moment at which the gradient or norm was read."""
SCALED = "scaled"
"""The tag of a loss that was scaled up, so that its gradients are."""


def grad(it: Interpreter) -> Tags:
    """The tag of gradients that are read now."""
    return frozenset({f"{_GRAD}{len(it.events)}"})


def norm(it: Interpreter) -> Tags:
    """The tag of a norm of the gradients as they are now."""
    return frozenset({f"{_NORM}{len(it.events)}"})


def any_in(tags: Tags) -> bool:
    """Whether gradients or their norm are among the tagged values."""
    return any(tag.startswith((_GRAD, _NORM)) for tag in tags)


def without(tags: Tags) -> Tags:
    """The other tags."""
    return frozenset(tag for tag in tags if not tag.startswith((_GRAD, _NORM)))


def gradient_of(it: Interpreter, value: Value, name: str, node: t.Node) -> Value | None:
    """``p.grad``, where ``value`` may be a tensor."""
    if name != "grad" or isinstance(value, (Lib, ModuleVal, Const)):
        return None
    return Unknown(name="grad", owner=value, tags=grad(it))


def after_method(name: str, tags: Tags) -> Tags:
    """The tags of what a method of a tagged value gives."""
    return tags if name.endswith("_") or name in _SAME else computed(tags)


_SAME = {"data", "detach", "clone", "float", "cpu", "to", "contiguous", "coalesce", "is_sparse"}


def computed(tags: Tags) -> Tags:
    """The tags of what a numeric function makes of tagged arguments."""
    return frozenset(tag.replace(_GRAD, _NORM) if tag.startswith(_GRAD) else tag for tag in tags)


def consume(
    it: Interpreter,
    values: Iterable[Value],
    node: t.Node,
    *,
    how: str = "given",
    gradients: bool = False,
) -> None:
    """Somebody looks at ``values``: if a norm is among them, it is observed here.

    ``how`` is ``shown`` (printed or logged), ``tested`` (a condition depends on it), ``kept`` (put
    where the run may find it again) or ``given`` (to somebody who may do anything with it).
    ``gradients`` counts as well what is no norm yet, as for a histogram of the gradients.
    """
    tags = tags_of(values)
    if not tags:
        return
    seen = (_NORM, _GRAD) if gradients else (_NORM,)
    moments = [int(tag.partition("@")[2]) for tag in tags if tag.startswith(seen)]
    if moments:
        it.emit("observe", "", node, moments=moments, how=how)


def stored(it: Interpreter, owner: Value, name: str, value: Value, node: t.Node) -> None:
    """``owner.name = value``: a stored norm can be looked at; ``p.grad = ...`` replaces it."""
    if name == "grad":
        it.emit("zero", "grad", node, receiver=owner)
        return
    consume(it, [value], node)
