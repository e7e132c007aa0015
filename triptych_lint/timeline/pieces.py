"""Which rows these are: slices, masks and draws of one table, as far as that is certain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.timeline.values import Data, Items, Obj, Piece, Value

if TYPE_CHECKING:
    from triptych_lint.timeline.interpreter import Interpreter


def piece_of(data: Data) -> Piece:
    """The rows of ``data``; a table that nothing is known of is a whole one of its own."""
    if data.piece is None:
        data.piece = Piece()
    return data.piece


def lineage(piece: Piece | None) -> Iterator[Piece]:
    """A set of rows and those that it was taken out of, outwards."""
    while piece is not None:
        yield piece
        piece = piece.of


def piece_made(source: Data, rows: str) -> Piece | None:
    """What a call gives that takes rows out of a table."""
    return Piece(piece_of(source), rows) if rows == "subset" else None


def noted(it: Interpreter, data: Data, index: Value, node: t.Sub, out: Value) -> Value:
    """``out``, which is ``data[index]``, with the rows that it takes."""
    if not isinstance(out, Data):
        return out
    first = index.items[0] if isinstance(index, Items) and index.kind == "tuple" else index
    if isinstance(first, Obj) and first.type == "slice":
        out.piece = _slice(data, first, node)
    elif isinstance(first, Data):
        out.piece = Piece(piece_of(data), "mask") if first.rows == "mask" else None
    elif _is_mask(node.index):
        out.piece = Piece(piece_of(data), "mask")
    elif out.rows == data.rows and (out.column or out.columns):
        out.piece = piece_of(data)  # columns of the same rows
    return out


def _is_mask(index: t.Expr) -> bool:
    """Whether an index is a condition on the rows, by its form."""
    while isinstance(index, t.Seq) and index.kind == "tuple" and index.items:
        index = index.items[0]
    if isinstance(index, t.Bin):
        return index.op in ("BitAnd", "BitOr") and _is_mask(index.left) and _is_mask(index.right)
    if isinstance(index, t.Unary):
        return index.op == "Invert" and _is_mask(index.operand)
    return isinstance(index, t.Compare)


def _slice(data: Data, index: Obj, node: t.Sub) -> Piece | None:
    bounds: t.Expr = node.index
    while isinstance(bounds, t.Seq):
        bounds = bounds.items[0]
    if not isinstance(bounds, t.Slice) or bounds.step is not None:
        return None
    if bounds.lower is None and bounds.upper is None:
        return piece_of(data)
    parts = list(index.parts)
    lower = parts.pop(0) if bounds.lower is not None else None
    upper = parts.pop(0) if bounds.upper is not None else None
    label = isinstance(node.value, t.Attr) and node.value.attr == "loc"
    return Piece(piece_of(data), "label" if label else "slice", lower, upper)
