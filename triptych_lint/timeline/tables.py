"""Rows: where they come from, what is done to them, and which side of a split they end on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.timeline import (
    attributes,
    columns,
    contents,
    keys,
    listing,
    moments,
    norms,
    pieces,
    sides,
)
from triptych_lint.timeline.events import Event, Sure
from triptych_lint.timeline.values import (
    NO_TAGS,
    Data,
    Inst,
    Items,
    Member,
    Obj,
    Tags,
    Unknown,
    Value,
    predictions,
    rows_in,
    tags_of,
)

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter

FRAME = "pandas.DataFrame"
GROUPS = "pandas.api.typing.DataFrameGroupBy"
SERIES_GROUPS = "pandas.api.typing.SeriesGroupBy"


def derive(
    sources: Sequence[Data], type_name: str = "", rows: str = "same", **more: object
) -> Data:
    """Rows made from ``sources``, which keep their roots, their fits and their side."""
    first = next((source for source in sources if not source.statistic), sources[0])
    side = sides.together(sources, joined=rows == "joined")
    fits: list[Event] = []
    for source in sources:
        fits.extend(fit for fit in source.fits if fit not in fits)
        if source.statistic and source.made is not None and source.made.kind == "fit":
            # Rows that are combined with a summary of themselves were normalised with it.
            others = [other for other in sources if not other.statistic]
            if any(other.roots & source.roots for other in others) and source.made not in fits:
                fits.append(source.made)
    out = Data(
        type=type_name or first.type,
        made=first.made,
        roots=frozenset().union(*(source.roots for source in sources)),
        fits=tuple(fits),
        side=side,
        rows=rows,
        keys=frozenset().union(*(source.keys for source in sources)),
        grouped=first.grouped,
        index=all(source.index for source in sources),
        statistic=all(source.statistic for source in sources),
        origin=next((source.origin for source in sources if source.origin), ""),
        names=first.names,
        parts=first.parts if first.statistic else (),
        parsed=any(source.parsed for source in sources),
        taken=frozenset().union(*(source.taken for source in sources)),
        added=tuple(dict.fromkeys(pair for source in sources for pair in source.added)),
        tags=tags_of(sources),
    )
    tags = more.pop("tags", NO_TAGS)
    out.tags |= tags  # type: ignore[operator]
    return replace(out, **more)  # type: ignore[arg-type]


def as_rows(it: Interpreter, value: Value) -> Data | None:
    """``value`` as a table; something unknown that is used as one becomes one."""
    if isinstance(value, Data):
        return value
    if isinstance(value, Items):
        found = rows_in([value])
        return derive(found, tags=value.tags) if found else _gathered(it, value)
    if isinstance(value, Inst):
        return _instance_rows(it, value)
    if isinstance(value, Obj):
        return _computed(it, value) if it.catalog.is_numeric(value.type) else None
    if isinstance(value, (Unknown, Member)):
        attrs = value.attrs if isinstance(value, Unknown) else value.owner.attrs
        key = "<rows>" if isinstance(value, Unknown) else f"<rows {value.name}>"
        if key not in attrs:
            origin = value.origin if isinstance(value, Unknown) else ""
            attrs[key] = unread(it, "", origin or "unread", value.name)
        rows = attrs[key]
        return rows if isinstance(rows, Data) else None
    return None


def _gathered(it: Interpreter, value: Items) -> Data | None:
    """A list that a loop filled with what nobody knows: images, say."""
    if not value.open or value.kind == "tuple":
        return None
    _, rows = it.gathered.setdefault(id(value), (value, Data("", roots=frozenset({_root(it)}))))
    rows.tags = value.tags
    return rows


def _computed(it: Interpreter, value: Obj) -> Data | None:
    """An array that a library has made of such a list."""
    rows = value.attrs.get("<rows>")
    if rows is None and value.parts:
        inner = as_rows(it, value.parts[0]) if isinstance(value.parts[0], (Items, Obj)) else None
        rows = derive([inner], value.type, tags=value.tags) if inner is not None else None
        if rows is not None:
            value.attrs["<rows>"] = rows
    return rows if isinstance(rows, Data) else None


def unread(it: Interpreter, type_name: str, origin: str, name: str) -> Data:
    """A table of which nothing is known but that it is one."""
    names = frozenset({name}) if name else frozenset()
    return Data(type=type_name, roots=frozenset({_root(it)}), origin=origin, names=names)


def typed(it: Interpreter, value: Value, type_name: str) -> Value:
    """Something unknown of which an annotation says that it is a table."""
    rows = as_rows(it, value)
    if rows is None:
        return value
    rows.type = rows.type or type_name
    return rows


def _instance_rows(it: Interpreter, inst: Inst) -> Data | None:
    """A dataset of the project's own: the rows are those of the tables that it holds."""
    if not any(it.catalog.kind(base) == "table" for base in inst.cls.library_bases()):
        return None
    rows = inst.attrs.get("<rows>")
    if not isinstance(rows, Data):
        held = rows_in(value for key, value in inst.attrs.items() if not key.startswith("<"))
        rows = derive(held) if held else Data(type="", roots=frozenset({_root(it)}))
        length = attributes.find_method(inst.cls, "__len__")
        counted = length.module.text(length.node) if length is not None else ""
        rows.tags = listing.settled(rows.tags) | listing.in_dataset(inst.attrs, counted)
        inst.attrs["<rows>"] = rows
    return rows


def again(value: Value) -> Value:
    """Rows like these: what a function gives another time is not the table that it gave before."""
    if isinstance(value, Items):
        return replace(value, items=[again(item) for item in value.items])
    return replace(value) if isinstance(value, Data) else value


def _root(it: Interpreter) -> int:
    it.roots += 1
    return it.roots


def made(
    it: Interpreter, type_name: str, found: list[Data], row: Row, tags: Tags, args: Args
) -> Data:
    """What a library call gives that returns a table."""
    if not found:
        return Data(type=type_name, roots=frozenset({_root(it)}), tags=tags)
    rows = row.get("rows", "same")
    first = found[0]
    out = derive(found, type_name, rows, tags=tags)
    if "sorts" in row:
        moments.sort(row, args, first, out)
    named = columns.arguments(it, row, args, first)
    gone = columns.dropped_by(row, args)
    out.added = tuple(pair for pair in out.added if pair[0] not in gone)
    if rows == "same" and is_grouped(it, first) and not named:
        within_groups(it, first, args.node)
        out.columns = None
    out.piece = pieces.piece_made(it, row, args, first)
    out.width = contents.made(it, row, args, first)
    if rows == "aggregated":
        out.keys = frozenset(first.columns or named) or first.keys
        out.grouped = out.keys
    elif rows == "unique":
        out.keys = frozenset(named) or frozenset({first.column} if first.column else ())
        out.column = first.column
    elif rows == "subset" and is_grouped(it, first):
        out.keys = frozenset(first.columns or ())  # the last row of each group, say
    elif rows == "joined":
        out.keys = frozenset()
    elif named and not row.get("rows"):
        out.columns = tuple(named)
    elif out.column is None and rows == "same" and "drop" not in row.get("column_arg", {}).values():
        out.column = first.column
    return out


# Reading


def attribute(it: Interpreter, data: Data, name: str, node: t.Node) -> Value:
    """``data.name``."""
    if name in data.attrs:
        return data.attrs[name]
    if name == "sort":
        return Member(data, name)
    if it.catalog.kind(data.type) == "path" or data.type == "<files>":
        return derive([data], "builtins.str", parsed=True)
    if it.catalog.method(data.type, name) is not None:
        return Member(data, name)
    if name == "is_unique" and data.column and it.level.call is None:
        return Unknown(name=name)
    if name in it.catalog.accessors:
        piece, width = pieces.reached(data, name), contents.reached(data, name)
        return replace(data, attrs={}, parts=(*data.parts,), piece=piece, width=width)
    if name in it.catalog.no_rows or name.startswith("_"):
        return Unknown(name=name)
    if data.type == FRAME and name not in it.catalog.frame_members:
        return column(it, data, [name], single=True, node=node)
    return Member(data, name)


def column(
    it: Interpreter, data: Data, names: Sequence[str], *, single: bool, node: t.Node
) -> Data:
    """The columns that are read by name; of grouped rows, those within each group."""
    for name in names:
        columns.note_column(it, data, name, "read", node)
    grouped = is_grouped(it, data)
    of_one = SERIES_GROUPS if grouped else "pandas.Series"
    return derive(
        [data],
        of_one if single and (grouped or data.type == FRAME) else "",
        data.rows,
        taken=frozenset(names),
        fits=(*data.fits, *(fit for name, fit in data.added if name in names)),
        added=(),
        column=names[0] if single else None,
        columns=data.columns if grouped else None if single else tuple(names),
        piece=None if grouped else pieces.piece_of(data),
        width=contents.column_of(data, names[0]) if single and not grouped else None,
    )


def is_grouped(it: Interpreter, data: Data) -> bool:
    """Whether rows are held in groups: ``columns`` then names what they are grouped by."""
    return any(it.catalog.is_a(data.type, kind) for kind in (GROUPS, SERIES_GROUPS))


def within_groups(it: Interpreter, data: Data, node: t.Node | None) -> None:
    """Note that rows are compared within their group: several of them share its key."""
    for name in data.columns or ():
        columns.note_column(it, data, name, "repeated", node)


def combined(it: Interpreter, found: list[Data], values: Sequence[Value], node: t.Node) -> Value:
    """Arithmetic with tables; with a statistic of the same rows it is a normalisation."""
    side = sides.together(found, joined=True)
    compared(it, found, node)
    return derive(found, tags=tags_of(values), column=None, side=side)


def compared(it: Interpreter, found: list[Data], node: t.Node) -> None:
    """Note that predictions meet rows that are none: somebody may compute a score by hand."""
    orders = [predictions([rows]) for rows in found]
    if any(orders) and not all(orders):
        it.emit("compared", "", node, predictions=frozenset(n for part in orders for n in part))


def collected(it: Interpreter, found: list[Data], kind: str, order: Tags) -> Data:
    """A comprehension over rows: one element for each, or for each that differs in a set."""
    rows = "unique" if kind == "set" else found[0].rows
    return derive(found, rows=rows, column=None, tags=order)


def element(it: Interpreter, data: Data, node: t.Node) -> Value:
    """What a loop over rows binds; over groups, the key and the rows that share it."""
    if data.type == GROUPS:
        within_groups(it, data, node)
        group = derive([data], FRAME, keys=frozenset(data.columns or ()))
        return Items("tuple", [Unknown(), group])
    return derive([data])


def part(it: Interpreter, value: Value, number: int) -> Value:
    """The ``number``-th of the values that ``value`` unpacks into."""
    if isinstance(value, Data):
        return derive([value])
    if isinstance(value, Items) and value.items:
        return value.items[min(number, len(value.items) - 1)]
    if isinstance(value, Unknown):
        key = f"[{number}]"
        if key not in value.attrs:
            value.attrs[key] = Unknown(value.origin, key, value, tags=value.tags)
        return value.attrs[key]
    return keys.member(it, value, number) or Unknown(tags=value.tags)


def uncatalogued_method(it: Interpreter, owner: Data, name: str, args: Args, node: t.Node) -> Value:
    """A method of a table that the catalogue does not hold: taken to keep the rows."""
    from triptych_lint.timeline import calls

    norms.consume(it, args.values, node)
    calls.callbacks(it, args, node, Sure.MAYBE)
    if "sort" in name:
        owner.tags = listing.settled(owner.tags)
    return derive([owner, *rows_in(args.values)], column=owner.column)
