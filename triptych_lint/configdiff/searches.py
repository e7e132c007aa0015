"""The axes of a search space: which of its parameters may take more than one value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triptych_lint.configdiff.nodes import Items, Node, Scalar, Table
from triptych_lint.configdiff.units import SPACES, hydra_parameters
from triptych_lint.configdiff.variables import CONTEXT, Axis, Variables

_SEVERAL = re.compile(r"^(?:choice|range|interval|glob|tag)\(|,")
_BOUNDS = {"min", "max", "low", "high", "lower", "upper", "distribution", "mu", "sigma", "type"}
_LISTS = ("values", "choices", "grid", "grid_search", "options")
_FIXED = {"value", "constant"}


def searched(root: Node, variables: Variables) -> dict[str, tuple[Axis, Node]]:
    """The parameters of a search that stand for a variable and vary, with their nodes."""
    found: dict[str, tuple[Axis, Node]] = {}
    for name, node in _parameters(root):
        axis = variables.key((name,)).axis
        if axis is not None and axis.level != CONTEXT and _varies(node):
            found[name] = axis, node
    return found


def _parameters(root: Node) -> Iterator[tuple[str, Node]]:
    entries = root.entries if isinstance(root, Table) else {}
    spaces = [entries[name] for name in ("parameters", *sorted(SPACES)) if name in entries]
    hydra = hydra_parameters(root)
    for space in [*spaces, *([hydra] if hydra else [])]:
        if isinstance(space, Table):
            yield from space.entries.items()
        for item in space.items if isinstance(space, Items) else ():
            name = item.entries.get("name") if isinstance(item, Table) else None
            if isinstance(name, Scalar):
                yield name.text, item


def _varies(node: Node) -> bool:
    if isinstance(node, Items):
        return len(node.items) > 1
    if isinstance(node, Scalar):
        return _SEVERAL.search(node.text) is not None
    for name in _LISTS:
        listed = node.entries.get(name)
        if isinstance(listed, Items):
            return len(listed.items) > 1
    return not _FIXED & node.entries.keys() and bool(_BOUNDS & node.entries.keys())
