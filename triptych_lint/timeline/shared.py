"""The data set that several subsets of it share: what is set through one is set for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Catalog
from triptych_lint.timeline.events import Event
from triptych_lint.timeline.pieces import Piece
from triptych_lint.timeline.values import Data, Member, Unknown, Value

if TYPE_CHECKING:
    from triptych_lint.timeline.interpreter import Interpreter


def whole_of(catalog: Catalog, data: Data) -> str | None:
    """The attribute through which a subset leads to what it was taken out of."""
    own = catalog.row(data.type) or {}
    split = catalog.row(data.side.split.name) if data.side is not None else None
    return own.get("whole") or (split or {}).get("whole")


def whole_set(catalog: Catalog, data: Data) -> Event | Piece | None:
    """What the parts share: the split that they come from, or the rows that they are taken from."""
    if "whole" in (catalog.row(data.type) or {}):
        return data.piece.of if data.piece is not None else None
    return data.side.split if data.side is not None else None


def attribute_set(it: Interpreter, owner: Member, name: str, node: t.Node) -> None:
    """``subset.dataset.name = value``."""
    data = owner.owner
    if isinstance(data, Data) and owner.name == whole_of(it.catalog, data):
        it.emit("shared_set", name, node, data=data, whole=owner.name)


def replaced(it: Interpreter, data: Data, name: str, new: Value, node: t.Node) -> None:
    """``subset.dataset = value``: from now on the subset has that one for itself."""
    if name == whole_of(it.catalog, data):
        it.emit("own_set", name, node, data=data)
        data.attrs[name] = Unknown(name=name) if isinstance(new, Member) else new
