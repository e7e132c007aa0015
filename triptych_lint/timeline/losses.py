"""What becomes of the losses: which reports tell how the training goes, and which do not."""

from __future__ import annotations

from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.edits import names_in, walk
from triptych_lint.timeline.events import Event, Run


def is_about(run: Run, report: Event) -> bool:
    """Whether a report is one of the training: by a tracker, or of what the losses became.

    What is said without gradients is about an evaluation, whatever it is called.
    """
    frame = report.stack[-1]
    without_gradients = run.catalog.evaluating_words
    for statement in frame.path:
        if isinstance(statement, t.With) and any(
            without_gradients.search(frame.module.text(context)) for context, _ in statement.items
        ):
            return False
    if report.facts["how"] != "text":
        return True
    body = frame.function.body if frame.function is not None else frame.module.body
    losses = {
        name
        for backward in run.of("backward")
        if backward.stack[-1].function is frame.function
        for name in _given(backward.node)
    }
    return not losses or bool(names_in(report.node) & _became(losses, body))


def _given(node: t.Node) -> set[str]:
    """The names that a call is given: ``loss`` of ``scaler.scale(loss).backward()``."""
    if not isinstance(node, t.Call):
        return names_in(node)
    if node.args:
        return set().union(*(_given(arg.value) for arg in node.args))
    return _given(node.func.value) if isinstance(node.func, t.Attr) else set()


def _became(names: set[str], body: t.Block) -> set[str]:
    """These names, and those of what is computed from them or collects them."""
    found, flows = set(names), list(_flows(body))
    while more := {n for sources, targets in flows if sources & found for n in targets - found}:
        found |= more
    return found


def _flows(body: t.Block) -> Iterator[tuple[set[str], set[str]]]:
    """What each statement reads, and the names that hold it afterwards."""
    for node in walk(body):
        if isinstance(node, t.Assign) and node.value is not None:
            yield names_in(node.value), names_in(node.targets)
        elif isinstance(node, t.AugAssign):
            yield names_in(node.value), names_in(node.target)
        elif isinstance(node, t.ExprStmt) and isinstance(node.value, t.Call):
            call = node.value
            if isinstance(call.func, t.Attr) and call.args:
                yield names_in(call.args), names_in(call.func.value)
