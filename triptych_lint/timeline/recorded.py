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
    """Trackers that certainly record the run without its seed, each with that seed."""
    run = timeline.main
    seed = next((seed for _, seed in numbered(timeline)), None)
    tracks = list(run.of("track", at_least=Sure.NO))
    written = [event for event in tracks if event.facts["how"] == "config"]
    if seed is None or not all(_lacks_seed(event) for event in written):
        return
    if written and not any(event.facts["row"].get("records") for event in tracks):
        return
    tables = [e for e in written if e.facts["row"].get("records") and e.sure is Sure.YES]
    if tables:
        yield tables[0], seed
    for event in tracks if not written else ():
        parameter = event.facts["row"].get("records")
        if event.facts["how"] != "init" or parameter is None or event.sure < Sure.YES:
            continue
        args = event.facts["args"]
        given: Value | None = args.get(parameter, event.facts["row"].get("params"))
        if given is None:
            # A config that is filled later, attribute by attribute, is not followed.
            silent = not args.open and "config" not in event.place.module.source.text
        else:
            silent = isinstance(given, Table) and not given.open and not _holds_seed(given)
        if silent:
            yield event, seed


def numbered(timeline: Timeline) -> Iterator[tuple[int, Event]]:
    """The seeds that the run certainly sets to a number, in order."""
    for seed in timeline.main.of("seed", at_least=Sure.YES):
        if _is_number(seed):
            yield seed.facts["value"].value, seed


def _lacks_seed(event: Event) -> bool:
    """Whether settings are recorded one by one, or in a dict that is known, and no seed is."""
    row, args = event.facts["row"], event.facts["args"]
    if "names" in row:
        name = args.get(row["names"], row.get("params"))
        return isinstance(name, Const) and not _SEED.search(str(name.value))
    given = args.get(row["records"], row.get("params")) if "records" in row else None
    return isinstance(given, Table) and not given.open and not _holds_seed(given)


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
    known = start.facts["row"].get("params", ())
    place = known.index(parameter) if parameter in known else -1
    plain = len(node.args) > place >= 0 and node.args[place].keyword is None
    given = next((arg for arg in node.args if arg.keyword == parameter), None)
    given = node.args[place] if given is None and plain else given
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
