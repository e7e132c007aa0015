"""Calls that take a seed of their own and were given none."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from triptych_lint import tree as t
from triptych_lint.edits import line_start
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.discarded import is_discarded
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.generatorfix import pass_argument, written_seed
from triptych_lint.timeline.seeding import TRAINING, is_used, seeds, unseeded

MOST = 300
"""More draws than these are not looked at one by one: what they need is a global seed."""


def unset(timeline: Timeline) -> dict[t.Node, Event]:
    """The draws by the call that could be given a seed, if nothing else in the run is unseeded.

    Empty where some unseeded draw takes no seed of its own: then a global seed is what is missing.
    """
    run, missing = timeline.main, unseeded(timeline)
    training = list(run.of(*TRAINING))
    draws = [e for e in run.of("draw", at_least=Sure.YES) if e.facts["stream"] in missing]
    found: dict[t.Node, Event] = {}
    for draw in draws if len(draws) <= MOST else ():
        call = maker(draw)
        if call.node in found:
            continue
        if not any(is_used(draw, event) for event in training) or is_discarded(run, draw):
            continue
        if parameter(timeline, draw) is None:
            return {}
        found[call.node] = draw
    return found


def unreached(run: Run) -> list[Event]:
    """The draws in processes of their own, if the run has seeded their stream for its own process.

    Worker processes start with streams of numpy that nothing seeds.
    """
    training, seeded = list(run.of(*TRAINING)), seeds(run)
    found: dict[t.Node, Event] = {}
    for draw in run.of("draw", at_least=Sure.YES):
        seed = seeded.get(draw.facts["stream"])
        if not draw.facts.get("apart") or seed is None or seed.sure < Sure.YES:
            continue
        used = any(is_used(draw, event) for event in training)
        if used and seed.order < draw.order and seed.facts["fixed"]:
            found.setdefault(maker(draw).node, draw)
    return list(found.values())


def also(timeline: Timeline, draws: Collection[Event]) -> list[Event]:
    """These draws, and those that may matter and take a seed as well."""
    known = {maker(draw).node for draw in draws}
    streams = {draw.facts["stream"] for draw in draws}
    more = {
        maker(draw).node: draw
        for draw in timeline.main.of("draw")
        if draw.facts["stream"] in streams and parameter(timeline, draw) is not None
        if maker(draw).node not in known and maker(draw).place.module is timeline.module
        if not is_discarded(timeline.main, draw)
    }
    return [*draws, *more.values()]


def maker(draw: Event) -> Event:
    """The call that would take the seed: the one that draws, or that made what draws later."""
    made = draw.facts.get("made")
    return made if isinstance(made, Event) else draw


def parameter(timeline: Timeline, draw: Event) -> str | None:
    """The parameter by which the call of a draw takes a seed of its own."""
    row = timeline.catalog.row(draw.name) or {}
    names = timeline.catalog.state_arguments
    return next((name for name in row.get("unless", ()) if name in names), None)


def give_states(timeline: Timeline, draws: Sequence[Event]) -> Fix | None:
    """Give each of the calls the script's seed; None where one cannot be changed."""
    edits: list[Edit] = []
    for draw in draws:
        call, name = maker(draw), parameter(timeline, draw)
        frame = call.stack[-1]
        if call.place.module is not timeline.module or not frame.path or name is None:
            return None
        seed = written_seed(timeline, frame.path[-1], frame)
        edit = _give(timeline, call.node, name, seed) if isinstance(call.node, t.Call) else None
        if edit is None:
            return None
        edits.append(edit)
    edits.sort(key=lambda edit: edit.span.start)
    return Fix(Safety.UNSAFE, "Give a seed to each call that draws", tuple(edits))


def _give(timeline: Timeline, node: t.Call, name: str, seed: str) -> Edit | None:
    """Pass the seed, on a line of its own where the arguments have theirs."""
    edit = pass_argument(node, name, "", seed)
    last = node.args[-1] if node.args else None
    if edit is None or last is None or last.keyword is None or edit.span.start != last.end:
        return edit
    start = line_start(timeline.module, last.start)
    indent = timeline.module.source.text[start : last.start]
    return Edit(Span(start, start), f"{indent}{name}={seed},\n") if not indent.strip() else edit
