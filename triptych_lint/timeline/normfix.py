"""Fixes that read the gradient norm before the step, show it, and stop when it is not finite."""

from __future__ import annotations

import re

from triptych_lint import tree as t
from triptych_lint.edits import insert_after, insert_before, names_in
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.module import Module
from triptych_lint.timeline.bench import Bench
from triptych_lint.timeline.branches import implied
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Frame
from triptych_lint.timeline.reports import carry, nearest
from triptych_lint.timeline.updates import Update
from triptych_lint.timeline.values import Obj, Value


def observe(timeline: Timeline, update: Update) -> Fix | None:
    """Read the norm, look at it, and show it where the loop reports; None where unproven."""
    bench = Bench(timeline, update)
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
        report = None if bench.in_closure else nearest(update.run, update.step)
        statement = bench.frame.path[-1]
        shown = None
        if report is not None and report.order > update.step.order:
            shown = carry(update.run, report, update.step, statement, name, f"{name}.item()")
        elif report is not None and _between(update, report):
            shown = carry(update.run, report, update.backward, statement, name, f"{name}.item()")
            statement = report.stack[-1].path[-1] if shown is not None else statement
        if guard is None and shown is None:
            return None
        insert = insert_after if bench.in_closure else insert_before
        edits.append(insert(timeline.module, statement, [*norm, *(guard or ())]))
        if shown is not None:
            edits.append(shown)
    return _fix("Look at the gradient norm before the step", edits)


def _between(update: Update, report: Event) -> bool:
    """Whether a report in the block of the step has all gradients before it, as they are."""
    beside = report.stack[-1].path[:-1] == update.step.stack[-1].path[:-1]
    return beside and report.order > update.backward.order and update.scaler is None


def _norm(bench: Bench, name: str, torch: str) -> list[str] | None:
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


def _parameters(bench: Bench, optimizer: Value) -> list[str]:
    """The loop over the parameters that the optimizer was given, as it is written at its step."""
    module, function = bench.timeline.module, bench.frame.function
    made = optimizer.made if isinstance(optimizer, Obj) else None
    args = made.facts.get("args") if made is not None else None
    node = args.node if args is not None else None
    if made is not None and node is not None and node.args and made.place.module is module:
        first = node.args[0].value
        method = isinstance(first, t.Call) and not first.args and isinstance(first.func, t.Attr)
        here = made.stack[-1].function
        bound = here is function or (here is None and _is_global(module, first, function))
        if method and first.func.attr == "parameters" and bound:
            return [f"for p in {module.text(first)}"]
    return [f"for group in {bench.optimizer}.param_groups", 'for p in group["params"]']


def _is_global(module: Module, node: t.Node, function: t.Def | None) -> bool:
    """Whether the names of an expression of the module stand for the same in a function."""
    if function is None:
        return True
    names = "|".join(re.escape(name) for name in names_in(node))
    binds = rf"\b(?:{names})\b[^\n=()]*=[^=]|\b(?:for|as)\b[^\n]*\b(?:{names})\b"
    taken = {param.name for param in function.params}
    return not names_in(node) & taken and not re.search(binds, module.text(function))


def report(timeline: Timeline, update: Update, carrier: Event) -> Fix | None:
    """Keep what the clip returns, and show it in the logging call that the loop has."""
    bench = Bench(timeline, update)
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
        carry(
            update.run,
            carrier,
            clip,
            statement,
            name,
            f"{name}.item()" if tensor else f"float({name})",
        )
    )
    return _fix("Show the norm that the clip returns", edits)


def check(timeline: Timeline, update: Update) -> Fix | None:
    """Stop on a norm that is not finite, right after it is known."""
    bench = Bench(timeline, update)
    clip = update.clip
    if (
        clip is None
        or not bench.usable
        or bench.in_closure
        or clip.place.module is not timeline.module
    ):
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
