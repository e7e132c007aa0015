"""Which rows these are: slices, masks and draws of one table, as far as that is certain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.timeline import columns, streams, windows
from triptych_lint.timeline.events import Event, Sure
from triptych_lint.timeline.values import Data, Items, Obj, Value

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter


@dataclass(slots=True, eq=False)
class Piece:
    """A set of rows in their order, whatever is done to their columns."""

    of: Piece | None = None
    """The rows that these were taken out of; None for whole tables."""
    how: str = ""
    """``slice``, ``label`` (a slice that holds both ends), ``mask``, ``draw``, ``subset``,
    ``first`` and ``rest`` (of so many rows), ``reshuffled`` (in a new order on each pass)."""
    lower: Value | None = None
    upper: Value | None = None
    event: Event | None = None


def piece_of(data: Data) -> Piece:
    """The rows of ``data``; a table that nothing is known of is a whole one of its own."""
    if data.piece is None:
        data.piece = Piece()
    return data.piece


def reached(data: Data, accessor: str) -> Piece | None:
    """The rows behind ``data.loc`` or ``data.values``; turned around they are columns."""
    return piece_of(data) if accessor != "T" else None


def lineage(piece: Piece | None) -> Iterator[Piece]:
    """A set of rows and those that it was taken out of, outwards."""
    while piece is not None:
        yield piece
        piece = piece.of


def piece_made(it: Interpreter, row: Row, args: Args, source: Data) -> Piece | None:
    """The rows that a call gives, made from those of ``source``."""
    rows = row.get("rows")
    if "reshuffles" in row:
        asked = {**row, "when": row["reshuffles"], "unless": ()}
        rows = "reshuffled" if streams.happens(asked, args) is Sure.YES else "subset"
    elif rows == "shuffled":
        rows = "draw"
    if rows == "same" or columns.dropped_by(row, args):
        return piece_of(source)
    if rows not in ("draw", "reshuffled", "subset") or args.node is None:
        return None
    piece = Piece(piece_of(source), row.get("part", rows))
    seeds = [args.get(name, row.get("params")) for name in row.get("unless", ())]
    func = args.node.func
    name = func.attr if isinstance(func, t.Attr) else it.level.module.text(func)
    piece.event = it.emit("taken", name, args.node, piece=piece, args=args, seeds=seeds)
    return piece


def noted(it: Interpreter, data: Data, index: Value, node: t.Sub, out: Value) -> Value:
    """``out``, which is ``data[index]``, with the rows that it takes."""
    if not isinstance(out, Data):
        return out
    first = index
    if isinstance(index, Items) and index.kind == "tuple" and index.items:
        first = index.items[0]
    if isinstance(first, Obj) and first.type == "slice":
        out.piece = _slice(it, data, first, node)
        bounds = _bounds(node)
        out = windows.marked(it, out, bounds, node) if bounds is not None else out
    elif isinstance(first, Data):
        out.piece = Piece(piece_of(data), "mask") if first.rows == "mask" else None
    elif is_mask(node.index):
        out.piece = Piece(piece_of(data), "mask")
    elif out.rows == data.rows and (out.column or out.columns):
        out.piece = piece_of(data)  # columns of the same rows
    return out


def is_mask(index: t.Expr) -> bool:
    """Whether an index is a condition on the rows, by its form."""
    while isinstance(index, t.Seq) and index.kind == "tuple" and index.items:
        index = index.items[0]
    if isinstance(index, t.Bin):
        return index.op in ("BitAnd", "BitOr") and is_mask(index.left) and is_mask(index.right)
    if isinstance(index, t.Unary):
        return index.op == "Invert" and is_mask(index.operand)
    return isinstance(index, t.Compare)


def _bounds(node: t.Sub) -> t.Slice | None:
    bounds: t.Expr = node.index
    while isinstance(bounds, t.Seq) and bounds.items:
        bounds = bounds.items[0]
    return bounds if isinstance(bounds, t.Slice) else None


def _slice(it: Interpreter, data: Data, index: Obj, node: t.Sub) -> Piece | None:
    bounds = _bounds(node)
    if bounds is None or bounds.step is not None:
        return None
    if bounds.lower is None and bounds.upper is None:
        return piece_of(data)
    parts = list(index.parts)
    lower = parts.pop(0) if bounds.lower is not None else None
    upper = parts.pop(0) if bounds.upper is not None else None
    label = isinstance(node.value, t.Attr) and node.value.attr == "loc"
    how = "label" if label else "slice"
    piece = Piece(piece_of(data), how, lower, upper)
    piece.event = it.emit("taken", how, node, piece=piece)
    return piece
