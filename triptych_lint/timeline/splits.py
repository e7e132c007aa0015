"""Splits: what is split, how, and the sides that come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.timeline import listing, streams
from triptych_lint.timeline.events import Event, Sure
from triptych_lint.timeline.pieces import Piece, piece_of
from triptych_lint.timeline.tables import as_rows, derive
from triptych_lint.timeline.values import (
    Const,
    Data,
    Inst,
    Items,
    Obj,
    Side,
    Table,
    Unknown,
    Value,
    tags_of,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter


def note(
    it: Interpreter, name: str, row: Row, args: Args, node: t.Node, receiver: Value | None
) -> Event:
    """Note the split that a catalogued call makes.

    Facts: ``data`` (the tables that are split), ``random`` (a :class:`Sure`), ``group_aware``,
    ``groups`` and ``stratify`` (the arguments, if given), ``by`` (how the sides come out), and all
    ``args``.
    """
    rule = row["split"]
    splitter = _splitter(it, args, receiver)
    made = splitter.made if splitter is not None else None
    own = it.catalog.row(splitter.type) if splitter is not None else None
    how = {**(own or {}).get("split", {}), **rule}
    random = Sure.YES if how.get("random") else Sure.NO
    group_aware = bool(how.get("group_aware"))
    if own is not None and made is not None:
        how_made = own.get("split", {})
        group_aware = bool(how_made.get("group_aware"))
        random = Sure.YES if how_made.get("random") else Sure.NO
        if how_made.get("random"):
            random = streams.happens({**own, "unless": ()}, made.facts["args"])
    elif random:
        random = streams.happens({**row, "unless": ()}, args)
    gives = how.get("gives", "pairs")
    event = it.emit(
        "shuffle" if gives in ("indices", "inplace") else "split",
        name,
        node,
        receiver=receiver,
        args=args,
        data=_what(it, how.get("of", "all"), row, args, receiver),
        random=random,
        group_aware=group_aware,
        groups=_given(args, str(how.get("groups", "groups")), row),
        stratify=_given(args, "stratify", row),
        splitter=splitter,
        opaque_splitter=_opaque_splitter(args),
        by=gives,
        seeds=[args.get(param, row.get("params")) for param in row.get("unless", ())],
    )
    if gives == "inplace" and it.sure > Sure.NO:
        for data in event.facts["data"]:
            data.rows, data.made = "shuffled", event
    return event


def _splitter(it: Interpreter, args: Args, receiver: Value | None) -> Obj | None:
    kind = it.catalog.kind(receiver.type) if isinstance(receiver, Obj) else None
    if isinstance(receiver, Obj) and kind in ("splitter", "search", "estimator"):
        inner = receiver.made.facts.get("args") if receiver.made else None
        chosen = inner.get("cv") if inner is not None else None
        if isinstance(chosen, Obj):
            return chosen
        return receiver if not isinstance(chosen, Unknown) else None
    chosen = args.keywords.get("cv")
    return chosen if isinstance(chosen, Obj) else None


def _opaque_splitter(args: Args) -> bool:
    """Whether a splitter is given that cannot be read."""
    chosen = args.keywords.get("cv")
    return isinstance(chosen, (Unknown, Inst, Items, Data))


def _given(args: Args, name: str, row: Row) -> Value | None:
    value = args.get(name, row.get("params"))
    if isinstance(value, Const) and value.value is None:
        return None
    return value


def _what(it: Interpreter, of: Any, row: Row, args: Args, receiver: Value | None) -> list[Data]:
    if of == "self":
        values = [receiver] if receiver is not None else []
    elif of == "all":
        values = list(args.positional)
    elif of == "first":
        values = [value for value in [args.at(0, row.get("params"))] if value is not None]
    else:
        values = [value for value in [args.at(of, row.get("params"))] if value is not None]
    found = [as_rows(it, value) for value in values]
    return [data for data in found if data is not None]


def result(it: Interpreter, row: Row, args: Args, event: Event) -> Value:
    """What the call gives that makes the split."""
    data: list[Data] = event.facts["data"]
    gives = event.facts["by"]
    if gives == "pairs":
        if not data:
            return Unknown()
        both = [(n, d, p) for n, d in enumerate(data) for p in ("train", "test")]
        return Items("list", [_side(d, event, p, n) for n, d, p in both])
    if gives == "dict" and data:
        return Table({p: _side(data[0], event, p) for p in ("train", "test")})
    if gives == "parts" and data:
        lengths = args.at(1, row.get("params"))
        count = len(lengths.items) if isinstance(lengths, Items) and not lengths.open else 2
        names = ["train", "validation", "test"] if count == 3 else ["train", "test"]
        names += (f"part {n}" for n in range(len(names) + 1, count + 1))
        return Items("list", [_side(data[0], event, name) for name in names[:count]])
    if gives == "folds":
        return Obj(type="<folds>", made=event)
    if gives == "indices":
        roots = data[0].roots if data else frozenset()
        return Data(
            type="numpy.ndarray",
            roots=roots,
            made=event,
            rows="shuffled",
            index=True,
            tags=listing.marks(tags_of(data)),
        )
    return Unknown()


def fold(it: Interpreter, value: Obj) -> Value | None:
    """What iterating over the folds of a splitter gives: training and test indices."""
    if value.type != "<folds>" or value.made is None:
        return None
    data: list[Data] = value.made.facts["data"]
    roots = frozenset().union(*(d.roots for d in data))
    return Items(
        "tuple",
        [
            Data(type="numpy.ndarray", roots=roots, index=True, side=Side(value.made, part))
            for part in ("train", "test")
        ],
    )


def _side(data: Data, event: Event, part: str, table: int = 0) -> Data:
    side = Side(event, part, table)
    random = event.facts["random"] is Sure.YES
    piece = Piece(piece_of(data), "draw", event=event) if random else None
    return derive(
        [data], side=side, column=data.column, rows="subset", piece=piece, width=data.width
    )
