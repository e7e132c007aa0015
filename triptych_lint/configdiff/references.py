"""From a scalar to its value: references into the same document are followed first.

Understood are ``${a.b}``, ``${.sibling}`` and ``${a[0]}`` (OmegaConf) and ``!ref <a[b]>``
(HyperPyYAML). Whatever else stands for a value that is found elsewhere, such as
``${oc.env:HOME}``, ``???`` or a reference into another file, stays unresolved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from triptych_lint.configdiff.meaning import Meaning, is_number, meaning
from triptych_lint.configdiff.nodes import Items, Node, Scalar, Table
from triptych_lint.model import Span

Path = tuple[str, ...]

_CURLY = re.compile(r"\$\{([^${}]*)\}")
_ANGLE = re.compile(r"<([^<>]+)>")
_LOOKUP = re.compile(r"\.*[\w\-/]+(?:\.[\w\-/]+|\[[\w\-]+\])*")
_STEP = re.compile(r"[^.\[\]]+")
_UNREADABLE = re.compile(r"\$[\w({]|\{\{|^\?\?\?$")
_MOST_HOPS = 16


@dataclass(frozen=True, slots=True)
class Reading:
    """What a value means, and on what it rests.

    ``span`` is where the value is written and ``origins`` are the places of the literals that it
    comes from: its own, or those that its references lead to. ``shown`` is for people. If
    ``unresolved``, the value is not known, and ``value`` is only its text.
    """

    value: Meaning
    shown: str
    span: Span
    origins: frozenset[Span]
    unresolved: bool = False


class Reader:
    """Reads the values of one document."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def read(self, node: Scalar | Items, path: Path) -> Reading:
        """The value at ``path``: of a scalar, or of a list without tables in it."""
        return self._read(node, path, _MOST_HOPS)

    def _read(self, node: Scalar | Items, path: Path, hops: int) -> Reading:
        if isinstance(node, Items):
            return self._list(node, path, hops)
        own = frozenset({node.origin or node.span})
        if node.opaque:
            return Reading(node.text, _shown(node.text, True), node.span, own, unresolved=True)
        pattern = _ANGLE if node.tag == "!ref" else None if node.tag else _CURLY
        if pattern is None:
            if node.tag.startswith("!") and ":" in node.tag and not node.text:
                name = node.tag.partition(":")[2]
                return Reading(name, name, node.span, own)
            shown = f"{node.tag} {node.text}".strip()
            return Reading(shown, shown, node.span, own, unresolved=True)
        if not pattern.search(node.text):
            unresolved = not node.tag and _UNREADABLE.search(node.text) is not None
            value = node.text if unresolved else meaning(node.text, node.quoted)
            return Reading(value, _shown(node.text, node.quoted), node.span, own, unresolved)
        return self._referring(node, pattern, path, hops)

    def _list(self, node: Items, path: Path, hops: int) -> Reading:
        parts = [self._read(item, path, hops) for item in node.items if not isinstance(item, Table)]
        return Reading(
            value=tuple(part.value for part in parts),
            shown="[" + ", ".join(part.shown for part in parts) + "]",
            span=node.span,
            origins=frozenset[Span]().union(*(part.origins for part in parts))
            or frozenset({node.span}),
            unresolved=any(part.unresolved for part in parts),
        )

    def _referring(self, node: Scalar, pattern: re.Pattern[str], path: Path, hops: int) -> Reading:
        """A text with references in it; one that is nothing but a reference takes its value."""
        found: list[Reading] = []
        for match in pattern.finditer(node.text):
            target = self._target(match[1].strip(), path) if hops else None
            if target is None:
                return Reading(
                    node.text, node.text, node.span, frozenset({node.span}), unresolved=True
                )
            found.append(self._read(target[0], target[1], hops - 1))
        origins = frozenset[Span]().union(*(reading.origins for reading in found))
        unresolved = any(reading.unresolved for reading in found)
        if pattern.fullmatch(node.text.strip()):
            return Reading(found[0].value, found[0].shown, node.span, origins, unresolved)
        pieces = iter(found)
        text = pattern.sub(lambda _: next(pieces).shown, node.text)
        value = meaning(text)
        if node.tag and not is_number(value) and any(is_number(part.value) for part in found):
            unresolved = True  # arithmetic that is more than a product
        unresolved = unresolved or _UNREADABLE.search(text) is not None
        origins |= {node.span}
        return Reading(text if unresolved else value, text, node.span, origins, unresolved)

    def _target(self, reference: str, path: Path) -> tuple[Scalar | Items, Path] | None:
        """The value that a reference names, and its own path."""
        if not _LOOKUP.fullmatch(reference):
            return None
        dots = len(reference) - len(reference.lstrip("."))
        steps = tuple(_STEP.findall(reference))
        if dots:
            steps = tuple(step.strip("[]") for step in path[: len(path) - dots]) + steps
        node: Node = self._root
        for step in steps:
            child = _child(node, step)
            if child is None:
                return None
            node = child
        return None if isinstance(node, Table) or holds_tables(node) else (node, steps)


def holds_tables(node: Node) -> bool:
    """Whether a node is, or has within its lists, a table."""
    if isinstance(node, Items):
        return any(holds_tables(item) for item in node.items)
    return isinstance(node, Table)


def _child(node: Node, step: str) -> Node | None:
    if isinstance(node, Table):
        return node.entries.get(step)
    if isinstance(node, Items) and step.isdecimal() and int(step) < len(node.items):
        return node.items[int(step)]
    return None


def _shown(text: str, quoted: bool) -> str:
    """``text`` on one line; an empty one stays visible."""
    line = " ".join(text.split())
    return line or ('""' if quoted else "null")
