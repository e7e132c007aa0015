"""The place of a step, as a fix sees it: names, spellings, and what a guard would cost there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from triptych_lint import tree as t
from triptych_lint.edits import add_import, names_in, spelled
from triptych_lint.model import Edit
from triptych_lint.timeline.branches import conditions
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Frame
from triptych_lint.timeline.updates import Update

_COUNTERS = ("range", "enumerate")
"""Builtins that count the passes of a loop."""


@dataclass(slots=True)
class Bench:
    """What the fixes of one update share: its module, the place of its step, names, imports."""

    timeline: Timeline
    update: Update

    @property
    def frame(self) -> Frame:
        """Where the norm is read: at the step, or in the closure that the step calls."""
        return (self.update.backward if self.in_closure else self.update.step).stack[-1]

    @property
    def in_closure(self) -> bool:
        """Whether a closure computes the gradients inside of the step."""
        return self.update.step.order < self.update.backward.order

    @property
    def usable(self) -> bool:
        """Whether the place stands in this file, and knows the optimizer."""
        inside = self.frame.module is self.timeline.module and bool(self.frame.path)
        if not inside or not self.in_closure:
            return inside
        known = names_in(self.frame.function.body) if self.frame.function else set()
        return (self.optimizer or "").partition(".")[0] in known

    @property
    def optimizer(self) -> str | None:
        """How the script writes the optimizer at its step."""
        node = self.update.step.node
        if not isinstance(node, t.Call) or not isinstance(node.func, t.Attr):
            return None
        if self.update.scaler is None:
            return self.timeline.module.text(node.func.value)
        plain = len(node.args) == 1 and not node.args[0].star
        return self.timeline.module.text(node.args[0].value) if plain else None

    def name(self) -> str | None:
        """A free name for the norm; where a run has several updates, one that tells them apart."""
        function = self.frame.function
        module = self.timeline.module
        taken = names_in(function.body if function else list(module.body))
        suffix = re.sub(r"^self\.|_?opt(imi[sz]er|im)?_?", "", self.optimizer or "")
        own = f"grad_norm_{suffix}" if suffix.isidentifier() else "grad_norm"
        steps = {id(step.receiver) for step in self.update.run.of("update")}
        names = ["grad_norm", own] if len(steps) == 1 else [own, "grad_norm"]
        return next((name for name in names if name not in taken), None)

    def torch(self) -> tuple[str, list[Edit | None]]:
        """How the script writes torch, and the import that it takes where it does not."""
        module, before = self.timeline.module, self.frame.path[-1].start
        name = spelled(module, "torch", before)
        if name is not None:
            return name, []
        return "torch", [add_import(module, "import torch", before)]

    def guard(self, name: str, torch: str) -> list[str] | None:
        """The lines that stop the run; None where they would wait for the device at each step."""
        test = f"not {torch}.isfinite({name})"
        if self.update.scaled:
            held = self.update.step.node
            if self.update.scaler is None or not isinstance(held, t.Call):
                return None
            # While the scale calibrates the scaler skips such steps, and training is healthy.
            assert isinstance(held.func, t.Attr)
            test += f" and {self.timeline.module.text(held.func.value)}.get_scale() <= 1"
        else:
            first = _first_pass(self.frame)
            if first is not None:
                test = f"{first} and {test}"
            elif not self._waits():
                return None
        cause = "loss, initialisation or precision?"
        return [
            f"if {test}:",
            f'    raise FloatingPointError(f"gradient norm {{{name}}}: {cause}")',
        ]

    def _waits(self) -> bool:
        """Whether the loop waits for the device at each step anyway, or has none to wait for."""
        module, catalog = self.timeline.module, self.timeline.catalog
        if self.in_closure:
            return True  # LBFGS reads the loss as a number at every evaluation
        if not catalog.device_words.search(module.source.text):
            return True
        loop = _innermost_loop(self.frame)
        body = loop.body if loop else self.frame.function.body if self.frame.function else ()
        plain = (s for s in body if not isinstance(s, (t.If, t.Def, t.For, t.While)))
        return any(catalog.waiting_words.search(module.text(s)) for s in plain)


def _innermost_loop(frame: Frame) -> t.For | t.While | None:
    loops = [s for s in frame.path if isinstance(s, (t.For, t.While))]
    return loops[-1] if loops else None


def _first_pass(frame: Frame) -> str | None:
    """What is true in the first pass of the loop only, where the loop counts and always steps."""
    loop = _innermost_loop(frame)
    if not isinstance(loop, t.For) or any(test.start > loop.start for test, _ in conditions(frame)):
        return None
    made: t.Expr = loop.iter
    while isinstance(made, t.Call) and _called(made) not in _COUNTERS and made.args:
        made = made.args[0].value  # a progress bar around it
    if not isinstance(made, t.Call) or _called(made) not in _COUNTERS:
        return None
    target: t.Expr = loop.target
    start: t.Expr | None = None
    if _called(made) == "enumerate":
        target = target.items[0] if isinstance(target, t.Seq) else target
        start = made.args[1].value if len(made.args) > 1 else None
    elif len(made.args) > 1:
        start = made.args[0].value
    if not isinstance(target, t.Name) or not (start is None or isinstance(start, t.Const)):
        return None
    return f"{target.id} == {start.value if isinstance(start, t.Const) else 0}"


def _called(node: t.Call) -> str:
    return node.func.id if isinstance(node.func, t.Name) else ""
