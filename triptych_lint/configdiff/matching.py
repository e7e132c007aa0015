"""Which document of the old version is which of the new one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triptych_lint.configdiff.meaning import meaning
from triptych_lint.configdiff.nodes import Items, Node, Scalar, Table, Tree
from triptych_lint.configdiff.references import Path

MOST_PAIRS = 2_500
"""More pairs of commands than these are matched by their order alone."""


def matched(old: Tree, new: Tree) -> Iterator[tuple[str, Node, Node]]:
    """The documents that both versions have, each with its name in the new version.

    Documents without names go by their order. Commands of one program are matched by what they
    have in common, since people comment out the last one and append the next.
    """
    if not new.names and not old.names:
        several = len(new.documents) > 1
        for index, pair in enumerate(zip(old.documents, new.documents, strict=False)):
            yield f"document {index + 1}" if several else "", *pair
        return
    before, after = _grouped(old), _grouped(new)
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    if len(gone) == len(come) == 1:  # a class, or a program, with another name
        before[come.pop()] = before[gone.pop()]
    for name, documents in after.items():
        pairs = dict(_paired([node for _, node in before.get(name, [])], documents))
        for index, (title, node) in enumerate(documents):
            if index in pairs:
                yield title, pairs[index], node


def _grouped(tree: Tree) -> dict[str, list[tuple[str, Node]]]:
    """The documents by what they are called without their number, with their full names."""
    groups: dict[str, list[tuple[str, Node]]] = {}
    for name, node in zip(tree.names, tree.documents, strict=True):
        groups.setdefault(name.partition(", ")[0], []).append((name, node))
    return groups


def _paired(old: list[Node], new: Sequence[tuple[str, Node]]) -> Iterator[tuple[int, Node]]:
    """Index of a new document, and the old one that is most like it; each is used once."""
    if len(old) * len(new) <= 1 or len(old) * len(new) > MOST_PAIRS:
        yield from zip(range(len(new)), old, strict=False)
        return
    before = [dict(values(node)) for node in old]
    likeness = []
    for index, (_, node) in enumerate(new):
        after = dict(values(node)).items()
        for other, known in enumerate(before):
            shared = len(after & known.items())
            likeness.append((-shared, abs(index - other), index, other))
    taken: set[int] = set()
    given: set[int] = set()
    for _, _, index, other in sorted(likeness):
        if index not in given and other not in taken:
            given.add(index)
            taken.add(other)
            yield index, old[other]


def values(node: Node, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """The values below a node, with their paths."""
    if isinstance(node, Scalar):
        yield path, meaning(node.text, node.quoted)
    elif isinstance(node, Table):
        for key, value in node.entries.items():
            yield from values(value, (*path, key))
    elif isinstance(node, Items):
        for index, item in enumerate(node.items):
            yield from values(item, (*path, f"[{index}]"))
