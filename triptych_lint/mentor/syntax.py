"""What stands in a file, whether or not the run meets it: calls, names and their modules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from triptych_lint import tree as t
from triptych_lint.module import Module


def nodes(root: Any) -> Iterator[t.Node]:
    """Every node below ``root``, a node or a block, in the order of the text."""
    todo: list[Any] = [root]
    while todo:
        item = todo.pop()
        if isinstance(item, (tuple, list)):
            todo.extend(reversed(item))
        elif is_dataclass(item):
            if isinstance(item, t.Node):
                yield item
            todo.extend(getattr(item, f.name) for f in reversed(fields(item)))


def dotted(node: t.Expr) -> str:
    """``a.b.c`` of a name or attribute; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, t.Attr):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, t.Name) else ""


def imported(module: Module) -> dict[str, str]:
    """The names that imports bind anywhere in a file, and what each stands for."""
    found: dict[str, str] = {}
    for node in nodes(module.body):
        if isinstance(node, t.Import):
            for name, alias in node.names:
                found[alias or name.partition(".")[0]] = name if alias else name.partition(".")[0]
        elif isinstance(node, t.ImportFrom) and not node.level:
            for name, alias in node.names:
                found[alias or name] = f"{node.module}.{name}"
    return found


def calls(module: Module) -> Iterator[tuple[t.Call, str]]:
    """The calls of a file, each with the qualified name that its imports give it."""
    names = imported(module)
    for node in nodes(module.body):
        if isinstance(node, t.Call):
            head, dot, rest = dotted(node.func).partition(".")
            yield node, f"{names.get(head, head)}{dot}{rest}"


def function_at(module: Module, offset: int) -> t.Def | None:
    """The innermost function that a place is in."""
    inside = (n for n in nodes(module.body) if isinstance(n, t.Def) and n.start <= offset < n.end)
    return min(inside, key=lambda node: node.end - node.start, default=None)
