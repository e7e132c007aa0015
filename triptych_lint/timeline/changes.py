"""What statements bind, write and hand over, by their form alone."""

from __future__ import annotations

from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.edits import walk


def pairs(target: t.Expr, value: t.Expr | None) -> Iterator[tuple[t.Expr, t.Expr | None]]:
    """Each target of an assignment with its value; None for what is unpacked out of sight."""
    if not isinstance(target, t.Seq):
        yield target, value
    elif isinstance(value, t.Seq) and len(value.items) == len(target.items):
        for one, other in zip(target.items, value.items, strict=True):
            yield from pairs(one, other)
    else:
        for one in target.items:
            yield from pairs(one, None)


def written(target: t.Expr) -> set[str]:
    """The names that an assignment to ``target`` changes: a column that is written changes none."""
    if isinstance(target, t.Name):
        return {target.id}
    if isinstance(target, t.Seq):
        return set().union(*(written(item) for item in target.items), set())
    if isinstance(target, t.Star):
        return written(target.value)
    if isinstance(target, t.Sub):
        cell = isinstance(target.index, t.Seq) and len(target.index.items) == 2
        return set() if isinstance(target.value, t.Name) or cell else root(target)
    return root(target)


def handed(node: t.Expr) -> set[str]:
    """The names that are handed over as they are, alone or in a list."""
    if isinstance(node, t.Seq):
        return set().union(*(handed(item) for item in node.items), set())
    if isinstance(node, t.Star):
        return handed(node.value)
    return {node.id} if isinstance(node, t.Name) else set()


def root(node: t.Expr) -> set[str]:
    """The name that a chain of attributes, items and calls starts from."""
    while isinstance(node, (t.Attr, t.Sub, t.Call)):
        node = node.func if isinstance(node, t.Call) else node.value
    return {node.id} if isinstance(node, t.Name) else set()


def only(node: t.Expr) -> str:
    """The name that an expression is; nothing where it is any other."""
    return node.id if isinstance(node, t.Name) else ""


def global_names(body: t.Block) -> set[str]:
    """Names that some function may bind from inside."""
    return {name for item in walk(list(body)) if isinstance(item, t.Scope) for name in item.names}


def block_with(statement: t.Stmt, inner: t.Stmt) -> t.Block:
    """The block of ``statement`` in which ``inner`` stands."""
    if isinstance(statement, t.Match):
        blocks = statement.cases
    else:
        found = (getattr(statement, name, ()) for name in ("body", "orelse", "final"))
        blocks = (*found, *(block for _, block in getattr(statement, "handlers", ())))
    return next((block for block in blocks if any(one is inner for one in block)), ())
