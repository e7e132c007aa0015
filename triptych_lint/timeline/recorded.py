"""What a tracked run records of its own settings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.model import Edit, Fix, Safety, Span
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Sure
from triptych_lint.timeline.generatorfix import written_seed
from triptych_lint.timeline.reports import entry
from triptych_lint.timeline.values import Const, Table, Value

_SEED = re.compile(r"(?i)seed|random_?state")


def unrecorded(timeline: Timeline) -> Iterator[tuple[Event, Event]]:
    """Trackers that certainly start without the seed of the run, each with that seed."""
    run = timeline.main
    seed = next((e for e in run.of("seed", at_least=Sure.YES) if _is_number(e)), None)
    tracks = list(run.of("track", at_least=Sure.NO))
    if seed is None or any(event.facts["how"] == "config" for event in tracks):
        return
    for event in tracks:
        parameter = event.facts["row"].get("records")
        if event.facts["how"] != "init" or parameter is None or event.sure < Sure.YES:
            continue
        args = event.facts["args"]
        given: Value | None = args.get(parameter)
        if given is None:
            # A config that is filled later, attribute by attribute, is not followed.
            silent = not args.open and "config" not in event.place.module.source.text
        else:
            silent = isinstance(given, Table) and not given.open and not _holds_seed(given)
        if silent:
            yield event, seed


def _is_number(seed: Event) -> bool:
    value = seed.facts["value"]
    return isinstance(value, Const) and type(value.value) is int


def _holds_seed(table: Table) -> bool:
    return any(
        _SEED.search(str(key)) or (isinstance(value, Table) and (value.open or _holds_seed(value)))
        for key, value in table.entries.items()
    )


def record(timeline: Timeline, start: Event, seed: Event) -> Fix | None:
    """Put the seed into the config that the tracker is started with."""
    node, module = start.node, timeline.module
    frame = start.stack[-1]
    if not isinstance(node, t.Call) or start.place.module is not module or not frame.path:
        return None
    number = written_seed(timeline, frame.path[-1], frame)
    value = seed.facts["value"]
    if number.isdigit() and number != str(value.value):
        number = str(value.value)
    parameter = start.facts["row"]["records"]
    given = next((arg for arg in node.args if arg.keyword == parameter), None)
    edit: Edit | None = None
    if given is not None and isinstance(given.value, t.Dict):
        edit = entry(start, given.value, "seed", number)
    elif given is None and node.args and not node.args[-1].star:
        end = node.args[-1].end
        edit = Edit(Span(end, end), f', {parameter}={{"seed": {number}}}')
    elif given is None and not node.args:
        end = node.end - 1
        edit = Edit(Span(end, end), f'{parameter}={{"seed": {number}}}')
    return Fix(Safety.SAFE, "Record the seed with the run", (edit,)) if edit is not None else None
