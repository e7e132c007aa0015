"""Branches of which one runs: whether two events can happen in the same pass."""

from __future__ import annotations

from triptych_lint import tree as t
from triptych_lint.timeline.events import Event, Frame


def exclusive(one: Event, other: Event) -> bool:
    """Whether two events stand in different branches of one condition."""
    for left, right in zip(one.stack, other.stack, strict=False):
        if left.function is not right.function:
            return False
        for depth, (a, b) in enumerate(zip(left.path, right.path, strict=False)):
            if a is not b:
                return depth > 0 and _apart(left.path[depth - 1], a, b)
        if left.call is not right.call:
            return False
    return False


def _apart(parent: t.Stmt, one: t.Stmt, other: t.Stmt) -> bool:
    if isinstance(parent, t.If):
        return (one in parent.body) != (other in parent.body)
    if isinstance(parent, t.Match):
        return [one in case for case in parent.cases] != [other in case for case in parent.cases]
    return False


def conditions(frame: Frame) -> tuple[tuple[t.If, bool], ...]:
    """The conditions that a place of a function stands under, each with the branch it is in."""
    pairs = zip(frame.path, frame.path[1:], strict=False)
    return tuple((s, inner in s.body) for s, inner in pairs if isinstance(s, t.If))


def implied(frame: Frame, by: Frame) -> bool:
    """Whether a place in the same function is always run where ``by`` is, as far as conditions go.

    Two conditions that read the same count as one.
    """
    texts = {(by.module.text(test.test), branch) for test, branch in conditions(by)}
    return all(
        (frame.module.text(test.test), branch) in texts for test, branch in conditions(frame)
    )
