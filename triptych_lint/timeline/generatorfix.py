"""Fixes for generators: the seed of the script, put into the call that lacks it."""

from __future__ import annotations

from triptych_lint import tree as t
from triptych_lint.edits import insert_after, spelled
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Frame
from triptych_lint.timeline.generators import fixes_a_seed
from triptych_lint.timeline.seedfix import DEFAULT_SEED, seed_value
from triptych_lint.timeline.values import Const, Obj


def give_seed(timeline: Timeline, event: Event) -> Fix | None:
    """Give the call of ``event`` the script's seed, or 42 where it has none."""
    seed = _seed(timeline, event)
    node = event.node
    if seed is None or not isinstance(node, t.Call):
        return None
    row = timeline.catalog.row(event.name) or {}
    if row.get("entropy") == "constant":
        torch = spelled(timeline.module, "torch", node.start)
        seed = f"{torch}.initial_seed()" if torch else seed
        edit: Edit | None = Edit(Span(node.end, node.end), f".manual_seed({seed})")
    elif row.get("kind") == "study":
        edit = _sampler(timeline, event, node, seed)
    elif isinstance(event.receiver, Obj) and _kind(timeline, event.receiver) in ("env", "space"):
        edit = _environment(timeline, event.receiver)
    else:
        how = row.get("entropy")
        unless = (how if isinstance(how, dict) else row).get("unless", [""])
        edit = pass_argument(node, unless[0], row.get("params", [""])[0], seed)
    return Fix(Safety.UNSAFE, f"Seed it with {seed}", (edit,)) if edit is not None else None


def _seed(timeline: Timeline, event: Event) -> str | None:
    frame = event.stack[-1]
    if event.place.module is not timeline.module or not frame.path:
        return None
    return written_seed(timeline, frame.path[-1], frame)


def written_seed(timeline: Timeline, statement: t.Stmt, frame: Frame) -> str:
    """How to write the seed: as the script names it, or the number that it uses elsewhere."""
    named = seed_value(timeline, statement, frame)[0]
    other = fixes_a_seed(timeline.main) if named == DEFAULT_SEED else None
    value = other.facts.get("value") or other.facts.get("seed") if other is not None else None
    number = isinstance(value, Const) and type(value.value) is int and not value.option
    return str(value.value) if isinstance(value, Const) and number else named


def _kind(timeline: Timeline, value: Obj) -> str | None:
    return timeline.catalog.kind(value.type)


def pass_argument(node: t.Call, name: str, first: str, seed: str) -> Edit | None:
    """The edit that passes ``name``, in place of a literal None or behind the other arguments."""
    if not name:
        return None
    written = seed if name == first else f"{name}={seed}"
    if not node.args:
        return Edit(Span(node.end - 1, node.end - 1), written)
    for number, arg in enumerate(node.args):
        here = arg.keyword == name or (name == first and number == 0 and not arg.keyword)
        if here and isinstance(arg.value, t.Const) and not arg.star:
            return Edit(arg.value.span, seed)
    last = node.args[-1]
    return None if last.star == "**" else Edit(Span(last.end, last.end), f", {name}={seed}")


def _sampler(timeline: Timeline, event: Event, node: t.Call, seed: str) -> Edit | None:
    """The sampler that a study has by default, with a seed."""
    args = event.facts["args"]
    optuna = spelled(timeline.module, "optuna", node.start)
    if optuna is None or args.open or "directions" in args.keywords:
        return None
    return pass_argument(node, "sampler", "", f"{optuna}.samplers.TPESampler(seed={seed})")


def _environment(timeline: Timeline, receiver: Obj) -> Edit | None:
    """Seed an environment, or its action space, right after it is made."""
    space = _kind(timeline, receiver) == "space"
    env = receiver.parts[0] if space and receiver.parts else receiver
    made = env.made if isinstance(env, Obj) else None
    if made is None or made.place.module is not timeline.module or not made.stack[-1].path:
        return None
    statement = made.stack[-1].path[-1]
    target = statement.targets[0] if isinstance(statement, t.Assign) else None
    # The older gym seeds in another way.
    if not isinstance(target, t.Name) or not spelled(timeline.module, "gymnasium", made.node.start):
        return None
    seed = written_seed(timeline, statement, made.stack[-1])
    call = f"action_space.seed({seed})" if space else f"reset(seed={seed})"
    return insert_after(timeline.module, statement, [f"{target.id}.{call}"])
