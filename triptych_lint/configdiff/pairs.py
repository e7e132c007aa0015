"""Two versions of a run, value by value: what stood at a path, and what stands there now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triptych_lint.configdiff.nodes import Items, Node, Scalar, Table
from triptych_lint.configdiff.references import Path, Reader, Reading, holds_tables

_NAMING_KEYS = ("name", "id", "key", "type", "class", "_target_")


@dataclass(frozen=True, slots=True)
class Pair:
    """The value at a path in both versions; None where a version has none."""

    path: Path
    old: Reading | None
    new: Reading | None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the part of a document that is a run."""

    node: Node | None
    reader: Reader


def paired(old: Version, new: Version, path: Path = ()) -> Iterator[Pair]:
    """The values of both versions, those of the new one in its order first.

    ``path`` is where the run starts in its document. A list of scalars is one value; the items of
    other lists are matched by what names them, if that is unique, and by their order otherwise.
    """
    for where, before, after in _walk(old.node, new.node, path):
        yield Pair(
            where,
            old.reader.read(before, where) if before is not None else None,
            new.reader.read(after, where) if after is not None else None,
        )


def _walk(
    old: Node | None, new: Node | None, path: Path
) -> Iterator[tuple[Path, Scalar | Items | None, Scalar | Items | None]]:
    if _is_value(old) and _is_value(new):
        yield path, _value(old), _value(new)
        return
    if _kind(old) is not _kind(new) and old is not None and new is not None:
        yield from _walk(None, new, path)
        yield from _walk(old, None, path)
        return
    before, after = _children(old, new)
    for name in [*after, *(name for name in before if name not in after)]:
        yield from _walk(before.get(name), after.get(name), (*path, name))
    if not before and not after:
        yield path, _value(old), _value(new)


def _is_value(node: Node | None) -> bool:
    return node is None or not holds_tables(node)


def _value(node: Node | None) -> Scalar | Items | None:
    """The node as a value; a table (it is empty here) counts as an empty list."""
    return Items((), node.span) if isinstance(node, Table) else node


def _kind(node: Node | None) -> type:
    return Scalar if _is_value(node) else type(node)


def _children(old: Node | None, new: Node | None) -> tuple[dict[str, Node], dict[str, Node]]:
    """What lies below both versions, under names that mean the same on both sides."""
    if isinstance(old, Table) or isinstance(new, Table):
        return _entries(old), _entries(new)
    before, after = _items(old), _items(new)
    for key in _NAMING_KEYS:
        old_names, new_names = _names(before, key), _names(after, key)
        if old_names is not None and new_names is not None:
            shared = set(old_names) & set(new_names)
            if shared or not (before and after):
                return _named(before, old_names, shared), _named(after, new_names, shared)
    return _named(before, None, set()), _named(after, None, set())


def _entries(node: Node | None) -> dict[str, Node]:
    return node.entries if isinstance(node, Table) else {}


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Items) else ()


def _names(items: tuple[Node, ...], key: str) -> list[str] | None:
    """The texts under ``key``, if all items have one and all differ."""
    names = []
    for item in items:
        named = item.entries.get(key) if isinstance(item, Table) else None
        if not isinstance(named, Scalar):
            return None
        names.append(named.text)
    return names if len(set(names)) == len(names) else None


def _named(items: tuple[Node, ...], names: list[str] | None, shared: set[str]) -> dict[str, Node]:
    """Items under ``[name]`` where both versions have the name, else under their order."""
    found: dict[str, Node] = {}
    unnamed = 0
    for index, item in enumerate(items):
        if names is not None and names[index] in shared:
            found[f"[{names[index]}]"] = item
        else:
            found[f"[+{unnamed}]" if shared else f"[{unnamed}]"] = item
            unnamed += 1
    return found


def shown_path(path: Path) -> str:
    """A path as people write it: ``model.layers[0].dropout``; keys with dots are quoted."""
    text = ""
    if len(path) > 1 and path[0].endswith("()") and path[-1] == "_target_":
        path = path[:-1]  # which class is called
    for step in path:
        if step.startswith("[") and step.endswith("]"):
            text += step
        elif step.endswith("()"):  # the arguments of a call
            text += step[:-2]
        else:
            quoted = f'"{step}"' if "." in step else step
            text += f".{quoted}" if text else quoted
    return text
