"""Random streams: what seeds them, what draws from them, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.rule import Place
from triptych_lint.timeline.events import Sure
from triptych_lint.timeline.values import (
    Const,
    Items,
    Obj,
    Table,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter


@dataclass(slots=True, eq=False)
class Waiting:
    """A draw that happens when an object is fitted or iterated."""

    phase: str
    name: str
    row: Row
    sure: Sure
    place: Place
    """Where it was asked for: the call that made the object."""


def seed(
    it: Interpreter, name: str, row: Row, args: Args, node: t.Node, receiver: Value | None
) -> None:
    where = row.get("seed_from", 0)
    value = args.at(where, row.get("params"))
    none = value is None or (isinstance(value, Const) and value.value is None)
    if none and row.get("none") == "nothing":
        return
    it.emit(
        "worker_seed" if it.starting_worker else "seed",
        name,
        node,
        receiver=receiver,
        streams=tuple(row["seeds"]),
        value=value,
        fixed=not none or row.get("none") == "fixed",
        worker=it.in_worker,
        differs=args.get(row["differs"], row.get("params")) if "differs" in row else None,
        local=set(row["seeds"]) & set(it.catalog.streams) <= it.isolated,
    )


def happens(row: Row, args: Args) -> Sure:
    """Whether the draw or split of a row happens with these arguments."""
    params = row.get("params")
    sure = Sure.YES
    for name in row.get("unless", ()):
        value = args.get(name, params)
        if value is None or (isinstance(value, Const) and value.value is None):
            continue
        if isinstance(value, Unknown) and args.open and name not in args.keywords:
            sure = Sure.MAYBE
        else:
            return Sure.NO
    for name, expected in row.get("unless_value", {}).items():
        value = args.get(name, params)
        if isinstance(value, Const) and value.value == expected:
            return Sure.NO
    for name, expected in row.get("when", {}).items():
        value = args.get(name, params)
        if value is None:
            actual = row.get("defaults", {}).get(name)
        elif isinstance(value, Const):
            actual = value.value
        else:
            sure = Sure.MAYBE
            continue
        wanted = expected if isinstance(expected, list) else [expected]
        if actual not in wanted:
            return Sure.NO
    return min(sure, Sure.YES if _matters(row, args) else Sure.MAYBE)


def _matters(row: Row, args: Args) -> bool:
    """Whether the result certainly depends on the draw: of a plain tree only rows decide that."""
    if "sure_with" not in row:
        return True
    given = {name: args.get(name, row.get("params")) for name in row["sure_with"]}
    return any(
        isinstance(value, Const)
        and value.value is not None
        and row["sure_with"][name] in ("any", value.value)
        for name, value in given.items()
    )


def configured(receiver: Obj, args: Args) -> None:
    """Parameters that are set after the object was made: a seed settles the draws that wait."""
    receiver.waiting = [
        waiting
        for waiting in receiver.waiting
        if happens({"unless": waiting.row.get("unless", ())}, args) is Sure.YES
    ]


def paused_by(it: Interpreter, value: Value) -> set[str]:
    """The stream from which nothing is drawn inside ``with value``."""
    if not isinstance(value, Obj):
        return set()
    row = it.catalog.row(value.type) or {}
    args = value.made.facts.get("args") if value.made is not None else None
    if "pauses" not in row or args is None or happens(row, args) is not Sure.YES:
        return set()
    return {str(row["pauses"])}


def isolated_by(it: Interpreter, value: Value) -> set[str]:
    """The streams whose state is put back after ``with value``."""
    row = it.catalog.row(value.type) if isinstance(value, Obj) else None
    return set(row.get("isolates", ())) if row is not None else set()


def draw(
    it: Interpreter, name: str, row: Row, args: Args, node: t.Node, receiver: Value | None
) -> list[Waiting]:
    if "draws" not in row or row["draws"] in it.paused:
        return []
    sure = happens(row, args)
    if sure is Sure.NO:
        for parameter in row.get("unless", ()):
            value = args.get(parameter, row.get("params"))
            if isinstance(value, Const) and value.value is not None:
                it.emit("given", name, node, value=value)
        return []
    # A loader's workers get their streams of python and numpy from torch's (run, torch 2.13).
    stream = "torch" if it.in_worker and row["draws"] in ("python", "numpy") else row["draws"]
    phase = row.get("phase", "call")
    if phase != "call":
        return [Waiting(phase, name, row, sure, Place(it.level.module, node.span))]
    it.emit(
        "draw",
        name,
        node,
        receiver=receiver,
        sure=sure,
        stream=stream,
        own=row["draws"],
        worker=it.in_worker,
        what=row.get("what", ""),
    )
    return []


def in_workers(it: Interpreter, row: Row, args: Args | None) -> bool:
    """Whether what a call is given, or an object is made from, is fitted in other processes."""
    if "workers" not in row or args is None or "processes" in it.paused:
        return False
    count = args.get(row["workers"], row.get("params"))
    return isinstance(count, Const) and type(count.value) is int and count.value not in (0, 1)


def run_waiting(
    it: Interpreter,
    phase: str,
    values: Iterable[Value | None],
    node: t.Node,
    apart: bool = False,
) -> None:
    """The draws of objects that are fitted or iterated now, and of what they are made from.

    ``apart`` says that they are fitted in processes of their own, where no global seed holds.
    """
    seen: set[int] = set()
    todo = [(value, apart) for value in values]
    while todo:
        value, apart = todo.pop(0)
        if value is None or id(value) in seen or len(seen) > 200:
            continue
        seen.add(id(value))
        if isinstance(value, Items):
            todo.extend((item, apart) for item in value.items)
        elif isinstance(value, Table):
            todo.extend((item, apart) for item in value.entries.values())
        elif isinstance(value, Obj):
            for waiting in value.waiting:
                if waiting.phase == phase:
                    it.emit(
                        "draw",
                        waiting.name,
                        node,
                        receiver=value,
                        sure=waiting.sure,
                        stream=waiting.row["draws"],
                        what=waiting.row.get("what", ""),
                        made=value.made,
                        asked_at=waiting.place,
                        apart=apart,
                    )
            if phase == "fit" and not _seeds_parts(it, value):
                made = value.made.facts.get("args") if value.made is not None else None
                inner = apart or in_workers(it, it.catalog.row(value.type) or {}, made)
                todo.extend((part, inner) for part in value.parts)


def _seeds_parts(it: Interpreter, value: Obj) -> bool:
    """Whether an ensemble or a search hands seeds to the estimators that it is made from."""
    if it.catalog.inherited(value.type, "seeds_parts"):
        return True
    args = value.made.facts.get("args") if value.made is not None else None
    if args is None:
        return False
    grids = [given.entries for given in args.values if isinstance(given, Table)]
    if any(str(name).endswith("random_state") for grid in grids for name in grid):
        return True
    given = args.get("random_state")
    return given is not None and not (isinstance(given, Const) and given.value is None)
