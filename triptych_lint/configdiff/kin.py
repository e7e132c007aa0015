"""What a file that is new is compared with: the parent that it names, else its nearest sibling.

Many people keep one file per experiment, made by copying the last one. A sibling must share four
keys in five, and the nearest is the one from which the fewest values differ.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from triptych_lint.configdiff.formats.pyrecord import CALL
from triptych_lint.configdiff.matching import values
from triptych_lint.configdiff.nodes import Items, Node, Scalar, Table, Tree
from triptych_lint.configdiff.references import Path

ENOUGH = 0.8
"""The share of its keys that a sibling must have as well."""
FEWEST = 3
"""Keys without which a file is too small to be anybody's sibling."""

_BASE_COMMENT = re.compile(r"^#\s*base:\s*(\S+)\s*$", re.M)
_BASE_KEYS = ("_base_", "_BASE_")
_ITSELF = "_self_"


def parents(tree: Tree, text: str, path: str) -> list[str]:
    """The paths of the configs that a file says it builds on, as they would be found in git."""
    folder = posixpath.dirname(path)
    comment = _BASE_COMMENT.search(text)
    named = [comment[1]] if comment else []
    root = tree.documents[0] if tree.documents else None
    if isinstance(root, Table) and not named:
        for key in _BASE_KEYS:
            named += _texts(root.entries.get(key))
        suffix = posixpath.splitext(path)[1]
        for name in _texts(root.entries.get("defaults")):
            if name != _ITSELF:
                named.append(name if name.endswith(suffix) else name + suffix)
    return [posixpath.normpath(posixpath.join(folder, name)) for name in named]


def _texts(node: Node | None) -> list[str]:
    items = node.items if isinstance(node, Items) else (node,)
    return [item.text for item in items if isinstance(item, Scalar)]


def composed(parent: Tree, child: Tree) -> Tree:
    """The child with what it takes over from its parent, document by document."""
    names = child.names or tuple(str(index) for index in range(len(child.documents)))
    above = dict(zip(parent.names or names, parent.documents, strict=False))
    documents = tuple(
        _over(above[name], node) if name in above else node
        for name, node in zip(names, child.documents, strict=True)
    )
    return Tree(documents, child.remarks, child.names)


def _over(parent: Node, child: Node) -> Node:
    if not (isinstance(parent, Table) and isinstance(child, Table)):
        return child
    if "_delete_" in child.entries:
        return child
    entries = dict(parent.entries)
    for key, value in child.entries.items():
        entries[key] = _over(entries[key], value) if key in entries else value
    return Table(entries, child.span)


def is_like_a_config(tree: Tree) -> bool:
    """Whether a text only sets values: a script that happens to be alike is no sibling."""
    if not tree.names:
        return True
    return tree.names == ("",) and not any(
        isinstance(root, Table) and any(key.endswith(CALL) for key in root.entries)
        for root in tree.documents
    )


def nearest(new: Tree, siblings: Iterable[tuple[str, Tree]]) -> str | None:
    """The name of the sibling that differs in the fewest values, if any is like ``new``."""
    own = dict(_values(new))
    best: tuple[int, int, str] | None = None
    for order, (name, tree) in enumerate(siblings):
        other = dict(_values(tree))
        shared = own.keys() & other.keys()
        if len(own) < FEWEST or len(shared) < ENOUGH * max(len(own), len(other)):
            continue
        distance = sum(own[key] != other[key] for key in shared)
        if best is None or (distance, -order) < best[:2]:  # of two as near, the later one
            best = (distance, -order, name)
    return best[2] if best else None


def _values(tree: Tree) -> Iterator[tuple[Path, object]]:
    for index, root in enumerate(tree.documents):
        yield from values(root, (str(index),))
