"""Fixes that read the gradient norm before the step, show it, and stop when it is not finite."""

from __future__ import annotations

import re
from dataclasses import dataclass

from triptych_lint import tree as t
from triptych_lint.edits import add_import, insert_after, insert_before, names_in, spelled
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.timeline.branches import conditions, implied
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Frame
from triptych_lint.timeline.reports import carry, nearest
from triptych_lint.timeline.updates import Update
from triptych_lint.timeline.values import Obj, Value

_COUNTERS = ("range", "enumerate")
"""Builtins that count the passes of a loop."""


@dataclass(slots=True)
class _Bench:
    """What the fixes of one update share: its module, the place of its step, names, imports."""

    timeline: Timeline
    update: Update

    @property
    def frame(self) -> Frame:
        return self.update.step.stack[-1]

    @property
    def usable(self) -> bool:
        """Whether the step stands in this file, on lines of its own, with gradients before it."""
        step = self.update.step
        inside = self.frame.module is self.timeline.module and bool(self.frame.path)
        return inside and step.order > self.update.backward.order

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


def observe(timeline: Timeline, update: Update) -> Fix | None:
    """Read the norm, look at it, and show it where the loop reports; None where unproven."""
    bench = _Bench(timeline, update)
    name = bench.name()
    if not bench.usable or name is None:
        return None
    torch, edits = bench.torch()
    guard = bench.guard(name, torch)
    clip = update.clip
    if clip is not None:
        if (
            guard is None
            or clip.facts["row"].get("gives") != "tensor"
            or not _in_order(clip, update)
        ):
            return None
        edits += _keep(clip, name, guard, bench.frame)
    else:
        norm = _norm(bench, name, torch)
        if norm is None:
            return None
        report = nearest(update.run, update.step)
        statement = bench.frame.path[-1]
        shown = None
        if report is not None and report.order > update.step.order:
            shown = carry(report, update.step, statement, name, f"{name}.item()")
        if guard is None and shown is None:
            return None
        edits.append(insert_before(timeline.module, statement, [*norm, *(guard or ())]))
        if shown is not None:
            edits.append(shown)
    return _fix("Look at the gradient norm before the step", edits)


def _norm(bench: _Bench, name: str, torch: str) -> list[str] | None:
    """The lines that compute the norm without touching the gradients."""
    update, catalog, text = bench.update, bench.timeline.catalog, bench.timeline.module.source.text
    optimizer = update.optimizer
    if not isinstance(optimizer, Obj) or bench.optimizer is None:
        return None
    known = catalog.inherited(optimizer.type, "accumulates")
    if not known or catalog.sparse_words.search(text) or update.clips:
        return None
    if update.scaled and update.scaler is None:
        return None
    old = catalog.old_torch_words.search(text)
    lines: list[str] = []
    if update.scaler is not None and not update.run.has("unscale"):
        node = update.step.node
        assert isinstance(node, t.Call)
        assert isinstance(node.func, t.Attr)
        scaler = bench.timeline.module.text(node.func.value)
        lines = [f"{scaler}.unscale_({bench.optimizer})"]
    each = _parameters(bench, optimizer)
    norm = f"{torch}.stack(" if old else f"{torch}.nn.utils.get_total_norm("
    grad = "p.grad.norm()" if old else "p.grad"
    lines.append(f"{name} = {norm}")
    if len(each) == 1:
        lines.append(f"    [{grad} {each[0]} if p.grad is not None]")
    else:
        inner = [grad, *each, "if p.grad is not None"]
        lines += ["    [", *(f"        {line}" for line in inner), "    ]"]
    return [*lines, ").norm()" if old else ")"]


def _parameters(bench: _Bench, optimizer: Value) -> list[str]:
    """The loop over the parameters that the optimizer was given, as it is written at its step."""
    module, function = bench.timeline.module, bench.frame.function
    made = optimizer.made if isinstance(optimizer, Obj) else None
    args = made.facts.get("args") if made is not None else None
    node = args.node if args is not None else None
    if made is not None and node is not None and node.args and made.place.module is module:
        first = node.args[0].value
        method = isinstance(first, t.Call) and not first.args and isinstance(first.func, t.Attr)
        if method and first.func.attr == "parameters" and made.stack[-1].function is function:
            return [f"for p in {module.text(first)}"]
    return [f"for group in {bench.optimizer}.param_groups", 'for p in group["params"]']


def report(timeline: Timeline, update: Update, carrier: Event) -> Fix | None:
    """Keep what the clip returns, and show it in the logging call that the loop has."""
    bench = _Bench(timeline, update)
    clip = update.clip
    if clip is None or clip.place.module is not timeline.module or not _in_order(clip, update):
        return None
    statement = clip.stack[-1].path[-1]
    edits: list[Edit | None] = []
    name = _bound_to(statement, clip)
    if name is None:
        name = bench.name()
        if name is None or not _stands_alone(statement, clip):
            return None
        edits.append(Edit(Span(statement.start, statement.start), f"{name} = "))
    tensor = clip.facts["row"].get("gives") == "tensor"
    edits.append(
        carry(carrier, clip, statement, name, f"{name}.item()" if tensor else f"float({name})")
    )
    return _fix("Show the norm that the clip returns", edits)


def check(timeline: Timeline, update: Update) -> Fix | None:
    """Stop on a norm that is not finite, right after it is known."""
    bench = _Bench(timeline, update)
    clip = update.clip
    if clip is None or not bench.usable or clip.place.module is not timeline.module:
        return None
    statement = clip.stack[-1].path[-1]
    name = _bound_to(statement, clip)
    if name is None or clip.facts["row"].get("gives") != "tensor" or not _in_order(clip, update):
        return None
    torch, edits = bench.torch()
    guard = bench.guard(name, torch)
    if guard is None or clip.stack[-1].function is not bench.frame.function:
        return None
    edits.append(insert_after(timeline.module, statement, guard))
    return _fix("Stop when the gradient norm is not finite", edits)


def _in_order(clip: Event, update: Update) -> bool:
    """Whether the clip sees the gradients as they are, not scaled up."""
    if update.scaler is None:
        return True
    return any(
        update.backward.order < unscale.order < clip.order for unscale in update.run.of("unscale")
    )


def _bound_to(statement: t.Stmt, clip: Event) -> str | None:
    if not isinstance(statement, t.Assign) or statement.value is None:
        return None
    target = statement.targets[0]
    whole = statement.value.span == clip.place.span and len(statement.targets) == 1
    return target.id if whole and isinstance(target, t.Name) else None


def _stands_alone(statement: t.Stmt, clip: Event) -> bool:
    return isinstance(statement, t.ExprStmt) and statement.value.span == clip.place.span


def _keep(clip: Event, name: str, guard: list[str], frame: Frame) -> list[Edit | None]:
    """Bind what a clip returns, and look at it; None where the clip may or may not be run."""
    statement = clip.stack[-1].path[-1]
    here = clip.stack[-1].function is frame.function and clip.place.module is frame.module
    always = implied(clip.stack[-1], frame)
    if not here or not always or not _stands_alone(statement, clip):
        return [None]  # read after a clip that may or may not have run, the norm is another one
    at = statement.start
    after = insert_after(clip.place.module, statement, guard)
    return [Edit(Span(at, at), f"{name} = "), after]


def _fix(message: str, edits: list[Edit | None]) -> Fix | None:
    kept = tuple(edit for edit in edits if edit is not None)
    return Fix(Safety.UNSAFE, message, kept) if len(kept) == len(edits) else None
