"""The order of rows in time: what is computed from earlier rows, and what sees later ones.

Two tags follow the values: ``past@`` and ``ahead@``, each with the order of its event. Columns
carry them into their table when they are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.timeline import listing
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.values import NO_TAGS, Const, Data, Items, Tags, rows_in

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter

PAST = "past@"
AHEAD = "ahead@"
SORTED = "sorted:"
MOMENT = "moment"
"""The tag of what was parsed as a date or a time."""
ORDER = "order"
"""The ``time`` of a call that takes its rows in their order, as a lag or a rolling mean does."""


def note(
    it: Interpreter, name: str, row: Row, args: Args, node: t.Node, *, grouped: bool = False
) -> Tags:
    """Note a call that shows the order of the rows, or looks ahead in it; gives its tags.

    ``grouped`` rows have an order within their group only.
    """
    tags, ahead = NO_TAGS, sees_later(row, args)
    if row.get("time") == ORDER or ahead:
        event = it.emit("order", name, node, args=args, row=row, grouped=grouped)
        tags |= {f"{AHEAD if ahead else PAST}{event.order}"}
    elif row.get("time") is True:
        it.emit("moment", name, node, args=args)
        tags |= {MOMENT}
    return tags


def sort(row: Row, args: Args, rows: Data, out: Data) -> None:
    """What a call that sorts gives has an order; in place, so have the rows themselves."""
    by = args.get("by", row.get("params"))
    names = by.items if isinstance(by, Items) else [by]
    marks = {f"{SORTED}{name.value}" for name in names[:1] if isinstance(name, Const)}
    in_place = args.get("inplace")
    both = isinstance(in_place, Const) and in_place.value is True
    for data in (rows, out) if both else (out,):
        kept = (tag for tag in listing.settled(data.tags) if not tag.startswith(SORTED))
        data.tags = frozenset(kept) | marks


def sees_later(row: Row, args: Args) -> bool:
    """Whether the call certainly sees later rows than the one that it computes."""
    rule = row.get("looks_ahead")
    if not isinstance(rule, dict):
        return bool(rule)
    for parameter, wanted in rule.items():
        value = args.get(parameter, row.get("params"))
        if not isinstance(value, Const):
            continue
        number = value.value
        if wanted == "negative" and isinstance(number, int | float) and number < 0:
            return True
        if number == wanted or (isinstance(wanted, list) and number in wanted):
            return True
    return False


def columns_with(run: Run, mark: str, before: Event) -> Iterator[tuple[Event, Event]]:
    """The columns that the run writes from such a value, each with the event that it comes from."""
    for write in run.of("column", at_least=Sure.YES):
        if write.facts["use"] != "write" or write.order > before.order:
            continue
        tags = frozenset().union(*(data.tags for data in rows_in([write.facts["value"]])))
        for order in sorted(_orders(tags, mark)):
            yield write, run.events[order]


def _orders(tags: Iterable[str], mark: str) -> set[int]:
    return {int(tag[len(mark) :]) for tag in tags if tag.startswith(mark)}


def holds(rows: Data, write: Event) -> bool:
    """Whether the column that was written is certainly among the columns of ``rows``."""
    if not rows.roots & write.facts["roots"]:
        return False
    if rows.taken:
        return write.name in rows.taken
    width = rows.width
    if width is None or width.column is not None or width.lacks is None:
        return False
    return write.name not in width.lacks and write.name in width.written


def features_and_label(fit: Event) -> tuple[Data, Data] | None:
    """The tables of features and of what is predicted from them, that a fit is given."""
    args, row = fit.facts["args"], fit.facts["row"]
    found = [args.get(name, row.get("params")) for name in row.get("predicts", ())]
    rows = [value for value in found if isinstance(value, Data)]
    return (rows[0], rows[1]) if len(rows) == 2 else None


def sorted_by_time(run: Run, split: Event, rows: Data) -> Event | None:
    """Where these very rows were sorted by a column that the script has made a moment in time."""
    parsed = {write.name for write in run.of("column") if _is_moment(write)}
    found = [
        event
        for event in run.of("column", at_least=Sure.YES)
        if event.facts["use"] == "sort"
        and event.name in parsed
        and f"{SORTED}{event.name}" in rows.tags
        and event.order < split.order
    ]
    return found[-1] if found else None


def _is_moment(write: Event) -> bool:
    """Whether a column is written from what is a moment in time."""
    if write.facts["use"] != "write":
        return False
    return any(MOMENT in data.tags for data in rows_in([write.facts["value"]]))
