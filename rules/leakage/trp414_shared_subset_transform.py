"""What is set through one subset is set for all: the parts of a split share their data set.

`random_split` and `Subset` copy nothing. `train.dataset` and `val.dataset` are one object, so that
`val.dataset.transform = plain` takes the augmentation from the training side as well, and
`train.dataset.transform = augment` makes the validation scores random (established by running: the
training side came out transformed for validation). Of two such lines the last one holds.

    train, val = random_split(images, [0.8, 0.2])
    val.dataset.transform = plain

    train, val = random_split(images, [0.8, 0.2])
    val.dataset = copy.copy(val.dataset)
    val.dataset.transform = plain

Two data sets that read the same files, one with each transform, and the same indices for both do as
well. Asked where the assignment stands in the same course as the split: what is switched back and
forth in a loop over epochs is right, and so is a subset that was given a data set of its own.

Ignore it where all parts are meant to be transformed alike. The fix gives the subset a shallow copy
of the data set, which shares the samples and not the transform; it is unsafe, since what is trained
on changes. Proven by running: after it the training side is no longer transformed for validation.
"""

from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.edits import add_import, insert_before, names_in, spelled
from triptych_lint.model import Fix, Safety
from triptych_lint.rule import Ask, rule
from triptych_lint.timeline import Event, Run, Sure, Timeline
from triptych_lint.timeline.shared import whole_set
from triptych_lint.timeline.values import Data


@rule(
    "TRP414",
    "shared-subset-transform",
    question="Did we mean to change `{name}` for the other side as well? `{target}` on line {line}"
    " is the one data set that both sides of the split on line {split_line} share.",
    statement="`{target}` on line {line} sets `{name}` for all parts of the split.",
    safety=Safety.UNSAFE,
    needs={"shared_set"},
)
def shared_subset_transform(timeline: Timeline) -> Iterator[Ask]:
    """Ask about the last thing that is set through a part of a split, once for each split."""
    asked: set[int] = set()
    for run in timeline.runs:
        settled = {id(whole_set(run.catalog, event.facts["data"])) for event in run.of("own_set")}
        found: dict[tuple[int, str], list[Event]] = {}
        for event in run.of("shared_set", at_least=Sure.YES):
            shared = id(whole_set(run.catalog, event.facts["data"]))
            if shared not in settled and _split_of(run, event) is not None:
                found.setdefault((shared, event.name), []).append(event)
        for events in found.values():
            event = events[-1]
            if len(events) > 1 and len({_value(each) for each in events}) == 1:
                continue  # all parts are given the same
            start = event.place_in(timeline.module).span.start
            if start not in asked and (split := _split_of(run, event)) is not None:
                asked.add(start)
                yield _ask(timeline, event, split)


def _value(event: Event) -> str:
    statement = event.stack[-1].path[-1]
    given = statement.value if isinstance(statement, t.Assign) else None
    return event.place.module.text(given) if given is not None else ""


def _split_of(run: Run, event: Event) -> Event | None:
    """Where another part of the same data set is made, in the same course as ``event``."""
    data: Data = event.facts["data"]
    shared = whole_set(run.catalog, data)
    if isinstance(shared, Event):
        return shared if shared.loops == event.loops and shared.sure is Sure.YES else None
    for other in run.of("named", at_least=Sure.YES) if shared is not None else ():
        rows: Data = other.facts["data"]
        part = rows is not data and rows.type == data.type and other.order < event.order
        if part and shared is whole_set(run.catalog, rows) and other.loops == event.loops:
            return other
    return None


def _ask(timeline: Timeline, event: Event, split: Event) -> Ask:
    module = event.place.module
    at, place = event.place_in(timeline.module), split.place_in(timeline.module)
    target = module.text(event.node.value) if isinstance(event.node, t.Attr) else event.short
    return Ask(
        at=at,
        fields={
            "name": event.name,
            "target": target,
            "line": at.line,
            "split_line": place.line,
        },
        evidence=((at, "set for all parts here"), (place, "the parts share what is split here")),
        fix=_copied(timeline, event),
    )


def _copied(timeline: Timeline, event: Event) -> Fix | None:
    """Give the subset a shallow copy of the data set, on the line above."""
    module, frame = timeline.module, event.stack[-1]
    if event.place.module is not module or not isinstance(event.node, t.Attr) or not frame.path:
        return None
    whole, statement = module.text(event.node.value), frame.path[-1]
    written = spelled(module, "copy.copy", statement.start)
    added = None
    if written is None:
        written, added = "copy.copy", add_import(module, "import copy", statement.start)
        if added is None or "copy" in names_in(list(module.body)):
            return None
    line = insert_before(module, statement, [f"{whole} = {written}({whole})"])
    if line is None:
        return None
    edits = (line,) if added is None else (added, line)
    return Fix(Safety.UNSAFE, "Give this side a data set of its own", edits)
