"""Whether two runs on a GPU add up the same numbers in the same order."""

from __future__ import annotations

from triptych_lint import tree as t
from triptych_lint.edits import insert_after, spelled
from triptych_lint.model import Edit, Fix, Safety
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.seeding import may_be_seeded_elsewhere
from triptych_lint.timeline.values import Const, Value

DEVICE = "cuda"
FLAG = "torch.backends.cudnn.deterministic"


def varying(run: Run) -> Event | None:
    """The first layer of the run whose sums differ from run to run on the device that it takes."""
    takes = any(event.facts["how"] == DEVICE for event in run.of("device"))
    draws = run.of("draw", at_least=Sure.YES) if takes else ()
    return next((d for d in draws if _varies(run, d)), None)


def _varies(run: Run, draw: Event) -> bool:
    row = run.catalog.row(draw.name)
    return row is not None and row.get("varies") == DEVICE


def asks_for_one_order(run: Run) -> bool:
    """Whether the run may ask for algorithms that give the same sums each time."""
    flags = run.of("deterministic", at_least=Sure.NO)
    return any(not _is_off(_asked(flag)) for flag in flags) or may_be_seeded_elsewhere(run)


def benchmark(run: Run) -> Event | None:
    """Where the run has cuDNN pick whatever is fastest at the time."""
    for event in run.of("benchmark", at_least=Sure.YES):
        value = _asked(event)
        if isinstance(value, Const) and value.value is True:
            return event
    return None


def _asked(event: Event) -> Value | None:
    value: Value | None = event.facts["args"].get(
        event.facts["how"], event.facts["row"].get("params")
    )
    return value


def _is_off(value: Value | None) -> bool:
    return value is None or (isinstance(value, Const) and not value.value)


def fix_order(timeline: Timeline, seed: Event, fastest: Event | None) -> Fix | None:
    """Set the flag after the seed, and have nothing picked by its speed."""
    module, frame = timeline.module, seed.stack[-1]
    if seed.place.module is not module or not frame.path:
        return None
    torch = spelled(module, FLAG.partition(".")[0], frame.path[-1].start)
    line = insert_after(module, frame.path[-1], [f"{torch}{FLAG[len('torch') :]} = True"])
    if torch is None or line is None:
        return None
    edits = [line]
    if fastest is not None:
        statement = fastest.stack[-1].path[-1] if fastest.stack[-1].path else None
        if (
            fastest.place.module is not module
            or not isinstance(statement, t.Assign)
            or statement.value is None
        ):
            return None
        edits.append(Edit(statement.value.span, "False"))
    edits.sort(key=lambda edit: edit.span.start)
    return Fix(Safety.UNSAFE, "Let cuDNN add up in one order", tuple(edits))
